"""Making and reading grids: rows as dicts by column, as CSV and as XLSX."""

import csv
import io
from collections.abc import Callable
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from tracker.exchange.columns import COLUMNS
from tracker.exchange.known import Ground, Instruments, ItemGround, Known, Stored
from tracker.exchange.plan import Planned, Planner
from tracker.exchange.reading import Source
from tracker.exchange.sheets import of_bytes

Row = dict[str, str]
FRAMEWORK = {"framework": "hhs-core-competencies", "framework_version": "2021"}


def row(**cells: str) -> Row:
    """A whole row that says a valid thing of XAA, the Universal Competency, educators."""
    said = {
        "jurisdiction": "XAA",
        **FRAMEWORK,
        "item": "HTCC-UC",
        "domain": "educator",
        "commitment": "1",
        "practice": "not_assessed",
        "basis": "equivalent",
        "scope": "general",
        "kind": "change",
    }
    return dict.fromkeys(COLUMNS, "") | said | cells


def as_csv(rows: list[Row], separator: str = ",", columns: tuple[str, ...] = COLUMNS) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter=separator, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def of_csv(content: bytes) -> list[Row]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def as_xlsx(rows: list[list[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    """A workbook with the header and these rows on its one sheet; `change` may do more to the sheet."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(list(COLUMNS))
    for cells in rows:
        sheet.append(cells)
    if change:
        change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rezipped(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The workbook with its parts changed."""
    with ZipFile(io.BytesIO(content)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    change(parts)
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return out.getvalue()


def known(stored: Stored | None = None) -> Known:
    """Two places (XAA, and XAA-1 below it), one item, three instruments; nothing said yet."""
    instruments = Instruments()
    instruments.add(FIRST, "act-1", "Health Act", 1, own=False)
    instruments.add(SECOND, None, "Twice", 1, own=True)
    instruments.add(THIRD, None, "Twice", 2, own=True)
    item = ItemGround(10, frozenset({"educator", "individual", "organization", "researcher"}))
    key = FRAMEWORK["framework"]
    return Known(
        {"XAA": Ground(1, (1,)), "XAA-1": Ground(2, (2, 1))},
        {(key, "2021", "HTCC-UC"): item, (key, "", "HTCC-UC"): item},
        instruments,
        stored or Stored(),
    )


FIRST = "11111111-1111-4111-8111-111111111111"
SECOND = "22222222-2222-4222-8222-222222222222"
THIRD = "33333333-3333-4333-8333-333333333333"


def planned(content: bytes | Source, what: Known | None = None) -> tuple[Planner, list[Planned]]:
    """All rows of a file planned."""
    source = content if isinstance(content, Source) else of_bytes(content)
    planner = Planner(what or known())
    rows, found = source.rows(), []
    while True:
        number, some = planner.take(rows, 3)
        if not number:
            return planner, found
        found += some


def faults(planner: Planner) -> list[tuple[int, str]]:
    return [(f.row, f.column) for f in planner.report.faults]
