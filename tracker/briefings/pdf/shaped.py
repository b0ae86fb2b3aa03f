"""Letters of scripts that run from right to left, joined and placed by HarfBuzz."""

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import uharfbuzz

from tracker.briefings import bidi
from tracker.briefings.pdf import fonts

# A glyph that no longer belongs where the pen stands begins a new stretch.
_NEAR = 0.0006


@dataclass(frozen=True, slots=True)
class Shaped:
    """What is drawn for a text, in points at a size of 1: `stretches` of codes of the face, each with its x and y."""

    width: float
    stretches: tuple[tuple[str, float, float], ...]


@cache
def _harfbuzz(name: str) -> uharfbuzz.Font:
    fonts.face(name)
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob(fonts.data(name))))


def width(text: str, name: str, level: int) -> float:
    """Width of `text`, which is of one level and face, in points at a size of 1."""
    return shape(text, name, level).width


def shape(text: str, name: str, level: int) -> Shaped:
    """`text`, which is of one level and face. Words are shaped one by one, so that a line is as wide as its words."""
    if name not in fonts.SHAPED:
        shown = bidi.mirrored(text[::-1]) if level % 2 else text
        return Shaped(fonts.width(text, name), ((shown, 0.0, 0.0),))
    words = text.split(" ")
    if len(words) == 1:
        return _word(text, name, level % 2)
    x, stretches = 0.0, list[tuple[str, float, float]]()
    for number, word in enumerate(reversed(words) if level % 2 else words):
        if number:
            x += fonts.advances(name)[32]
        made = _word(word, name, level % 2)
        stretches += [(codes, x + left, y) for codes, left, y in made.stretches]
        x += made.width
    return Shaped(x, tuple(stretches))


def _word(word: str, name: str, left: int) -> Shaped:
    # As in fonts.py: only words of a common length recur.
    return _common(word, name, left) if len(word) < 40 else _placed(word, name, left)


def _placed(word: str, name: str, left: int) -> Shaped:
    if not word:
        return Shaped(0.0, ())
    buffer = uharfbuzz.Buffer()
    buffer.add_str(word)
    buffer.direction = "rtl" if left else "ltr"
    buffer.script = fonts.SHAPED[name]
    # never the language of the machine
    buffer.language = "und"
    buffer.flags = uharfbuzz.BufferFlags.REMOVE_DEFAULT_IGNORABLES
    uharfbuzz.shape(_harfbuzz(name), buffer)
    font = fonts.glyph_font(name)
    told = _texts(word, [info.cluster for info in buffer.glyph_infos])
    scale = 1 / font.face.unitsPerEm
    x = pen = 0.0
    stretches: list[tuple[str, float, float]] = []
    for info, place, text in zip(buffer.glyph_infos, buffer.glyph_positions, told, strict=True):
        code = font.code(info.codepoint, text)
        at, up = x + place.x_offset * scale, place.y_offset * scale
        if stretches and abs(at - pen) < _NEAR and abs(up - stretches[-1][2]) < _NEAR:
            codes, start, height = stretches[-1]
            stretches[-1] = (codes + chr(code), start, height)
        else:
            stretches.append((chr(code), at, up))
        pen = at + font.face.charWidths[code] / 1000
        x += place.x_advance * scale
    return Shaped(x, tuple(stretches))


_common = lru_cache(maxsize=20_000)(_placed)


def _texts(word: str, clusters: list[int]) -> list[str]:
    """The letters that each glyph stands for; of several glyphs for the same letters the last has them, the base.

    Joiners are seen in the letters beside them.
    """
    starts = sorted({*clusters, len(word)})
    ends = dict(pairwise(starts))
    return [
        word[cluster : ends[cluster]].strip(fonts.JOINERS) if clusters[n + 1 : n + 2] != [cluster] else ""
        for n, cluster in enumerate(clusters)
    ]
