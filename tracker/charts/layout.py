"""Where everything of a chart stands, in numbers: the same for the page and for paper.

Lengths are points (CSS pixels on a page); (0, 0) is the upper left corner, y grows downwards. Words are measured by
an estimate on the wide side, so that no drawer's font makes them overlap. Colours are named by what they stand for.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from tracker.charts.spec import (
    CoverageBars,
    Dumbbell,
    Glance,
    LevelBars,
    Pair,
    Panel,
    QrCode,
    Slope,
    Spec,
    Timelines,
    is_level,
)
from tracker.kit.i18n import format_date
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import LEVEL_CODES, Axis, value

SIZE, LEADING = 10.0, 13.0
SMALL = 8.5
GUTTER = 10.0
# Widths are estimated at this share of the size for each character; wide (East Asian) ones take a whole size.
PER_CHARACTER = 0.56
# No name needs more characters; what is longer is cut before it is measured.
LONGEST = 600


@dataclass(frozen=True, slots=True)
class Rect:
    """`tone`: level-0 to level-4, missing, ink, rule, plain; black and white stay so on a dark page."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    edge: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    tone: str = "ink"
    weight: float = 1.0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A round mark around (x, y); an open square instead where `square`."""

    x: float
    y: float
    radius: float
    square: bool = False


@dataclass(frozen=True, slots=True)
class Symbol:
    """The sign of a code, its middle at (x, y)."""

    code: str
    x: float
    y: float
    size: float = 10.0


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text; `y` is its base line. `anchor`: start, middle or end. `tone`: ink, muted or on-dark."""

    x: float
    y: float
    text: str
    size: float = SIZE
    anchor: str = "start"
    bold: bool = False
    tone: str = "ink"


Shape = Rect | Line | Dot | Symbol | Label


@dataclass(frozen=True, slots=True)
class Picture:
    """`title` and `summary` are the chart's alternative text."""

    width: float
    height: float
    title: str
    summary: str
    shapes: tuple[Shape, ...]


def lay_out(spec: Spec, width: float = 480.0) -> Picture:
    """The picture of a chart, `width` wide (at least 260) and as high as it needs."""
    width = max(width, 260.0)
    shapes: list[Shape] = []
    match spec:
        case CoverageBars():
            height = _coverage(spec, width, shapes)
        case LevelBars():
            height = _levels(spec, width, shapes)
        case Timelines():
            height = _timelines(spec, width, shapes)
        case Dumbbell():
            height = _dumbbell(spec, width, shapes)
        case Slope():
            height = _slope(spec, width, shapes)
        case Glance():
            height = _glance(spec, width, shapes)
        case QrCode():
            width = height = _qr_code(spec, shapes)
    return Picture(width, height, spec.title, spec.summary, tuple(shapes))


def text_width(text: str, size: float) -> float:
    """An estimate that is seldom too small."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return size * (PER_CHARACTER * (len(text) - wide) + wide)


def broken(text: str, room: float, size: float, most: int) -> list[str]:
    """`text` in at most `most` lines of `room`; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    for word in text[:LONGEST].split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, size) <= room:
            lines[-1] = joined
        else:
            lines.append(word)
    whole = len(lines) <= most and len(text) <= LONGEST
    lines = [_cut(line, room, size) for line in lines[:most]] or [""]
    if not whole:
        lines[-1] = _cut(lines[-1] + "…", room, size)
    return lines


def _cut(line: str, room: float, size: float) -> str:
    if text_width(line, size) <= room:
        return line
    kept = line.rstrip("…")
    while kept and text_width(kept + "…", size) > room:
        kept = kept[:-1]
    return kept + "…"


def _name(text: str, room: float, middle: float, shapes: list[Shape], most: int = 2) -> None:
    """A row's name to the left of it, one or two lines around `middle`."""
    lines = broken(text, room, SIZE, most)
    top = middle - LEADING * (len(lines) - 1) / 2 + SIZE * 0.35
    shapes += [Label(0, top + n * LEADING, line) for n, line in enumerate(lines)]


def _stub(labels: Iterable[str], width: float, most: float = 0.34) -> float:
    """The room for names: as wide as the widest, between a fifth and `most` of the whole."""
    widest = max((text_width(label, SIZE) for label in labels), default=0)
    return min(max(widest, width * 0.2), width * most)


