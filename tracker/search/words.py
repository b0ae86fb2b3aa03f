"""Words to look for, and where they stand in a text. Pure.

Both databases tell words apart and compare them as here: without regard to case and accents, each from its start.
"""

import re
import unicodedata
from dataclasses import dataclass

LEAST, MOST_WORDS, LONGEST = 2, 12, 200
# How much of a long text is shown around the first word found, in characters.
AROUND = 240
_ACCENTS = "\u0300-\u036f"
_WORD = re.compile(rf"[^\W_](?:[{_ACCENTS}]|[^\W_])*")


@dataclass(frozen=True, slots=True)
class Words:
    """What is looked for. `cut`: there was more, which is left out."""

    words: tuple[str, ...]
    cut: bool = False

    @property
    def enough(self) -> bool:
        """Whether there is anything to look for: a word of at least two letters or digits."""
        return any(len(word) >= LEAST for word in self.words)

    def finds(self, word: str) -> bool:
        folded = fold(word)
        return any(folded.startswith(w) if len(w) >= LEAST else folded == w for w in self.words)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text, and whether it is what was looked for."""

    text: str
    found: bool


def fold(text: str) -> str:
    """Without accents, in small letters."""
    return re.sub(f"[{_ACCENTS}]", "", unicodedata.normalize("NFD", text)).lower()


def words_of(text: str) -> Words:
    """The words of what was typed, folded, each once. Signs are no words."""
    found = [fold(w) for w in _WORD.findall(text[:LONGEST].encode("utf-8", "ignore").decode())]
    unique = tuple(dict.fromkeys(w for w in found if w))
    return Words(unique[:MOST_WORDS], len(unique) > MOST_WORDS or len(text) > LONGEST)


def marked(text: str, words: Words, around: int = AROUND) -> tuple[Part, ...]:
    """The text in parts, those that are found apart; of a long text only what stands around the first of them."""
    spots = [m.span() for m in _WORD.finditer(text) if words.finds(m[0])]
    begin, end = _window(text, spots[0][0] if spots else 0, around)
    parts = [Part("… ", False)] if begin else []
    at = begin
    for start, stop in spots:
        if start >= begin and stop <= end:
            parts += [Part(text[at:start], False), Part(text[start:stop], True)]
            at = stop
    parts.append(Part(text[at:end] + (" …" if end < len(text) else ""), False))
    return tuple(p for p in parts if p.text)


def _window(text: str, first: int, around: int) -> tuple[int, int]:
    """Where to begin and end, at spaces."""
    if len(text) <= around * 2:
        return 0, len(text)
    begin = max(0, first - around // 2)
    if begin:
        begin = text.find(" ", begin, first) + 1 or begin
    end = min(len(text), begin + around * 2)
    if end < len(text):
        end = text.rfind(" ", first + 1, end) if text.rfind(" ", first + 1, end) > first else end
    return begin, end
