"""Taking what was uploaded as a grid: a CSV as it is, an XLSX through a limited process that makes it one."""

import io
from pathlib import Path

from tracker.exchange.reading import Source, unreadable
from tracker.kit import workbooks
from tracker.kit.i18n import gettext as _

LARGEST_FILE = 10 * 1024 * 1024
SHEET = "Entries"


def csv_of(content: bytes, sheet: str = SHEET) -> bytes:
    """An uploaded file as CSV: of a workbook the sheet of that name, else the first. Takes seconds for a large XLSX, so call it off the event loop.

    Raises Unreadable for what is no grid; a CSV is looked at only when its rows are read.
    """
    if len(content) > LARGEST_FILE:
        raise unreadable(_("The file is larger than 10 MB. Divide it, or use the command line."))
    return _converted(content, sheet) if workbooks.is_workbook(content) else content


def of_bytes(content: bytes) -> Source:
    """The grid in a CSV that is in memory."""
    return Source(lambda: io.BytesIO(content))


def of_path(path: Path) -> Source:
    """The grid in a file: a CSV of any size, which stays on the disk, or an XLSX. Raises Unreadable."""
    with path.open("rb") as file:
        start = file.read(4)
    if workbooks.is_workbook(start):
        if path.stat().st_size > LARGEST_FILE:
            raise unreadable(_("A workbook may have 10 MB at most. Use CSV for more."))
        return of_bytes(csv_of(path.read_bytes()))
    return Source(lambda: path.open("rb"))


def _converted(content: bytes, sheet: str) -> bytes:
    """The sheet, or the first, of an XLSX as CSV. Raises Unreadable with what is wrong."""
    try:
        return workbooks.as_csv(content, sheet)
    except workbooks.BadWorkbook as bad:
        raise unreadable(bad.text, row=bad.row, column=bad.column) from None
