"""The faces that are embedded, their metrics and which characters they can draw.

ReportLab has no font fallback: what these faces lack is replaced before it is measured (see text.py).
"""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont, TTFontFace

REGULAR = "NotoSans-Regular"
BOLD = "NotoSans-Bold"
ITALIC = "NotoSans-Italic"
FACES = (REGULAR, BOLD, ITALIC)

_DIRECTORY = Path(__file__).parent.parent / "fonts"
_NEVER_DRAWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@cache
def face(name: str) -> TTFontFace:
    """The parsed face `name`, one of FACES, registered with ReportLab on first use."""
    # Ascii85 makes streams a quarter longer for the sake of seven-bit mail.
    rl_config.useA85 = 0
    font = TTFont(name, str(_DIRECTORY / f"{name}.ttf"))
    pdfmetrics.registerFont(font)
    return font.face


@cache
def covered() -> frozenset[str]:
    """Every visible character that all the faces can draw."""
    shared = set.intersection(*(set(face(name).charToGlyph) for name in FACES))
    return frozenset(chr(c) for c in shared if unicodedata.category(chr(c)) not in _NEVER_DRAWN)


@cache
def advances(name: str) -> dict[int, float]:
    """Width of each code point of `name`, in points at a size of 1."""
    parsed = face(name)
    return {code: parsed.getCharWidth(code) / 1000 for code in parsed.charToGlyph}


def width(word: str, name: str) -> float:
    """Width of `word` in the face `name`, in points at a size of 1."""
    # Only words of a common length recur; a cache of long ones would only hold memory.
    return _common(word, name) if len(word) < 40 else _sum(word, name)


def about(word: str, name: str) -> float:
    """Width of `word` as `width` gives it, also of characters that the face does not have."""
    table = advances(name)
    return sum(table.get(ord(c), 0.6) for c in word)


def _sum(word: str, name: str) -> float:
    table = advances(name)
    return sum(table[ord(c)] for c in word)


_common = lru_cache(maxsize=20_000)(_sum)
