"""A picture as SVG for a page: no script, no style attribute; colours come from the stylesheet by class.

The signs are those of the page's sprite (`#s-CODE`). Text keeps its place in right-to-left pages because the
drawing itself always runs from left to right; longer words stand beside it, in the page's own text.
"""

from html import escape

from tracker.charts.layout import Dot, Label, Line, Picture, Rect, Shape, Symbol


def draw(picture: Picture, name: str) -> str:
    """The markup; `name` (letters, digits, hyphens) makes the ids of title and summary unique in the page."""
    shapes = "".join(_shape(shape) for shape in picture.shapes)
    return (
        f'<svg class="chart" role="img" direction="ltr" viewBox="0 0 {_n(picture.width)} {_n(picture.height)}" '
        f'width="{_n(picture.width)}" height="{_n(picture.height)}" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(picture.title)}</title><desc id="{name}-d">{escape(picture.summary)}</desc>'
        f"{shapes}</svg>"
    )


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _shape(shape: Shape) -> str:
    match shape:
        case Rect():
            edge = " edge" if shape.edge else ""
            return (
                f'<rect class="c-{shape.tone}{edge}" x="{_n(shape.x)}" y="{_n(shape.y)}" '
                f'width="{_n(shape.width)}" height="{_n(shape.height)}"/>'
            )
        case Line():
            dashed = ' stroke-dasharray="2 3"' if shape.dashed else ""
            return (
                f'<path class="l-{shape.tone}" stroke-width="{_n(shape.weight)}"{dashed} '
                f'd="M{_n(shape.x1)} {_n(shape.y1)}L{_n(shape.x2)} {_n(shape.y2)}"/>'
            )
        case Dot():
            r = shape.radius
            if shape.square:
                box = f'x="{_n(shape.x - r)}" y="{_n(shape.y - r)}" width="{_n(2 * r)}" height="{_n(2 * r)}"'
                return f'<rect class="c-open" {box}/>'
            return f'<circle class="c-ink" cx="{_n(shape.x)}" cy="{_n(shape.y)}" r="{_n(r)}"/>'
        case Symbol():
            half = shape.size / 2
            return (
                f'<use class="sym" href="#s-{escape(shape.code)}" x="{_n(shape.x - half)}" y="{_n(shape.y - half)}" '
                f'width="{_n(shape.size)}" height="{_n(shape.size)}"/>'
            )
        case Label():
            return _label(shape)


def _label(label: Label) -> str:
    bold = ' font-weight="700"' if label.bold else ""
    return (
        f'<text class="t-{label.tone}" x="{_n(label.x)}" y="{_n(label.y)}" font-size="{_n(label.size)}" '
        f'text-anchor="{label.anchor}"{bold}>{escape(label.text)}</text>'
    )
