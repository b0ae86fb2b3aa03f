"""Boxes that know their height, can be split, and draw themselves.

All lengths are points. `x` and `top` are the left and upper edge of a box in the page's coordinates,
which begin at the lower left. Heights are kept, for each page asks for those of all that is left.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol, Self

from tracker.briefings.pdf.pen import Pen
from tracker.briefings.pdf.tagged import Node
from tracker.briefings.pdf.wrap import RULE, Line, Style


class Box(Protocol):
    """`least` is the height its first piece needs."""

    @property
    def height(self) -> float: ...

    @property
    def least(self) -> float: ...

    def split(self, room: float) -> "tuple[Box, Box] | None":
        """What fits in `room` and what is left, or None when nothing fits. Called only when not all fits."""

    def draw(self, pen: Pen, x: float, top: float) -> None: ...


@dataclass(frozen=True)
class Lines:
    """Text set in lines, owned by `node`. `links` is shared by the pieces of a split text."""

    lines: tuple[Line, ...]
    style: Style
    node: Node
    links: dict[int, Node] = field(default_factory=dict)

    @cached_property
    def height(self) -> float:
        return len(self.lines) * self.style.leading

    @cached_property
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


@dataclass(frozen=True)
class Row:
    """Cells side by side, each (offset, box). `fill` covers `width`; `rule` underlines it."""

    cells: tuple[tuple[float, Box], ...]
    width: float = 0.0
    pad: float = 0.0
    fill: str = ""
    rule: str = ""
    least_share: float = 220.0

    @cached_property
    def height(self) -> float:
        return max((box.height for _, box in self.cells), default=0.0) + 2 * self.pad

    @cached_property
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


@dataclass(frozen=True)
class Stack:
    """Boxes one under the other, each (gap above, box). `head` is drawn again on each page, an artifact.

    `held`: how many of the first ones do not begin without each other.
    """

    items: tuple[tuple[float, Box], ...]
    head: Box | None = None
    repeated: bool = False
    held: int = 1

    @cached_property
    def height(self) -> float:
        body = sum(gap + box.height for gap, box in self.items)
        return body + (self.head.height if self.head else 0.0)

    @cached_property
    def least(self) -> float:
        head = self.head.height if self.head else 0.0
        if not self.items:
            return head
        *before, (gap, last) = self.items[: self.held]
        return head + sum(g + box.height for g, box in before) + (gap if before else 0.0) + last.least

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
        rest = replace(self, items=((0.0, broken), *after), repeated=True, held=1)
        # What is left over a thousand pages is not measured anew on each.
        shown = sum(gap + box.height for gap, box in self.items[: index + 1])
        vars(rest)["height"] = self.height - shown + broken.height
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
