"""A snapshot is cited as text, BibTeX, RIS and CSL-JSON, each with the same facts, whatever the names hold."""

import json
import re
from dataclasses import replace

import pytest

from tests.pages import html
from tests.personas import Visitor
from tests.snapshots.frozen import freeze
from tracker.db.session import Database
from tracker.snapshots.citations import Reference, reference

HOSTILE = "A & B_{1} 50% #1 $x ~ ^ \\ \r\nER  - "


@pytest.fixture
async def cited(database: Database) -> Reference:
    made = await freeze(database, jurisdictions="US-TX,XAA")
    return reference(made, service="The Tracker", base_url="https://tracker.example", locale="en")


async def test_every_form_says_the_same(cited: Reference) -> None:
    url = f"https://tracker.example/en/snapshots/{cited.id}"
    title = "Adoption in Texas and Quillmere, on paper and in practice"
    (item,) = json.loads(cited.csl())
    assert (item["type"], item["URL"]) == ("dataset", url)
    assert item["author"] == [{"literal": "The Tracker"}]
    assert item["issued"]["date-parts"] == [[cited.frozen.year, cited.frozen.month, cited.frozen.day]]
    for text in (cited.text(), cited.bibtex(), cited.ris(), cited.csl().decode()):
        for fact in ("The Tracker", title, url, cited.id, "format 1", str(cited.frozen.year)):
            assert fact in text, text
    for text in (cited.bibtex(), cited.ris(), cited.csl().decode()):
        assert cited.sha256 in text
        assert f"in force on {cited.on.isoformat()}" in text


async def test_names_break_nothing(cited: Reference) -> None:
    bad = replace(cited, service=HOSTILE, title=HOSTILE)
    lines = bad.ris().split("\r\n")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*|", line) for line in lines)
    assert [line[:2] for line in lines if line].count("ER") == 1
    body = re.sub(r"\\text\w+\{\}|\\.", "", bad.bibtex())
    assert body.count("{") == body.count("}")
    assert not re.search(r"[&%$#~^\\]", body)
    assert json.loads(bad.csl())[0]["title"] == HOSTILE


async def test_the_page_shows_what_the_files_hold(client: Visitor, database: Database) -> None:
    made = await freeze(database, jurisdictions="US-TX,XAA")
    told = html.words((await client.get(f"/en/snapshots/{made.id}")).text)
    for ending in ("bib", "ris", "csl.json"):
        answer = await client.get(f"/en/snapshots/{made.id}.{ending}")
        assert " ".join(answer.text.split()) in told
    assert "Core Competencies Adoption Tracker (" in told
