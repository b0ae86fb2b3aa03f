"""Reading a workbook that somebody sent: by a limited process of its own, which makes it CSV or says why not."""

import json
import subprocess  # nosec B404: one fixed program of ours, below
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tracker.kit import xlsx_child
from tracker.kit.errors import Refused
from tracker.kit.i18n import gettext as _

_XLSX = b"PK\x03\x04"
_OLD_XLS = b"\xd0\xcf\x11\xe0"
# Longer than the child's own limit on computing, which ends it first unless the machine is overloaded.
_PATIENCE = 60


class BadWorkbook(Refused):
    """The workbook can't be taken. `row` 0: as a whole; `column`: the cell, such as C7, or ""."""

    def __init__(self, text: str, row: int = 0, column: str = "") -> None:
        self.text, self.row, self.column = text, row, column
        super().__init__(text)


def is_workbook(content: bytes) -> bool:
    """Whether a file begins as a workbook does, of today's kind or of the old one. Its first four bytes are enough."""
    return content[:4] in (_XLSX, _OLD_XLS)


def as_csv(content: bytes, sheet: str) -> bytes:
    """The sheet of that name, else the first one, as CSV. What looks like a formula is marked by an apostrophe.

    Takes seconds for a large one, so call it off the event loop. Raises BadWorkbook with what is wrong.
    """
    if content.startswith(_OLD_XLS):
        raise BadWorkbook(
            _("This is a file of an old or a locked kind (.xls, or with a password). Save it as plain .xlsx.")
        )
    program = [sys.executable, "-I", str(Path(xlsx_child.__file__)), sheet]
    try:
        done = subprocess.run(  # nosec B603: no shell, no word of the user's in it
            program, input=content, capture_output=True, timeout=_PATIENCE, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise BadWorkbook(_bomb()) from None
    if done.returncode == xlsx_child.REFUSED:
        raise _refused(json.loads(done.stdout))
    if done.returncode != 0:  # out of memory or time, so the process was ended
        raise BadWorkbook(_bomb())
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


def _refused(told: dict[str, Any]) -> BadWorkbook:
    return BadWorkbook(_words(told["fault"], told["values"]), row=told["row"], column=told["column"])
