"""The matrix: jurisdictions down, items across, in each cell its marks, remarks and one link.

Drawn on the canvas, a tenth of the cost of table cells made of paragraphs. A level is told three times:
by its word, by its symbol and by its colour.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil

from reportlab.pdfgen.canvas import Canvas

from tracker.briefings.document import Mark, Matrix, MatrixCell, MatrixRow, Run
from tracker.briefings.pdf import fonts
from tracker.briefings.pdf.layout import Box, Lines, Row, Stack
from tracker.briefings.pdf.pages import Flow, Sheet
from tracker.briefings.pdf.pen import Pen, colour
from tracker.briefings.pdf.tagged import Node
from tracker.briefings.pdf.text import Typesetter
from tracker.briefings.pdf.wrap import INK, MUTED, RULE, WASH, Line, Style

# Ground and symbol of each level; missing codes stand on plain ground. A test checks the contrast.
LEVELS = {
    "0": ("#ffffcc", INK),
    "1": ("#a1dab4", INK),
    "2": ("#41b6c4", INK),
    "3": ("#2273ab", "#ffffff"),
    "4": ("#253494", "#ffffff"),
}
MISSING = ("not_assessed", "not_applicable", "inconclusive", "no_response", "withheld")
PLAIN, EDGE = "#ffffff", "#9aa5b1"

CAPTION = Style(9.5, 13, font=fonts.BOLD)
COLUMN = Style(7.5, 9.6, font=fonts.BOLD)
HEADER = Style(8.5, 11, font=fonts.BOLD)
LABEL = Style(6.6, 8, MUTED)
WORD = Style(7.8, 9.4)
REMARK = Style(6.6, 8.2, MUTED)

STRIP, SLOT, GUTTER, GAP = 15.0, 17.0, 5.0, 2.5
LEAST_COLUMN, MOST_COLUMN = 72.0, 150.0


def define_symbols(canvas: Canvas) -> None:
    """Put each symbol into the file once, drawn around the origin."""
    for code in (*LEVELS, *MISSING):
        canvas.beginForm(f"symbol-{code}", -6, -6, 6, 6)
        ink = colour(LEVELS[code][1] if code in LEVELS else INK)
        canvas.setStrokeColor(ink)
        canvas.setFillColor(ink)
        canvas.setLineWidth(0.9)
        if code in LEVELS:
            _pie(canvas, int(code))
        else:
            _sign(canvas, code)
        canvas.endForm()


def _pie(canvas: Canvas, quarters: int) -> None:
    canvas.circle(0, 0, 4, stroke=1, fill=int(quarters == 4))
    if 0 < quarters < 4:
        canvas.wedge(-4, -4, 4, 4, 90 - 90 * quarters, 90 * quarters, stroke=0, fill=1)


def _sign(canvas: Canvas, code: str) -> None:
    """The signs of missing values, the same as on the pages and in the charts."""
    if code == "not_assessed":
        canvas.setLineWidth(1.4)
        canvas.line(-3.5, 0, 3.5, 0)
    elif code == "not_applicable":
        canvas.setLineWidth(1.2)
        canvas.line(-2.8, -2.8, 2.8, 2.8)
    elif code == "inconclusive":
        canvas.setLineWidth(1.2)
        canvas.arc(-2.3, -0.2, 2.3, 4.4, 180, -225)
        canvas.line(0, -1.4, 0, -0.1)
        canvas.line(0, -0.1, 1.55, 0.5)
        canvas.circle(0, -3.6, 0.8, stroke=0, fill=1)
    elif code == "no_response":
        for x in (-3.5, 0, 3.5):
            canvas.circle(x, 0, 0.9, stroke=0, fill=1)
    else:
        canvas.setLineWidth(1.1)
        canvas.rect(-3.2, -3.9, 6.4, 4.6, stroke=0, fill=1)
        canvas.line(-1.8, 0.7, -1.8, 2.1)
        canvas.line(1.8, 0.7, 1.8, 2.1)
        canvas.arc(-1.8, 0.3, 1.8, 3.9, 0, 180)


def draw_patch(pen: Pen, code: str, x: float, top: float, height: float) -> None:
    """The ground of `code` with its symbol: a strip as high as the words beside it."""
    ground = LEVELS[code][0] if code in LEVELS else PLAIN
    pen.fill(x, top - height, STRIP, height, ground, EDGE if code in MISSING or code == "0" else ground)
    if code in LEVELS or code in MISSING:
        pen.symbol(f"symbol-{code}", x + STRIP / 2, top - height / 2)


@dataclass(frozen=True)
class Tile:
    """One mark with its words broken into lines."""

    code: str
    label: tuple[Line, ...]
    word: tuple[Line, ...]

    @cached_property
    def height(self) -> float:
        return max(SLOT, len(self.label) * LABEL.leading + len(self.word) * WORD.leading + 2)


@dataclass(frozen=True)
class Cell:
    """A cell of a matrix or the patch of a key's entry; it may be split between its tiles."""

    tiles: tuple[Tile, ...]
    remarks: tuple[Line, ...]
    width: float
    href: str
    node: Node

    @cached_property
    def height(self) -> float:
        return sum(tile.height + GAP for tile in self.tiles) + len(self.remarks) * REMARK.leading

    @cached_property
    def least(self) -> float:
        return self.tiles[0].height + GAP if self.tiles else self.height

    def split(self, room: float) -> "tuple[Cell, Cell] | None":
        count = 0
        for tile in self.tiles:
            room -= tile.height + GAP
            if room < 0:
                break
            count += 1
        if not count:
            return None
        return replace(self, tiles=self.tiles[:count], remarks=()), replace(self, tiles=self.tiles[count:])

    def draw(self, pen: Pen, x: float, top: float) -> None:
        key = (self.tiles, self.remarks)
        node = self.node.add("Span", alternative=self._read) if self._read else self.node
        pen.stamp(key, x, top, node, self._draw_marks, self._draw_words)
        if self.href:
            pen.link(
                self.href, (x - 2, top - self.height - 1, x + self.width, top + 2), self.node, self._told
            )

    @cached_property
    def _told(self) -> str:
        """The words of the cell, which its link is known by."""
        lines = [line for tile in self.tiles for line in (*tile.label, *tile.word)]
        return " ".join("".join(segment.text for segment in line) for line in lines)

    @cached_property
    def _read(self) -> str:
        """All of it as it is read, where something in it runs from right to left and so is seen otherwise; else ""."""
        lines = [line for tile in self.tiles for line in (*tile.label, *tile.word)] + [*self.remarks]
        if not any(segment.level >= 0 for line in lines for segment in line):
            return ""
        return " ".join("".join(segment.text for segment in line).rstrip(" ") for line in lines)

    def _draw_marks(self, pen: Pen, x: float, top: float) -> None:
        for tile in self.tiles:
            draw_patch(pen, tile.code, x, top, tile.height)
            top -= tile.height + GAP

    def _draw_words(self, pen: Pen, x: float, top: float) -> None:
        texts: list[tuple[tuple[Line, ...], Style, float, float]] = []
        for tile in self.tiles:
            used = len(tile.label) * LABEL.leading + len(tile.word) * WORD.leading
            start = top - (tile.height - used) / 2
            texts.append((tile.label, LABEL, x + STRIP + 4, start))
            texts.append((tile.word, WORD, x + STRIP + 4, start - len(tile.label) * LABEL.leading))
            top -= tile.height + GAP
        texts.append((self.remarks, REMARK, x, top))
        pen.texts(texts, self.node)


