"""The faces that are embedded, their metrics and which characters they can draw.

ReportLab has no font fallback: what these faces lack is replaced before it is measured (see text.py).
"""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont, TTFontFace

from tracker.briefings.pdf.glyphs import GlyphFont

REGULAR = "NotoSans-Regular"
BOLD = "NotoSans-Bold"
ITALIC = "NotoSans-Italic"
FACES = (REGULAR, BOLD, ITALIC)
ARABIC, ARABIC_BOLD = "NotoSansArabic-Regular", "NotoSansArabic-Bold"
HEBREW, HEBREW_BOLD = "NotoSansHebrew-Regular", "NotoSansHebrew-Bold"
# Faces that are shaped (see shaped.py), with their script. They are read only when a text asks for them.
SHAPED = {ARABIC: "Arab", ARABIC_BOLD: "Arab", HEBREW: "Hebr", HEBREW_BOLD: "Hebr"}
# Neither script has italics.
_BESIDE = {REGULAR: (ARABIC, HEBREW), BOLD: (ARABIC_BOLD, HEBREW_BOLD), ITALIC: (ARABIC, HEBREW)}
JOINERS = "\u200c\u200d"

_DIRECTORY = Path(__file__).parent.parent / "fonts"
_NEVER_DRAWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@cache
def face(name: str) -> TTFontFace:
    """The parsed face `name`, one of FACES or SHAPED, registered with ReportLab on first use."""
    # Ascii85 makes streams a quarter longer for the sake of seven-bit mail.
    rl_config.useA85 = 0
    path = str(_DIRECTORY / f"{name}.ttf")
    # without HarfBuzz of its own: how these are drawn must not change with what else is installed
    font = GlyphFont(name, path) if name in SHAPED else TTFont(name, path, shapable=False)
    pdfmetrics.registerFont(font)
    return font.face


def glyph_font(name: str) -> GlyphFont:
    """The font of `name`, one of SHAPED."""
    face(name)
    font: GlyphFont = pdfmetrics.getFont(name)
    return font


def data(name: str) -> bytes:
    """The file of the face `name`."""
    read: bytes = face(name)._ttf_data
    return read


def covered() -> frozenset[str]:
    """Every visible character that all of FACES can draw."""
    return _shared(FACES)


def covered_beside() -> frozenset[str]:
    """Every visible character that only the shaped faces can draw."""
    return (_shared((ARABIC, ARABIC_BOLD)) | _shared((HEBREW, HEBREW_BOLD))) - covered()


def arabic() -> frozenset[str]:
    """Those of `covered_beside` which are Arabic."""
    return _shared((ARABIC, ARABIC_BOLD)) - covered()


def of(char: str, name: str) -> str:
    """The face that draws `char`, which is covered, where the style asks for `name`."""
    if char in covered():
        return name
    beside = _BESIDE[name]
    return beside[0] if char in JOINERS or char in arabic() else beside[1]


@cache
def _shared(names: tuple[str, ...]) -> frozenset[str]:
    shared = set.intersection(*(set(face(name).charToGlyph) for name in names))
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
