"""What changed between two versions as CSV: a row for each pair of items that continue one another, and the others."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from tracker.frameworks.diff import Change, Diff, Line, links
from tracker.frameworks.queries import Item

COLUMNS = [
    "framework",
    "from_version",
    "to_version",
    "changes",
    "old_item",
    "old_text",
    "new_item",
    "new_text",
    "fields",
    "told",
]
NONE = "none"


def write(diff: Diff | None) -> str:
    """The CSV; its header only while there is nothing to compare. No cell is blank: where there is no item or field it has `none`."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    if diff is None:
        return out.getvalue()
    for pair in pairs(diff):
        fields = " ".join(pair.fields) or NONE
        named = [diff.new.key, diff.old.version, diff.new.version, " ".join(pair.changes)]
        writer.writerow(
            [*named, *_told(pair.old), *_told(pair.new), fields, "true" if pair.told else "false"]
        )
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items of which one continues the other, or one that has no other. `told`: somebody stated it."""

    old: Item | None
    new: Item | None
    changes: tuple[Change, ...]
    fields: tuple[str, ...]
    told: bool


def pairs(diff: Diff) -> Iterator[Pair]:
    """In the order of the lines."""
    linked = links(diff.old, diff.new, diff.told)
    for line in diff.lines:
        fields = tuple(name for name, _was, _now in line.fields)
        for old, new in _pairs(line, linked):
            keys = (old.key if old else "", new.key if new else "")
            yield Pair(old, new, line.changes, fields, keys in diff.told)


def _pairs(line: Line, linked: frozenset[tuple[str, str]]) -> Iterator[tuple[Item | None, Item | None]]:
    if not line.old or not line.new:
        yield (line.old or (None,))[0], (line.new or (None,))[0]
        return
    yield from ((old, new) for old in line.old for new in line.new if (old.key, new.key) in linked)


def _told(item: Item | None) -> tuple[str, str]:
    return (item.key, item.text) if item else (NONE, NONE)
