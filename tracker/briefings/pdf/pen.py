"""The canvas with its marked content: text belongs to a node of the structure, all else is an artifact."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfdoc import PDFString
from reportlab.pdfbase.pdfmetrics import getFont
from reportlab.pdfgen.canvas import Canvas

from tracker.briefings.pdf.fonts import SHAPED
from tracker.briefings.pdf.objects import Objects
from tracker.briefings.pdf.shaped import shape
from tracker.briefings.pdf.tagged import Node, Tags, annotation_key
from tracker.briefings.pdf.wrap import LINK, RULE, Line, Segment, Style

_COLOURS: dict[str, HexColor] = {}
# What a string in the content of a page can't hold as it is.
_ESCAPES = {code: f"\\{code:03o}" for code in (*range(32), *range(127, 256))} | {
    ord(sign): f"\\{sign}" for sign in "()\\"
}
_TOUCHING = 0.01
Paint = Callable[["Pen", float, float], None]


@cache
def _colour(code: str) -> str:
    """The numbers of a colour in a page's content."""
    made = HexColor(code)
    return f"{made.red:.4g} {made.green:.4g} {made.blue:.4g}"


def _read(spots: list[tuple[Segment, float, float]]) -> str:
    """The text of segments, as it is read: those of a line as they come, lines with a space between."""
    lines = ("".join(spot[0].text for spot in line) for _, line in groupby(spots, key=lambda spot: spot[2]))
    return " ".join(line.rstrip(" ") for line in lines)


def _stretches(spots: list[tuple[Segment, float, float]]) -> list[tuple[float, float, float]]:
    """Left, right and base of what stands together on a line: of several faces it is still one place to click."""
    found: list[tuple[float, float, float]] = []
    for _, line in groupby(spots, key=lambda spot: spot[2]):
        for segment, left, base in sorted(line, key=lambda spot: spot[1]):
            if found and found[-1][2] == base and abs(found[-1][1] - left) < _TOUCHING:
                found[-1] = (found[-1][0], left + segment.width, base)
            else:
                found.append((left, left + segment.width, base))
    return found


