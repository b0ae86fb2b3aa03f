"""Frameworks as a workbook: the rows of the CSV on one sheet, every cell text. Read by the limited process of all workbooks."""

import csv
import io
import re

from tracker.frameworks.csv_file import LARGEST_CELL, lines, read_rows
from tracker.frameworks.queries import Framework, Lineage
from tracker.frameworks.tree import Fault, FrameworkFile, Unreadable
from tracker.kit import workbooks
from tracker.kit.i18n import gettext as _

SHEET = "Framework"
_MARKED = re.compile(r"'+[=+\-@\t\r]")
_WIDE = {"text": 70, "short_label": 30, "source_url": 30}


def read(data: bytes) -> FrameworkFile:
    """Read the sheet "Framework", else the first. Takes seconds. Raises Unreadable naming row and cell."""
    if not workbooks.is_workbook(data):
        raise Unreadable((Fault("", "", _("This is no workbook (.xlsx).")),))
    try:
        text = workbooks.as_csv(data, SHEET).decode()
    except workbooks.BadWorkbook as bad:
        where = _("row %(number)s") % {"number": bad.row} if bad.row else ""
        raise Unreadable((Fault(where, bad.column, bad.text),)) from None
    csv.field_size_limit(LARGEST_CELL)
    rows = csv.reader(io.StringIO(text, newline=""))
    return read_rows(([_unmarked(cell) for cell in row] for row in rows), padded=True)


def _unmarked(cell: str) -> str:
    """Without the apostrophe that the reader of workbooks puts before what looks like a formula."""
    return cell[1:] if _MARKED.match(cell) else cell


def write(framework: Framework, lineage: Lineage | None = None) -> bytes:
    """The whole version as XLSX; reading it gives the same."""
    # Imported here: it takes a third of a second, and only this format needs it.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    rows = list(lines(framework, lineage))
    header = next(row for row in rows if not row[0].startswith("#"))
    for place, name in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDE.get(name, 18)
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, text) if text else None
            if cell is not None:
                cell.data_type = "s"  # or a text that begins with = would be a formula
                if row is header:
                    cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
