"""Text broken into lines and measured."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tracker.briefings.document import Runs
from tracker.briefings.pdf import fonts

INK, MUTED, ACCENT, LINK = "#1f2933", "#52606d", "#253494", "#1b4f8a"
RULE, WASH = "#cbd2d9", "#f3f5f8"

_BREAK_AFTER = frozenset("/-._?&=,;:)")
# In an address a hyphen or a colon is a part of a name or an hour.
_BREAK_ADDRESS_AFTER = frozenset("/?&=,")


@dataclass(frozen=True, slots=True)
class Style:
    """Sizes in points. Links are coloured and underlined unless `quiet`."""

    size: float
    leading: float
    colour: str = INK
    font: str = fonts.REGULAR
    bold: str = fonts.BOLD
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one line in one face. `link` numbers the linked run it belongs to, -1 for none.

    `level` as in bidi.py, of a line in which something runs from right to left: its segments come as they are read,
    and are placed as they are seen. -1 elsewhere.
    """

    x: float
    width: float
    text: str
    font: str
    href: str
    link: int
    level: int = -1


Line = tuple[Segment, ...]


_Piece = tuple[str, str, str, int, float]


@dataclass(slots=True)
class _Word:
    """What stays on one line, as (text, font, href, link, width); `spaced` if a space comes before it."""

    pieces: list[_Piece]
    spaced: bool
    newline: bool = False

    @property
    def width(self) -> float:
        return sum(piece[4] for piece in self.pieces)


def _words(runs: Runs, style: Style) -> Iterator[_Word]:
    word, spaced, newline = _Word([], False), False, False
    for number, run in enumerate(runs):
        font = style.bold if run.bold else style.font
        link = number if run.href else -1
        for part in re.split(r"([ \n]+)", run.text):
            if not part:
                continue
            if part[0] in " \n":
                spaced, newline = True, newline or "\n" in part
                continue
            if spaced or newline:
                if word.pieces:
                    yield word
                word, spaced, newline = _Word([], True, newline and bool(word.pieces)), False, False
            word.pieces.append((part, font, run.href, link, fonts.width(part, font) * style.size))
    if word.pieces:
        yield word


def _chop(word: _Word, style: Style, room: float) -> Iterator[_Word]:
    """The parts of a word wider than a line, broken after punctuation where there is some."""
    first, pieces, used = True, list[_Piece](), 0.0
    for text, font, href, link, _ in word.pieces:
        table = fonts.advances(font)
        breaks = _BREAK_ADDRESS_AFTER if "://" in text else _BREAK_AFTER
        start, mark = 0, 0
        for index, char in enumerate(text):
            step = table[ord(char)] * style.size
            if used + step > room and (pieces or index > start):
                late = mark - start > (index - start) / 2
                cut = mark if late and not pieces else index
                if cut > start:
                    pieces.append((text[start:cut], font, href, link, 0.0))
                yield _measured(pieces, style, word, first)
                first, pieces, start = False, [], cut
                used = sum(table[ord(c)] for c in text[cut:index]) * style.size
            used += step
            if char in breaks:
                mark = index + 1
        pieces.append((text[start:], font, href, link, 0.0))
    yield _measured(pieces, style, word, first)


def _measured(pieces: list[_Piece], style: Style, word: _Word, first: bool) -> _Word:
    sized = [(t, f, h, n, fonts.width(t, f) * style.size) for t, f, h, n, _ in pieces if t]
    return _Word(sized, spaced=word.spaced and first, newline=word.newline if first else True)


def wrap(runs: Runs, style: Style, room: float) -> tuple[Line, ...]:
    """Cleaned `runs` in lines no wider than `room` points. A line that goes on keeps its last space."""
    room = max(room, style.size)
    lines: list[list[_Word]] = [[]]
    used = 0.0
    for word in _words(runs, style):
        for part in [word] if word.width <= room else _chop(word, style, room):
            gap = fonts.width(" ", style.font) * style.size if part.spaced and lines[-1] else 0.0
            if lines[-1] and (part.newline or used + gap + part.width > room):
                lines.append([])
                used = gap = 0.0
            lines[-1].append(part)
            used += gap + part.width
    soft = [not nxt[0].newline for nxt in lines[1:]] + [False]
    return tuple(_line(words, style, goes_on) for words, goes_on in zip(lines, soft, strict=True) if words)


def _line(words: list[_Word], style: Style, goes_on: bool) -> Line:
    """Words joined to as few segments as their faces and links allow."""
    segments: list[Segment] = []
    x = 0.0
    for index, word in enumerate(words):
        for number, (text, font, href, link, width) in enumerate(word.pieces):
            if index and not number and word.spaced:
                last = segments[-1]
                space = fonts.width(" ", last.font) * style.size
                inside = last.link == link
                kept = Segment(
                    last.x, last.width + space * inside, last.text + " ", last.font, last.href, last.link
                )
                segments[-1] = kept
                x += space
            if segments and segments[-1].font == font and segments[-1].link == link:
                last = segments[-1]
                segments[-1] = Segment(last.x, x + width - last.x, last.text + text, font, href, link)
            else:
                segments.append(Segment(x, width, text, font, href, link))
            x += width
    if goes_on and segments:
        last = segments[-1]
        segments[-1] = Segment(last.x, last.width, last.text + " ", last.font, last.href, last.link)
    return tuple(segments)


def shorten(line: Line) -> Line:
    """`line` with an ellipsis in place of its end."""
    *before, last = line
    text = last.text[:-2].rstrip() + "…"
    return (*before, Segment(last.x, last.width, text, last.font, last.href, last.link))
