"""The canvas with its marked content: text belongs to a node of the structure, all else is an artifact."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString
from reportlab.pdfgen.canvas import Canvas

from tracker.briefings.pdf.tagged import Node, Tags, annotation_key
from tracker.briefings.pdf.wrap import LINK, RULE, Line, Segment, Style

_COLOURS: dict[str, HexColor] = {}


def colour(code: str) -> HexColor:
    if code not in _COLOURS:
        _COLOURS[code] = HexColor(code)
    return _COLOURS[code]


class Pen:
    """Draws on one canvas. `places` gives each anchor the name of its destination, `numbers` its page."""

    def __init__(self, canvas: Canvas, tags: Tags, places: dict[str, str], numbers: dict[str, int]) -> None:
        self.canvas = canvas
        self.numbers = numbers
        self._tags = tags
        self._places = places
        self._within = False

    @contextmanager
    def artifact(self, really: bool = True) -> Iterator[None]:
        """All that is drawn inside is decoration or repetition: no node owns it. Not so unless `really`."""
        if not really or self._within:
            yield
            return
        self._within = True
        self.canvas._code.append("/Artifact BMC")
        yield
        self.canvas._code.append("EMC")
        self._within = False

    @contextmanager
    def _content(self, node: Node) -> Iterator[None]:
        if self._within:
            yield
            return
        self._within = True
        self.canvas._code.append(f"/{node.kind} <</MCID {self._tags.content(node)}>> BDC")
        yield
        self.canvas._code.append("EMC")
        self._within = False

    def fill(self, x: float, y: float, width: float, height: float, code: str, edge: str = "") -> None:
        with self.artifact():
            self.canvas.setFillColor(colour(code))
            if edge:
                self.canvas.setStrokeColor(colour(edge))
                self.canvas.setLineWidth(0.5)
            self.canvas.rect(x, y, width, height, stroke=int(bool(edge)), fill=1)

    def rule(self, x: float, y: float, width: float, code: str = RULE, weight: float = 0.5) -> None:
        with self.artifact():
            self.canvas.setStrokeColor(colour(code))
            self.canvas.setLineWidth(weight)
            self.canvas.line(x, y, x + width, y)

    def symbol(self, name: str, x: float, y: float) -> None:
        """The form `name` with its origin at (x, y)."""
        with self.artifact():
            self.canvas.saveState()
            self.canvas.translate(x, y)
            self.canvas.doForm(name)
            self.canvas.restoreState()

    def figure(self, drawing: Drawing, x: float, top: float, node: Node) -> None:
        """A drawing as the content of `node`, its upper left corner at (x, top)."""
        with self._content(node):
            renderPDF.draw(drawing, self.canvas, x, top - drawing.height)

    def word(self, text: str, style: Style, x: float, top: float, node: Node) -> None:
        """A short text that needs no wrapping."""
        self.texts([(((Segment(0.0, 0.0, text, style.font, "", -1),),), style, x, top)], node)

    def texts(self, texts: list[tuple[tuple[Line, ...], Style, float, float]], node: Node) -> None:
        """Texts without links as one content of `node`: (lines, style, x, top) each, a space between them."""
        shown = [entry for entry in texts if entry[0]]
        if not shown:
            return
        with self._content(node):
            for lines, style, x, top in shown:
                middle = (style.leading + 0.7 * style.size) / 2
                spots = [
                    (segment, x + segment.x, top - middle - index * style.leading)
                    for index, line in enumerate(lines)
                    for segment in line
                ]
                self._text(spots, style, style.colour, after=" ")

    def lines(
        self, lines: tuple[Line, ...], style: Style, x: float, top: float, node: Node, links: dict[int, Node]
    ) -> None:
        """Draw `lines`; each linked run becomes a Link below `node`, kept in `links` by its number."""
        middle = (style.leading + 0.7 * style.size) / 2
        flat = [
            (segment, x + segment.x, top - middle - index * style.leading)
            for index, line in enumerate(lines)
            for segment in line
        ]
        for number, group in groupby(flat, key=lambda entry: entry[0].link):
            spots = list(group)
            if number < 0 or not spots[0][0].href or self._within:
                with self._content(node):
                    self._text(spots, style, style.colour)
                continue
            if number not in links:
                links[number] = node.add("Link")
            with self._content(links[number]):
                self._text(spots, style, style.colour if style.quiet else LINK)
                if not style.quiet:
                    self._underline(spots, style)
            for segment, left, base in spots:
                corner = (left, base - 0.25 * style.size, left + segment.width, base + 0.85 * style.size)
                self.link(segment.href, corner, links[number])

    def _text(
        self, spots: list[tuple[Segment, float, float]], style: Style, code: str, after: str = ""
    ) -> None:
        out = self.canvas.beginText()
        out.setFillColor(colour(code))
        font = ""
        for segment, x, y in spots:
            out.setTextOrigin(x, y)
            if segment.font != font:
                font = segment.font
                out.setFont(font, style.size)
            out.textOut(segment.text)
        if after:
            out.textOut(after)
        self.canvas.drawText(out)

    def _underline(self, spots: list[tuple[Segment, float, float]], style: Style) -> None:
        self.canvas.setStrokeColor(colour(LINK))
        self.canvas.setLineWidth(0.4)
        for segment, x, y in spots:
            self.canvas.line(x, y - 0.16 * style.size, x + segment.width, y - 0.16 * style.size)

    def link(self, href: str, corner: tuple[float, float, float, float], node: Node) -> None:
        """An annotation over (left, bottom, right, top) that leads to `href`, already found safe."""
        if self._within:
            return
        link = PDFDictionary({"Type": PDFName("Annot"), "Subtype": PDFName("Link"), "F": 4})
        link["Rect"] = PDFArray([round(edge, 2) for edge in corner])
        link["Border"] = PDFArray([0, 0, 0])
        if href.startswith("#"):
            link["Dest"] = self.canvas._bookmarkReference(self._places[href[1:]])
        else:
            link["A"] = PDFDictionary({"S": PDFName("URI"), "URI": PDFString(href)})
        name = f"link{self.canvas._annotationCount}"
        link["StructParent"] = annotation_key(self._tags.annotation(node, name))
        self.canvas._addAnnotation(link, name)