def set_tile(mark: Mark, setter: Typesetter, room: float) -> Tile:
    inner = room - STRIP - 4
    label = setter.lines((Run(mark.label),), LABEL, inner, most=3) if mark.label else ()
    return Tile(mark.code, label, setter.lines((Run(mark.word),), WORD, inner, most=6))


def _cell(cell: MatrixCell, setter: Typesetter, room: float, row: Node) -> Cell:
    holder = row.add("TD")
    href = setter.href(cell.href)
    key = (cell.marks, cell.remarks, room)
    if key not in setter.cells:
        tiles = tuple(set_tile(mark, setter, room) for mark in cell.marks)
        remarks = setter.lines((Run(cell.remarks),), REMARK, room, most=6) if cell.remarks else ()
        setter.cells[key] = Cell(tiles, remarks, room, "", holder)
    return replace(setter.cells[key], href=href, node=holder.add("Link") if href else holder)


def _header(row: MatrixRow, setter: Typesetter, room: float, node: Node) -> Stack:
    holder = node.add("TH", scope="Row")
    name = Lines(setter.lines((Run(row.header, href=row.href),), HEADER, room, most=8), HEADER, holder)
    remark = Lines(setter.lines((Run(row.remark),), REMARK, room, most=8), REMARK, holder)
    return Stack(((0.0, name), (2.0, remark)))


