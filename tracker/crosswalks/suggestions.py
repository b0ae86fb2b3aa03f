"""Likely counterparts of an item, by how alike the texts are. A suggestion says nothing: a person decides.

How often it is right is measured on the seed in tests/crosswalks/test_suggestions.py and told in docs/parts/crosswalks.md.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from tracker.frameworks.queries import Item

MOST = 3
LEAST = 40  # of 100; below it two texts share hardly more than letters
_WORD = re.compile(r"[^\W\d_]{3,}")
# Words that every title has, so that they tell nothing.
_COMMON = frozenset(
    "the and for with from their its are that which who into this under these those such other".split()
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`likeness` is 0 to 100."""

    item: Item
    likeness: int


def suggest(item: Item, others: Sequence[Item], most: int = MOST) -> list[Suggestion]:
    """The items most like one, the likest first; of equals the earlier. Fewer where nothing is alike."""
    text = _words(item)
    found = [Suggestion(other, round(fuzz.WRatio(text, _words(other)))) for other in others]
    likely = [suggestion for suggestion in found if suggestion.likeness >= LEAST]
    return sorted(likely, key=lambda suggestion: -suggestion.likeness)[:most]


def _words(item: Item) -> str:
    texts = dict.fromkeys((item.text, item.short_label, item.theme))
    return " ".join(w for w in _WORD.findall(" ".join(texts).casefold()) if w not in _COMMON)
