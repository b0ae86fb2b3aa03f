"""Plain text made safe to draw, and broken into lines.

Text never passes through a markup parser: what a person typed is only ever shown. Links are kept
only when they lead to http, https or a place in the same document.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import quote, urlsplit

from tracker.briefings.document import Run, Runs
from tracker.briefings.pdf import fonts
from tracker.kit.i18n import gettext

INK, MUTED, ACCENT, LINK = "#1f2933", "#52606d", "#253494", "#1b4f8a"
RULE, WASH = "#cbd2d9", "#f3f5f8"

# A text longer than this is cut, visibly: one text must not fill hundreds of pages.
MAX_TEXT = 50_000
MAX_LINK = 2_000
PLACEHOLDER = "\ufffd"

_LOOKALIKES = str.maketrans(
    {"→": "->", "←": "<-", "⇒": "=>", "≥": ">=", "≤": "<=", "≠": "!=", "✓": "v", "✗": "x"}
)
_SPACES = str.maketrans(
    {
        "\t": " ",
        "\u202f": "\xa0",
        "\u2007": "\xa0",
        "\u2028": "\n",
        "\u2029": "\n",
        "\x0b": "\n",
        "\x0c": "\n",
    }
    | {chr(c): " " for c in (0x1680, *range(0x2000, 0x2007), *range(0x2008, 0x200B), 0x205F, 0x3000)}
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_PLAIN = re.compile(r"[ -~]*")
_BREAK_AFTER = frozenset("/-._?&=,;:)")


@dataclass
class Notes:
    """What had to be done to the texts so that they could be drawn."""

    missing: Counter[str] = field(default_factory=Counter)
    controls: int = 0
    shortened: int = 0
    links: int = 0


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
    """A stretch of one line in one face. `link` numbers the linked run it belongs to, -1 for none."""

    x: float
    width: float
    text: str
    font: str
    href: str
    link: int


Line = tuple[Segment, ...]


@lru_cache(maxsize=1)
def _foreign() -> re.Pattern[str]:
    known = "".join(re.escape(c) for c in sorted(fonts.covered()))
    return re.compile(rf"[^{known}\n]+(?: [^{known}\n]+)*")


@lru_cache(maxsize=1)
def _piled_marks() -> re.Pattern[str]:
    marks = "".join(c for c in sorted(fonts.covered()) if unicodedata.category(c) == "Mn")
    return re.compile(rf"([{marks}]{{2}})[{marks}]+")


def clean(text: str, notes: Notes) -> str:
    """`text` with only characters that can be drawn, "\\n" between lines; what was done is counted in `notes`."""
    if len(text) > MAX_TEXT:
        notes.shortened += 1
        text = f"{text[:MAX_TEXT]} [… {len(text) - MAX_TEXT:,}]"
    if _PLAIN.fullmatch(text):
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.translate(_SPACES).translate(_LOOKALIKES)
    text = _foreign().sub(lambda found: _replace(found.group(), notes), text)
    text = _piled_marks().sub(r"\1", text)
    return re.sub(r"\s*\n\s*", "\n", text).strip("\n")


def label(text: str, most: int = 300) -> str:
    """`text` for a title or bookmark, which the reader's own fonts show: any script, one line, no controls."""
    kept = (
        " " if c.isspace() else c
        for c in text[:most]
        if c.isspace() or unicodedata.category(c) not in _UNSEEN
    )
    short = " ".join("".join(kept).split())
    return f"{short}…" if len(text) > most else short


def _replace(stretch: str, notes: Notes) -> str:
    """A placeholder for each character; a longer text in another script is named and counted instead."""
    lost = []
    for char in stretch:
        category = unicodedata.category(char)
        if category in ("Cc", "Cf"):
            # Soft hyphens and zero-width spaces only steer line breaks.
            notes.controls += char not in "\xad\u200b\ufeff"
        elif char != " " and not 0xFE00 <= ord(char) <= 0xFE0F:
            lost.append(char)
    notes.missing.update(lost)
    letters = [c for c in lost if unicodedata.category(c) == "Lo"]
    if len(letters) < 4:
        return PLACEHOLDER * len(lost)
    script = unicodedata.name(letters[0], "?").split()[0].capitalize().replace("Cjk", "CJK")
    return gettext("[%(script)s text, %(count)d characters]") % {"script": script, "count": len(lost)}


def safe_link(href: str, places: frozenset[str], notes: Notes) -> str:
    """`href` if it is "#" and one of `places`, or an http(s) address, in ASCII; else "", counted in `notes`."""
    if not href:
        return ""
    if href.startswith("#"):
        ok = href[1:] in places
    else:
        ok = len(href) <= MAX_LINK and href.isprintable() and " " not in href and _is_web(href)
    if not ok:
        notes.links += 1
        return ""
    return href if href.startswith("#") else quote(href, safe="%/:?#[]@!$&'()*+,;=~-._")


def _is_web(href: str) -> bool:
    try:
        parts = urlsplit(href)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


@dataclass(slots=True)
class _Word:
    """What must stay on one line: pieces of (text, font, href, link, width), and whether a space comes before."""

    pieces: list[tuple[str, str, str, int, float]]
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
    first, pieces, used = True, [], 0.0
    for text, font, href, link, _ in word.pieces:
        table = fonts.advances(font)
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
            if char in _BREAK_AFTER:
                mark = index + 1
        pieces.append((text[start:], font, href, link, 0.0))
    yield _measured(pieces, style, word, first)


def _measured(
    pieces: list[tuple[str, str, str, int, float]], style: Style, word: _Word, first: bool
) -> _Word:
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


class Typesetter:
    """Sets texts of one document: cleans, checks links, wraps, and remembers what it has set before.

    `places` are the anchors that a link may lead to.
    """

    def __init__(self, places: frozenset[str]) -> None:
        self.notes = Notes()
        self._places = places
        self._set: dict[tuple[Runs, Style, float, int], tuple[Line, ...]] = {}

    def href(self, href: str) -> str:
        return safe_link(href, self._places, self.notes)

    def runs(self, runs: Runs) -> Runs:
        return tuple(Run(clean(r.text, self.notes), r.bold, self.href(r.href)) for r in runs)

    def lines(self, runs: Runs, style: Style, room: float, most: int = 0) -> tuple[Line, ...]:
        """Lines of `runs`; more than `most`, unless 0, are cut with an ellipsis."""
        key = (runs, style, room, most)
        if key not in self._set:
            lines = wrap(self.runs(runs), style, room)
            if most and len(lines) > most:
                self.notes.shortened += 1
                lines = (*lines[: most - 1], _ellipsis(lines[most - 1]))
            self._set[key] = lines
        return self._set[key]


def _ellipsis(line: Line) -> Line:
    last = line[-1]
    return (
        *line[:-1],
        Segment(last.x, last.width, last.text[:-2].rstrip() + "…", last.font, last.href, last.link),
    )
