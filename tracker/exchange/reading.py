"""Reading a CSV: any of the three separators, UTF-8 only, every row with its number.

A file is read twice, first for the jurisdictions it names, so that only their entries are loaded;
no more than a chunk of it is ever in memory.
"""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import BinaryIO

from tracker.exchange.columns import COLUMNS, Fault, plain
from tracker.kit.errors import Refused
from tracker.kit.i18n import gettext as _

MOST_ROWS = 250_000
_SEPARATORS = (",", ";", "\t")
_LONGEST_HEADER = 10_000
# A cell can't be larger than the largest file; what is too long for its column is told by name.
_LARGEST_CELL = 16 * 1024 * 1024
_NO_GRIDS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Unreadable(Refused):
    """The file can't be read as a grid. `faults` says what and where."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(" ".join(fault.text for fault in faults))


def unreadable(text: str, *, row: int = 0, column: str = "") -> Unreadable:
    return Unreadable([Fault(row, column, text)])


Row = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Source:
    """A grid in a CSV. `open` gives its bytes from the beginning, as often as it is called."""

    open: Callable[[], BinaryIO]

    def jurisdictions(self) -> set[str]:
        """The codes in the column `jurisdiction`. Raises Unreadable, as `rows` does."""
        return {row[0].strip() for _number, row in self.rows()}

    def rows(self) -> Iterator[Row]:
        """(number, cells in the order of COLUMNS) of every row that says anything; the header is row 1."""
        with self.open() as raw:
            first = raw.read(8)
            raw.seek(0)
            if first.startswith(_NO_GRIDS):
                raise unreadable(
                    _(
                        "This is no spreadsheet but a PDF or a picture. Upload the filled-in grid, as XLSX or CSV."
                    )
                )
            if first.startswith(_UTF16) or b"\x00" in first:
                raise unreadable(not_utf8())
            # Undecodable bytes become lone surrogates, so that the row they stand in can be told.
            with io.TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline="") as text:
                yield from _rows(text)


def not_utf8() -> str:
    """What is wrong with the encoding of a file, and the way out."""
    return _(
        "This file is not saved as UTF-8. Save it as “CSV UTF-8” (in LibreOffice: character set “Unicode (UTF-8)”), "
        "or as XLSX, and upload it again."
    )


def _rows(text: io.TextIOBase) -> Iterator[Row]:
    csv.field_size_limit(_LARGEST_CELL)
    start = text.readline(_LONGEST_HEADER)
    text.seek(0)
    reader = csv.reader(text, delimiter=max(_SEPARATORS, key=start.count), strict=True)
    number = 0
    try:
        header = next(reader, None)
        if header is None:
            raise unreadable(_("The file is empty."))
        number, width, arrange = 1, len(header), _arranged(header)
        for number, row in enumerate(reader, start=2):
            if any(row):
                if len(row) != width and (len(row) < width or any(row[width:])):
                    raise unreadable(_width_words(len(row), width), row=number)
                yield number, arrange(row)
            if number > MOST_ROWS:
                words = _("The file has more than %(most)s rows. Divide it.")
                raise unreadable(words % {"most": f"{MOST_ROWS:,}"})
    except csv.Error as error:
        raise _broken(number + 1) from error


def _width_words(width: int, wanted: int) -> str:
    return _("This row has %(n)s cells, and the header has %(wanted)s.") % {"n": width, "wanted": wanted}


def _broken(row: int) -> Unreadable:
    return unreadable(
        _("The quotation marks in this row don't match: a cell that holds one writes it twice."), row=row
    )


def _arranged(header: Sequence[str]) -> Callable[[Sequence[str]], Sequence[str]]:
    """A function that puts a row's cells in the order of COLUMNS. Raises Unreadable naming what is amiss."""
    names = [name.strip() for name in header]
    if any("\udc80" <= c <= "\udcff" or c == "\x00" for name in names for c in name):
        raise unreadable(not_utf8(), row=1)
    while names and not names[-1]:
        names.pop()
    faults = _header_faults(names)
    if faults:
        raise Unreadable(faults)
    if tuple(names) == COLUMNS and len(header) == len(COLUMNS):
        return lambda row: row
    return itemgetter(*(names.index(name) for name in COLUMNS))


def _header_faults(names: Sequence[str]) -> list[Fault]:
    if not set(names) & set(COLUMNS):
        words = _("The first row must name the columns, as the file that you download here does.")
        return [Fault(1, "", words)]
    faults = []
    for place, name in enumerate(names, start=1):
        if name not in COLUMNS:
            shown = plain(name)[:60] or _("column %(n)s") % {"n": place}
            faults.append(Fault(1, shown, _("This column is not known here. Remove it.")))
        elif names.index(name) != place - 1:
            faults.append(Fault(1, name, _("This column is there twice.")))
    missing = _("This column is missing. Download the file here and fill that one in.")
    return faults + [Fault(1, name, missing) for name in COLUMNS if name not in names]
