"""What changed between two versions as CSV: a row for each pair of items that continue one another, and the others."""

import csv
import io
from collections.abc import Iterator

from tracker.frameworks.diff import Diff, Line, links
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
    linked = links(diff.old, diff.new, diff.told)
    for line in diff.lines:
        for old, new in _pairs(line, linked):
            keys = (old.key if old else "", new.key if new else "")
            told = "true" if keys in diff.told else "false"
            fields = " ".join(name for name, _was, _now in line.fields) or NONE
            named = [diff.new.key, diff.old.version, diff.new.version, " ".join(line.changes)]
            writer.writerow([*named, *_told(old), *_told(new), fields, told])
    return out.getvalue()


def _pairs(line: Line, linked: frozenset[tuple[str, str]]) -> Iterator[tuple[Item | None, Item | None]]:
    if not line.old or not line.new:
        yield (line.old or (None,))[0], (line.new or (None,))[0]
        return
    yield from ((old, new) for old in line.old for new in line.new if (old.key, new.key) in linked)


def _told(item: Item | None) -> tuple[str, str]:
    return (item.key, item.text) if item else (NONE, NONE)
