"""Every table of a briefing as plain text, and all of them in one archive."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from tracker.briefings.document import (
    Block,
    Chart,
    Document,
    Evidence,
    Facts,
    Matrix,
    MatrixCell,
    Part,
    Runs,
    Table,
)
from tracker.kit.i18n import gettext as _

# The earliest that a ZIP can hold: the same tables give the same bytes.
STAMP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Plain:
    """A table of texts; the first cell of each row is its header. `name`: letters, digits and hyphens."""

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def plain(runs: Runs) -> str:
    return "".join(run.text for run in runs)


def cell_text(cell: MatrixCell) -> str:
    """All of a cell in one line; levels with their number."""
    marks = (
        f"{m.label}: {m.code} {m.word}" if m.code.isdigit() else f"{m.label}: {m.word}" for m in cell.marks
    )
    return " · ".join([*marks, *([cell.remarks] if cell.remarks else [])])


def tables(document: Document) -> tuple[Plain, ...]:
    """In the order of the briefing; charts as the tables they are drawn from, the sources as one table."""
    found = [Plain("00-facts", document.question, (_("What"), _("Value")), _facts(document.facts))]
    for part in document.parts:
        for block in part.blocks:
            if told := _table(block):
                name = f"{len(found):02}-{re.sub(r'[^A-Za-z0-9-]', '-', part.anchor)}"
                found.append(Plain(name, *told))
        if sources := [b for b in part.blocks if isinstance(b, Evidence)]:
            found.append(_sources(f"{len(found):02}-{part.anchor}", part, sources))
    return tuple(found)


def _facts(block: Facts) -> tuple[tuple[str, ...], ...]:
    return tuple((label, plain(value)) for label, value in block.rows)


def _table(block: Block) -> tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]] | None:
    match block:
        case Table():
            return block.caption, block.columns, tuple(tuple(plain(c) for c in row) for row in block.rows)
        case Matrix():
            rows = tuple((row.header, *(cell_text(c) for c in row.cells)) for row in block.rows)
            return block.caption, (block.corner, *block.columns), rows
        case Chart():
            told = block.spec.told()
            return block.spec.title, (told.columns[0] or _("Name"), *told.columns[1:]), told.rows
        case Facts():
            return "", (_("What"), _("Value")), _facts(block)
    return None


def _sources(name: str, part: Part, sources: list[Evidence]) -> Plain:
    columns = (
        _("Number"),
        _("Title"),
        _("Link"),
        _("Particulars"),
        _("Quote"),
        _("Language"),
        _("Translation"),
    )
    none = _("none")
    rows = tuple(
        (
            str(s.number),
            s.title,
            s.href or none,
            " | ".join(s.lines),
            s.quote or none,
            s.quote_language or none,
            s.translation or none,
        )
        for s in sources
    )
    return Plain(name, part.heading, columns, rows)


def archive(document: Document, data: bytes) -> bytes:
    """A ZIP of a CSV for each table, a list of them, and the JSON that the briefing is made of."""
    out = io.BytesIO()
    made = tables(document)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        _add(file, "tables.csv", _csv(("file", "caption", "rows"), _listed(made)).encode())
        for table in made:
            _add(file, f"{table.name}.csv", _csv(table.columns, table.rows).encode("utf-8", "replace"))
        _add(file, "briefing.json", data)
    return out.getvalue()


def _listed(made: tuple[Plain, ...]) -> Iterator[tuple[str, ...]]:
    for table in made:
        yield f"{table.name}.csv", table.caption or table.name, str(len(table.rows))


def _csv(columns: tuple[str, ...], rows: object) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in (columns, *rows):  # type: ignore[misc]
        writer.writerow([f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell for cell in row])
    return out.getvalue()


def _add(file: zipfile.ZipFile, name: str, content: bytes) -> None:
    file.writestr(zipfile.ZipInfo(name, STAMP), content, zipfile.ZIP_DEFLATED)
