"""Charts: nothing overlaps or leaves the picture, lengths are what the numbers say, and both drawers tell the same."""

import xml.etree.ElementTree as ET
from datetime import date, timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from reportlab.graphics import renderPDF
from reportlab.pdfgen.canvas import Canvas

from tracker.briefings.pdf import fonts
from tracker.charts import pdf, svg
from tracker.charts.layout import (
    SIZE,
    Dot,
    Label,
    Line,
    Picture,
    Rect,
    Shape,
    Symbol,
    broken,
    key_codes,
    lay_out,
    text_width,
)
from tracker.charts.spec import (
    CoverageBars,
    Covered,
    Dumbbell,
    LevelBars,
    Pair,
    Panel,
    Slope,
    Spec,
    Stack,
    Step,
    Timelines,
)
from tracker.kit.vocabulary import LEVEL_CODES, Axis, Missing

CODES = [*LEVEL_CODES, *(m.value for m in Missing)]
START, END = date(2018, 1, 1), date(2026, 7, 1)
NAMES = ["Connecticut", "Texas", "Republic of Exampleland and the Islands", "<b>&\"'", "W" * 60, "أمثلة"]

code = st.sampled_from(CODES)
name = st.sampled_from(NAMES)
pair = st.builds(Pair, name, code, code)
pairs = st.lists(pair, max_size=12).map(tuple)
steps = st.lists(st.tuples(st.integers(1, 3100), code), max_size=5, unique_by=lambda s: s[0]).map(
    lambda s: (Step(START, "not_assessed"), *(Step(START + timedelta(d), c) for d, c in sorted(s)))
)
covered = st.builds(
    lambda label, total, a, c: Covered(label, min(a, total), total, 2, min(c, a, total)),
    name,
    st.integers(0, 112),
    st.integers(0, 112),
    st.integers(0, 112),
)
stack = st.builds(Stack, name, st.lists(st.tuples(code, st.integers(0, 60)), max_size=10).map(tuple))
specs: st.SearchStrategy[Spec] = st.one_of(
    st.builds(CoverageBars, st.just("t"), st.just("s"), st.lists(covered, max_size=8).map(tuple)),
    st.builds(
        LevelBars, st.just("t"), st.just("s"), st.just(Axis.PRACTICE), st.lists(stack, max_size=8).map(tuple)
    ),
    st.builds(
        Timelines,
        st.just("t"),
        st.just("s"),
        st.just(Axis.COMMITMENT),
        st.just(START),
        st.just(END),
        st.lists(st.builds(Panel, name, steps), max_size=7).map(tuple),
    ),
    st.builds(Dumbbell, st.just("t"), st.just("s"), pairs),
    st.builds(
        Slope, st.just("t"), st.just("s"), st.just(Axis.COMMITMENT), st.just(START), st.just(END), pairs
    ),
)


def extent(shape: Shape) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    match shape:
        case Rect():
            return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
        case Line():
            return (
                min(shape.x1, shape.x2),
                min(shape.y1, shape.y2),
                max(shape.x1, shape.x2),
                max(shape.y1, shape.y2),
            )
        case Dot():
            return (
                shape.x - shape.radius,
                shape.y - shape.radius,
                shape.x + shape.radius,
                shape.y + shape.radius,
            )
        case Symbol():
            half = shape.size / 2
            return shape.x - half, shape.y - half, shape.x + half, shape.y + half
        case Label():
            width = text_width(shape.text, shape.size)
            left = shape.x - {"start": 0.0, "middle": width / 2, "end": width}[shape.anchor]
            return left, shape.y - shape.size * 0.72, left + width, shape.y + shape.size * 0.2


def outside(picture: Picture) -> list[Shape]:
    return [
        s
        for s in picture.shapes
        for left, top, right, bottom in [extent(s)]
        if left < -0.5 or top < -0.5 or right > picture.width + 0.5 or bottom > picture.height + 0.5
    ]


def overlapping(picture: Picture) -> list[tuple[Label, Label]]:
    labels = [s for s in picture.shapes if isinstance(s, Label) and s.text]
    found = []
    for n, one in enumerate(labels):
        for other in labels[n + 1 :]:
            a, b = extent(one), extent(other)
            if a[0] < b[2] - 0.5 and b[0] < a[2] - 0.5 and a[1] < b[3] - 0.5 and b[1] < a[3] - 0.5:
                found.append((one, other))
    return found