def _head(columns: tuple[str, ...], corner: str, at: list[float], room: float, parts: "_Parts") -> Row:
    node = parts.table.add("TR")
    cells: list[tuple[float, Box]] = []
    for x, text, width in zip(at, (corner, *columns), (parts.stub, *[room] * len(columns)), strict=True):
        lines = parts.setter.lines((Run(text),), COLUMN, width, most=9)
        cells.append((x, Lines(lines, COLUMN, node.add("TH", scope="Column"))))
    return Row(tuple(cells), parts.width, 6, WASH, RULE)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What one group of columns is made with: `stub` is the room of row headers, `width` that of all."""

    setter: Typesetter
    table: Node
    stub: float
    width: float


def _groups(count: int, most: int) -> Iterator[range]:
    """Column numbers in as few groups as hold at most `most`, nearly equal."""
    groups = max(1, ceil(count / most))
    size = ceil(count / groups)
    for start in range(0, max(count, 1), size or 1):
        yield range(start, min(start + size, count))


def compose(matrix: Matrix, setter: Typesetter, section: Node, sheets: tuple[Sheet, Sheet]) -> list[Flow]:
    """Flows of `matrix`: upright if its columns are wide enough so, else sideways, in groups if need be."""
    count = len(matrix.columns)
    landscape = int((sheets[0].measure - 96) / LEAST_COLUMN) < count
    sheet, stub = sheets[landscape], 110.0 if landscape else 96.0
    groups = list(_groups(count, int((sheet.measure - stub) / LEAST_COLUMN)))
    flows: list[Flow] = []
    for number, group in enumerate(groups, 1):
        part = f" ({number}/{len(groups)})" if len(groups) > 1 else ""
        column = min(MOST_COLUMN, (sheet.measure - stub) / max(len(group), 1))
        table = section.add("Table")
        parts = _Parts(setter, table, stub - GUTTER - 6, stub + column * len(group))
        caption = setter.lines((Run(matrix.caption + part),), CAPTION, sheet.measure, most=4)
        flows.append(Flow(Lines(caption, CAPTION, table.add("Caption")), 12, keep=True, landscape=landscape))
        at = [6.0, *(stub + column * index for index in range(len(group)))]
        columns = tuple(matrix.columns[index] for index in group)
        head = _head(columns, matrix.corner, at, column - GUTTER, parts)
        rows = tuple((0.0, _row(row, group, at, column - GUTTER, parts)) for row in matrix.rows)
        flows.append(Flow(Stack(rows, head), 5, whole=len(rows) <= 12, landscape=landscape, below=7))
    return flows


def _row(row: MatrixRow, group: range, at: list[float], room: float, parts: _Parts) -> Row:
    node = parts.table.add("TR")
    header = _header(row, parts.setter, parts.stub, node)
    cells = [(x, _cell(row.cells[i], parts.setter, room, node)) for x, i in zip(at[1:], group, strict=True)]
    return Row(((at[0], header), *cells), parts.width, 3.5, rule=RULE)
