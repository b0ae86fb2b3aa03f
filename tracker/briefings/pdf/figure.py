"""A chart in the PDF: its title, the drawing as one tagged figure with alternative text, and the key to its marks."""

from collections import Counter
from dataclasses import dataclass

from reportlab.graphics.shapes import Drawing

from tracker.briefings.document import Chart, Run
from tracker.briefings.pdf import fonts, matrix
from tracker.briefings.pdf.layout import Box, Lines, Row
from tracker.briefings.pdf.pages import Flow
from tracker.briefings.pdf.pen import Pen
from tracker.briefings.pdf.tagged import Node
from tracker.briefings.pdf.text import Typesetter, label
from tracker.briefings.pdf.wrap import MUTED, Style
from tracker.charts import pdf
from tracker.charts.layout import lay_out
from tracker.charts.spec import Glance, QrCode, Spec

KEY = Style(8, 11)
SUMMARY = Style(8.5, 12, MUTED)
KEY_ROOM = 118.0
# A drawing wider than this has more air than figures.
WIDEST = 483.0
# Of an alternative text, in characters; a chart of twelve jurisdictions has some two thousand.
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing, never split."""

    drawing: Drawing
    node: Node

    @property
    def height(self) -> float:
        return float(self.drawing.height)

    @property
    def least(self) -> float:
        return self.height

    def split(self, room: float) -> None:
        return None

    def draw(self, pen: Pen, x: float, top: float) -> None:
        pen.figure(self.drawing, x, top, self.node)


def figure(chart: Chart, setter: Typesetter, section: Node, measure: float) -> list[Flow]:
    """The flows of a chart on paper `measure` wide."""
    holder = section.add("Sect")
    title = Lines(
        setter.lines((Run(chart.spec.title),), matrix.CAPTION, measure, 4), matrix.CAPTION, holder.add("P")
    )
    summary = () if isinstance(chart.spec, QrCode) else (Run(chart.spec.summary),)
    told = Lines(
        setter.lines(summary, SUMMARY, min(measure, WIDEST), 6),
        SUMMARY,
        holder.add("P") if summary else holder,
    )
    picture = lay_out(chart.spec, min(measure, WIDEST))
    node = holder.add("Figure", alternative=alternative(chart.spec))
    drawing = pdf.draw(picture, fonts.REGULAR, fonts.BOLD, setter.plain)
    flows = [
        Flow(title, 14, keep=True),
        *([Flow(told, 2, keep=True)] if summary else []),
        Flow(Figure(drawing, node), 8, whole=True, keep=bool(chart.key), below=4),
    ]
    return flows + _key(chart, setter, holder, measure)


def alternative(spec: Spec) -> str:
    """What the drawing tells, in words: its table row by row; of all cells at once the counts. Its summary stands above it."""
    told = spec.told()
    if isinstance(spec, QrCode):
        return label(f"{spec.summary} {told.rows[0][0]}: {told.rows[0][1]}", most=LONGEST)
    if isinstance(spec, Glance):
        counted = (
            f"{row[0]}: " + ", ".join(f"{word} {n}" for word, n in Counter(row[1:]).most_common())
            for row in told.rows
        )
        return label("; ".join(counted), most=LONGEST)
    rows = (
        f"{row[0]}: " + ", ".join(f"{c} {v}".strip() for c, v in zip(told.columns[1:], row[1:], strict=True))
        for row in told.rows
    )
    return label("; ".join(rows), most=LONGEST)


def _key(chart: Chart, setter: Typesetter, holder: Node, measure: float) -> list[Flow]:
    across = max(int(measure / KEY_ROOM), 1)
    listing = holder.add("L") if chart.key else holder
    flows = []
    for start in range(0, len(chart.key), across):
        cells: list[tuple[float, Box]] = []
        for n, mark in enumerate(chart.key[start : start + across]):
            item = listing.add("LI")
            patch = matrix.Cell((matrix.Tile(mark.code, (), ()),), (), KEY_ROOM, "", item.add("Lbl"))
            words = Lines(setter.lines((Run(mark.word),), KEY, KEY_ROOM - 26, 3), KEY, item.add("LBody"))
            cells += [(n * KEY_ROOM, patch), (n * KEY_ROOM + 20, words)]
        flows.append(Flow(Row(tuple(cells), pad=1), 3, whole=True, keep=start + across < len(chart.key)))
    return flows
