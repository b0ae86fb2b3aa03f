"""A comparison: the jurisdictions, the cells, and the voices in each, as a value that pages and files draw."""

from collections.abc import Iterator
from dataclasses import dataclass

from tracker.compare.query import Query
from tracker.entries.queries import Moment
from tracker.entries.standing import Standing
from tracker.frameworks.queries import Framework, Item
from tracker.jurisdictions.queries import Place
from tracker.kit.vocabulary import Axis, Domain, Value, value

Column = tuple[Item, Domain]


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """One cell. `voices`: those the query hears, none where nobody has spoken (which reads *not assessed*)."""

    place: Place
    item: Item
    domain: Domain
    voices: tuple[Standing, ...]
    contested: bool

    @property
    def voice(self) -> Standing | None:
        return self.voices[0] if self.voices else None

    def value(self, axis: Axis) -> Value:
        return self.voice.on(axis) if self.voice else value(axis, "not_assessed")


@dataclass(frozen=True, slots=True)
class Comparison:
    """`cells` has every jurisdiction x column; `columns` are those that `show` keeps."""

    query: Query
    at: Moment
    framework: Framework
    places: tuple[Place, ...]
    columns: tuple[Column, ...]
    cells: dict[tuple[int, int, Domain], ComparedCell]

    def cell(self, place: Place, column: Column) -> ComparedCell:
        return self.cells[place.id, column[0].id, column[1]]

    def rows(self) -> Iterator[ComparedCell]:
        """The cells that are shown, by jurisdiction, item, domain."""
        for place in self.places:
            for column in self.columns:
                yield self.cell(place, column)

    @property
    def items(self) -> tuple[Item, ...]:
        """The items that have a column, in order."""
        return tuple(dict.fromkeys(item for item, _ in self.columns))

    @property
    def domains(self) -> tuple[Domain, ...]:
        """The domains that have a column, in order."""
        return tuple(d for d in Domain if any(domain is d for _, domain in self.columns))

    @property
    def fictional(self) -> bool:
        return any(place.fictional for place in self.places)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of `total` cells an axis has a level for. `total` leaves out what is not applicable."""

    assessed: int
    total: int
    not_applicable: int
    claimed: int


def coverage(comparison: Comparison, place: Place, axis: Axis) -> Coverage:
    """The coverage of one axis for a jurisdiction, over the columns that are shown."""
    cells = [comparison.cell(place, column) for column in comparison.columns]
    values = [cell.value(axis) for cell in cells]
    not_applicable = sum(v.code == "not_applicable" for v in values)
    return Coverage(
        assessed=sum(v.is_level for v in values),
        total=len(values) - not_applicable,
        not_applicable=not_applicable,
        claimed=sum(bool(c.voice and c.value(axis).is_level and c.voice.claimed(axis)) for c in cells),
    )


def differs(comparison_cells: list[ComparedCell], axes: tuple[Axis, ...]) -> bool:
    """Whether the jurisdictions differ in a column: in level, or in why there is none."""
    return any(len({cell.value(axis).code for cell in comparison_cells}) > 1 for axis in axes)


def has_gap(cells: list[ComparedCell], axes: tuple[Axis, ...]) -> bool:
    """Whether some cell is a confirmed gap: level 0 or 1 with its least evidence. An unknown is no gap."""
    return any(
        cell.voice is not None and cell.value(axis).code in ("0", "1") and not cell.voice.claimed(axis)
        for cell in cells
        for axis in axes
    )


def has_unknown(cells: list[ComparedCell], axes: tuple[Axis, ...]) -> bool:
    """Whether some cell has no level, other than because the item does not apply."""
    return any(
        not cell.value(axis).is_level and cell.value(axis).code != "not_applicable"
        for cell in cells
        for axis in axes
    )
