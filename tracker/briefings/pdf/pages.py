"""The stream of a document divided into pages. All lengths are points."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tracker.briefings.pdf.layout import Box


@dataclass(frozen=True, slots=True)
class Flow:
    """A box in the stream of the document.

    `gap` is left above it unless it begins a page, `below` under it. `keep` holds it to what follows;
    `whole` never splits what fits on one page. `landscape` is the page it needs, None for any.
    `anchors` lead to it; `level` is 1 or 2 for a heading, whose part reaches to the next of its level,
    and `title` its bookmark. `fresh` begins a page unless its part fits whole on what is left of one.
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
    fresh: bool = False


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
    items: list[tuple[Flow, float]] = field(default_factory=list)
    used: float = 0.0


# How empty a page may be left so that a part (by its level) isn't torn, as a share of the page.
_MAY_LEAVE = {1: 0.35, 2: 0.3}
# A page with less than this on it is not left so, though what follows would begin a page of its own.
LEAST_USED = 0.25


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
        first = not (index and self._flows[index - 1].keep)
        begun = page.used > LEAST_USED * page.sheet.room
        if flow.fresh and first and begun and self._section(index) > self._left:
            return self._turn(bool(flow.landscape))
        stays = sideways and flow.landscape is None
        needed = self._needed(index, stays)
        held = bool(index and self._flows[index - 1].keep)
        if stays and flow.level and not held and self._section(index) > self._left:
            # Text goes on upright: no first lines of it are left behind on a page turned for a matrix.
            return self._turn(False)
        if needed > self._left or (flow.level and not held and self._tears(index)):
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

    def _section(self, index: int) -> float:
        """Height of a heading's part, or of as much of it as is more than a page."""
        flow, room = self._flows[index], self.pages[-1].sheet.room
        total = flow.gap + flow.box.height
        for later in self._flows[index + 1 :]:
            if 0 < later.level <= flow.level or total > room:
                break
            total += later.gap + later.box.height
        return total

    def _tears(self, index: int) -> bool:
        flow, room = self._flows[index], self.pages[-1].sheet.room
        total = self._section(index)
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
            told = flow if first else replace(flow, anchors=(), level=0)
            # only what is shown here, so that a page that is drawn lets go of its boxes
            page.items.append((replace(told, box=shown), page.used + gap))
            page.used += gap + shown.height
            if parts is None:
                page.used += flow.below
                return
            box, first = parts[1], False
            self._turn(page.sheet is self._sheets[1])
