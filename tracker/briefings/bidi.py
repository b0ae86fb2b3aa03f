"""Which way each character of a paragraph runs: the Unicode Bidirectional Algorithm (UAX #9) without its controls.

Embeddings, overrides, isolates and marks are taken out of texts before they come here (see pdf/text.py), so the rules X1 to
X8 have nothing to do: a paragraph is one isolating run sequence at its base level. The libraries for Python give a
line as a reordered string; faces, links and shaping need the level of each character instead.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence

_PAIRS = "()[]{}⁅⁆⁽⁾₍₎⸢⸣⸤⸥⸦⸧⸨⸩"
# What is drawn turned round where text runs to the left (L4): all such characters of the faces.
_TURNED = "()<>[]{}«»‹›⁅⁆⁽⁾₍₎⸂⸃⸄⸅⸉⸊⸌⸍⸜⸝⸠⸡⸢⸣⸤⸥⸦⸧⸨⸩"
_MIRROR = str.maketrans(
    dict(
        zip(
            _TURNED,
            (c for a, b in zip(_TURNED[::2], _TURNED[1::2], strict=True) for c in (b, a)),
            strict=True,
        )
    )
)
_CLOSING = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
_NEUTRAL = frozenset({"ON", "WS", "S", "B"})
# As neutrals see numbers (N0, N1).
_STRONG = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
_DEEPEST = 63


def base_level(text: str, otherwise: int = 0) -> int:
    """0 or 1 by the first character that has a direction of its own (P2, P3); `otherwise` where there is none."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("L", "R", "AL"):
            return int(kind != "L")
    return otherwise


def levels(text: str, base: int) -> list[int]:
    """The level of each character of a paragraph: even ones run to the right, odd ones to the left."""
    own = [unicodedata.bidirectional(char) or "L" for char in text]
    side = "RL"[base == 0]
    kinds = _weak(own, side)
    _brackets(text, own, kinds, side)
    _neutral(kinds, side)
    # I1, I2
    steps = {"L": base % 2, "R": 1 - base % 2, "EN": 2 - base % 2, "AN": 2 - base % 2}
    return [base + steps[kind] for kind in kinds]


def order(found: Sequence[int]) -> list[int]:
    """Places of what has these levels, from left to right (L2)."""
    places = list(range(len(found)))
    for level in range(max(found, default=0), 0, -1):
        start = 0
        while start < len(places):
            end = start
            while end < len(places) and found[places[end]] >= level:
                end += 1
            places[start:end] = places[start:end][::-1]
            start = end + 1
    return places


def mirrored(text: str) -> str:
    """`text` with brackets and quotation marks as they look in text that runs to the left."""
    return text.translate(_MIRROR)


def _weak(own: list[str], side: str) -> list[str]:
    """Numbers, and what belongs to them (W1 to W7). Joiners go with the letter before them, as marks do."""
    kinds = list(own)
    before = strong = side
    for n, kind in enumerate(kinds):
        if kind in ("NSM", "BN"):
            kind = before
        before = kind
        if kind in ("L", "R", "AL"):
            strong = kind
        kinds[n] = "AN" if kind == "EN" and strong == "AL" else kind
    kinds = ["R" if kind == "AL" else kind for kind in kinds]
    for n in range(1, len(kinds) - 1):
        kind, last, after = kinds[n], kinds[n - 1], kinds[n + 1]
        if last == after and ((kind == "CS" and last in ("EN", "AN")) or (kind == "ES" and last == "EN")):
            kinds[n] = last
    for way in (range(len(kinds)), range(len(kinds) - 1, -1, -1)):
        last = ""
        for n in way:
            if kinds[n] == "ET" and last == "EN":
                kinds[n] = "EN"
            last = kinds[n]
    strong = side
    for n, kind in enumerate(kinds):
        if kind in ("ES", "ET", "CS"):
            kinds[n] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[n] = "L"
    return kinds


def _paired(text: str, kinds: list[str]) -> list[tuple[int, int]]:
    """Places of brackets that belong together, in the order of the opening ones (BD16)."""
    found, waiting = [], list[tuple[str, int]]()
    for n, char in enumerate(text):
        if kinds[n] != "ON":
            continue
        if char in _CLOSING:
            if len(waiting) == _DEEPEST:
                break
            waiting.append((_CLOSING[char], n))
        else:
            for depth in range(len(waiting) - 1, -1, -1):
                if waiting[depth][0] == char:
                    found.append((waiting[depth][1], n))
                    del waiting[depth:]
                    break
    return sorted(found)


def _brackets(text: str, own: list[str], kinds: list[str], side: str) -> None:
    """Brackets run as what they enclose, or as what stands before them (N0)."""
    pairs = _paired(text, kinds)
    if not pairs:
        return
    # Where each direction stands, so that a pair around a long text looks at none of it twice.
    strong = [n for n, kind in enumerate(kinds) if kind in _STRONG]
    same = [n for n in strong if _STRONG[kinds[n]] == side]
    for first, last in pairs:
        if bisect_right(strong, first) == bisect_right(strong, last):
            continue
        enclosed = bisect_right(same, first) < bisect_right(same, last)
        kind = side if enclosed else _before(kinds, first, side)
        for n in (first, last):
            kinds[n] = kind
            after = n + 1
            while after < len(own) and own[after] in ("NSM", "BN"):
                kinds[after] = kind
                after += 1


def _before(kinds: list[str], place: int, side: str) -> str:
    while place:
        place -= 1
        if kinds[place] in _STRONG:
            return _STRONG[kinds[place]]
    return side


def _neutral(kinds: list[str], side: str) -> None:
    """Neutrals between two of one direction run as these, others as the paragraph (N1, N2)."""
    start = 0
    while start < len(kinds):
        end = start
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        if end > start:
            last = _STRONG[kinds[start - 1]] if start else side
            after = _STRONG[kinds[end]] if end < len(kinds) else side
            kinds[start:end] = [last if last == after else side] * (end - start)
        start = end + 1
