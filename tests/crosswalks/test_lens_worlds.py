"""The lens against every world of four atoms: an item is a set of atoms, each adopted to some level."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations, product

import pytest

from tracker.crosswalks.lens import LEVELS, TABLE, Interval, Link, Reported, infer, joint, step
from tracker.kit.vocabulary import Relation

Item = frozenset[int]
ATOMS = range(4)
ITEMS = [frozenset(c) for size in range(1, 5) for c in combinations(ATOMS, size)]
WORLDS = list(product(LEVELS, repeat=len(ATOMS)))
INTERVALS = [Interval(low, high) for low in LEVELS for high in LEVELS if low <= high]

HOLDS = {
    Relation.EQUAL: lambda source, target: source == target,
    Relation.SUBSET_OF: lambda source, target: source < target,
    Relation.SUPERSET_OF: lambda source, target: source > target,
    Relation.INTERSECTS_WITH: lambda source, target: (
        bool(source & target) and not source <= target and not target <= source
    ),
}


@cache
def level(item: Item, world: tuple[int, ...]) -> int:
    return joint(world[atom] for atom in item)


@cache
def possible(relation: Relation, source_level: int) -> frozenset[int]:
    """The levels that some world gives a target, where the source has this level."""
    pairs = [(s, t) for s in ITEMS for t in ITEMS if HOLDS[relation](s, t)]
    return frozenset(level(t, world) for s, t in pairs for world in WORLDS if level(s, world) == source_level)


def faults(table: dict[Relation, tuple[Interval, ...]]) -> list[tuple[Relation, int]]:
    """The entries of a table that exclude what is possible, or that are wider than needed."""
    return [
        (relation, source)
        for relation, row in table.items()
        for source, told in enumerate(row)
        if {told.low, told.high} != {min(possible(relation, source)), max(possible(relation, source))}
    ]


def test_no_interval_excludes_what_is_possible_and_none_is_wider_than_needed() -> None:
    assert set(TABLE) == set(HOLDS)
    assert faults(TABLE) == []


@pytest.mark.parametrize(("relation", "source"), list(product(TABLE, LEVELS)))
def test_changing_any_entry_is_noticed(relation: Relation, source: int) -> None:
    for other in INTERVALS:
        row = list(TABLE[relation])
        if row[source] != other:
            row[source] = other
            assert faults(TABLE | {relation: tuple(row)}) == [(relation, source)]


def test_the_table_is_the_one_of_the_product() -> None:
    told = {relation: [(i.low, i.high) for i in row] for relation, row in TABLE.items()}
    assert told == {
        Relation.EQUAL: [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)],
        Relation.SUBSET_OF: [(0, 2), (1, 2), (2, 2), (2, 3), (2, 4)],
        Relation.SUPERSET_OF: [(0, 0), (0, 1), (0, 4), (3, 4), (4, 4)],
        Relation.INTERSECTS_WITH: [(0, 2), (0, 2), (0, 4), (2, 4), (2, 4)],
    }


def test_a_whole_rises_with_its_parts_and_joins_in_any_order() -> None:
    for world in WORLDS:
        for item in ITEMS:
            for rest in ITEMS:
                both = level(item | rest, world)
                assert both == joint([level(item, world), level(rest, world)])
        for atom in ATOMS:
            for higher in range(world[atom], len(LEVELS)):
                raised = (*world[:atom], higher, *world[atom + 1 :])
                assert joint(raised) >= joint(world)


def _reported(item: Item, world: tuple[int, ...], missing: bool) -> Reported:
    return Reported(item, "not_assessed" if missing else str(level(item, world)), "V1")


def _relation(source: Item, target: Item) -> Relation:
    return next((r for r, holds in HOLDS.items() if holds(source, target)), Relation.NO_RELATIONSHIP)


def _some_worlds() -> Iterator[tuple[int, ...]]:
    """Every fifth world or so: enough of each level at each atom, in a second."""
    yield from WORLDS[::4]


def test_many_to_many_mappings_exclude_nothing_possible() -> None:
    """Two sources jointly, towards a target that is one of two."""
    pairs = list(combinations(ITEMS, 2))[::5]
    for world in _some_worlds():
        for sources in pairs:
            for targets in pairs[::3]:
                relation = _relation(sources[0] | sources[1], targets[0] | targets[1])
                for missing in (False, True):
                    cells = tuple(_reported(s, world, missing and s is sources[0]) for s in sources)
                    told = step(Link(relation, cells, among=True)).gives
                    assert told is not None
                    assert told.low <= level(targets[0], world) <= told.high


def test_several_true_mappings_never_contradict_each_other() -> None:
    """The target's level lies in the intersection: a conflict means that something reported or mapped is wrong."""
    for world in _some_worlds():
        for target in ITEMS:
            links = [(s, step(Link(_relation(s, target), (_reported(s, world, False),)))) for s in ITEMS]
            for chosen in (links, links[::2], links[1::3]):
                told = infer(chosen).interval
                assert told is not None
                assert told.low <= level(target, world) <= told.high


def test_a_mapping_of_some_domains_speaks_of_a_part_of_the_target() -> None:
    for world in _some_worlds():
        for source in ITEMS:
            for named in ITEMS:
                for target in (t for t in ITEMS if t > named):
                    link = Link(_relation(source, named), (_reported(source, world, False),), partial=True)
                    told = step(link).gives
                    assert told is not None
                    assert told.low <= level(target, world) <= told.high
