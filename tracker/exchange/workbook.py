"""The grid as a workbook: the entries with lists to choose from, how to fill it in, and what each code means.

Every cell is text: nothing a person typed can become a formula.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from tracker.exchange.columns import CELL, CODES, COLUMNS
from tracker.exchange.sheets import SHEET
from tracker.frameworks.queries import Framework
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import (
    LEVEL_CODES,
    MISSING_CODES,
    Axis,
    Basis,
    CitationAxis,
    Domain,
    RevisionKind,
    Scope,
    word,
)
from tracker.kit.xlsx_child import MOST_ROWS

_HEAD = Font(bold=True)
_GIVEN = PatternFill("solid", fgColor="FFE8EEF2")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_WIDE = {"note": 40, "scope_note": 30, "not_applicable_reason": 30}


def build(
    rows: Sequence[Sequence[str]], framework: Framework, instruments: Sequence[tuple[str, str, str]]
) -> bytes:
    """The XLSX of `rows`, which are in the order of COLUMNS. `instruments`: (key or id, title, citation).

    Takes seconds for thousands of rows, so call it off the event loop. Raises Invalid for too many.
    """
    if len(rows) >= MOST_ROWS:
        raise Invalid({"format": _("This is too much for a workbook. Download it as CSV.")})
    book = Workbook(write_only=True)
    _entries(book, rows)
    _table(book, "Instructions", [110], ([line] for line in _instructions()))
    _table(book, "Codebook", [20, 28, 40, 90], _codebook(framework))
    head = ["citation_N_instrument", "title", "citation"]
    _table(book, "Instruments", [40, 80, 50], [head, *(list(line) for line in instruments)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _entries(book: Workbook, rows: Sequence[Sequence[str]]) -> None:
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = f"{get_column_letter(len(CELL) + 1)}2"
    for place, name in enumerate(COLUMNS, start=1):
        column = sheet.column_dimensions[get_column_letter(place)]
        column.width = _WIDE.get(name, 36 if name.endswith(("_quote", "_translation")) else 18)
        column.number_format = "@"
    sheet.append([_text(sheet, name, head=True) for name in COLUMNS])
    for row in rows:
        sheet.append([_text(sheet, text, given=at < len(CELL)) for at, text in enumerate(row)])
    for place, name in enumerate(COLUMNS, start=1):
        codes = CODES.get("axis" if name.endswith("_axis") else name)
        if codes:
            letter = get_column_letter(place)
            choice = DataValidation("list", formula1=f'"{",".join(codes)}"', allow_blank=True)
            choice.showErrorMessage, choice.error = True, _("Choose one of the list.")
            choice.add(f"{letter}2:{letter}{len(rows) + 2}")
            sheet.data_validations.append(choice)


def _text(sheet: Any, text: str, *, head: bool = False, given: bool = False) -> Any:
    if not text:
        return None
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # or a text that begins with = would be a formula
    if head:
        cell.font = _HEAD
    if head or given:
        cell.fill = _GIVEN
    return cell


def _table(book: Workbook, title: str, widths: Sequence[int], rows: Iterable[Sequence[str]]) -> None:
    """A sheet of plain text. Its first row is its head."""
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    for number, row in enumerate(rows):
        cells = [_text(sheet, text, head=number == 0) for text in row]
        for cell in cells:
            if cell is not None:
                cell.alignment = _WRAPPED
        sheet.append(cells)


def _instructions() -> Iterator[str]:
    yield _("How to fill in the sheet “Entries”")
    yield _(
        "Each row is one cell: a jurisdiction, an item and a domain. Leave the first five columns as they are."
    )
    yield _(
        "Give both “commitment” (on paper) and “practice” (in practice): a level from 0 to 4, or the reason why there "
        "is none, such as not_assessed. The sheet “Codebook” says what each code means."
    )
    yield _(
        "A row in which both are blank is left alone. A blank never means 0, and it never means “not assessed”."
    )
    yield _(
        "In every other row, what stands in the row replaces what the draft says: a note that you empty is emptied."
    )
    yield _("Level 0 needs its search note (who, where and when). “Not applicable” needs its reason.")
    yield _("Write days as year-month-day, such as 2024-03-27.")
    yield _(
        "A row has room for three citations. Name the instrument by its key, its id or its exact title: the sheet "
        "“Instruments” lists those you can cite. Further citations of an entry stay as they are."
    )
    yield _("Write plain text only. Formulas are refused. Don't add, rename or remove columns.")
    yield _("Texts are short and never about a person.")
    yield _(
        "When you upload the file, you first see what it would change; nothing is saved before you apply it. It is "
        "saved as drafts, which your reviewers then publish. An entry that waits for its reviewer is not changed."
    )


def _codebook(framework: Framework) -> Iterator[list[str]]:
    yield ["column", "code", "word", "meaning"]
    for axis in Axis:
        for code in LEVEL_CODES:
            meaning, evidence = word(f"meaning.{axis}", code), word(f"evidence.{axis}", code)
            least = _("%(meaning)s Least evidence: %(evidence)s.") % {
                "meaning": meaning,
                "evidence": evidence,
            }
            yield [axis.value, code, word(axis.value, code), least]
        for code in MISSING_CODES:
            yield [axis.value, code, word("missing", code), word("meaning.missing", code)]
    for basis in Basis:
        yield ["basis", basis.value, word("basis", basis), word("meaning.basis", basis)]
    for name, enum in (("scope", Scope), ("domain", Domain), ("kind", RevisionKind)):
        for code in enum:
            yield [name, code.value, word(name, code), ""]
    for code in CitationAxis:
        yield ["citation_N_axis", code.value, word("axis", code), ""]
    for item in framework.items:
        yield [
            "item",
            item.key,
            " ".join(part for part in (item.source_number, item.label) if part),
            item.text,
        ]
