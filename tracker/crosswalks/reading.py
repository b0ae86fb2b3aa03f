"""A comparison read through a crosswalk: what follows for each item of the other framework. A value to draw."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tracker.compare.comparison import ComparedCell, Comparison, Coverage, coverage
from tracker.crosswalks.lens import TABLE, Link, Reported, Result, Step, infer, step
from tracker.crosswalks.queries import CrosswalkLine, MappingLine, StateLine
from tracker.frameworks.queries import Framework, Item
from tracker.jurisdictions.queries import Place
from tracker.kit.vocabulary import Axis, Domain, Relation

Ref = tuple[int, Domain]  # a cell of the source framework in a jurisdiction: item and domain
Shape = tuple[Relation, tuple[Ref, ...], bool, bool]  # what of a mapping its step depends on; see lens.Link


@dataclass(frozen=True, slots=True)
class CrosswalkCoverage:
    """How much of the target framework the crosswalk speaks of, in items; and its review, in mappings."""

    items: int
    related: int
    levelled: int
    no_counterpart: int
    mappings: int
    reviewed: int


@dataclass(frozen=True, slots=True)
class Line:
    """What follows for one target item in one jurisdiction."""

    item: Item
    results: dict[Axis, Result]

    @property
    def follows(self) -> bool:
        return any(result.follows for result in self.results.values())

    @property
    def could_follow(self) -> bool:
        """Whether a mapping is of a relation that lends a level, though nothing may follow from what is reported."""
        return any(step.could_inform for r in self.results.values() for _mapping, step in r.related)


@dataclass(frozen=True)
class Reading:
    """`comparison` is of the source framework, whole; `targets` are the items that are asked for."""

    crosswalk: CrosswalkLine
    comparison: Comparison
    target: Framework
    targets: tuple[Item, ...]
    mappings: tuple[MappingLine, ...]
    states: tuple[StateLine, ...] = ()

    @cached_property
    def by_id(self) -> dict[int, MappingLine]:
        return {mapping.id: mapping for mapping in self.mappings}

    @cached_property
    def source_items(self) -> dict[str, Item]:
        return {item.key: item for item in self.comparison.framework.items}

    @cached_property
    def by_target(self) -> dict[str, list[MappingLine]]:
        """The mappings that relate something to an item, by its key; "no relationship" is not among them."""
        found: dict[str, list[MappingLine]] = defaultdict(list)
        for mapping in self.mappings:
            if mapping.relation is not Relation.NO_RELATIONSHIP:
                for side in mapping.targets:
                    found[side.key].append(mapping)
        return found

    @property
    def unrelated(self) -> tuple[Item, ...]:
        """The targets that no mapping relates to anything."""
        return tuple(item for item in self.targets if item.key not in self.by_target)

    @cached_property
    def without(self) -> frozenset[str]:
        """The targets, by key, that were found to have no counterpart, and reviewed as that."""
        return frozenset(s.item.key for s in self.states if s.side == "target" and s.reviewed)

    @cached_property
    def refs(self) -> dict[int, tuple[Ref, ...]]:
        """The cells that each mapping reads, by its id: of all its sources, in the domains that it names."""
        return {mapping.id: tuple(self._refs(mapping)) for mapping in self.mappings}

    def _refs(self, mapping: MappingLine) -> Iterator[Ref]:
        narrowed = mapping.domains if self.comparison.framework.applies_by_domain else ()
        for side in mapping.sources:
            item = self.source_items[side.key]
            yield from ((item.id, d) for d in item.domains if not narrowed or d in narrowed)

    def cell(self, place: Place, ref: Ref) -> ComparedCell:
        return self.comparison.cells[place.id, *ref]

    @cached_property
    def shapes(self) -> dict[str, list[tuple[int, Shape]]]:
        """(mapping, its shape) towards each target, by the target's key. Few shapes serve many mappings."""
        items = {item.key: item for item in self.targets}
        return {
            key: [
                (m.id, (m.relation, self.refs[m.id], len(m.targets) > 1, _partial(m, items[key])))
                for m in found
            ]
            for key, found in self.by_target.items()
            if key in items
        }

    def lines(self, place: Place) -> list[Line]:
        """Every target that something is related to, in the order of its framework."""
        steps = {axis: self._steps(place, axis) for axis in self.comparison.query.axes}
        return [
            Line(
                item,
                {
                    axis: infer((m, found[s]) for m, s in self.shapes[item.key])
                    for axis, found in steps.items()
                },
            )
            for item in self.targets
            if item.key in self.shapes
        ]

    def _steps(self, place: Place, axis: Axis) -> dict[Shape, Step]:
        """What each shape of mapping gives in a jurisdiction."""
        cells: dict[tuple[Ref, ...], tuple[Reported, ...]] = {}
        found: dict[Shape, Step] = {}
        for shape in {shape for named in self.shapes.values() for _mapping, shape in named}:
            relation, refs, among, partial = shape
            if refs not in cells:
                cells[refs] = tuple(_reported(self.cell(place, ref), ref, axis) for ref in refs)
            found[shape] = step(Link(relation, cells[refs], among, partial))
        return found

    def adoption(self, place: Place, axis: Axis) -> Coverage:
        """How much of the source framework has a level in a jurisdiction."""
        return coverage(self.comparison, place, axis)

    @property
    def coverage(self) -> CrosswalkCoverage:
        lending = {key for key, found in self.by_target.items() if any(m.relation in TABLE for m in found)}
        return CrosswalkCoverage(
            items=len(self.target.items),
            related=len(self.by_target),
            levelled=len(lending),
            no_counterpart=len(self.without),
            mappings=len(self.mappings),
            reviewed=sum(m.reviewed for m in self.mappings),
        )


def _partial(mapping: MappingLine, target: Item) -> bool:
    """Whether a mapping names some of the domains that a target applies to, and not all of them."""
    named = set(mapping.domains) & set(target.domains)
    return bool(named) and named != set(target.domains)


def _reported(cell: ComparedCell, ref: Ref, axis: Axis) -> Reported:
    voice = cell.voice
    if voice is None:
        return Reported(ref, "not_assessed")
    return Reported(ref, voice.on(axis).code, voice.verification(axis))
