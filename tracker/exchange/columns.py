"""The columns of the spreadsheet, which are a contract, and the one text form of what an entry says.

Both sides of every comparison go through this text form, so that what was exported and comes back
unchanged is known to be the same.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracker.entries.content import FIELDS
from tracker.entries.models import (
    LOCATOR_LENGTH,
    NOTE_LENGTH,
    QUOTE_LENGTH,
    REASON_LENGTH,
    SHORT_LENGTH,
)
from tracker.instruments.models import TITLE_LENGTH
from tracker.kit.vocabulary import VALUE_CODES, Basis, CitationAxis, Domain, RevisionKind, Scope

CELL = ("jurisdiction", "framework", "framework_version", "item", "domain")
CITATION = ("axis", "instrument", "locator", "quote", "quote_language", "translation")
MOST_CITATIONS = 3
COLUMNS: tuple[str, ...] = (
    *CELL,
    *FIELDS,
    *(f"citation_{n}_{name}" for n in range(1, MOST_CITATIONS + 1) for name in CITATION),
)
# Where the entry's own fields and its citations begin in a row.
CONTENT_AT = len(CELL)
CITATIONS_AT = CONTENT_AT + len(FIELDS)

DAYS = frozenset({"valid_from", "valid_to", "search_when"})
CODES: dict[str, tuple[str, ...]] = {
    "domain": tuple(Domain),
    "commitment": VALUE_CODES,
    "practice": VALUE_CODES,
    "basis": tuple(Basis),
    "scope": tuple(Scope),
    "kind": tuple(RevisionKind),
    "axis": tuple(CitationAxis),
}
LENGTHS = {
    "scope_note": SHORT_LENGTH,
    "owner": SHORT_LENGTH,
    "budget": SHORT_LENGTH,
    "search_who": SHORT_LENGTH,
    "search_where": SHORT_LENGTH,
    "not_applicable_reason": REASON_LENGTH,
    "note": NOTE_LENGTH,
    "instrument": TITLE_LENGTH,
    "locator": LOCATOR_LENGTH,
    "quote": QUOTE_LENGTH,
    "quote_language": 12,
    "translation": QUOTE_LENGTH,
}

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# What a spreadsheet program would run as a formula, or what we have marked so that it does not.
_FORMULA_LIKE = re.compile(r"'*[=+\-@\t\r]")


def plain(text: str) -> str:
    """`text` as every file can hold it: no control characters, plain line ends, nothing blank around."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def marked(text: str) -> str:
    """`text` for a CSV that a spreadsheet program may open: an apostrophe before what it would run."""
    return "'" + text if _FORMULA_LIKE.match(text) else text


def unmarked(text: str) -> str:
    """What `marked` was given."""
    return text[1:] if text[:1] == "'" and _FORMULA_LIKE.match(text) else text


def digest(texts: Iterable[str]) -> bytes:
    """16 bytes that stand for what an entry says."""
    return hashlib.blake2b("\x1f".join(texts).encode(), digest_size=16).digest()


def citations_of(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """The citations within an entry's texts (the fields, then the citations), blank ones left out."""
    size, start = len(CITATION), len(FIELDS)
    found = [tuple(texts[at : at + size]) for at in range(start, start + MOST_CITATIONS * size, size)]
    return [citation for citation in found if any(citation)]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file, where, in plain words. `row` 0: the file as a whole; 1: its header."""

    row: int
    column: str
    text: str
