"""Texts in which something runs from right to left: broken into lines as they are read, then placed as they are seen."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from tracker.briefings import bidi
from tracker.briefings.document import Run, Runs
from tracker.briefings.pdf import fonts, shaped
from tracker.briefings.pdf.wrap import Line, Segment, Style

# Blocks of the scripts that run from right to left, their forms of presentation included.
LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ELLIPSIS = "…"


def leftward(runs: Runs) -> bool:
    """Whether `runs` are set by this module; all others by wrap.py."""
    return any(not run.text.isascii() and LEFTWARD.search(run.text) for run in runs)


def begins_leftward(lines: tuple[Line, ...]) -> bool:
    """Whether the first of `lines` is set flush right: it begins in a script that runs from right to left."""
    return bool(lines) and lines[0][0].level >= 0 and bool(bidi.base_level("".join(s.text for s in lines[0])))


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Text between two line breaks, with the run, the face and the level of each character."""

    text: str
    owners: list[int]
    faces: list[str]
    levels: list[int]
    base: int


def wrap(runs: Runs, style: Style, room: float, most: int = 0) -> tuple[tuple[Line, ...], bool]:
    """As `wrap.wrap`; a paragraph that begins in a script from right to left is set flush right.

    Lines above `most`, unless 0, are left out, and the last one ends in an ellipsis: then the second value is True.
    """
    room = max(room, style.size)
    lines: list[Line] = []
    last: tuple[_Paragraph, int, int] | None = None
    for paragraph in _paragraphs(runs, style):
        ranges = list(_ranges(paragraph, style, room))
        for number, (start, end) in enumerate(ranges):
            if last and len(lines) == most:
                paragraph, start, end = last
                span = (start, _with_ellipsis(paragraph, start, end, room / style.size))
                return (*lines[:-1], _line(paragraph, span, runs, style, room, _ELLIPSIS)), True
            # where a word was broken no space is read
            goes_on = number + 1 < len(ranges) and paragraph.text[end] == " "
            lines.append(_line(paragraph, (start, end), runs, style, room, " " * goes_on))
            last = paragraph, start, end
    return tuple(lines), False


def _with_ellipsis(paragraph: _Paragraph, start: int, end: int, room: float) -> int:
    """Where a line ends that has an ellipsis after it, so that both fit in `room`, at a size of 1."""
    room -= fonts.width(_ELLIPSIS, fonts.BOLD)
    end = max(end - 2, start + 1)
    while end > start + 1 and _width(paragraph, start, end) > room:
        end -= 1
    return end


def _paragraphs(runs: Runs, style: Style) -> Iterator[_Paragraph]:
    """Paragraphs that hold something, with one space between two words.

    What begins from right to left after a bold head that does not, as a reply after the name of who replies, is a paragraph
    of its own: in that of the head its words would be put in another order.
    """
    chars: list[tuple[str, int]] = []
    for number, run in enumerate(runs):
        headed = number > 0 and runs[number - 1].bold and not run.bold
        if headed and bidi.base_level(run.text) and not bidi.base_level("".join(char for char, _ in chars)):
            yield from _paragraph(chars, runs, style)
            chars = []
        for char in run.text:
            if char == "\n":
                yield from _paragraph(chars, runs, style)
                chars = []
            elif char != " " or (chars and chars[-1][0] != " "):
                chars.append((char, number))
    yield from _paragraph(chars, runs, style)


def _paragraph(chars: list[tuple[str, int]], runs: Runs, style: Style) -> Iterator[_Paragraph]:
    while chars and chars[-1][0] == " ":
        chars.pop()
    if not chars:
        return
    text = "".join(char for char, _ in chars)
    base = bidi.base_level(text)
    levels = bidi.levels(text, base)
    faces: list[str] = []
    for n, (char, owner) in enumerate(chars):
        face = fonts.of(char, _face(runs[owner], style, base))
        # a space within a text of one script does not break it
        if char == " " and levels[n] % 2 and chars[n - 1][1] == owner and faces[-1] in fonts.SHAPED:
            face = faces[-1]
        faces.append(face)
    yield _Paragraph(text, [owner for _, owner in chars], faces, levels, base)


