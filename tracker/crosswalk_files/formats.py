"""The formats of a crosswalk's file: their names, endings and sizes; one way in and one way out."""

from collections.abc import Mapping
from pathlib import PurePath

from tracker.crosswalk_files import olir, sssom, sssom_read
from tracker.crosswalk_files.values import CrosswalkFile, SetContent
from tracker.exchange import sheets
from tracker.exchange.reading import Unreadable as UnreadableSheet
from tracker.frameworks.files import check_size
from tracker.frameworks.tree import Fault, Unreadable
from tracker.kit.i18n import gettext as _

FORMATS = ("sssom", "csv", "xlsx")
MEDIA_TYPES = {
    "sssom": ("sssom.tsv", "text/tab-separated-values"),
    "csv": ("csv", "text/csv"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_ENDINGS = {".tsv": "sssom", ".csv": "csv", ".xlsx": "xlsx"}


def format_of(name: str) -> str:
    """The format that a file's name stands for; "" when it stands for none that is read."""
    return _ENDINGS.get(PurePath(name).suffix.lower(), "")


def read(data: bytes, kind: str) -> CrosswalkFile:
    """Read a file of one of FORMATS. An XLSX takes a process of its own, so call it off the event loop.

    What is wrong with it stands in its `faults`. Raises Unreadable for what can't be read as such a file at all.
    """
    check_size(len(data))
    if kind == "sssom":
        return sssom_read.read(data)
    if kind == "xlsx":
        data = _as_csv(data)
    return olir.read_csv(data)


def _as_csv(data: bytes) -> bytes:
    if not data.startswith(b"PK\x03\x04"):
        raise Unreadable((Fault("", "", _("This is no XLSX workbook.")),))
    try:
        return sheets.csv_of(data, sheet=olir.SHEET)
    except UnreadableSheet as refusal:
        faults = [
            Fault(_("row %(number)s") % {"number": f.row} if f.row else "", f.column, f.text)
            for f in refusal.faults
        ]
        raise Unreadable(tuple(faults)) from None


def write(content: SetContent, kind: str, labels: Mapping[tuple[str, str], str], base_url: str) -> bytes:
    """The set in one of FORMATS. `labels`: of the items, by (framework, key)."""
    if kind == "sssom":
        return sssom.write(content, labels, base_url)
    return olir.write_csv(content, labels) if kind == "csv" else olir.write_xlsx(content, labels)
