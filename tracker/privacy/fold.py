"""One spelling for many: digits of any script, accents, dashes, invisible characters; with the way back."""

import unicodedata
from dataclasses import dataclass

SPELT = {"œ": "oe", "Œ": "OE", "æ": "ae", "№": "No"} | dict.fromkeys("−⁃", "-")  # the minus and the bullet


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` for patterns to read; `origins[i]` is where its i-th character stands in what was written."""

    text: str
    origins: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place of `text[start:end]` in what was written. The part must not be empty."""
        return self.origins[start], self.origins[end - 1] + 1


def fold(text: str) -> Folded:
    """Base letters (e for é, alef for its hamza forms), ASCII digits, plain spaces and dashes; case is kept."""
    kept, origins = [], []
    for index, written in enumerate(text):
        for char in _folded(written):
            kept.append(char)
            origins.append(index)
    return Folded("".join(kept), tuple(origins))


def _folded(char: str) -> str:
    if char.isascii():
        return char
    if char in SPELT:
        return SPELT[char]
    base = unicodedata.normalize("NFKD", char)[0]
    category = unicodedata.category(base)
    if category in ("Mn", "Cf") or base == "ـ":  # accents, direction marks, the Arabic stretch
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(base))
    if category == "Pd":
        return "-"
    if category.startswith("Z"):
        return " "
    return {"ى": "ي", "’": "'", "ʼ": "'", "‘": "'"}.get(base, base)