def _face(run: Run, style: Style, base: int) -> str:
    """Figures and brackets in a text whose letters have no italics stand upright with them."""
    font = style.bold if run.bold else style.font
    return fonts.REGULAR if base and font == fonts.ITALIC else font


def _pieces(paragraph: _Paragraph, start: int, end: int) -> list[tuple[int, int]]:
    """Stretches of one run, face and level."""
    found, at = [], start
    for _, group in groupby(
        range(start, end), lambda n: (paragraph.owners[n], paragraph.faces[n], paragraph.levels[n])
    ):
        size = len(list(group))
        found.append((at, at + size))
        at += size
    return found


def _width(paragraph: _Paragraph, start: int, end: int) -> float:
    return sum(
        shaped.width(paragraph.text[a:b], paragraph.faces[a], paragraph.levels[a])
        for a, b in _pieces(paragraph, start, end)
    )


def _ranges(paragraph: _Paragraph, style: Style, room: float) -> Iterator[tuple[int, int]]:
    """From where to where each line goes, without the spaces around it."""
    first, last, used = 0, 0, 0.0
    for word in re.finditer("[^ ]+", paragraph.text):
        for start, end in _fitting(paragraph, word.span(), style, room):
            width = _width(paragraph, start, end) * style.size
            spaced = start > last
            gap = fonts.width(" ", style.font) * style.size if spaced and last > first else 0.0
            chopped = start > word.start()
            if last > first and (chopped or used + gap + width > room):
                yield first, last
                first, used, gap = start, 0.0, 0.0
            elif last == first:
                first = start
            last = end
            used += gap + width
    yield first, last


def _fitting(
    paragraph: _Paragraph, span: tuple[int, int], style: Style, room: float
) -> Iterator[tuple[int, int]]:
    """A word, or parts of it no wider than a line: never between a letter and its marks."""
    start, end = span
    # Letters are hardly wider joined than alone, so that a long word need not be measured at each of its letters.
    if end - start < 40 and _width(paragraph, start, end) * style.size <= room:
        yield span
        return
    used = 0.0
    for n in range(start, end):
        char = paragraph.text[n]
        mark = unicodedata.category(char) in ("Mn", "Cf")
        step = 0.0 if mark else fonts.advances(paragraph.faces[n])[ord(char)] * style.size
        if used + step > room and n > start and not mark:
            yield start, n
            start, used = n, 0.0
        used += step
    yield start, end


def _line(
    paragraph: _Paragraph, span: tuple[int, int], runs: Runs, style: Style, room: float, after: str
) -> Line:
    """Segments as they are read, placed as they are seen. `after`: a space that is only read, or an ellipsis."""
    pieces = [
        (paragraph.text[a:b], paragraph.faces[a], paragraph.owners[a], paragraph.levels[a])
        for a, b in _pieces(paragraph, *span)
    ]
    text, face, owner, level = pieces[-1]
    if after == _ELLIPSIS:
        pieces.append((_ELLIPSIS, _face(runs[owner], style, paragraph.base), owner, paragraph.base))
    widths = [shaped.width(text, face, level) * style.size for text, face, _, level in pieces]
    if after == " ":
        pieces[-1] = (text + " ", face, owner, level)
    x = max(room - sum(widths), 0.0) if paragraph.base else 0.0
    lefts = [0.0] * len(pieces)
    for place in bidi.order([piece[3] for piece in pieces]):
        lefts[place] = x
        x += widths[place]
    return tuple(
        Segment(left, width, text, face, runs[owner].href, owner if runs[owner].href else -1, level)
        for (text, face, owner, level), left, width in zip(pieces, lefts, widths, strict=True)
    )
