"""Plain text made safe to draw.

Text never passes through a markup parser: what a person typed is only ever shown. Links are kept
only when they lead to http, https or a place in the same document.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from tracker.briefings.document import Run, Runs
from tracker.briefings.pdf import fonts, mixed
from tracker.briefings.pdf.wrap import Line, Style, shorten, wrap
from tracker.kit.i18n import gettext

# A text longer than this is cut, visibly: one text must not fill hundreds of pages.
MAX_TEXT = 50_000
MAX_LINK = 2_000
PLACEHOLDER = "\ufffd"

_LOOKALIKES = str.maketrans({"→": "->", "←": "<-", "⇒": "=>", "≥": ">=", "≤": "<=", "≠": "!="})
_SPACES = str.maketrans(
    {"\t": " "}
    | dict.fromkeys("\u202f\u2007", "\xa0")
    | dict.fromkeys("\u2028\u2029\x0b\x0c", "\n")
    | {chr(c): " " for c in (0x1680, *range(0x2000, 0x2007), *range(0x2008, 0x200B), 0x205F, 0x3000)}
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_PLAIN = re.compile(r"[ -~]*")
_PLAIN_LINK = re.compile(r"#.*|[A-Za-z0-9%/:?#\[\]@!$&'()*+,;=~._-]*", re.DOTALL)


@dataclass
class Notes:
    """What had to be done to the texts so that they could be drawn."""

    missing: Counter[str] = field(default_factory=Counter)
    controls: int = 0
    shortened: int = 0
    links: int = 0


@lru_cache(maxsize=1)
def _foreign() -> re.Pattern[str]:
    known = "".join(re.escape(c) for c in sorted(fonts.covered()))
    return re.compile(rf"[^{known}\n]+(?: [^{known}\n]+)*")


@lru_cache(maxsize=1)
def _foreign_beside() -> re.Pattern[str]:
    """As `_foreign`, in a text from right to left: its letters are drawn, and joiners between two of them kept."""
    known = "".join(re.escape(c) for c in sorted(fonts.covered() | fonts.covered_beside()))
    letters = "".join(c for c in sorted(fonts.arabic()) if unicodedata.category(c) in ("Lo", "Lm", "Mn"))
    joiners = fonts.JOINERS
    one = rf"(?:[^{known}{joiners}\n]|(?<![{letters}])[{joiners}]|[{joiners}](?![{letters}]))"
    return re.compile(rf"{one}+(?: {one}+)*")


@lru_cache(maxsize=1)
def _piled_marks() -> re.Pattern[str]:
    marks = "".join(c for c in sorted(fonts.covered()) if unicodedata.category(c) == "Mn")
    return re.compile(rf"([{marks}]{{2}})[{marks}]+")


@lru_cache(maxsize=1)
def _piled_beside() -> re.Pattern[str]:
    """A letter of Hebrew may have its dot, its vowel, a stress and an accent."""
    marks = "".join(c for c in sorted(fonts.covered_beside()) if unicodedata.category(c) == "Mn")
    return re.compile(rf"([{marks}]{{4}})[{marks}]+")


def clean(text: str, notes: Notes, leftward: bool = True) -> str:
    """`text` with only characters that can be drawn, "\\n" between lines; `notes` counts what was done.

    Where `leftward` is False, scripts that run from right to left can't be.
    """
    if len(text) > MAX_TEXT:
        notes.shortened += 1
        text = f"{text[:MAX_TEXT]} [… {len(text) - MAX_TEXT:,}]"
    if _PLAIN.fullmatch(text):
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.translate(_SPACES).translate(_LOOKALIKES)
    beside = leftward and mixed.LEFTWARD.search(text)
    foreign = _foreign_beside() if beside else _foreign()
    text = foreign.sub(lambda found: _replace(found.group(), notes), text)
    text = _piled_marks().sub(r"\1", text)
    if beside:
        text = _piled_beside().sub(r"\1", text)
    return re.sub(r"\s*\n\s*", "\n", text).strip("\n")


def label(text: str, most: int = 300) -> str:
    """`text` for a title or bookmark, drawn by the reader's own fonts: any script, one line, no controls."""
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
    if not lost:
        return " " if " " in stretch else ""
    notes.missing.update(lost)
    letters = [c for c in lost if unicodedata.category(c) == "Lo"]
    if len(letters) < 4:
        return PLACEHOLDER * len(lost)
    script = unicodedata.name(letters[0], "?").split()[0].capitalize().replace("Cjk", "CJK")
    return gettext("[%(script)s text, %(count)d characters]") % {"script": script, "count": len(lost)}


def safe_link(href: str, places: frozenset[str], notes: Notes) -> str:
    """`href` in ASCII if it is "#" and one of `places`, or an http(s) address; else "", and it is counted."""
    if not href:
        return ""
    if href.startswith("#"):
        ok = href[1:] in places
    else:
        ok = len(href) <= MAX_LINK and href.isprintable() and " " not in href and _is_web(href)
    if not ok:
        notes.links += 1
        return ""
    # an address that is plain already stays the same string: a register has one for each cell
    return href if _PLAIN_LINK.fullmatch(href) else quote(href, safe="%/:?#[]@!$&'()*+,;=~-._")


def _is_web(href: str) -> bool:
    try:
        parts = urlsplit(href)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


class Typesetter:
    """Sets texts of one document: cleans, checks links, wraps, and remembers what it has set before.

    `places` are the anchors that a link may lead to.
    """

    def __init__(self, places: frozenset[str]) -> None:
        self.notes = Notes()
        self._places = places
        # cells of a matrix that are alike but for their link and node; matrix.py keeps them
        self.cells: dict[object, Any] = {}
        self._set: dict[tuple[Runs, Style, float, int], tuple[Line, ...]] = {}

    def forget(self) -> None:
        """Let go of what was set, once all is."""
        self.cells.clear()
        self._set.clear()

    def href(self, href: str) -> str:
        return safe_link(href, self._places, self.notes)

    def plain(self, text: str) -> str:
        """`text` as a chart can draw it, on one line."""
        return " ".join(clean(text, self.notes, leftward=False).split())

    def runs(self, runs: Runs) -> Runs:
        return tuple(Run(clean(r.text, self.notes), r.bold, self.href(r.href)) for r in runs)

    def lines(self, runs: Runs, style: Style, room: float, most: int = 0) -> tuple[Line, ...]:
        """Lines of `runs`; more than `most`, unless 0, are cut with an ellipsis."""
        key = (runs, style, room, most)
        if key not in self._set:
            lines, cut = self._wrapped(self.runs(runs), style, room, most)
            self.notes.shortened += cut
            self._set[key] = lines
        return self._set[key]

    def _wrapped(self, runs: Runs, style: Style, room: float, most: int) -> tuple[tuple[Line, ...], bool]:
        """The lines, and whether some had to be cut."""
        if mixed.leftward(runs):
            return mixed.wrap(runs, style, room, most)
        lines = wrap(runs, style, room)
        if most and len(lines) > most:
            return (*lines[: most - 1], shorten(lines[most - 1])), True
        return lines, False
