"""A framework as a file states it, and what is wrong with it, by row and field. Pure: no file format, no database."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tracker.kit.errors import Refused
from tracker.kit.i18n import gettext as _
from tracker.kit.safe import safe_url
from tracker.kit.vocabulary import PRACTITIONER_DOMAINS, Bindingness, Provenance, Wording

# The fields of an item in a file, in the order of its columns, and how many characters each may have.
FIELDS = {
    "key": 40,
    "source_number": 60,
    "kind": 40,
    "parent": 40,
    "text": 1000,
    "short_label": 200,
    "theme": 60,
    "wording": 20,
    "provenance": 20,
    "source_url": 500,
    "domains": 80,
    "bindingness": 20,
    "rating": 20,
    "identifier": 120,
}
# What a file may state of the framework itself.
HEAD_FIELDS = {
    "title": 300,
    "publisher": 300,
    "year": 4,
    "kind": 40,
    "applies_by_domain": 3,
    "licence": 100,
    "verbatim_allowed": 60,
    "landing_url": 500,
    "note": 1000,
}
NEEDED_OF_NEW = ("title", "publisher", "year", "licence", "verbatim_allowed")
VERBATIM = ("yes", "non-commercial only", "short quotation", "titles only", "no")
SHORT_QUOTATION = 300
MOST_ITEMS = 20_000

ITEM_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
FRAMEWORK_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CODES = {"wording": tuple(Wording), "provenance": tuple(Provenance), "bindingness": ("", *Bindingness)}


@dataclass(frozen=True, slots=True)
class Fault:
    """`where`: the row or element as its file counts it; `field`: the column; `text`: what is wrong.

    `fixed`: it would be taken in as a new version.
    """

    where: str
    field: str
    text: str
    fixed: bool = False

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.where, self.field) if part)
        return f"{place}: {self.text}" if place else self.text


@dataclass(frozen=True, slots=True)
class Row:
    """An item as its file states it. `fields` has only what is stated, by FIELDS.

    `replaces`: the items of the earlier version that it continues, by key or identifier; None: not stated.
    """

    where: str
    fields: Mapping[str, str]
    replaces: tuple[str, ...] | None = None

    @property
    def key(self) -> str:
        return self.fields.get("key", "")

    @property
    def parent(self) -> str:
        return self.fields.get("parent", "")


@dataclass(frozen=True, slots=True)
class RatingRow:
    where: str
    code: str
    label: str
    definition: str


@dataclass(frozen=True, slots=True)
class FrameworkFile:
    """All that a file states. `head` has only what is stated, by HEAD_FIELDS; `notes`: what was passed over.

    `replaces`: the earlier version that its rows name items of; "": the one before it.
    """

    key: str
    version: str
    head: Mapping[str, str]
    ratings: tuple[RatingRow, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    replaces: str = ""

    @property
    def name(self) -> str:
        return f"{self.key}@{self.version}"

    def given(self, *, version: str = "", licence: str = "") -> "FrameworkFile":
        """The file as another version than it states, and with a licence where it states none."""
        head = {"licence": licence, **self.head} if licence else self.head
        return replace(self, version=version or self.version, head=head)


class Unreadable(Refused):
    """The file is not of its format, or too large; `faults` say where."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__(" ".join(str(fault) for fault in faults))


