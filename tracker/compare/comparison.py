"""A comparison: the jurisdictions, the cells, and the voices in each, as a value that pages and files draw."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from tracker.compare.query import Query
from tracker.entries.queries import Moment
from tracker.entries.standing import Standing
from tracker.frameworks.queries import Framework, Item
from tracker.jurisdictions.queries import Place
from tracker.kit.vocabulary import LEVEL_CODES, Axis, Domain, Principle, Value, value

Column = tuple[Item, Domain]


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """One cell. `voices`: those the query hears, none where nobody has spoken (which reads *not assessed*).

    `seen`: the day on which it is asked whether they are stale.
    `filtered`: somebody has spoken, but the query's basis or source leaves them all out.
    """

    place: Place
    item: Item
    domain: Domain
    voices: tuple[Standing, ...]
    contested: bool
    seen: date
    filtered: bool = False

    def says(self, principle: Principle | None) -> bool:
        """Whether a voice that is heard cites an instrument that says so; False where nothing is asked."""
        return principle is not None and any(v.says(principle) for v in self.voices)

    @property
    def voice(self) -> Standing | None:
        return self.voices[0] if self.voices else None

    def value(self, axis: Axis) -> Value:
        return self.voices[0].on(axis) if self.voices else value(axis, "not_assessed")

    def codes(self, axis: Axis) -> frozenset[str]:
        """What the voices that are heard say on an axis."""
        return frozenset(v.on(axis).code for v in self.voices) or frozenset({"not_assessed"})

    def only_claimed(self, axis: Axis) -> bool:
        """Whether the axis has a level, and every level of it is claimed."""
        levelled = [v for v in self.voices if v.on(axis).is_level]
        return bool(levelled) and all(v.claimed(axis) for v in levelled)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`cells` has every jurisdiction x column of the selection; `columns` are those that `show` and `principle` keep.

    `selected`: all that the query's items and domains name, where it keeps only some; else empty.
    """

    query: Query
    at: Moment
    framework: Framework
    places: tuple[Place, ...]
    columns: tuple[Column, ...]
    cells: dict[tuple[int, int, Domain], ComparedCell]
    selected: tuple[Column, ...] = ()

    @property
    def whole(self) -> "Comparison":
        """The same with every column of the selection. Figures are of this one: what is drawn does not choose them."""
        return replace(self, columns=self.selected, selected=()) if self.selected else self

    def cell(self, place: Place, column: Column) -> ComparedCell:
        return self.cells[place.id, column[0].id, column[1]]

    def rows(self) -> Iterator[ComparedCell]:
        """The cells that are shown, by jurisdiction, item, domain."""
        for place in self.places:
            for column in self.columns:
                yield self.cell(place, column)

    @property
    def dated(self) -> Query:
        """The query with its moment and the framework's version spelled out: it reads the same tomorrow."""
        return replace(self.query, framework=self.framework.name, on=self.at.on, as_of=self.at.as_of)

    @property
    def items(self) -> tuple[Item, ...]:
        """The items that have a column, in order."""
        return tuple(dict.fromkeys(item for item, _ in self.columns))

    @property
    def domains(self) -> tuple[Domain, ...]:
        """The domains that have a column, in order."""
        return tuple(d for d in Domain if any(domain is d for _, domain in self.columns))

    @property
    def filtered(self) -> int:
        """How many of the shown cells have entries that the query's basis or source leaves out."""
        return sum(cell.filtered for cell in self.rows())

    @property
    def fictional(self) -> bool:
        return any(place.fictional for place in self.places)

    @property
    def fictional_places(self) -> list[Place]:
        return [place for place in self.places if place.fictional]

    @property
    def invented_voices(self) -> list[str]:
        """The names of invented organisations that speak here of real jurisdictions, by name."""
        voices = (v for cell in self.rows() if not cell.place.fictional for v in cell.voices)
        return sorted({v.organisation_name for v in voices if v.organisation_fictional})


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of `total` cells an axis has a level for. `total` leaves out what is not applicable."""

    assessed: int
    total: int
    not_applicable: int
    claimed: int


def coverage(comparison: Comparison, place: Place, axis: Axis) -> Coverage:
    """The coverage of one axis for a jurisdiction, over the comparison's columns: `whole` has those of the selection.

    Where several voices are heard, a cell counts as assessed when any of them has a level.
    """
    cells = [comparison.cell(place, column) for column in comparison.columns]
    codes = [cell.codes(axis) for cell in cells]
    not_applicable = sum(c == {"not_applicable"} for c in codes)
    return Coverage(
        assessed=sum(bool(c & _LEVELS) for c in codes),
        total=len(cells) - not_applicable,
        not_applicable=not_applicable,
        claimed=sum(cell.only_claimed(axis) for cell in cells),
    )


_LEVELS = frozenset(LEVEL_CODES)


def differs(cells: list[ComparedCell], axes: tuple[Axis, ...]) -> bool:
    """Whether the jurisdictions differ in a column: in level, or in why there is none."""
    return any(len({cell.codes(axis) for cell in cells}) > 1 for axis in axes)


def has_gap(cells: list[ComparedCell], axes: tuple[Axis, ...]) -> bool:
    """Whether a voice confirms a gap: level 0 or 1 with its least evidence. An unknown is no gap."""
    return any(
        voice.on(axis).code in ("0", "1") and not voice.claimed(axis)
        for cell in cells
        for voice in cell.voices
        for axis in axes
    )


def has_unknown(cells: list[ComparedCell], axes: tuple[Axis, ...]) -> bool:
    """Whether some cell has no level from any voice, other than because the item does not apply."""
    return any(
        not cell.codes(axis) & _LEVELS and cell.codes(axis) != {"not_applicable"}
        for cell in cells
        for axis in axes
    )
