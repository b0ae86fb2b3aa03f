"""What an import would do, item by item and by name, for whoever looks at it first. Pure.

A version that is there is added to; a new one is told beside the version that it continues.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Fields = Mapping[str, str]
# What of an item is told when it differs from the item that it continues; not where somebody found it.
TOLD = (
    "source_number",
    "text",
    "short_label",
    "wording",
    "kind",
    "parent",
    "theme",
    "domains",
    "bindingness",
    "rating",
)


@dataclass(frozen=True, slots=True)
class Step:
    """`what`: added, changed, gone (of the version before), left (stored, and not in the file).

    `fields`: (field, before, after). `continues`: the keys of the items that it continues, where these are others.
    """

    what: str
    key: str
    text: str
    fields: tuple[tuple[str, str, str], ...] = ()
    continues: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """For a terminal: +, ~, - or = before the key."""
        sign = {"added": "+", "changed": "~", "gone": "-", "left": "="}[self.what]
        told = "; ".join(f"{name}: “{was}” → “{now}”" for name, was, now in self.fields)
        of = f"continues {', '.join(self.continues)}" if self.continues else ""
        rest = "; ".join(part for part in (of, told) if part) or self.text
        return f"{sign} {self.key}  {rest}"


def within(
    before: Mapping[str, Fields], new: Sequence[Fields], changed: Mapping[str, Fields], given: Iterable[str]
) -> Iterator[Step]:
    """What happens to a version that is there. `before`: its items; `given`: the keys of the file's."""
    for key, fields in changed.items():
        differs = tuple((name, before[key][name], now) for name, now in fields.items())
        yield Step("changed", key, before[key]["text"], differs)
    yield from (Step("added", fields["key"], fields["text"]) for fields in new)
    kept = set(given)
    yield from (Step("left", key, fields["text"]) for key, fields in before.items() if key not in kept)


def beside(
    earlier: Mapping[str, Fields], new: Sequence[Fields], stated: Iterable[tuple[str, str]]
) -> Iterator[Step]:
    """How a new version differs from the one before. `stated`: (old key, new key); else the same key continues."""
    olds: dict[str, list[str]] = defaultdict(list)
    for old, key in stated:
        olds[key].append(old)
    continued: set[str] = set()
    for fields in new:
        key = fields["key"]
        before = sorted(olds[key]) if key in olds else [key] if key in earlier else []
        continued.update(before)
        others = tuple(before) if before != [key] else ()
        was = earlier[before[0]] if len(before) == 1 else {}
        differs = tuple((n, was[n], fields[n]) for n in TOLD if was and was[n] != fields[n])
        if not before:
            yield Step("added", key, fields["text"])
        elif differs or others:
            yield Step("changed", key, fields["text"], differs, others)
    yield from (Step("gone", key, fields["text"]) for key, fields in earlier.items() if key not in continued)
