"""A picture as a ReportLab drawing. The caller says the fonts, and puts the drawing where it belongs.

The drawing holds one shape that writes the picture into the page itself: ReportLab's shapes check each attribute as it
is set and each state as it is left, which took more time than the rest of a briefing.
"""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from math import ceil, cos, radians, sin, tan

from reportlab.graphics.renderbase import Renderer
from reportlab.graphics.shapes import DirectDraw, Drawing
from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfmetrics import getFont, stringWidth
from reportlab.pdfgen.canvas import Canvas

from tracker.charts.layout import Dot, Label, Line, Picture, Rect, Symbol

COLOURS = {
    "level-0": "#ffffcc",
    "level-1": "#a1dab4",
    "level-2": "#41b6c4",
    "level-3": "#2273ab",
    "level-4": "#253494",
    "missing": "#ffffff",
    "plain": "#ffffff",
    "ink": "#14202b",
    "muted": "#4a5866",
    "rule": "#c9d1d9",
    "on-dark": "#ffffff",
    "black": "#000000",
    "white": "#ffffff",
    "edge": "#8a96a3",
}


def draw(picture: Picture, regular: str, bold: str, clean: Callable[[str], str]) -> Drawing:
    """The drawing, in points. `clean` gives a text that the fonts can draw whole."""
    drawing = Drawing(picture.width, picture.height, initialFontName=regular)
    drawing.add(_Whole(picture, (regular, bold), clean))
    return drawing


class _Whole(DirectDraw):
    """All shapes of a picture, as content of a page. Texts are cleaned now, for what is lost is told before drawing."""

    _attrMap = None  # noqa: N815  ReportLab checks no attribute then

    def __init__(self, picture: Picture, fonts: tuple[str, str], clean: Callable[[str], str]) -> None:
        self.picture, self.fonts = picture, fonts
        self.texts = {shape: clean(shape.text) for shape in picture.shapes if isinstance(shape, Label)}

    def drawDirectly(self, renderer: Renderer) -> None:  # noqa: N802  ReportLab's name
        canvas, height = renderer._canvas, self.picture.height
        for shape in self.picture.shapes:
            match shape:
                case Rect():
                    told = _rect(shape, height)
                case Line():
                    told = _line(shape, height)
                case Dot():
                    told = _dot(shape, height)
                case Symbol():
                    told = _symbol(shape, height)
                case Label():
                    told = self._label(shape, height, canvas)
            canvas._code.append(told)

    def _label(self, label: Label, height: float, canvas: Canvas) -> str:
        name, text = self.fonts[label.bold], self.texts[label]
        share = {"start": 0.0, "middle": 0.5, "end": 1.0}[label.anchor]
        left = label.x - share * (stringWidth(text, name, label.size) if share else 0.0)
        font = getFont(name)
        shown = " ".join(
            f"{font.getSubsetInternalName(subset, canvas._doc)} {label.size:g} Tf ({canvas._escape(part)}) Tj"
            for subset, part in font.splitString(text, canvas._doc)
        )
        return f"BT {_tone(label.tone)} rg 1 0 0 1 {left:.2f} {height - label.y:.2f} Tm {shown} ET"


@cache
def _tone(tone: str) -> str:
    """The numbers of a colour in the content of a page."""
    made = HexColor(COLOURS[tone])
    return f"{made.red:.4g} {made.green:.4g} {made.blue:.4g}"


def _rect(rect: Rect, height: float) -> str:
    edge = f"{_tone('edge')} RG .5 w " if rect.edge else ""
    corner = f"{rect.x:.2f} {height - rect.y - rect.height:.2f}"
    return (
        f"{_tone(rect.tone)} rg {edge}{corner} {rect.width:.2f} {rect.height:.2f} re {'B' if edge else 'f'}"
    )


def _line(line: Line, height: float) -> str:
    way = f"{line.x1:.2f} {height - line.y1:.2f} m {line.x2:.2f} {height - line.y2:.2f} l S"
    drawn = f"{_tone(line.tone)} RG {line.weight:g} w {way}"
    return f"[2 3] 0 d {drawn} [] 0 d" if line.dashed else drawn


def _dot(dot: Dot, height: float) -> str:
    """A round dot is a line of no length with round ends."""
    x, y, r = dot.x, height - dot.y, dot.radius
    if not dot.square:
        return f"{_tone('ink')} RG {2 * r:.2f} w 1 J {x:.2f} {y:.2f} m {x:.2f} {y:.2f} l S 0 J"
    return f"{_tone('plain')} rg {_tone('ink')} RG 1.6 w {x - r:.2f} {y - r:.2f} {2 * r:.2f} {2 * r:.2f} re B"


def _symbol(symbol: Symbol, height: float) -> str:
    scale = symbol.size / 16
    left, top = symbol.x - 8 * scale, height - symbol.y + 8 * scale
    return f"q {scale:.4f} 0 0 {-scale:.4f} {left:.2f} {top:.2f} cm {_signed(symbol.code)} Q"


@cache
def _signed(code: str) -> str:
    """The sign of a code on a ground of 16 by 16, y downwards: the same signs as on the page."""
    ink = f"{_tone('ink')} rg {_tone('ink')} RG"
    if code in "01234":
        return f"{_tone('plain')} rg {_tone('ink')} RG 1.5 w {_round(8, 8, 6)} B {ink} {_pie(int(code))}"
    match code:
        case "not_assessed":
            return f"{ink} 2 w 3 8 m 13 8 l S"
        case "not_applicable":
            return f"{ink} 1.5 w 4 12 m 12 4 l S"
        case "no_response":
            return f"{ink} " + " ".join(f"{_round(x, 8, 1.2)} f" for x in (3, 8, 13))
        case "inconclusive":
            return f"{ink} 1.5 w {_arc(8, 5.7, 2.8, -180, 235)} 8 10.3 l S {_round(8, 13.2, 0.9)} f"
    return f"{ink} 3.5 7 9 6.5 re f 1.5 w 5.5 7 m 5.5 5 l 5.5 1.8 10.5 1.8 10.5 5 c 10.5 7 l S"


def _pie(quarters: int) -> str:
    """So many quarters of the circle of a level, from the top with the clock."""
    return f"8 8 m {_arc(8, 8, 6, -90, 90 * quarters, 'l')} h f" if quarters else ""


def _round(x: float, y: float, radius: float) -> str:
    return f"{_arc(x, y, radius, 0, 360)} h"


def _arc(x: float, y: float, radius: float, start: float, sweep: float, first: str = "m") -> str:
    """A path along a circle around (x, y), in degrees; it is reached by the operator `first`."""
    pieces = ceil(sweep / 90)
    step = radians(sweep / pieces)
    out = 4 / 3 * tan(step / 4)
    angles = [radians(start) + step * n for n in range(pieces + 1)]
    spots = [(cos(angle), sin(angle)) for angle in angles]
    told = [f"{x + radius * spots[0][0]:.3f} {y + radius * spots[0][1]:.3f} {first}"]
    for (c, s), (c2, s2) in pairwise(spots):
        curve = (c - out * s, s + out * c, c2 + out * s2, s2 - out * c2, c2, s2)
        across = [f"{(y if n % 2 else x) + radius * value:.3f}" for n, value in enumerate(curve)]
        told.append(" ".join(across) + " c")
    return " ".join(told)