def codes_of(text: str) -> tuple[str, ...]:
    """The codes of a cell such as "individual, organization", each once."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def head_faults(file: FrameworkFile, *, new: bool) -> Iterator[Fault]:
    """What is wrong with what a file states of the framework itself."""
    if not FRAMEWORK_KEY.fullmatch(file.key):
        yield Fault(
            "", "framework", _("“%(text)s” is no key: lower-case letters, digits, hyphens.") % _cut(file.key)
        )
    if not VERSION.fullmatch(file.version):
        yield Fault("", "version", _("“%(text)s” is no version, such as 2021 or 1.2.") % _cut(file.version))
    for name in NEEDED_OF_NEW if new else ():
        if not file.head.get(name):
            yield Fault("", name, _("This version is new here, so the file must state it."))
    for name, text in file.head.items():
        yield from _text_faults("", name, text, HEAD_FIELDS[name])
    if not re.fullmatch(r"(1[5-9]|20)\d\d", file.head.get("year", "2000")):
        yield Fault("", "year", _("“%(text)s” is no year.") % _cut(file.head["year"]))
    for name, allowed in (("applies_by_domain", ("yes", "no")), ("verbatim_allowed", VERBATIM)):
        if file.head.get(name, allowed[0]) not in allowed:
            yield _not_among("", name, file.head[name], allowed)
    if file.head.get("landing_url") and not safe_url(file.head["landing_url"]):
        yield Fault("", "landing_url", _link())
    yield from _rating_faults(file.ratings)


def _rating_faults(ratings: Iterable[RatingRow]) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for row in ratings:
        if not ITEM_KEY.fullmatch(row.code) or len(row.code) > FIELDS["rating"]:
            yield Fault(row.where, "rating", _("“%(text)s” is no code.") % _cut(row.code))
        if row.code in seen:
            yield Fault(row.where, "rating", _twice(row.code, seen[row.code]))
        if not row.label:
            yield Fault(row.where, "label", _("A rating needs a label."))
        yield from _text_faults(row.where, "label", row.label, 100)
        yield from _text_faults(row.where, "definition", row.definition, 1000)
        seen.setdefault(row.code, row.where)


def row_faults(rows: Iterable[Row], *, by_domain: bool, scale: set[str]) -> Iterator[Fault]:
    """What is wrong with each row by itself. `scale`: the codes that an item may be rated by."""
    domains = tuple(PRACTITIONER_DOMAINS) if by_domain else ()
    for row in rows:
        if not ITEM_KEY.fullmatch(row.key):
            yield Fault(
                row.where, "key", _("“%(text)s” is no key: letters, digits, . _ and -.") % _cut(row.key)
            )
        withheld = row.fields.get("wording") == Wording.WITHHELD
        for name in ("kind",) if withheld else ("kind", "text"):
            if not row.fields.get(name):
                yield Fault(row.where, name, _("This is needed."))
        if withheld and row.fields.get("text"):
            yield Fault(row.where, "text", _("An item whose wording is withheld has no text here."))
        for name, text in row.fields.items():
            yield from _text_faults(row.where, name, text, FIELDS[name])
        for name, allowed in _CODES.items():
            if row.fields.get(name, allowed[0]) not in allowed:
                yield _not_among(row.where, name, row.fields[name], allowed)
        for code in codes_of(row.fields.get("domains", "")):
            if code not in domains and not (code == "all" and not by_domain):
                yield _not_among(row.where, "domains", code, domains or ("all",))
        if row.fields.get("rating") and row.fields["rating"] not in scale:
            yield _not_among(row.where, "rating", row.fields["rating"], tuple(sorted(scale)) or ("–",))
        if row.fields.get("source_url") and not safe_url(row.fields["source_url"]):
            yield Fault(row.where, "source_url", _link())


def tree_faults(rows: Iterable[Row], stored: Mapping[str, str]) -> Iterator[Fault]:
    """Keys given twice, parents that are nowhere, and circles. `stored`: parent by key of the items there are."""
    where: dict[str, str] = {}
    known: dict[str, str] = {}
    parents = dict(stored)
    for row in rows:
        identifier = row.fields.get("identifier", "")
        if identifier and identifier in known:
            yield Fault(row.where, "identifier", _twice(identifier, known[identifier]))
        known.setdefault(identifier, row.where)
        if row.key in where:
            yield Fault(row.where, "key", _twice(row.key, where[row.key]))
            continue
        where[row.key] = row.where
        parents[row.key] = row.fields.get("parent", stored.get(row.key, ""))
    for key, place in where.items():
        if parents[key] and parents[key] not in parents:
            yield Fault(place, "parent", _("There is no item “%(text)s”.") % _cut(parents[key]))
    rooted: set[str] = set()
    for key, place in where.items():
        trail: list[str] = []
        while key and key not in rooted and key not in trail:
            trail.append(key)
            key = parents.get(key, "")
        if key in trail:
            circle = [*trail[trail.index(key) :], key]
            yield Fault(
                place,
                "parent",
                _("The parents go round in a circle: %(keys)s.") % {"keys": " → ".join(circle[:9])},
            )
        rooted.update(trail)


def quoting_fault(wording: str, text: str, verbatim_allowed: str) -> str:
    """Why an item may not be given as it is; "" when it may: the licence is kept where a text would come in."""
    if wording == Wording.TITLE and verbatim_allowed == "no":
        return _(
            "The source allows nothing to be quoted: leave the text empty with the wording “withheld”, or paraphrase it."
        )
    if wording != Wording.VERBATIM or verbatim_allowed in ("yes", "non-commercial only"):
        return ""
    if verbatim_allowed == "short quotation" and len(text) <= SHORT_QUOTATION:
        return ""
    return _("The source allows “%(allowed)s”: give a title or a paraphrase, and say so here.") % {
        "allowed": verbatim_allowed
    }


def _text_faults(where: str, name: str, text: str, most: int) -> Iterator[Fault]:
    if len(text) > most:
        yield Fault(
            where,
            name,
            _("This has %(size)s characters; %(most)s is the most.") % {"size": len(text), "most": most},
        )
    if _CONTROL.search(text):
        yield Fault(where, name, _("This has a control character."))


def _not_among(where: str, name: str, text: str, allowed: Iterable[str]) -> Fault:
    told = {"text": text[:60], "allowed": ", ".join(str(a) or _("empty") for a in allowed)}
    return Fault(where, name, _("“%(text)s” is not known here; it can be %(allowed)s.") % told)


def _twice(key: str, first: str) -> str:
    return _("“%(key)s” is there twice; first in %(first)s.") % {"key": key[:60], "first": first}


def _link() -> str:
    return _("A link begins with http:// or https://.")


def _cut(text: str) -> dict[str, str]:
    return {"text": text[:60]}