def _coverage(spec: CoverageBars, width: float, shapes: list[Shape]) -> float:
    """A frame for all the cells, filled as far as there are levels, lightly where claimed; below, what that means."""
    stub, told = _stub([r.label for r in spec.rows], width), 74.0
    left, room, step, bar = stub + GUTTER, width - stub - told - 2 * GUTTER, 26.0, 14.0
    for n, row in enumerate(spec.rows):
        middle = step * n + step / 2
        _name(row.label, stub, middle, shapes)
        per = room / row.total if row.total else 0.0
        firm = per * max(row.assessed - row.claimed, 0)
        shapes.append(Rect(left, middle - bar / 2, room, bar, "plain", edge=True))
        if row.assessed:
            shapes.append(Rect(left, middle - bar / 2, per * row.assessed, bar, "level-1", edge=True))
            shapes.append(Rect(left, middle - bar / 2, firm, bar, "level-3"))
        counted = _("%(n)s of %(total)s") % {"n": row.assessed, "total": row.total}
        shapes.append(Label(left + room + GUTTER, middle + SIZE * 0.35, counted, bold=True))
    return _tones(step * max(len(spec.rows), 1) + 12, width, shapes)


def _tones(base: float, width: float, shapes: list[Shape]) -> float:
    """What the tones of a bar of coverage mean, in as many lines as they need; the height down to there."""
    x = 0.0
    for tone, meaning in (
        ("level-3", _("with its least evidence")),
        ("level-1", _("only claimed")),
        ("plain", _("no level")),
    ):
        room = 14 + text_width(meaning, SMALL)
        if x and x + room > width:
            x, base = 0.0, base + LEADING
        shapes.append(Rect(x, base - 8, 9, 9, tone, edge=True))
        shapes.append(Label(x + 14, base, _cut(meaning, width - 14, SMALL), SMALL))
        x += room + 18
    return base + 4


def _levels(spec: LevelBars, width: float, shapes: list[Shape]) -> float:
    stub, step, bar = _stub([r.label for r in spec.rows], width), 26.0, 18.0
    left, room = stub + GUTTER, width - stub - GUTTER
    for n, row in enumerate(spec.rows):
        middle, x = step * n + step / 2, left
        _name(row.label, stub, middle, shapes)
        for code, count in row.counts:
            if not count:
                continue
            part = room * count / row.total
            tone = f"level-{code}" if is_level(code) else "missing"
            shapes.append(Rect(x, middle - bar / 2, part, bar, tone, edge=True))
            _segment(code, count, x, part, middle, shapes)
            x += part
    return step * max(len(spec.rows), 1)


def _segment(code: str, count: int, x: float, part: float, middle: float, shapes: list[Shape]) -> None:
    """A number in its segment, with its sign where there is room for both; neither where there is none."""
    number = str(count)
    needs = text_width(number, SIZE)
    tone = "on-dark" if code in ("3", "4") else "ink"
    base = middle + SIZE * 0.35
    if part >= needs + 22 and not is_level(code):
        shapes.append(Symbol(code, x + part / 2 - needs / 2 - 4, middle))
        shapes.append(Label(x + part / 2 + 6, base, number, anchor="middle", bold=True, tone=tone))
    elif part >= needs + 4:
        shapes.append(Label(x + part / 2, base, number, anchor="middle", bold=True, tone=tone))


PANEL_HEIGHT, PANEL_LEAST = 96.0, 140.0


