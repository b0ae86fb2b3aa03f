"""Why a job failed, in plain words: what is known of the machine, and nothing of where things are on it."""

import errno
import sqlite3
from collections.abc import Iterator

from tracker.kit.i18n import gettext as _

_FULL = {errno.ENOSPC, errno.EDQUOT}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# PostgreSQL's classes of errors: 53100 disk full; 08 and 57P no connection, or the server is shut down
_PG_FULL, _PG_AWAY = "53100", ("08", "57P")


def reason_of(error: BaseException) -> str:
    """Sentences for whoever waits. A cause that is not known is said to be noted, which is the server's log."""
    for cause in _causes(error):
        sqlite, postgresql = _code(cause, "sqlite_errorcode"), str(getattr(cause, "sqlstate", "") or "")
        if (
            sqlite == sqlite3.SQLITE_FULL
            or postgresql == _PG_FULL
            or (isinstance(cause, OSError) and cause.errno in _FULL)
        ):
            return _(
                "The disk of this service is full, so nothing could be kept. "
                "Whoever runs the service has to make room; then it can be tried again."
            )
        if isinstance(cause, MemoryError):
            return _("The machine had not enough memory for it. Try again later, or with less in it.")
        if sqlite & 0xFF in _BUSY:
            return _("The database was busy for too long. Try again.")
        if postgresql.startswith(_PG_AWAY):
            return _("The database could not be reached. Try again later.")
    return _("Something went wrong on our side. It was noted.")


def _code(cause: BaseException, name: str) -> int:
    found = getattr(cause, name, 0)
    return found if isinstance(found, int) else 0


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, also where a library wrapped it."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, BaseException) and id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting += [getattr(found, "orig", None), found.__cause__, found.__context__]
