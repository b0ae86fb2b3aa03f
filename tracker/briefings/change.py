"""What changed since the last edition or a day, and the course of what is said over the years."""

from collections.abc import Iterator
from dataclasses import replace

from tracker.briefings.desk import Desk, text_block
from tracker.briefings.document import Block, Part, Run, Runs, Table
from tracker.briefings.moves import Move, moves
from tracker.briefings.sides import chart
from tracker.briefings.wording import axis_word, day
from tracker.charts.spec import Pair, Slope, is_level, since_unknown
from tracker.compare.comparison import Column, Comparison
from tracker.compare.wording import cell_ref, column_ref, listed
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, value

# The changes of a register would fill it; the comparison itself has them all.
MOST_ROWS = 120
MOST_SLOPES = 2


def change(desk: Desk) -> tuple[Part, ...]:
    """None where neither an earlier day nor a course was read."""
    parts = []
    if desk.beside.earlier:
        parts.append(Part("since", _("What has changed"), 2, tuple(_since(desk, desk.beside.earlier))))
    if desk.beside.courses:
        parts.append(Part("courses", _("Over time"), 2, tuple(_courses(desk))))
    if not parts:
        return ()
    return (Part("change", _("Change"), 1, ()), *parts)


def _since(desk: Desk, earlier: Comparison) -> Iterator[Block]:
    moved = moves(earlier, desk.comparison)
    edition = desk.options.edition
    told = _("Compared: what was in force on %(before)s, and what is on %(after)s.") % {
        "before": day(earlier.at.on),
        "after": day(desk.comparison.at.on),
    }
    if edition and edition.before:
        number, made = edition.before
        told += " " + _("The earlier one is that of edition %(n)s, made on %(day)s.") % {
            "n": number,
            "day": day(made),
        }
    known = _("By what had been published until %(before)s, and until %(after)s.") % {
        "before": day(earlier.at.as_of.date()),
        "after": day(desk.comparison.at.as_of.date()),
    }
    yield text_block(told, known if earlier.at.as_of != desk.comparison.at.as_of else "")
    if not moved:
        yield text_block(_("No reading has changed."))
        return
    for column, axis in _slopes(moved):
        yield chart(_slope(desk, earlier, column, axis))
    yield _table(desk, moved[:MOST_ROWS])
    if len(moved) > MOST_ROWS:
        yield text_block(
            _("The first %(n)s of %(total)s changes are listed.") % {"n": MOST_ROWS, "total": len(moved)}
        )


def _slopes(moved: list[Move]) -> list[tuple[Column, Axis]]:
    """The columns and axes with the most changes, where more than one jurisdiction changed."""
    counts: dict[tuple[Column, Axis], int] = {}
    for move in moved:
        key = ((move.after.item, move.after.domain), move.axis)
        counts[key] = counts.get(key, 0) + 1
    several = [key for key, n in counts.items() if n > 1]
    return sorted(several, key=lambda key: -counts[key])[:MOST_SLOPES]


def _slope(desk: Desk, earlier: Comparison, column: Column, axis: Axis) -> Slope:
    rows = tuple(
        Pair(
            p.name, earlier.cell(p, column).value(axis).code, desk.comparison.cell(p, column).value(axis).code
        )
        for p in desk.comparison.places
    )
    title = f"{column_ref(column)}, {axis_word(axis).lower()}"
    summary = _("Each line leads from the reading on the earlier day to that on the later one.")
    return Slope(title, summary, axis, earlier.at.on, desk.comparison.at.on, rows)


def _table(desk: Desk, moved: list[Move]) -> Table:
    said = {
        "up": _("rose"),
        "down": _("fell"),
        "new": _("a level where there was none"),
        "lost": _("no level any more"),
        "other": _("another reason for having none"),
    }

    def row(move: Move) -> tuple[Runs, ...]:
        before, after = move.readings
        cell = move.after
        name = Run(cell_ref(cell.place, (cell.item, cell.domain)), href=desk.cell_url(cell))
        sources = tuple(desk.marks(cell.voice, move.axis)) if cell.voice else ()
        return (
            (name,),
            (Run(axis_word(move.axis)),),
            (Run(_code(before.code, before.word)),),
            (Run(_code(after.code, after.word)), *sources),
            (Run(said[move.kind]),),
        )

    columns = (_("Cell"), _("Axis"), _("Before"), _("Now"), _("Change"))
    return Table(
        _("Readings that changed"), columns, tuple(row(m) for m in moved), (0.3, 0.14, 0.18, 0.2, 0.18)
    )


def _code(code: str, told: str) -> str:
    return f"{code} {told}" if code.isdigit() else told


def _courses(desk: Desk) -> Iterator[Block]:
    yield text_block(
        _(
            "Each panel is one jurisdiction, all on the same scale and over the same years. A dashed line with a "
            "sign stands where there was no level. Shown are the columns in which most has changed."
        )
    )
    rows: list[tuple[Runs, ...]] = []
    for course in desk.beside.courses:
        level = [any(is_level(step.code) for step in panel.steps) for panel in course.panels]
        shown = tuple(panel for panel, any_ in zip(course.panels, level, strict=True) if any_)
        yield chart(replace(course, panels=shown) if shown else course)
        silent = [panel.label for panel, any_ in zip(course.panels, level, strict=True) if not any_]
        if shown and silent:
            yield text_block(_("Without a level at any time: %(names)s.") % {"names": listed(silent)})
        rows += [
            (
                (Run(f"{panel.label}: {course.title}"),),
                (Run(day(step.day) if step.dated else since_unknown(day(step.day))),),
                (Run(_code(step.code, value(course.axis, step.code).word)),),
            )
            for panel in course.panels
            for step in panel.steps[1:]
        ]
    if rows:
        columns = (_("Cell"), _("From"), _("What was said"))
        yield Table(_("The days of change in these panels"), columns, tuple(rows), (0.56, 0.2, 0.24))
