"""Two sets between the same two framework versions, side by side. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.crosswalks.queries import MappingLine, SideItem, StateLine
from tracker.kit.vocabulary import Domain, Relation


@dataclass(frozen=True, slots=True)
class Said:
    """What a set says of a pair of items. `together`: the keys of the further items that the mapping speaks of."""

    relation: Relation
    strength: int | None
    domains: tuple[Domain, ...]
    together: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One pair of items, or with one of the two None an item without a counterpart, in two sets.

    `code` is one of the vocabulary's "difference". For an item without a counterpart, what is said is empty,
    and `left` and `right` tell whether each set says it.
    """

    source: SideItem | None
    target: SideItem | None
    left: tuple[Said, ...] | None
    right: tuple[Said, ...] | None

    @property
    def code(self) -> str:
        if self.left is None:
            return "only_right"
        if self.right is None:
            return "only_left"
        return "same" if self.left == self.right else "differs"


Pair = tuple[SideItem, SideItem]


def differences(
    left: tuple[Iterable[MappingLine], Iterable[StateLine]],
    right: tuple[Iterable[MappingLine], Iterable[StateLine]],
) -> list[Difference]:
    """All pairs that either set relates, then the items that either finds to have no counterpart, each once."""
    pairs = [_pairs(mappings) for mappings, _states in (left, right)]
    related = [
        Difference(source, target, pairs[0].get((source, target)), pairs[1].get((source, target)))
        for source, target in dict.fromkeys([*pairs[0], *pairs[1]])
    ]
    without = [{(s.side, s.item) for s in states} for _mappings, states in (left, right)]
    return sorted(related, key=lambda d: [i.id for i in (d.source, d.target) if i]) + [
        Difference(
            item if side == "source" else None,
            item if side == "target" else None,
            () if (side, item) in without[0] else None,
            () if (side, item) in without[1] else None,
        )
        for side, item in sorted(without[0] | without[1], key=lambda named: (named[0], named[1].id))
    ]


def _pairs(mappings: Iterable[MappingLine]) -> dict[Pair, tuple[Said, ...]]:
    """What a set says of each pair, in one order whatever the order of the mappings."""
    found: dict[Pair, list[Said]] = defaultdict(list)
    for m in mappings:
        for source in m.sources:
            for target in m.targets:
                others = {s.key for s in (*m.sources, *m.targets)} - {source.key, target.key}
                said = Said(m.relation, m.strength, m.domains, tuple(sorted(others)))
                found[source, target].append(said)
    return {pair: tuple(sorted(said, key=repr)) for pair, said in found.items()}
