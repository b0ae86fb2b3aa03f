"""What the check finds: a kind of sign, where it stands, and an excerpt that does not repeat it."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _

AROUND = 28  # characters of context on each side of a sign
COVER = "•"


class Kind(StrEnum):
    """What a sign points to. Where two overlap, the one named first is kept."""

    EMAIL = "email"
    BANK_ACCOUNT = "bank_account"
    IDENTITY_NUMBER = "identity_number"
    CASE_NUMBER = "case_number"
    BIRTH_DATE = "birth_date"
    PHONE = "phone"
    HANDLE = "handle"
    AGE = "age"
    ADDRESS = "address"
    NAME = "name"
    SMALL_COUNT = "small_count"

    @property
    def weak(self) -> bool:
        """A hint only: it is shown, and nobody has to confirm it."""
        return self is Kind.SMALL_COUNT

    @property
    def words(self) -> str:
        """Its name in the current language."""
        return _(_WORDS[self])


_WORDS = {
    Kind.EMAIL: N_("an e-mail address"),
    Kind.BANK_ACCOUNT: N_("a bank account"),
    Kind.IDENTITY_NUMBER: N_("an identity or passport number"),
    Kind.CASE_NUMBER: N_("a case or file number"),
    Kind.BIRTH_DATE: N_("a date of birth"),
    Kind.PHONE: N_("a telephone number"),
    Kind.HANDLE: N_("a name on a social network"),
    Kind.AGE: N_("a person's age"),
    Kind.ADDRESS: N_("a street address"),
    Kind.NAME: N_("a person's name"),
    Kind.SMALL_COUNT: N_("a small count, which may point to somebody"),
}
_ORDER = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign in a folded text, before it is placed in the text as it was written. `words`: what gave it away."""

    kind: Kind
    start: int
    end: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A sign in a text: `text[start:end]`. `excerpt` is its surroundings, every sign in them covered."""

    kind: Kind
    start: int
    end: int
    excerpt: str
    words: tuple[str, ...]
    token: str  # names this very hit without repeating it: for the form that confirms it


def settled(signs: list[Sign]) -> list[Sign]:
    """In order of place, without those that lie over one of a kind named before theirs."""
    kept: list[Sign] = []
    for sign in sorted(signs, key=lambda s: (_ORDER[s.kind], s.start, -s.end)):
        if not any(sign.start < other.end and other.start < sign.end for other in kept):
            kept.append(sign)
    return sorted(kept, key=lambda s: s.start)


def hits_in(text: str, placed: list[Sign]) -> list[Hit]:
    """Hits of signs that are placed in `text` itself."""
    covered = list(text)
    for sign in placed:
        for index in range(sign.start + 1, sign.end):
            if covered[index].isalnum():
                covered[index] = COVER
    found = []
    for sign in placed:
        start, end = max(sign.start - AROUND, 0), min(sign.end + AROUND, len(text))
        inside = " ".join("".join(covered[start:end]).split())
        excerpt = ("… " if start else "") + inside + (" …" if end < len(text) else "")
        found.append(Hit(sign.kind, sign.start, sign.end, excerpt, sign.words, _token(text, sign)))
    return found


def _token(text: str, sign: Sign) -> str:
    said = f"{sign.kind}\n{sign.start}\n{text[sign.start : sign.end]}"
    return hashlib.sha256(said.encode()).hexdigest()[:20]
