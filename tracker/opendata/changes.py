"""What changed between two releases, by rows of adoption.csv, and whether every row that is gone is explained."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from tracker.opendata import schema
from tracker.opendata.spool import Rows, digest
from tracker.opendata.tables import Tables

Key = tuple[str, ...]
_KEY = schema.ADOPTION.places(schema.ADOPTION.key)
_VALID_TO, _SOURCES, _CELL_URL = schema.ADOPTION.places(["valid_to", "sources", "cell_url"])
REDACTED = "[redacted "


@dataclass(frozen=True, slots=True)
class Changes:
    """Voices by what became of them since the release before. `unexplained`: gone, and nobody knows why.

    `moved_from`: the service's address as the release before has it, where it is another one now, else "".
    """

    added: int = 0
    changed: int = 0
    redacted: int = 0
    withdrawn: int = 0
    corrected: int = 0
    ended: int = 0
    same: int = 0
    unexplained: list[Key] = field(default_factory=list)
    moved_from: str = ""

    def counts(self) -> dict[str, int]:
        """By word, in the order of telling."""
        told = {
            name: getattr(self, name)
            for name in ("added", "changed", "redacted", "withdrawn", "corrected", "ended", "same")
        }
        return told | {"unexplained": len(self.unexplained)}


def _voices(rows: Rows) -> Iterator[tuple[Key, list[str]]]:
    """The rows in which somebody speaks, with their keys.

    Of the cell's address only the path: where the service has moved, nobody says anything else for that.
    """
    keyed = ((tuple(row[i] for i in _KEY), _placeless(row)) for row in rows)
    return ((key, row) for key, row in keyed if key[-1] != "none")


def _parts(url: str) -> tuple[str, str]:
    """(the service's address, the path below it) of a page's address."""
    scheme, sign, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return scheme + sign + host, slash + path


def _placeless(row: list[str]) -> list[str]:
    path = _parts(row[_CELL_URL])[1].partition("?")[0]
    return [*row[:_CELL_URL], path, *row[_CELL_URL + 1 :]]


def _address(rows: Rows) -> str:
    first = next(iter(rows), None)
    return _parts(first[_CELL_URL])[0] if first else ""


def compared(before: Rows, now: Tables) -> Changes:
    """`before`: the rows of adoption.csv of the release before. Only rows that differ are held, whatever their number."""
    left = {digest(key): digest(row) for key, row in _voices(before)}
    added, counts = 0, dict.fromkeys(("changed", "redacted", "same", "withdrawn", "corrected", "ended"), 0)
    others: dict[bytes, list[str]] = {}
    for key, row in _voices(now.rows["adoption"]):
        known = digest(key)
        was = left.pop(known, None)
        if was is None:
            added += 1
        elif was == digest(row):
            counts["same"] += 1
        else:
            others[known] = row
    unexplained = []
    for key, row in _voices(before) if left or others else ():
        known = digest(key)
        if known in others:
            counts[_kept(row, others[known])] += 1
        elif known in left and (why := _why(key, row, now)):
            counts[why] += 1
        elif known in left:
            unexplained.append(key)
    unexplained = sorted(unexplained)
    told = {key[:-1] for key in unexplained}
    unexplained += [(*cell, "none") for cell in sorted(_lost(before, now.rows["adoption"]) - told)]
    was_at, is_at = _address(before), _address(now.rows["adoption"])
    moved_from = was_at if was_at and is_at and was_at != is_at else ""
    return Changes(added=added, unexplained=unexplained, moved_from=moved_from, **counts)


def _lost(before: Rows, now: Rows) -> set[Key]:
    """The cells that are no longer there at all."""
    cells = {digest(row[i] for i in _KEY[:-1]) for row in before}
    cells.difference_update(digest(row[i] for i in _KEY[:-1]) for row in now)
    keys = (tuple(row[i] for i in _KEY[:-1]) for row in before) if cells else iter(())
    return {key for key in keys if digest(key) in cells}


def _kept(before: Collection[str], now: Collection[str]) -> str:
    old, new = list(before), list(now)
    if old == new:
        return "same"
    newly = new[_SOURCES].count(REDACTED) > old[_SOURCES].count(REDACTED)
    old[_SOURCES] = new[_SOURCES]
    return "redacted" if newly and old == new else "changed"


def _why(key: Key, row: Collection[str], now: Tables) -> str:
    if key in now.withdrawn:
        return "withdrawn"
    if key in now.corrected:
        return "corrected"
    until = list(row)[_VALID_TO]
    return "ended" if until[:1].isdigit() and until < now.at.on.isoformat() else ""
