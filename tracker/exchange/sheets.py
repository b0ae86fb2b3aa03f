"""Taking what was uploaded as a grid: a CSV as it is, an XLSX through a limited process that makes it one."""

import io
import json
import subprocess  # nosec B404: one fixed program of ours, below
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tracker.exchange import xlsx_child
from tracker.exchange.reading import Source, Unreadable, unreadable
from tracker.kit.i18n import gettext as _

LARGEST_FILE = 10 * 1024 * 1024
_XLSX = b"PK\x03\x04"
_OLD_XLS = b"\xd0\xcf\x11\xe0"
# Longer than the child's own limit on computing, which ends it first unless the machine is overloaded.
_PATIENCE = 60


def csv_of(content: bytes, sheet: str = xlsx_child.SHEET) -> bytes:
    """An uploaded file as CSV: of a workbook the sheet of that name, else the first. Takes seconds for a large XLSX, so call it off the event loop.

    Raises Unreadable for what is no grid; a CSV is looked at only when its rows are read.
    """
    if len(content) > LARGEST_FILE:
        raise unreadable(_("The file is larger than 10 MB. Divide it, or use the command line."))
    if content.startswith(_OLD_XLS):
        raise unreadable(
            _("This is a file of an old or a locked kind (.xls, or with a password). Save it as plain .xlsx.")
        )
    return _converted(content, sheet) if content.startswith(_XLSX) else content


def of_bytes(content: bytes) -> Source:
    """The grid in a CSV that is in memory."""
    return Source(lambda: io.BytesIO(content))


def of_path(path: Path) -> Source:
    """The grid in a file: a CSV of any size, which stays on the disk, or an XLSX. Raises Unreadable."""
    with path.open("rb") as file:
        start = file.read(4)
    if start in (_XLSX, _OLD_XLS):
        if path.stat().st_size > LARGEST_FILE:
            raise unreadable(_("A workbook may have 10 MB at most. Use CSV for more."))
        return of_bytes(csv_of(path.read_bytes()))
    return Source(lambda: path.open("rb"))


def _converted(content: bytes, sheet: str) -> bytes:
    """The sheet, or the first, of an XLSX as CSV. Raises Unreadable with what is wrong."""
    program = [sys.executable, "-I", str(Path(xlsx_child.__file__)), sheet]
    try:
        done = subprocess.run(  # nosec B603: no shell, no word of the user's in it
            program, input=content, capture_output=True, timeout=_PATIENCE, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise unreadable(_bomb()) from None
    if done.returncode == xlsx_child.REFUSED:
        raise _refused(json.loads(done.stdout))
    if done.returncode != 0:  # out of memory or time, so the process was ended
        raise unreadable(_bomb())
    return done.stdout


def _bomb() -> str:
    return _(
        "This workbook unpacks to far more than it should, so it was not opened. Save it anew, or use CSV."
    )


def _words(fault: str, values: dict[str, Any]) -> str:
    words: dict[str, Callable[[], str]] = {
        "parts": lambda: _("This workbook has %(n)s parts, more than a plain one has."),
        "part": lambda: _(
            "This workbook holds “%(name)s”: macros, external links and embedded objects are not taken. "
            "Save it as a plain .xlsx without them."
        ),
        "locked": lambda: _("This workbook is locked with a password."),
        "bomb": _bomb,
        "rows": lambda: _("A workbook may have %(most)s rows at most. Use CSV for more."),
        "formula": lambda: _(
            "There is a formula or an object here. Only plain values are taken: put in its result."
        ),
        "error": lambda: _("There is an error value here (%(text)s)."),
        "long": lambda: _("This text has %(size)s characters, more than a cell can hold."),
        "broken": lambda: _(
            "This workbook can't be read: it is damaged, or no .xlsx. Save it anew, or use CSV."
        ),
    }
    return words[fault]() % values


def _refused(told: dict[str, Any]) -> Unreadable:
    return unreadable(_words(told["fault"], told["values"]), row=told["row"], column=told["column"])
