"""Pages of a list by cursor: each goes on after the last element of the one before, so none is missed or told twice.

A cursor is opaque to callers. It holds the key of that last element and a mark of the query it belongs to.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _

LIMIT, MOST = 100, 500
LONGEST = 1200
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked for: at most `limit` elements after the one with the key `after` (None: from the start)."""

    limit: int
    after: list[Any] | None
    mark: str

    def cursor(self, key: Sequence[Any]) -> str:
        packed = json.dumps([self.mark, *key], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    def of(self, rows: Sequence[T], key: Callable[[T], Sequence[Any]]) -> tuple[Sequence[T], str]:
        """(the rows of the page, the cursor of the next) of rows that were read with one to spare."""
        kept = rows[: self.limit]
        return kept, self.cursor(key(kept[-1])) if len(rows) > self.limit else ""

    def within(self, rows: Sequence[T], key: Callable[[T], Sequence[Any]]) -> tuple[Sequence[T], str]:
        """The same of a whole list that is sorted by the key."""
        after = self.after
        return self.of([r for r in rows if after is None or list(key(r)) > after], key)


def paged(given: Mapping[str, str], kinds: Sequence[type], *names: str) -> Page:
    """Reads `limit` and `cursor`. `kinds`: the types of the list's key; `names`: the parameters that choose from it.

    Raises Invalid for a limit out of bounds, and for a cursor that is none or belongs to another query.
    """
    faults: dict[str, str] = {}
    chosen = json.dumps([given.get(name, "") for name in names])
    mark = hashlib.sha256(chosen.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    limit = _limit(given.get("limit", ""), faults)
    after = _after(given.get("cursor", ""), mark, kinds, faults)
    if faults:
        raise Invalid(faults)
    return Page(limit, after, mark)


def _limit(text: str, faults: dict[str, str]) -> int:
    if not text:
        return LIMIT
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MOST):
        faults["limit"] = _("Give a whole number from 1 to %(most)s.") % {"most": MOST}
        return LIMIT
    return int(text)


def _after(text: str, mark: str, kinds: Sequence[type], faults: dict[str, str]) -> list[Any] | None:
    if not text:
        return None
    found = _unpacked(text)
    if found is None or len(found) != len(kinds) + 1 or found[0] != mark:
        faults["cursor"] = _("This cursor does not belong to this query. Take it from the page before.")
        return None
    after = found[1:]
    if not all(_fits(value, kind) for value, kind in zip(after, kinds, strict=True)):
        faults["cursor"] = _("This cursor does not belong to this query. Take it from the page before.")
        return None
    return after


def _fits(value: Any, kind: type) -> bool:
    if kind is int:
        return type(value) is int and abs(value) < 2**31
    return isinstance(value, str) and "\x00" not in value


def _unpacked(text: str) -> list[Any] | None:
    if len(text) > LONGEST:
        return None
    try:
        found = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        str(found).encode()
    except (ValueError, binascii.Error, RecursionError):
        return None
    return found if isinstance(found, list) else None
