"""Two versions of a framework side by side: what became of each item. Pure.

Items continue one another when they are told to (by a file, or by the operator), else when they have the same key.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from operator import itemgetter

from tracker.frameworks.csv_file import items_of
from tracker.frameworks.queries import Framework, Item

Pairs = frozenset[tuple[str, str]]


class Change(StrEnum):
    """What became of an item. Only `UNCHANGED`, or one or more of the others."""

    UNCHANGED = "unchanged"
    ADDED = "added"
    GONE = "gone"
    SPLIT = "split"
    MERGED = "merged"
    RENAMED = "renamed"  # another key, number or short label
    REWORDED = "reworded"  # another text
    MOVED = "moved"  # below another item
    OTHERWISE = "otherwise"  # its domains, its kind, how far it binds, its rating, its source


# Which change a field's other value is; a field that is not named here makes none.
_CHANGES = {
    Change.RENAMED: ("key", "source_number", "short_label"),
    Change.REWORDED: ("text", "wording"),
    Change.OTHERWISE: ("kind", "theme", "domains", "bindingness", "rating", "provenance", "source_url"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """Items of the two versions that belong together. `fields`: (field, before, after), for one and one only."""

    old: tuple[Item, ...]
    new: tuple[Item, ...]
    changes: tuple[Change, ...]
    fields: tuple[tuple[str, str, str], ...] = ()

    @property
    def change(self) -> str:
        """All of them in one code, such as "renamed+moved"."""
        return "+".join(self.changes)

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """The words of the text that differ, as (before, after), in their order; "" where there are none on a side."""
        before, after = next(
            ((was.split(), now.split()) for n, was, now in self.fields if n == "text"), ([], [])
        )
        parts = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        return tuple(
            (" ".join(before[a:b]), " ".join(after[c:d])) for tag, a, b, c, d in parts if tag != "equal"
        )


@dataclass(frozen=True, slots=True)
class Diff:
    """`lines` has every item of both versions once, in the order of the newer one, what is gone in its old place.

    `told`: the pairs of keys that somebody stated.
    """

    old: Framework
    new: Framework
    told: Pairs
    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[Change, int]:
        """Lines by change; a line of several changes counts for each."""
        return {change: sum(change in line.changes for line in self.lines) for change in Change}


def compare(old: Framework, new: Framework, told: Pairs = frozenset()) -> Diff:
    """What became of each item of `old` in `new`."""
    groups = _groups(old, new, told)
    before = {fields["key"]: fields for fields in items_of(old)}
    after = {fields["key"]: fields for fields in items_of(new)}
    parents = _Parents(groups)
    lines = tuple(_line(olds, news, before, after, parents) for olds, news in groups)
    return Diff(old, new, told, lines)


def links(old: Framework, new: Framework, told: Pairs) -> Pairs:
    """(old key, new key) of items that continue one another. What is told of a new item goes before its key."""
    before, after = ({item.key for item in f.items} for f in (old, new))
    stated = {new_key for _old, new_key in told}
    known = {(a, b) for a, b in told if a in before and b in after}
    return frozenset(known | {(key, key) for key in (before & after) - stated})


Group = tuple[tuple[Item, ...], tuple[Item, ...]]
_Node = tuple[str, str]  # "old" or "new", and a key


def _groups(old: Framework, new: Framework, told: Pairs) -> list[Group]:
    """Items that hang together by links, directly or through others."""
    near: dict[_Node, list[_Node]] = defaultdict(list)
    for old_key, new_key in sorted(links(old, new, told)):
        near["old", old_key].append(("new", new_key))
        near["new", new_key].append(("old", old_key))
    places = {("old", item.key): (n, item) for n, item in enumerate(old.items)}
    places |= {("new", item.key): (n, item) for n, item in enumerate(new.items)}
    seen: set[_Node] = set()
    groups = []
    for side, item in _in_order(old, new):
        if (side, item.key) in seen:
            continue
        nodes = _around((side, item.key), near)
        seen |= nodes
        olds, news = (
            sorted((places[node] for node in nodes if node[0] == of), key=itemgetter(0))
            for of in ("old", "new")
        )
        groups.append((tuple(item for _n, item in olds), tuple(item for _n, item in news)))
    return groups


def _around(start: _Node, near: Mapping[_Node, list[_Node]]) -> set[_Node]:
    found: set[_Node] = set()
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(near.get(node, ()))
    return found


def _in_order(old: Framework, new: Framework) -> Iterator[tuple[str, Item]]:
    """The new items in their order; an old one that has no new place after the one that stood before it."""
    kept = {item.key for item in new.items}
    after: dict[str, list[Item]] = defaultdict(list)
    last = ""
    for item in old.items:
        if item.key in kept:
            last = item.key
        else:
            after[last].append(item)
    yield from (("old", item) for item in after[""])
    for item in new.items:
        yield "new", item
        yield from (("old", gone) for gone in after[item.key])


class _Parents:
    """Whether an item is still below the same: below an item that continues the one it was below."""

    def __init__(self, groups: list[Group]) -> None:
        self.old = {i.id: n for n, (olds, _news) in enumerate(groups) for i in olds}
        self.new = {i.id: n for n, (_olds, news) in enumerate(groups) for i in news}

    def same(self, before: Item, after: Item) -> bool:
        was = self.old[before.parent_id] if before.parent_id else None
        now = self.new[after.parent_id] if after.parent_id else None
        return was == now


Fields = Mapping[str, dict[str, str]]


def _line(
    olds: tuple[Item, ...], news: tuple[Item, ...], before: Fields, after: Fields, parents: _Parents
) -> Line:
    if not olds or not news:
        return Line(olds, news, (Change.GONE if olds else Change.ADDED,))
    several = ((Change.SPLIT, news), (Change.MERGED, olds))
    changes = [change for change, items in several if len(items) > 1]
    if changes:
        return Line(olds, news, tuple(changes))
    (was,), (now,) = olds, news
    texts = before[was.key], after[now.key]
    names = [name for known in _CHANGES.values() for name in known]
    fields = tuple((n, texts[0][n], texts[1][n]) for n in names if texts[0][n] != texts[1][n])
    changed = {name for name, _was, _now in fields}
    changes = [change for change, known in _CHANGES.items() if changed & set(known)]
    if not parents.same(was, now):
        changes.append(Change.MOVED)
        fields += (("parent", texts[0]["parent"], texts[1]["parent"]),)
    return Line(olds, news, tuple(changes) or (Change.UNCHANGED,), fields)


# How alike two texts must be to be suggested, from 0 to 1.
ALIKE = 0.75
MOST_COMPARED = 40_000


def suggestions(diff: Diff) -> dict[str, str]:
    """For an added item the gone one that it may continue, by key: the same text, else the most alike one.

    A guess for a person to confirm. Texts are compared while there are no more than MOST_COMPARED pairs of them.
    """
    gone = [line.old[0] for line in diff.lines if line.changes == (Change.GONE,)]
    added = [line.new[0] for line in diff.lines if line.changes == (Change.ADDED,)]
    same = {item.text.casefold(): item.key for item in gone}
    found = {item.key: same[item.text.casefold()] for item in added if item.text.casefold() in same}
    if len(gone) * len(added) > MOST_COMPARED:
        return found
    for item in added:
        if item.key not in found:
            scored = [(_alike(old.text, item.text), old.key) for old in gone]
            best = max(scored, default=(0.0, ""))
            if best[0] >= ALIKE:
                found[item.key] = best[1]
    return found


def _alike(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0
