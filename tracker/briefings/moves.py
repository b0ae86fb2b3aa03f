"""Which readings differ between two comparisons of the same columns, and in which direction. Pure."""

from dataclasses import dataclass

from tracker.compare.changes import changes
from tracker.compare.comparison import ComparedCell, Comparison
from tracker.kit.vocabulary import Axis, Value


@dataclass(frozen=True, slots=True)
class Move:
    """One axis of one cell that reads differently."""

    before: ComparedCell
    after: ComparedCell
    axis: Axis

    @property
    def readings(self) -> tuple[Value, Value]:
        return self.before.value(self.axis), self.after.value(self.axis)

    @property
    def kind(self) -> str:
        """up, down, new (a level where there was none), lost, or other (another reason for having none)."""
        before, after = (reading.level for reading in self.readings)
        if before is None:
            return "other" if after is None else "new"
        if after is None:
            return "lost"
        return "up" if after > before else "down"


def moves(before: Comparison, after: Comparison) -> list[Move]:
    """By jurisdiction, item, domain, axis; of the axes that are asked for."""
    return [
        Move(change.before, change.after, told.axis)
        for change in changes(before, after)
        for told in change.axes
        if told.axis in after.query.axes
    ]
