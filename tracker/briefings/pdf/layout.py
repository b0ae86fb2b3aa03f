"""Boxes that know their height, can be split, and draw themselves; and their division into pages.

All lengths are points. `x` and `top` are the left and upper edge of a box in the page's coordinates,
which begin at the lower left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, Self

from tracker.briefings.pdf.pen import Pen
from tracker.briefings.pdf.tagged import Node
from tracker.briefings.pdf.text import RULE, Line, Style


class Box(Protocol):
    """`least` is the height its first piece needs."""

    @property
    def height(self) -> float: ...

    @property
    def least(self) -> float: ...

    def split(self, room: float) -> "tuple[Box, Box] | None":
        """What fits in `room` and what is left, or None when nothing fits. Called only when not all fits."""

    def draw(self, pen: Pen, x: float, top: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Lines:
    """Text set in lines, belonging to `node` in the structure. `links` is shared by the pieces of a split text."""

    lines: tuple[Line, ...]
    style: Style
    node: Node
    links: dict[int, Node] = field(default_factory=dict)

    @property
    def height(self) -> float:
        return len(self.lines) * self.style.leading

    @property
    def least(self) -> float:
        return min(len(self.lines), 2 if len(self.lines) != 3 else 3) * self.style.leading

    def split(self, room: float) -> tuple[Self, Self] | None:
        count = int(room / self.style.leading + 1e-6)
        # Never a single line at the end or the start of a page.
        count = min(count, len(self.lines) - 2)
        if count < 2:
            return None
        return replace(self, lines=self.lines[:count]), replace(self, lines=self.lines[count:])

    def draw(self, pen: Pen, x: float, top: float) -> None:
        pen.lines(self.lines, self.style, x, top, self.node, self.links)


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side, each (offset, box). `fill` covers `width`; `rule` underlines it."""

    cells: tuple[tuple[float, Box], ...]
    width: float = 0.0
    pad: float = 0.0
    fill: str = ""
    rule: str = ""
    least_share: float = 220.0

    @property
    def height(self) -> float:
        return max((box.height for _, box in self.cells), default=0.0) + 2 * self.pad

    @property
    def least(self) -> float:
        """A short row stays whole; a tall one may begin with what its cells need."""
        if self.height <= self.least_share:
            return self.height
        return max(box.least for _, box in self.cells) + 2 * self.pad

    def split(self, room: float) -> tuple[Self, Self] | None:
        inner = room - 2 * self.pad
        first: list[tuple[float, Box]] = []
        rest: list[tuple[float, Box]] = []
        for x, box in self.cells:
            if box.height <= inner:
                first.append((x, box))
            elif parts := box.split(inner):
                first.append((x, parts[0]))
                rest.append((x, parts[1]))
            else:
                return None
        return replace(self, cells=tuple(first), rule=""), replace(self, cells=tuple(rest))

    def draw(self, pen: Pen, x: float, top: float) -> None:
        if self.fill:
            pen.fill(x, top - self.height, self.width, self.height, self.fill)
        for offset, box in self.cells:
            box.draw(pen, x + offset, top - self.pad)
        if self.rule:
            pen.rule(x, top - self.height, self.width, self.rule)


@dataclass(frozen=True, slots=True)
class Stack:
    """Boxes one under the other, each (gap above, box). `head` is drawn again on each page, as an artifact."""

    items: tuple[tuple[float, Box], ...]
    head: Box | None = None
    repeated: bool = False

    @property
    def height(self) -> float:
        body = sum(gap + box.height for gap, box in self.items)
        return body + (self.head.height if self.head else 0.0)

    @property
    def least(self) -> float:
        first = self.items[0][1].least if self.items else 0.0
        return first + (self.head.height if self.head else 0.0)

    def split(self, room: float) -> tuple[Self, Self] | None:
        left = room - (self.head.height if self.head else 0.0)
        for index, (gap, box) in enumerate(self.items):
            if gap + box.height > left + 1e-6:
                return self._cut(index, left - gap)
            left -= gap + box.height
        return None

    def _cut(self, index: int, room: float) -> tuple[Self, Self] | None:
        gap, box = self.items[index]
        whole, broken, after = self.items[:index], box, self.items[index + 1 :]
        parts = box.split(room) if box.least <= room and box.least < box.height else None
        if parts:
            whole, broken = (*whole, (gap, parts[0])), parts[1]
        if not whole:
            return None
        rest = replace(self, items=((0.0, broken), *after), repeated=True)
        return replace(self, items=whole), rest

    def draw(self, pen: Pen, x: float, top: float) -> None:
        if self.head:
            with pen.artifact(self.repeated):
                self.head.draw(pen, x, top)
            top -= self.head.height
        for gap, box in self.items:
            box.draw(pen, x, top - gap)
            top -= gap + box.height


