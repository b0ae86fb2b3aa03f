"""Our SSSOM, read and validated by the official library: `make test-exchange`, in an environment of its own.

Not part of `make test`: the library brings pandas and linkml. It needs no database and nothing of the service but the
writer.
"""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.crosswalk_files.sets import LABELS, small
from tracker.crosswalk_files import formats
from tracker.crosswalk_files.values import Said, SetContent
from tracker.kit.vocabulary import Domain, Relation

pytestmark = pytest.mark.filterwarnings("ignore")

SEED = Path(__file__).parents[2] / "seed" / "crosswalk-draft.sssom.tsv"
HARD = 'Why =1+1\twith a tab,\na line end and "quotes" | a bar.'


def full() -> SetContent:
    """One mapping of each relation, many to many, both kinds of missing counterpart, every field, hard texts."""
    day = date(2026, 3, 31)
    fields: dict[str, Any] = {
        "domains": (Domain.INDIVIDUAL, Domain.EDUCATOR),
        "citation": "Article 4",
        "justification": "semapv:ManualMappingCuration",
        "confidence": 0.625,
        "author": "An author | another",
        "authored_on": day,
        "reviewer": "A reviewer",
        "reviewed_on": day,
    }
    said = [
        Said((f"HTCC-{n}",), (f"G.{n}",), relation, HARD, strength=n, **fields)
        for n, relation in enumerate(Relation)
    ]
    jointly = small().said[1]
    lone = [
        Said((), ("G.7",), Relation.NO_RELATIONSHIP, "None."),
        Said(("HTCC-7",), (), Relation.NO_RELATIONSHIP, "None."),
    ]
    return small(said=(*said, jointly, *lone))


def written(content: SetContent) -> bytes:
    return formats.write(content, "sssom", LABELS, "https://tracker.example")


def parsed(data: bytes) -> Any:
    from sssom.parsers import parse_sssom_table

    # Not `strict`: version 0.4.21 has that check the wrong way round and refuses what is regular; its warnings serve.
    return parse_sssom_table(io.StringIO(data.decode()))


def complaints(data: bytes) -> list[str]:
    """What every validation that the library has made finds."""
    from sssom.constants import SchemaValidationType
    from sssom.validators import validate

    names = ("JsonSchema", "PrefixMapCompleteness", "StrictCurieFormat")
    kinds = [SchemaValidationType[name] for name in names]
    reports = validate(parsed(data), kinds, fail_on_error=False)
    return [result.message for report in reports.values() for result in report.results]


@pytest.mark.parametrize(
    "data", [written(small()), written(full()), SEED.read_bytes()], ids=["small", "full", "seed"]
)
def test_what_we_write_is_valid(data: bytes, caplog: pytest.LogCaptureFixture) -> None:
    assert complaints(data) == []
    # It knows no extension slots in rows; those are passed over, as the standard says.
    told = [record.getMessage() for record in caplog.records]
    assert [text for text in told if not text.startswith("No attr for")] == []


def test_it_reads_what_we_meant() -> None:
    frame = parsed(written(full())).df
    assert len(frame) == 6 + 2 + 2
    first = frame[frame["subject_id"] == "source:HTCC-0"].iloc[0]
    assert (first["predicate_id"], first["object_id"]) == ("skos:exactMatch", "target:G.0")
    assert first["comment"] == HARD
    assert float(first["confidence"]) == 0.625
    assert first["subject_source"] == "framework:hhs-core-competencies:2021"
    assert set(frame[frame["object_id"] == "sssom:NoTermFound"]["subject_id"]) == {"source:HTCC-7"}
    assert set(frame[frame["subject_id"] == "sssom:NoTermFound"]["object_id"]) == {"target:G.7"}
    assert set(frame[frame["predicate_modifier"] == "Not"]["object_id"]) == {"target:G.5"}
    jointly = frame[frame["object_id"] == "target:G.1"]
    assert set(jointly["predicate_id"]) == {"skos:broadMatch"}, "no single one of several is an exact match"


@pytest.mark.parametrize(
    ("of", "to"),
    [
        (b"semapv:UnspecifiedMatching", b"semapv:BecauseISaySo"),
        (b"\t0.5\t", b"\t7\t"),
        (b"source:HTCC-0", b"x:HTCC-0"),
    ],
)
def test_it_notices_what_is_not_valid(of: bytes, to: bytes) -> None:
    data = written(small())
    assert of in data
    try:
        found = complaints(data.replace(of, to))
    except Exception as refusal:
        found = [str(refusal)]
    assert found
