"""What changed in one jurisdiction between two moments, told cell by cell."""

from collections.abc import Callable
from dataclasses import dataclass

from tracker.compare.comparison import ComparedCell, Comparison
from tracker.kit.vocabulary import Axis, Value

Aspect = Callable[[ComparedCell], object]


@dataclass(frozen=True, slots=True)
class AxisChange:
    """One axis that reads differently."""

    axis: Axis
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that reads differently. `words`: other things than a level that changed, as codes of the template."""

    before: ComparedCell
    after: ComparedCell
    axes: tuple[AxisChange, ...]
    words: tuple[str, ...]


def changes(before: Comparison, after: Comparison) -> list[CellChange]:
    """The cells of `after` that read differently in `before`. Both must be of the same framework and jurisdiction."""
    found = []
    for cell in after.rows():
        old = before.cells[cell.place.id, cell.item.id, cell.domain]
        axes = tuple(
            AxisChange(axis, old.value(axis), cell.value(axis))
            for axis in Axis
            if old.value(axis).code != cell.value(axis).code
        )
        words = tuple(word for word, of in _ASPECTS.items() if of(old) != of(cell))
        if axes or words:
            found.append(CellChange(old, cell, axes, words))
    return found


def _voice(name: str) -> Aspect:
    return lambda cell: getattr(cell.voice, name) if cell.voice else None


_ASPECTS: dict[str, Aspect] = {
    "contested": lambda cell: cell.contested,
    "verification": lambda cell: tuple(cell.voice.verification(a) for a in Axis) if cell.voice else None,
    "voice": _voice("organisation_key"),
    "basis": _voice("basis"),
    "scope": _voice("scope"),
    "principles": lambda cell: (
        {(e.reference, e.principles) for e in cell.voice.evidence if e.principles} if cell.voice else None
    ),
    "evidence": lambda cell: tuple(e.reference for e in cell.voice.evidence) if cell.voice else None,
}
