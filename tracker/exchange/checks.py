"""The rules of an entry's form, on the texts of a row. Kept beside `tracker.entries.forms`: a test compares them."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from tracker.entries.content import FIELDS
from tracker.exchange.columns import CITATION, CODES, DAYS, LENGTHS, citations_of
from tracker.kit.i18n import gettext as _

_AT = {name: place for place, name in enumerate(FIELDS)}
_CODED = [(name, _AT[name], frozenset(CODES[name])) for name in FIELDS if name in CODES]
_DATED = [(name, _AT[name]) for name in FIELDS if name in DAYS]
_MEASURED = [(name, _AT[name], LENGTHS[name]) for name in FIELDS if name in LENGTHS]
_NEEDED = frozenset({"commitment", "practice"})
_AXES = frozenset(CODES["axis"])

Found = list[tuple[str, str]]


@lru_cache(maxsize=4096)
def day(text: str) -> date | None:
    """The day written year-month-day, within the years the forms take; None for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text and 1900 <= found.year <= 2100 else None


def faults_of(texts: Sequence[str], places: Sequence[int], *, correctable: bool) -> Found:
    """(column, what is wrong) of an entry's texts.

    `places`: the number that each of its citations has in the row. `correctable`: something is published.
    """
    faults: Found = []
    for name, place, allowed in _CODED:
        text = texts[place]
        if text not in allowed and (text or name in _NEEDED):
            faults.append((name, _code_words(name, text)))
    for name, place in _DATED:
        if texts[place] and day(texts[place]) is None:
            faults.append((name, _("Write the day as year-month-day, like 2024-03-27.")))
    for name, place, limit in _MEASURED:
        if len(texts[place]) > limit:
            faults.append((name, _length_words(limit, len(texts[place]))))
    _check_rules(texts, faults, correctable=correctable)
    if places:
        _check_citations(texts, places, faults)
    return faults


def _code_words(name: str, text: str) -> str:
    allowed = ", ".join(CODES[name])
    if not text:
        words = _(
            "This is blank while the other axis is not. Blank means nothing here: use one of %(codes)s."
        )
        return words % {"codes": allowed}
    return _("“%(text)s” is not known here. Use one of %(codes)s.") % {"text": text[:40], "codes": allowed}


def _length_words(limit: int, size: int) -> str:
    return _("Use at most %(most)s characters; this has %(size)s.") % {"most": limit, "size": size}


def _check_rules(texts: Sequence[str], faults: Found, *, correctable: bool) -> None:
    levels = texts[:2]
    start, end = texts[_AT["valid_from"]], texts[_AT["valid_to"]]
    if start and end and end < start and day(start) and day(end):
        faults.append(("valid_to", _("This day lies before the day it came into force.")))
    if "0" in levels:
        for name in ("search_who", "search_where", "search_when"):
            if not texts[_AT[name]]:
                faults.append((name, _("Level 0 needs its search note: who looked, where and when.")))
    if "not_applicable" in levels and not texts[_AT["not_applicable_reason"]]:
        words = _("“Not applicable” needs a reason, which is published.")
        faults.append(("not_applicable_reason", words))
    if texts[_AT["kind"]] == "correction" and not correctable:
        faults.append(("kind", _("There is nothing published yet that could be corrected.")))


def _check_citations(texts: Sequence[str], places: Sequence[int], faults: Found) -> None:
    for n, citation in zip(places, citations_of(texts), strict=True):
        prefix = f"citation_{n}_"
        if citation[0] not in _AXES:
            words = _("Say what the citation supports: %(codes)s.") % {"codes": ", ".join(CODES["axis"])}
            faults.append((prefix + "axis", words))
        if not citation[1]:
            words = _("Name the instrument, by its key, its id or its exact title.")
            faults.append((prefix + "instrument", words))
        for name, text in zip(CITATION[2:], citation[2:], strict=True):
            if len(text) > LENGTHS[name]:
                faults.append((prefix + name, _length_words(LENGTHS[name], len(text))))
