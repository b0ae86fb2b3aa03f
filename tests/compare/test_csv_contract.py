"""The long CSV is a contract: its columns, its rows, and that no cell is blank."""

import csv
import io
from itertools import product
from urllib.parse import urlencode, urlsplit

import pytest

from tests.pages import html
from tests.personas import Visitor

STATES = ["US-CT", "US-FL", "US-LA", "US-MI", "US-TX"]
FICTIONAL = ["XAA", "XAB", "XAC", "XAA.NVH", "XAB.CPH"]
ITEMS = ["HTCC-UC", "HTCC-C1", "HTCC-C2", "HTCC-C3", "HTCC-C4", "HTCC-C5", "HTCC-C6"]
DOMAINS = ["individual", "organization", "researcher", "educator"]
# docs of the product, in this order
COLUMNS = (
    "jurisdiction jurisdiction_name framework framework_version item item_title domain commitment "
    "commitment_missing_reason commitment_claimed commitment_verification practice practice_missing_reason "
    "practice_claimed practice_verification basis scope contested valid_from valid_to recorded_at "
    "organisation sources cell_url"
).split()
MISSING = {"not_assessed", "not_applicable", "inconclusive", "no_response", "withheld"}
Row = dict[str, str]


async def rows(client: Visitor, jurisdictions: list[str], **parameters: str) -> list[Row]:
    asked = {"jurisdictions": ",".join(jurisdictions), "framework": "hhs-core-competencies"} | parameters
    answer = await client.get("/en/compare.csv", params=asked)
    assert answer.status_code == 200, html.words(answer.text)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="adoption-')
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def key(row: Row) -> tuple[str, str, str]:
    return row["jurisdiction"], row["item"], row["domain"]


async def test_the_five_states_have_a_row_for_each_item_and_domain(client: Visitor) -> None:
    found = await rows(client, STATES)
    assert list(found[0]) == COLUMNS
    assert [key(r) for r in found] == list(product(STATES, ITEMS, DOMAINS))
    levels = {key(r): r["commitment"] for r in found if r["commitment"] != "not_assessed"}
    assert levels == {
        ("US-CT", "HTCC-C1", "individual"): "2",
        ("US-FL", "HTCC-C1", "individual"): "2",
        ("US-LA", "HTCC-C1", "individual"): "2",
        ("US-MI", "HTCC-C1", "individual"): "2",
        ("US-TX", "HTCC-C1", "individual"): "2",
        ("US-TX", "HTCC-C2", "individual"): "2",
        ("US-TX", "HTCC-C3", "individual"): "2",
        ("US-TX", "HTCC-C4", "individual"): "2",
    }
    assert {r["basis"] for r in found} == {"equivalent", "none"}, "no real place adopted them by name"
    assert {r["commitment_verification"] for r in found} <= {"V0", "V1", "none"}
    assert not any("fictional" in r["jurisdiction_name"] for r in found)


@pytest.mark.parametrize("source", ["best", "all", "self", "independent"])
async def test_no_cell_is_blank_and_every_code_is_known(client: Visitor, source: str) -> None:
    found = await rows(client, STATES + FICTIONAL, source=source)
    assert len(found) >= 10 * 28
    for row in found:
        assert all(value.strip() for value in row.values()), row
        for axis in ("commitment", "practice"):
            code, reason = row[axis], row[f"{axis}_missing_reason"]
            assert (code in set("01234") and reason == "none") or (code in MISSING and reason == code), row
            assert row[f"{axis}_claimed"] in ("true", "false")
            verification = row[f"{axis}_verification"]
            assert (verification == "none") == (code in MISSING)
            assert (row[f"{axis}_claimed"] == "true") == (verification == "V0")
            if code in set("01234"):
                assert row["sources"] != "none" or row[f"{axis}_claimed"] == "true", row
                assert row["basis"] in ("by_name", "equivalent")
                assert row["scope"] in ("general", "targeted")
        assert row["contested"] in ("true", "false")
        assert row["framework"] == "hhs-core-competencies"
        assert row["framework_version"] == "2021"
        fictional = row["jurisdiction"].startswith("XA")
        assert ("(fictional)" in row["jurisdiction_name"]) == fictional
        assert (row["organisation"] == "none") == (row["recorded_at"] == "none")


