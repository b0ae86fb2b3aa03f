"""What changed between two releases, by rows of adoption.csv, and whether every row that is gone is explained."""

from collections.abc import Collection
from dataclasses import dataclass, field

from tracker.opendata import schema
from tracker.opendata.tables import Rows, Tables

Key = tuple[str, ...]
_KEY = schema.ADOPTION.places(schema.ADOPTION.key)
_VALID_TO, _SOURCES = schema.ADOPTION.places(["valid_to", "sources"])
REDACTED = "[redacted "


@dataclass(frozen=True, slots=True)
class Changes:
    """Voices by what became of them since the release before. `unexplained`: gone, and nobody knows why."""

    added: int = 0
    changed: int = 0
    redacted: int = 0
    withdrawn: int = 0
    corrected: int = 0
    ended: int = 0
    same: int = 0
    unexplained: list[Key] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """By word, in the order of telling."""
        told = {
            name: getattr(self, name)
            for name in ("added", "changed", "redacted", "withdrawn", "corrected", "ended", "same")
        }
        return told | {"unexplained": len(self.unexplained)}


def _voices(rows: Rows) -> dict[Key, list[str]]:
    """The rows in which somebody speaks."""
    keyed = {tuple(row[i] for i in _KEY): row for row in rows}
    return {key: row for key, row in keyed.items() if key[-1] != "none"}


def compared(before: Rows, now: Tables) -> Changes:
    """`before`: the rows of adoption.csv of the release before."""
    old, new = _voices(before), _voices(now.rows["adoption"])
    counts = dict.fromkeys(("changed", "redacted", "same", "withdrawn", "corrected", "ended"), 0)
    for key in old.keys() & new.keys():
        counts[_kept(old[key], new[key])] += 1
    unexplained = []
    for key in sorted(old.keys() - new.keys()):
        why = _why(key, old[key], now)
        if why:
            counts[why] += 1
        else:
            unexplained.append(key)
    told = {key[:-1] for key in unexplained}
    lost = {tuple(row[i] for i in _KEY[:-1]) for row in before}
    lost -= {tuple(row[i] for i in _KEY[:-1]) for row in now.rows["adoption"]}
    unexplained += [(*cell, "none") for cell in sorted(lost - told)]
    return Changes(added=len(new.keys() - old.keys()), unexplained=unexplained, **counts)


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