def _timelines(spec: Timelines, width: float, shapes: list[Shape]) -> float:
    across = max(1, min(4, int((width + GUTTER * 2) / (PANEL_LEAST + GUTTER * 2))))
    room = (width - (across - 1) * GUTTER * 2) / across
    for n, panel in enumerate(spec.panels):
        x = (n % across) * (room + GUTTER * 2)
        _panel(spec, panel, x, (n // across) * (PANEL_HEIGHT + LEADING), room, shapes)
    down = -(-len(spec.panels) // across)
    return max(down, 1) * (PANEL_HEIGHT + LEADING)


def _panel(spec: Timelines, panel: Panel, x: float, y: float, room: float, shapes: list[Shape]) -> None:
    """A step line over a scale of 0 to 4; below it a strip in which the missing stand by their sign."""
    top, height, axis = y + 20.0, 48.0, 12.0
    left, right = x + axis, x + room - 16
    strip = top + height + 9
    shapes.append(Label(x, y + SIZE, broken(panel.label, room, SIZE, 1)[0], bold=True))
    for level in LEVEL_CODES:
        at = top + height * (1 - int(level) / 4)
        shapes.append(Line(left, at, right, at, "rule", 0.5))
        if level in ("0", "4"):
            shapes.append(Label(x, at + SMALL * 0.35, level, SMALL, tone="muted"))
    days = max((spec.end - spec.start).days, 1)

    def at_day(day: date) -> float:
        return left + (right - left) * min(max((day - spec.start).days / days, 0.0), 1.0)

    last: float | None = None
    ends = [*panel.steps[1:], None]
    for step, following in zip(panel.steps, ends, strict=True):
        start, end = at_day(step.day), at_day(following.day) if following else right
        if is_level(step.code):
            level_y = top + height * (1 - int(step.code) / 4)
            if last is not None and last != level_y:
                shapes.append(Line(start, last, start, level_y, weight=1.6))
            shapes.append(Line(start, level_y, end, level_y, weight=2.2))
            last = level_y
        else:
            shapes.append(Line(start, strip, end, strip, "muted", 1.0, dashed=True))
            sign = min(start + 6, right)
            shapes.append(Rect(sign - 6, strip - 5, 12, 10, "plain"))
            shapes.append(Symbol(step.code, sign, strip, 9.0))
            last = None
    if panel.steps:
        code = panel.steps[-1].code
        end_y = top + height * (1 - int(code) / 4) if is_level(code) else strip
        shapes.append(Symbol(code, right + 9, end_y, 11.0))
    years = strip + 14
    shapes.append(Label(left, years, str(spec.start.year), SMALL, tone="muted"))
    if spec.end.year != spec.start.year:
        shapes.append(Label(right, years, str(spec.end.year), SMALL, "end", tone="muted"))


def _dumbbell(spec: Dumbbell, width: float, shapes: list[Shape]) -> float:
    """A row each: the scale 0 to 4, and to its left a column for what has no level."""
    stub, head = _stub([r.label for r in spec.rows], width, most=0.42), 36.0
    step = 19.0 if all(text_width(r.label, SIZE) <= stub for r in spec.rows) else 28.0
    none_at = stub + GUTTER + 24
    left, right = none_at + 44, width - 14
    bottom = head + step * max(len(spec.rows), 1)

    def at(code: str) -> float:
        return left + (right - left) * int(code) / 4

    shapes.append(Dot(5, 8, 4.0))
    shapes.append(Label(14, 11, _("on paper"), SMALL))
    shapes.append(Dot(5, 22, 4.0, square=True))
    shapes.append(Label(14, 25, _("in practice"), SMALL))
    shapes.append(Label(none_at, 22, _("no level"), SMALL, "middle", tone="muted"))
    for level in LEVEL_CODES:
        shapes.append(Line(at(level), head - 8, at(level), bottom, "rule", 0.5))
        shapes.append(Symbol(level, at(level), 9))
        shapes.append(Label(at(level), 22, level, SMALL, "middle", tone="muted"))
    for n, row in enumerate(spec.rows):
        middle = head + step * n + step / 2
        _name(row.label, stub, middle, shapes)
        _pair(row, middle, none_at, at, shapes)
    return bottom


def _pair(row: Pair, middle: float, none_at: float, at: Callable[[str], float], shapes: list[Shape]) -> None:
    if is_level(row.first) and is_level(row.second) and row.first != row.second:
        shapes.append(Line(at(row.first), middle, at(row.second), middle, "ink", 2.0))
    same = is_level(row.first) and row.first == row.second
    if is_level(row.second):
        shapes.append(Dot(at(row.second) + (6 if same else 0), middle, 5.0, square=True))
    else:
        shapes.append(Symbol(row.second, none_at + 10, middle))
    if is_level(row.first):
        shapes.append(Dot(at(row.first) - (6 if same else 0), middle, 5.0))
    else:
        shapes.append(Symbol(row.first, none_at - 10, middle))


def _slope(spec: Slope, width: float, shapes: list[Shape]) -> float:
    """Both days as columns of levels; names stand beside their level, on each side in as many lines as they need."""
    room = width * 0.31
    left, right = room + 2 * GUTTER + 8, width - room - 2 * GUTTER - 8
    codes = [
        *reversed(LEVEL_CODES),
        *sorted({c for r in spec.rows for c in (r.first, r.second) if not is_level(c)}),
    ]
    sides = [_names(spec.rows, 0, room), _names(spec.rows, 1, room)]
    top = LEADING + 14
    at: dict[str, float] = {}
    for code in codes:
        lines = max(len(sides[0][code]), len(sides[1][code]), 1)
        at[code] = top + lines * LEADING / 2
        top += lines * LEADING + 9
    for x, anchor, day in ((left, "end", spec.before), (right, "start", spec.after)):
        shapes.append(Label(x, SIZE, format_date(day), bold=True, anchor=anchor))
    for code in codes:
        shapes.append(Line(left, at[code], right, at[code], "rule", 0.5))
    moves: dict[tuple[str, str], int] = defaultdict(int)
    for row in spec.rows:
        moves[row.first, row.second] += 1
    for (first, second), count in sorted(moves.items()):
        weight = min(1.0 + 0.6 * count, 4.0)
        dashed = not (is_level(first) and is_level(second))
        shapes.append(
            Line(left, at[first], right, at[second], "ink" if first != second else "muted", weight, dashed)
        )
    for code in codes:
        for x, anchor, side in ((left, "end", 0), (right, "start", 1)):
            sign = -1 if anchor == "end" else 1
            shapes.append(Symbol(code, x + sign * 8, at[code]))
            names = sides[side][code]
            base = at[code] - LEADING * (len(names) - 1) / 2 + SIZE * 0.35
            shapes += [
                Label(x + sign * 18, base + n * LEADING, name, anchor=anchor) for n, name in enumerate(names)
            ]
    return top


def _glance(spec: Glance, width: float, shapes: list[Shape]) -> float:
    """A tile for each cell: the number of its level on its colour, or the sign of why there is none."""
    columns = max(sum(len(heads) for _name, heads, _names in spec.groups), 1)
    tags = max((text_width(row.tag, SMALL) for row in spec.rows), default=0) + 6
    stub = min(_stub([r.label for r in spec.rows], width), width - tags - columns * 9)
    between = 6.0
    left = stub + tags + GUTTER
    step = min((width - left - between * (len(spec.groups) - 1)) / columns, 30.0)
    tops, height = 42.0, 15.0
    x, at = left, []
    for name, heads, _names in spec.groups:
        room = step * len(heads)
        lines = broken(name, room, SMALL, 2) if name else []
        top = SMALL + 2 + (2 - len(lines)) * (SMALL + 2)
        shapes += [Label(x, top + n * (SMALL + 2), line, SMALL, bold=True) for n, line in enumerate(lines)]
        for head in heads:
            shapes.append(Label(x + step / 2, 35, _cut(head, step, SMALL), SMALL, "middle", tone="muted"))
            at.append(x)
            x += step
        x += between
    y = tops
    for n, row in enumerate(spec.rows):
        if row.label and n:
            shapes.append(Line(0, y + 1.5, x - between, y + 1.5, "rule", 0.5))
            y += 4
        if row.label:
            over = sum(1 for r in spec.rows[n + 1 : n + 2] if not r.label)
            _name(row.label, stub, y + height * (1 + over) / 2, shapes, 2 if over else 1)
        shapes.append(Label(stub + GUTTER, y + height / 2 + SMALL * 0.35, row.tag, SMALL, tone="muted"))
        for left_edge, code in zip(at, row.codes, strict=True):
            _tile(code, left_edge, y, step, height, shapes)
        y += height
    return y + 2


def _tile(code: str, x: float, y: float, width: float, height: float, shapes: list[Shape]) -> None:
    level = is_level(code)
    shapes.append(
        Rect(x + 0.5, y + 0.5, width - 1, height - 1, f"level-{code}" if level else "missing", True)
    )
    middle = x + width / 2
    if level:
        tone = "on-dark" if code in ("3", "4") else "ink"
        shapes.append(Label(middle, y + height / 2 + SMALL * 0.36, code, SMALL, "middle", True, tone))
    else:
        shapes.append(Symbol(code, middle, y + height / 2, min(9.0, width - 2)))


def _qr_code(spec: QrCode, shapes: list[Shape]) -> float:
    """Four modules of quiet ground around; neighbours in a line are one bar."""
    one, quiet = 2.4, 4
    side = (len(spec.modules) + 2 * quiet) * one
    shapes.append(Rect(0, 0, side, side, "white"))
    for y, row in enumerate(spec.modules, quiet):
        for bar in re.finditer("1+", row):
            x = (bar.start() + quiet) * one
            shapes.append(Rect(x, y * one, len(bar.group()) * one, one, "black"))
    return side


def _names(rows: tuple[Pair, ...], side: int, room: float) -> dict[str, list[str]]:
    by_code: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_code[row.second if side else row.first].append(row.label)
    return defaultdict(list, {c: broken(", ".join(names), room, SIZE, 6) for c, names in by_code.items()})


def key_codes(spec: Spec) -> tuple[tuple[Axis, str], ...]:
    """The codes that a chart shows by tone or sign alone, in order: what its key must explain in words."""
    if isinstance(spec, LevelBars):
        codes = dict.fromkeys(code for row in spec.rows for code, n in row.counts if n)
    elif isinstance(spec, Timelines):
        codes = dict.fromkeys(step.code for panel in spec.panels for step in panel.steps)
    elif isinstance(spec, Slope):
        codes = dict.fromkeys(c for row in spec.rows for c in (row.first, row.second))
    elif isinstance(spec, Glance):
        pairs = dict.fromkeys((row.axis, c) for row in spec.rows for c in row.codes)
        return tuple(sorted(pairs, key=lambda p: (not is_level(p[1]), p[0].value, p[1])))
    else:
        return ()
    return tuple((spec.axis, code) for code in sorted(codes, key=lambda c: (not is_level(c), c)))


def words(codes: tuple[tuple[Axis, str], ...]) -> tuple[tuple[str, str], ...]:
    """Each code with its word."""
    return tuple((code, value(axis, code).word) for axis, code in codes)