async def test_every_voice_has_its_row(client: Visitor) -> None:
    spoken = [r for r in await rows(client, FICTIONAL, source="all") if r["organisation"] != "none"]
    voices: dict[tuple[str, str, str], list[Row]] = {}
    for row in spoken:
        voices.setdefault(key(row), []).append(row)
    assert any(len(v) > 1 for v in voices.values())
    best = {key(r): r for r in await rows(client, FICTIONAL)}
    own = {key(r): r for r in await rows(client, FICTIONAL, source="self")}
    independent = {key(r): r for r in await rows(client, FICTIONAL, source="independent")}
    for cell, heard in voices.items():
        assert len({r["organisation"] for r in heard}) == len(heard), "one entry an organisation and cell"
        assert best[cell] in heard, "best is one whole entry, never a mixture"
        assessors = {"open-care-watch", "lindwyn-institute"}
        assert (own[cell]["organisation"] != "none") == any(r["organisation"] not in assessors for r in heard)
        assert (independent[cell]["organisation"] in assessors) == any(
            r["organisation"] in assessors for r in heard
        )


async def test_contested_is_two_levels_apart_or_an_open_disagreement(client: Visitor) -> None:
    voices: dict[tuple[str, str, str], list[Row]] = {}
    for row in await rows(client, FICTIONAL, source="all"):
        voices.setdefault(key(row), []).append(row)
    contested = {cell for cell, heard in voices.items() if heard[0]["contested"] == "true"}
    apart = set()
    for cell, heard in voices.items():
        assert len({r["contested"] for r in heard}) == 1
        for axis in ("commitment", "practice"):
            levels = [int(r[axis]) for r in heard if r[axis].isdigit()]
            if levels and max(levels) - min(levels) >= 2:
                apart.add(cell)
    assert apart <= contested
    assert contested - apart <= {("XAB", "HTCC-C2", "individual"), ("XAA", "HTCC-C4", "organization")}
    assert ("XAB", "HTCC-C2", "individual") in contested
    # The flag is told of all voices, whichever is read and whatever basis is asked for.
    narrow = {key(r): r["contested"] for r in await rows(client, FICTIONAL, source="self", basis="by_name")}
    assert {cell for cell, flag in narrow.items() if flag == "true"} == contested


async def test_the_page_of_each_cell_says_the_same(client: Visitor) -> None:
    """Verification, claims and contest on the cell's page are those of its row; every cell_url leads there."""
    for row in await rows(client, [*STATES, "XAA", "XAB", "XAC"]):
        url = urlsplit(row["cell_url"])
        assert f"{url.scheme}://{url.netloc}" == "http://127.0.0.1:8000"
        answer = await client.get(url.path)
        assert answer.status_code == 200, url.path
        told = html.words(answer.text).partition("History")[0]
        first = told.split("Self-report:")[-1] if row["organisation"] != "none" else told
        for axis in ("commitment", "practice"):
            if row[f"{axis}_verification"] != "none":
                assert f"{row[f'{axis}_verification']} " in told, url.path
            if row[f"{axis}_claimed"] == "true":
                assert "lacks " in told, url.path
        assert ("Contested" in told) == (row["contested"] == "true"), url.path
        if row["organisation"] == "none":
            assert "Nobody has published on this cell" in first


@pytest.mark.parametrize("asked", [{}, {"on": "2026-01-01"}, {"on": "2026-01-01", "as_of": "2026-02-01"}])
async def test_addresses_of_cells_carry_the_days_that_were_asked_for(
    client: Visitor, asked: dict[str, str]
) -> None:
    found = [r["cell_url"] for r in await rows(client, ["XAA"], **asked)]
    entries = await client.get("/api/v1/entries", params={"jurisdictions": "XAA", **asked})
    found += [entry["cell_url"] for entry in entries.json()["data"]]
    assert found and {urlsplit(url).query for url in found} == {urlencode(asked)}
    assert (await client.get(found[0])).status_code == 200


async def test_the_same_state_of_the_record_gives_the_same_bytes(client: Visitor) -> None:
    asked = {"jurisdictions": ",".join(STATES + FICTIONAL), "source": "all"}
    first = await client.get("/en/compare.csv", params=asked)
    second = await client.get("/en/compare.csv", params=asked)
    assert first.content == second.content
    assert b"\r\n" in first.content
    assert not first.content.startswith(b"\xef\xbb\xbf")


async def test_frameworks_without_domains_have_one(client: Visitor) -> None:
    found = await rows(client, ["XAA"], framework="delta87-justice@2021")
    assert [(r["item"], r["domain"], r["commitment"]) for r in found] == [
        (item, "all", "not_assessed")
        for item in ("D87J-CRIM", "D87J-CIV", "D87J-INT", "D87J-SURV", "D87J-HEALTH")
    ]
