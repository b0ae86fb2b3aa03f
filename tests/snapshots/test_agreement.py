"""The page, the files and the frozen record of one snapshot say the same, cell by cell, each read back by its own means."""

import asyncio
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests import factories, personas
from tests.cli.command import here, settings_of
from tests.compare.test_csv_contract import COLUMNS
from tests.personas import Visitor
from tests.snapshots import reading
from tests.snapshots.frozen import FICTIONAL, STATES, freeze
from tests.worlds import World
from tracker.compare import workbook
from tracker.db.session import Database


async def file(client: Visitor, snapshot_id: str, ending: str) -> bytes:
    answer = await client.get(f"/en/snapshots/{snapshot_id}.{ending}")
    assert answer.status_code == 200, ending
    assert f'filename="snapshot-{snapshot_id}.{ending}"' in answer.headers["content-disposition"]
    return answer.content


ASKED = {
    "best": {"jurisdictions": f"{FICTIONAL},US-TX"},
    "every voice": {"jurisdictions": f"{FICTIONAL},US-TX", "source": "all", "layout": "together"},
    "differences": {"jurisdictions": "XAA,XAB", "show": "differences", "items": "HTCC-C2,HTCC-C3"},
    "states": {"jurisdictions": STATES, "basis": "equivalent", "on": "2026-01-01"},
    "a past day": {"jurisdictions": "XAA,XAB", "on": "2025-06-30", "as_of": "2026-03-01"},
}


@pytest.mark.parametrize("query", ASKED.values(), ids=ASKED)
async def test_page_and_all_files_agree(client: Visitor, database: Database, query: dict[str, str]) -> None:
    """Every cell, with its levels, dates, verification, scope, basis and flags, in the page and each of the five files."""
    made = await freeze(database, **query)
    rows = reading.csv_rows(await file(client, made.id, "csv"))
    assert list(rows[0]) == COLUMNS
    assert reading.xlsx_rows(await file(client, made.id, "xlsx")) == rows
    assert reading.as_text(reading.json_rows(await file(client, made.id, "json"))) == rows
    cells = reading.of_rows(rows)
    assert len(cells) == len(made.comparison.places) * len(made.comparison.columns)
    assert reading.of_rows(reading.record_rows(await file(client, made.id, "record.json"))) == cells
    page = (await client.get(f"/en/snapshots/{made.id}")).text
    assert reading.of_page(page) == cells
    marks = reading.marks_of_rows(rows)
    assert reading.marks_of_page(page) == marks
    if query.get("source") != "all":  # the briefing has one voice a cell, the others in its annex
        pdf = await file(client, made.id, "pdf")
        drawn = reading.of_pdf(pdf)
        assert drawn == {cell: cells[cell] for cell in drawn}
        # A place of which nobody has said anything in a domain is told in a sentence instead of a row.
        assert {cells[cell] for cell in cells if cell not in drawn} <= {("Not assessed", "Not assessed")}
        assert {(c[0], c[2]) for c in cells if c not in drawn}.isdisjoint({(c[0], c[2]) for c in drawn})
        assert reading.marks_of_pdf(pdf) == {cell: marks[cell] for cell in drawn}
    told = {row["valid_from"] for row in rows} | {row["valid_to"] for row in rows}
    frozen = json.loads(await file(client, made.id, "record.json"))
    voices = [v for cell in frozen["cells"] for v in cell["voices"]]
    assert {v["valid_from"] for v in voices} <= told
    assert {v["valid_to"] for v in voices} <= told


async def test_the_pdf_names_its_snapshot(client: Visitor, database: Database) -> None:
    made = await freeze(database, jurisdictions="XAA,XAB,US-TX")
    pdf = await file(client, made.id, "pdf")
    assert len(reading.of_pdf(pdf)) == 3 * 28
    assert await file(client, made.id, "pdf") == pdf, "the same bytes"
    told = reading.flat("".join(page.extract_text() for page in reading.PdfReader(io.BytesIO(pdf)).pages))
    assert made.id in told
    assert made.sha256 in told