@given(specs, st.sampled_from([260.0, 320.0, 480.0, 640.0]))
def test_nothing_leaves_the_picture_or_lies_over_another(spec: Spec, width: float) -> None:
    picture = lay_out(spec, width)
    assert outside(picture) == []
    assert overlapping(picture) == []


@given(specs)
def test_the_svg_is_well_formed_and_has_no_style_of_its_own(spec: Spec) -> None:
    drawn = svg.draw(lay_out(spec), "one")
    root = ET.fromstring(drawn)  # our own markup
    assert root.find("title") is not None
    assert "style=" not in drawn
    assert "<b>" not in drawn
    told = [t.text or "" for t in root.iter("text")]
    assert told == [s.text for s in lay_out(spec).shapes if isinstance(s, Label)]


def test_bars_are_as_long_as_the_numbers_say() -> None:
    spec = CoverageBars("t", "s", (Covered("One", 7, 28, 0, 3), Covered("Other", 28, 28, 0, 0)))
    frames = [s for s in lay_out(spec).shapes if isinstance(s, Rect)]
    whole, assessed, firm = frames[:3]
    assert assessed.width == pytest.approx(whole.width * 7 / 28)
    assert firm.width == pytest.approx(whole.width * 4 / 28)
    assert frames[4].width == pytest.approx(whole.width)
    stacked = LevelBars("t", "s", Axis.PRACTICE, (Stack("One", (("3", 1), ("0", 2), ("withheld", 1))),))
    widths = [s.width for s in lay_out(stacked).shapes if isinstance(s, Rect)]
    assert [w / sum(widths) for w in widths] == pytest.approx([0.25, 0.5, 0.25])


def test_a_missing_value_is_never_on_the_scale() -> None:
    """Not at level 0, nor anywhere between the lines: it stands apart, by its sign."""
    spec = Timelines(
        "t",
        "s",
        Axis.COMMITMENT,
        START,
        END,
        (Panel("One", (Step(START, "withheld"), Step(date(2022, 1, 1), "0"))),),
    )
    shapes = lay_out(spec).shapes
    zero = max(s.y1 for s in shapes if isinstance(s, Line) and s.tone == "rule")
    dashed = [s for s in shapes if isinstance(s, Line) and s.dashed]
    assert dashed
    assert all(s.y1 > zero + 4 for s in dashed)
    pairs = Dumbbell("t", "s", (Pair("One", "not_assessed", "0"),))
    shapes = lay_out(pairs).shapes
    scale = min(s.x1 for s in shapes if isinstance(s, Line) and s.tone == "rule")
    assert [s.x < scale - 10 for s in shapes if isinstance(s, Symbol) and s.code == "not_assessed"] == [True]


def test_each_chart_is_told_as_a_table_too() -> None:
    spec = Slope("t", "s", Axis.COMMITMENT, START, END, (Pair("Texas", "not_assessed", "2"),))
    assert spec.told().rows == (("Texas", "Not assessed", "Adopted in part"),)
    assert key_codes(spec) == ((Axis.COMMITMENT, "2"), (Axis.COMMITMENT, "not_assessed"))
    bars = CoverageBars("t", "s", (Covered("Texas", 7, 28, 1, 3),))
    assert bars.told().rows == (("Texas", "7", "28", "3", "1"),)


@settings(max_examples=10)
@given(specs)
def test_the_pdf_tells_the_same_words(spec: Spec) -> None:
    for face in fonts.FACES:
        fonts.face(face)
    picture = lay_out(spec)
    out = BytesIO()
    canvas = Canvas(out, invariant=1, initialFontName=fonts.REGULAR)
    drawing = pdf.draw(picture, fonts.REGULAR, fonts.BOLD, lambda t: "?" if "أ" in t else t)
    renderPDF.draw(drawing, canvas, 10, 10)
    canvas.save()
    page = PdfReader(BytesIO(out.getvalue())).pages[0]
    told = "".join(page.extract_text().split())
    for label in (s.text for s in picture.shapes if isinstance(s, Label)):
        if "أ" not in label:
            assert "".join(label.split()) in told


def test_long_names_are_broken_and_cut_visibly() -> None:
    assert broken("Republic of Exampleland and the Islands", 120, SIZE, 2) == [
        "Republic of",
        "Exampleland and the…",
    ]
    (only,) = broken("W" * 100_000, 120, SIZE, 2)
    assert only.endswith("…")
    assert text_width(only, SIZE) <= 120
