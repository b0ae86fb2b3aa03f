"""What the sentences count: readings (one axis of one cell), and how far they lie apart.

Counts are over the whole selection, whatever `show` and `principle` keep of it.
"""

from tracker.briefings.desk import Desk
from tracker.compare.comparison import Column, ComparedCell
from tracker.kit.vocabulary import Axis

Reading = tuple[ComparedCell, Axis]


def readings(desk: Desk) -> tuple[list[Reading], list[Reading]]:
    """Those with a level, and those without one for another reason than that the item does not apply."""
    levels: list[Reading] = []
    unknown: list[Reading] = []
    for cell in desk.whole.rows():
        for axis in desk.axes:
            value = cell.value(axis)
            if value.is_level:
                levels.append((cell, axis))
            elif value.code != "not_applicable":
                unknown.append((cell, axis))
    return levels, unknown


def shared_columns(desk: Desk, axis: Axis) -> list[Column]:
    """The columns in which every jurisdiction has a level on the axis."""
    comparison = desk.whole
    return [
        column
        for column in comparison.columns
        if all(comparison.cell(p, column).value(axis).is_level for p in comparison.places)
    ]


def spread(desk: Desk, column: Column, axis: Axis) -> int:
    """The widest distance between two jurisdictions' levels; 0 where fewer than two have one."""
    levels = [
        level
        for place in desk.comparison.places
        if (level := desk.comparison.cell(place, column).value(axis).level) is not None
    ]
    return max(levels) - min(levels) if levels else 0


def with_both_axes(desk: Desk) -> list[ComparedCell]:
    if len(desk.axes) < 2:
        return []
    return [c for c in desk.whole.rows() if all(c.value(axis).is_level for axis in desk.axes)]