async def test_the_comparisons_own_files_agree(client: Visitor) -> None:
    asked = f"jurisdictions={FICTIONAL}&source=all"
    rows = reading.csv_rows((await client.get(f"/en/compare.csv?{asked}")).content)
    answer = await client.get(f"/en/compare.json?{asked}")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert reading.as_text(reading.json_rows(answer.content)) == rows
    again = json.dumps(json.loads(answer.content), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert answer.content == f"{again}\n".encode(), "sorted keys, UTF-8, one line end"
    assert not any(isinstance(v, float) for row in reading.json_rows(answer.content) for v in row.values())
    assert {type(r["commitment"]) for r in reading.json_rows(answer.content)} == {int, str}
    book = await client.get(f"/en/compare.xlsx?{asked}")
    assert reading.xlsx_rows(book.content) == rows
    assert (await client.get(f"/en/compare.xlsx?{asked}")).content == book.content, "the same bytes"
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    told = {
        row[0].value: row[1].value
        for row in reading.openpyxl.load_workbook(io.BytesIO(book.content))["Read me"]
    }
    assert told["Query: source"] == "all"
    assert told["commitment = 2"].startswith("Adopted in part: ")
    assert "victim" not in str(told)


@pytest.mark.parametrize("ending", ["json", "xlsx"])
@pytest.mark.parametrize(
    "query", ["jurisdictions=NOPE", "jurisdictions=US-TX&on=x", "jurisdictions=US-TX&through=a"]
)
async def test_what_cannot_be_compared_is_refused(client: Visitor, ending: str, query: str) -> None:
    assert (await client.get(f"/en/compare.{ending}?{query}")).status_code == 422


async def test_the_command_writes_the_files_of_the_page(
    world: World, client: Visitor, tmp_path: Path
) -> None:
    for ending in ("csv", "json", "xlsx"):
        out = tmp_path / f"out.{ending}"
        asked = ("--jurisdictions", "XAA,US-TX", "--source", "all", "--format", ending)
        done = await asyncio.to_thread(
            here, settings_of(world, tmp_path), "compare", *asked, "--out", str(out)
        )
        assert done.exit_code == 0, done.output
        answer = await client.get(f"/en/compare.{ending}?jurisdictions=XAA,US-TX&source=all")
        assert out.read_bytes() == answer.content


async def test_what_means_something_to_a_spreadsheet_stays_text(client: Visitor, database: Database) -> None:
    hostile = '=1+1 "; \x07 <b> _x0041_' + "x" * 200
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    decree = replace(factories.DECREE, citation=hostile)
    cited = tuple(replace(factories.CITATION, instrument=decree, locator=hostile[:200]) for _ in range(20))
    what = factories.content(owner=hostile, citations=cited)
    await factories.published(database, author, reviewer, await factories.cell(database), what)
    made = await freeze(database, jurisdictions="XAA", items="HTCC-UC", domains="educator")
    (row,) = reading.xlsx_rows(await file(client, made.id, "xlsx"))
    (whole,) = reading.csv_rows(await file(client, made.id, "csv"))
    assert row["sources"].startswith("=1+1")
    assert row["sources"].replace("\x07", "") == whole["sources"].replace("\x07", "")
    assert (await freeze(database, jurisdictions="XAA", items="HTCC-UC", domains="educator")).stands


def test_a_text_that_no_cell_can_hold_is_cut_and_says_so() -> None:
    book = Workbook(write_only=True)
    cell = workbook._cell(book.create_sheet(), "ä" * 40_000, head=False)
    assert len(cell.value) == workbook.MOST_CHARACTERS
    assert cell.value.endswith("ä [cut: the CSV has the whole]")


async def test_too_much_for_a_workbook_is_refused(client: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 27)
    answer = await client.get("/en/compare.xlsx?jurisdictions=US-TX")
    assert answer.status_code == 422
    assert "Download it as CSV" in answer.text
