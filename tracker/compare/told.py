"""A comparison in sentences: who has what, confirmed gaps apart from unknowns. Values for pages; nothing is drawn here.

A reading is one axis of one cell. Where several voices are shown, each is told.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tracker.compare.comparison import Column, ComparedCell, Comparison
from tracker.entries.standing import Standing
from tracker.kit.i18n import gettext as _
from tracker.kit.i18n import ngettext
from tracker.kit.vocabulary import LEVEL_CODES, Axis, Value


@dataclass(frozen=True, slots=True)
class Said:
    """One voice of one cell on one axis."""

    cell: ComparedCell
    axis: Axis
    voice: Standing

    @property
    def reading(self) -> Value:
        return self.voice.on(self.axis)

    @property
    def claimed(self) -> bool:
        return self.reading.is_level and self.voice.claimed(self.axis)

    @property
    def sources(self) -> int:
        """How many passages it cites for the axis."""
        return sum(e.axis.covers(self.axis) for e in self.voice.evidence)

    @property
    def rests_on(self) -> str:
        """What a documented level rests on, in words.

        Without a passage a 0 can only be documented by its search note, and any other level, which is then "preparing",
        by the owner whom the entry names (`tracker/entries/evidence.py`).
        """
        if self.sources:
            return ngettext("%(num)s source", "%(num)s sources", self.sources) % {"num": self.sources}
        return _("owner named") if self.reading.level else _("search note")


@dataclass(frozen=True, slots=True)
class Group:
    """Those who read alike: `said` where somebody speaks, `silent` the jurisdictions of which nobody does."""

    reading: Value
    said: tuple[Said, ...]
    silent: tuple[ComparedCell, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnTold:
    """A column and axis: its groups, the highest level first, then why there is none."""

    column: Column
    axis: Axis
    groups: tuple[Group, ...]

    @property
    def differs(self) -> bool:
        return len(self.groups) > 1


def columns_told(comparison: Comparison) -> tuple[ColumnTold, ...]:
    """Every column and axis of which somebody has said anything."""
    told = (_column(comparison, c, a) for c in comparison.columns for a in comparison.query.axes)
    return tuple(t for t in told if any(g.said for g in t.groups))


def _column(comparison: Comparison, column: Column, axis: Axis) -> ColumnTold:
    said: dict[str, list[Said]] = {}
    silent: list[ComparedCell] = []
    readings: dict[str, Value] = {}
    for place in comparison.places:
        cell = comparison.cell(place, column)
        for voice in cell.voices:
            readings[voice.on(axis).code] = voice.on(axis)
            said.setdefault(voice.on(axis).code, []).append(Said(cell, axis, voice))
        if not cell.voices:
            readings["not_assessed"] = cell.value(axis)
            silent.append(cell)
    order = [*reversed(LEVEL_CODES), *(c for c in readings if c not in LEVEL_CODES)]
    return ColumnTold(
        column,
        axis,
        tuple(
            Group(readings[c], tuple(said.get(c, ())), tuple(silent) if c == "not_assessed" else ())
            for c in order
            if c in readings
        ),
    )


@dataclass(frozen=True, slots=True)
class Gap:
    """A confirmed gap, and who among those compared has it at least in part."""

    said: Said
    elsewhere: tuple[Said, ...]


def gaps(columns: Iterable[ColumnTold]) -> Iterator[Gap]:
    """Level 0 or 1 with its least evidence, by any voice that is heard. What is unknown is no gap."""
    for told in columns:
        have = tuple(s for g in told.groups if (g.reading.level or 0) >= 2 for s in g.said)
        cells = {id(h.cell) for h in have}
        for said in (s for g in told.groups if g.reading.code in ("0", "1") for s in g.said):
            if not said.claimed:
                own = id(said.cell) in cells  # by another voice, which is not elsewhere
                yield Gap(said, tuple(h for h in have if h.cell is not said.cell) if own else have)


@dataclass(frozen=True, slots=True)
class Unknown:
    """How many readings of a jurisdiction and axis have no level, by reason; what is not applicable is not among them."""

    code: str
    count: int


def unknowns(cells: list[ComparedCell], axis: Axis) -> tuple[Unknown, ...]:
    """By reason, the most frequent first. The first voice of a cell counts."""
    counts: dict[str, int] = {}
    for cell in cells:
        reading = cell.value(axis)
        if not reading.is_level and reading.code != "not_applicable":
            counts[reading.code] = counts.get(reading.code, 0) + 1
    return tuple(Unknown(c, n) for c, n in sorted(counts.items(), key=lambda item: -item[1]))
