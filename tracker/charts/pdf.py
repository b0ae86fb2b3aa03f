"""A picture as a ReportLab drawing. The caller says the fonts, and puts the drawing where it belongs."""

from collections.abc import Callable

from reportlab.graphics.shapes import ArcPath, Circle, Drawing, Group, Path, String, Wedge
from reportlab.graphics.shapes import Line as RLine
from reportlab.graphics.shapes import Rect as RRect
from reportlab.lib.colors import Color, HexColor

from tracker.charts.layout import Dot, Label, Line, Picture, Rect, Shape, Symbol

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
}
EDGE = "#8a96a3"


def draw(picture: Picture, regular: str, bold: str, clean: Callable[[str], str]) -> Drawing:
    """The drawing, in points. `clean` gives a text that the fonts can draw whole."""
    drawing = Drawing(picture.width, picture.height, initialFontName=regular)
    for shape in picture.shapes:
        drawing.add(_shape(shape, picture.height, regular, bold, clean))
    return drawing


def _colour(tone: str) -> Color:
    return HexColor(COLOURS[tone])


def _shape(shape: Shape, height: float, regular: str, bold: str, clean: Callable[[str], str]) -> Group:
    group = Group()
    match shape:
        case Rect():
            group.add(_rect(shape, height))
        case Line():
            line = RLine(shape.x1, height - shape.y1, shape.x2, height - shape.y2)
            line.strokeColor, line.strokeWidth = _colour(shape.tone), shape.weight
            line.strokeDashArray = [2, 3] if shape.dashed else None
            group.add(line)
        case Dot():
            group.add(_dot(shape, height))
        case Symbol():
            _sign(group, shape, height)
        case Label():
            text = String(shape.x, height - shape.y, clean(shape.text))
            text.fontName, text.fontSize = bold if shape.bold else regular, shape.size
            text.textAnchor, text.fillColor = shape.anchor, _colour(shape.tone)
            group.add(text)
    return group


def _rect(shape: Rect, height: float) -> RRect:
    rect = RRect(shape.x, height - shape.y - shape.height, shape.width, shape.height)
    rect.fillColor = _colour(shape.tone)
    rect.strokeColor, rect.strokeWidth = (HexColor(EDGE), 0.5) if shape.edge else (None, 0)
    return rect


def _dot(shape: Dot, height: float) -> Circle | RRect:
    r = shape.radius
    if not shape.square:
        dot = Circle(shape.x, height - shape.y, r)
        dot.fillColor, dot.strokeColor = _colour("ink"), None
        return dot
    box = RRect(shape.x - r, height - shape.y - r, 2 * r, 2 * r)
    box.fillColor, box.strokeColor, box.strokeWidth = _colour("plain"), _colour("ink"), 1.6
    return box


def _sign(group: Group, symbol: Symbol, height: float) -> None:
    """The same signs as on the page: a circle filled by quarters, and one sign for each kind of missing."""
    ink, scale = _colour("ink"), symbol.size / 16
    group.transform = (scale, 0, 0, -scale, symbol.x - 8 * scale, height - symbol.y + 8 * scale)
    if symbol.code in "01234":
        circle = Circle(8, 8, 6)
        circle.fillColor = ink if symbol.code == "4" else _colour("plain")
        circle.strokeColor, circle.strokeWidth = ink, 1.5
        group.add(circle)
        if symbol.code in "123":
            wedge = Wedge(8, 8, 6, -90, -90 + 90 * int(symbol.code))
            wedge.fillColor, wedge.strokeColor = ink, None
            group.add(wedge)
    else:
        _missing(group, symbol.code)
        for part in group.contents:
            part.strokeColor = part.strokeColor or ink


def _missing(group: Group, code: str) -> None:
    ink = _colour("ink")
    if code == "not_assessed":
        group.add(RLine(3, 8, 13, 8, strokeWidth=2, strokeColor=ink))
    elif code == "not_applicable":
        group.add(RLine(4, 12, 12, 4, strokeWidth=1.5, strokeColor=ink))
    elif code == "no_response":
        for x in (3, 8, 13):
            group.add(Circle(x, 8, 1.2, fillColor=ink, strokeColor=ink, strokeWidth=0.1))
    elif code == "inconclusive":
        path = ArcPath(strokeColor=ink, strokeWidth=1.5, fillColor=None)
        path.addArc(8, 5.7, 2.8, -180, 55)
        path.lineTo(8, 10.3)
        group.add(path)
        group.add(Circle(8, 13.2, 0.9, fillColor=ink, strokeColor=ink, strokeWidth=0.1))
    else:
        group.add(RRect(3.5, 7, 9, 6.5, fillColor=ink, strokeColor=ink, strokeWidth=0.1))
        lock = Path(strokeColor=ink, strokeWidth=1.5, fillColor=None)
        lock.moveTo(5.5, 7)
        lock.lineTo(5.5, 5)
        lock.curveTo(5.5, 1.8, 10.5, 1.8, 10.5, 5)
        lock.lineTo(10.5, 7)
        group.add(lock)