@dataclass(frozen=True, slots=True)
class Panel:
    """A box on a tinted ground with a bar at its left edge."""

    inner: Box
    width: float
    pad: float
    fill: str = ""
    bar: str = RULE
    bar_width: float = 2.0

    @property
    def height(self) -> float:
        return self.inner.height + 2 * self.pad

    @property
    def least(self) -> float:
        return self.inner.least + 2 * self.pad

    def split(self, room: float) -> tuple[Self, Self] | None:
        parts = self.inner.split(room - 2 * self.pad)
        return (replace(self, inner=parts[0]), replace(self, inner=parts[1])) if parts else None

    def draw(self, pen: Pen, x: float, top: float) -> None:
        if self.fill:
            pen.fill(x, top - self.height, self.width, self.height, self.fill)
        pen.fill(x, top - self.height, self.bar_width, self.height, self.bar)
        self.inner.draw(pen, x + self.bar_width + 10, top - self.pad)


@dataclass(frozen=True, slots=True)
class Flow:
    """A box in the stream of the document.

    `gap` is left above it unless it begins a page, `below` under it; `keep` holds it to what follows; `whole` never splits what
    fits on one page; `landscape` is the page it needs, None for any; `anchors` lead to it; `level` is 1 or 2 for
    a heading, whose part reaches to the next heading of its level.
    """

    box: Box
    gap: float = 0.0
    keep: bool = False
    whole: bool = False
    landscape: bool | None = None
    anchors: tuple[str, ...] = ()
    level: int = 0
    title: str = ""
    below: float = 0.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page format: its size and margins."""

    width: float
    height: float
    side: float
    top: float
    bottom: float

    @property
    def room(self) -> float:
        return self.height - self.top - self.bottom

    @property
    def measure(self) -> float:
        return self.width - 2 * self.side


@dataclass(slots=True)
class Page:
    sheet: Sheet
    items: list[tuple[Flow, Box, float]] = field(default_factory=list)
    used: float = 0.0


# How empty a page may be left so that a part (by its level) isn't torn, as a share of the page.
_MAY_LEAVE = {1: 0.5, 2: 0.35}


class Paginator:
    """Divides flows into pages; `sheets` are the upright and the sideways format."""

    def __init__(self, flows: Sequence[Flow], sheets: tuple[Sheet, Sheet]) -> None:
        self._flows = flows
        self._sheets = sheets
        self.pages: list[Page] = []

    def run(self) -> list[Page]:
        for index, flow in enumerate(self._flows):
            self._make_room(index)
            self._place(flow)
        return self.pages

    @property
    def _left(self) -> float:
        page = self.pages[-1]
        return page.sheet.room - page.used

    def _turn(self, landscape: bool) -> None:
        self.pages.append(Page(self._sheets[landscape]))

    def _make_room(self, index: int) -> None:
        """A new page where the flow needs another format, or would be torn or orphaned here."""
        flow = self._flows[index]
        if not self.pages:
            return self._turn(bool(flow.landscape))
        page = self.pages[-1]
        sideways = page.sheet is self._sheets[1]
        if flow.landscape is not None and flow.landscape != sideways:
            return self._turn(flow.landscape)
        if not page.items:
            return None
        stays = sideways and flow.landscape is None
        needed = self._needed(index, stays)
        if needed > self._left or (flow.level and self._tears(index)):
            self._turn(bool(flow.landscape))
        return None

    def _needed(self, index: int, all_of_it: bool) -> float:
        """Height without which the flow must not begin here, with all that it is held to."""
        if index and self._flows[index - 1].keep:
            # Room for the whole was made, or found impossible, when the first of this chain was placed.
            return self._flows[index].gap + self._flows[index].box.least
        total = 0.0
        for flow in self._flows[index:]:
            total += flow.gap
            fits = total + flow.box.height <= self._sheets[bool(flow.landscape)].room
            if flow.keep:
                total += flow.box.height
                continue
            return total + (flow.box.height if fits and (flow.whole or all_of_it) else flow.box.least)
        return total

    def _tears(self, index: int) -> bool:
        flow, room = self._flows[index], self.pages[-1].sheet.room
        total = flow.gap + flow.box.height
        for later in self._flows[index + 1 :]:
            if 0 < later.level <= flow.level or total > room:
                break
            total += later.gap + later.box.height
        if total <= self._left:
            return False
        share = self._left / room
        return share < 0.22 or (total <= room and share < _MAY_LEAVE[flow.level])

    def _place(self, flow: Flow) -> None:
        box, first = flow.box, True
        while True:
            page = self.pages[-1]
            gap = flow.gap if first and page.items else 0.0
            left = self._left - gap
            parts = None if box.height <= left + 1e-6 else box.split(left)
            if parts is None and box.height > left + 1e-6 and page.items:
                self._turn(page.sheet is self._sheets[1] if flow.landscape is None else flow.landscape)
                continue
            shown = parts[0] if parts else box
            page.items.append((flow if first else replace(flow, anchors=(), level=0), shown, page.used + gap))
            page.used += gap + shown.height
            if parts is None:
                page.used += flow.below
                return
            box, first = parts[1], False
            self._turn(page.sheet is self._sheets[1])