def colour(code: str) -> HexColor:
    if code not in _COLOURS:
        _COLOURS[code] = HexColor(code)
    return _COLOURS[code]


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What was drawn once, as content of a page at (0, 0), and the forms that it uses."""

    marks: str
    words: str
    forms: tuple[str, ...]


class Pen:
    """Draws on one canvas. `places` gives each anchor the object of its destination, `numbers` its page."""

    def __init__(
        self, canvas: Canvas, objects: Objects, tags: Tags, places: dict[str, int], numbers: dict[str, int]
    ) -> None:
        self.canvas = canvas
        self.numbers = numbers
        self._objects = objects
        self._tags = tags
        self._places = places
        self._within = False
        self._stamps: dict[object, _Stamp] = {}
        self._texts: dict[tuple[str, str], list[tuple[str, str]]] = {}

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

    def stamp(self, key: object, x: float, top: float, node: Node, marks: Paint, words: Paint) -> None:
        """What recurs: `marks` as an artifact, `words` as the content of `node`, both drawn once and then repeated.

        Both are drawn at (0, 0) and moved; what has the same `key` must look the same.
        """
        if self._within:
            marks(self, x, top)
            words(self, x, top)
            return
        if key not in self._stamps:
            self._stamps[key] = self._stamped(marks, words)
        stamp = self._stamps[key]
        owner = f"/{node.kind} <</MCID {self._tags.content(node)}>> BDC"
        self.canvas._code.append(
            f"q 1 0 0 1 {x:.2f} {top:.2f} cm\n/Artifact BMC\n{stamp.marks}\nEMC\n{owner}\n{stamp.words}\nEMC\nQ"
        )
        self.canvas._formsinuse.extend(stamp.forms)

    def _stamped(self, marks: Paint, words: Paint) -> "_Stamp":
        code, forms = self.canvas._code, self.canvas._formsinuse
        self._within, self.canvas._formsinuse = True, []
        painted = []
        for paint in (marks, words):
            self.canvas._code = []
            paint(self, 0.0, 0.0)
            painted.append("\n".join(self.canvas._code))
        used = tuple(dict.fromkeys(self.canvas._formsinuse))
        self._within, self.canvas._code, self.canvas._formsinuse = False, code, forms
        return _Stamp(painted[0], painted[1], used)

    def fill(self, x: float, y: float, width: float, height: float, code: str, edge: str = "") -> None:
        with self.artifact():
            edged = f"{_colour(edge)} RG .5 w " if edge else ""
            self.canvas._code.append(
                f"{_colour(code)} rg {edged}{x:.2f} {y:.2f} {width:.2f} {height:.2f} re {'B' if edge else 'f'}"
            )

    def rule(self, x: float, y: float, width: float, code: str = RULE, weight: float = 0.5) -> None:
        with self.artifact():
            self._line(x, y, width, code, weight)

    def _line(self, x: float, y: float, width: float, code: str, weight: float) -> None:
        self.canvas._code.append(
            f"{_colour(code)} RG {weight:g} w {x:.2f} {y:.2f} m {x + width:.2f} {y:.2f} l S"
        )

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
            mixed = not self._within and any(segment.level >= 0 for segment, _left, _base in spots)
            named = _read(spots) if mixed else " ".join(segment.text for segment, _left, _base in spots)
            if number < 0 or not spots[0][0].href or self._within:
                with self._content(node.add("Span", alternative=named) if mixed else node):
                    self._text(spots, style, style.colour)
                continue
            if number not in links:
                links[number] = node.add("Link")
            with self._content(links[number].add("Span", alternative=named) if mixed else links[number]):
                self._text(spots, style, style.colour if style.quiet else LINK)
                if not style.quiet:
                    self._underline(spots, style)
            for left, right, base in _stretches(spots):
                corner = (left, base - 0.25 * style.size, right, base + 0.85 * style.size)
                self.link(spots[0][0].href, corner, links[number], named)

    def _text(
        self, spots: list[tuple[Segment, float, float]], style: Style, code: str, after: str = ""
    ) -> None:
        told = [f"BT {_colour(code)} rg"]
        last = ""
        for segment, x, y in spots:
            if segment.level > 0 and (segment.level % 2 or segment.font in SHAPED):
                last = self._stretches(told, last, segment, style, (x, y))
                continue
            told.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm")
            for face, shown in self._shown(segment.text, segment.font):
                if face != last:
                    told.append(f"/{face} {style.size:g} Tf")
                    last = face
                told.append(f"({shown}) Tj")
        told.append(f"({after}) Tj ET" if after else "ET")
        self.canvas._code.append(" ".join(told))

    def _stretches(
        self, told: list[str], last: str, segment: Segment, style: Style, at: tuple[float, float]
    ) -> str:
        """Adds to `told` what is seen of a segment with a level. Returns the face used last, given the one before."""
        made = shape(segment.text, segment.font, segment.level)
        # The space at which a line was broken stands outside of it, at the end that is read last.
        left = at[0] + (segment.width - made.width * style.size) * (segment.level % 2)
        for codes, x, y in made.stretches:
            told.append(f"1 0 0 1 {left + x * style.size:.2f} {at[1] + y * style.size:.2f} Tm")
            for face, shown in self._shown(codes, segment.font):
                if face != last:
                    told.append(f"/{face} {style.size:g} Tf")
                    last = face
                told.append(f"({shown}) Tj")
        return last

    def _shown(self, text: str, font: str) -> list[tuple[str, str]]:
        """Stretches of a text, each in one subset of the font: the subset's name in the file and the escaped bytes."""
        key = (text, font)
        if key not in self._texts:
            face, doc = getFont(font), self.canvas._doc
            self._texts[key] = [
                (face.getSubsetInternalName(subset, doc)[1:], shown.decode("latin-1").translate(_ESCAPES))
                for subset, shown in face.splitString(text, doc)
            ]
        return self._texts[key]

    def _underline(self, spots: list[tuple[Segment, float, float]], style: Style) -> None:
        for segment, x, y in spots:
            self._line(x, y - 0.16 * style.size, segment.width, LINK, 0.4)

    def link(self, href: str, corner: tuple[float, float, float, float], node: Node, told: str) -> None:
        """An annotation over (left, bottom, right, top) that leads to `href`, already found safe; `told` names it."""
        if self._within:
            return
        number = self._objects.reserve()
        key = annotation_key(self._tags.annotation(node, number))
        edges = " ".join([f"{edge:.2f}" for edge in corner])
        if href.startswith("#"):
            target = f"/Dest {self._places[href[1:]]} 0 R"
        else:
            target = f"/A << /S /URI /URI {self._string(href)} >>"
        named = f"/Contents {self._string(told or href)}"
        self._objects.add(
            number,
            f"<< /Type /Annot /Subtype /Link /F 4 /Rect [{edges}] /Border [0 0 0] /StructParent {key} {target} {named} >>",
        )
        self.canvas._annotationrefs.append(f"{number} 0 R")

    def _string(self, text: str) -> str:
        """A string as it stands in the file."""
        if text.isascii():
            return f"({text.translate(_ESCAPES)})"
        told: str = PDFString(text).format(self.canvas._doc).decode("latin-1")
        return told
