"""What an entry says, as a value that forms make and services take."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from tracker.entries.evidence import Support
from tracker.entries.principles import Stated
from tracker.kit.vocabulary import Basis, CitationAxis, Domain, InstrumentKind, RevisionKind, Scope


@dataclass(frozen=True, slots=True)
class Cell:
    """jurisdiction x item x domain, by their database ids."""

    jurisdiction_id: int
    item_id: int
    domain: Domain


@dataclass(frozen=True, slots=True)
class NewInstrument:
    """An instrument typed in with the citation that first needs it."""

    kind: InstrumentKind
    title: str
    title_original: str = ""
    language: str = ""
    issuer: str = ""
    citation: str = ""
    adopted_on: date | None = None
    in_force_on: date | None = None
    in_force_until: date | None = None
    url: str = ""
    archived_url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """`instrument` is the id of one the organisation may cite, or a new one to be added."""

    axis: CitationAxis
    instrument: UUID | NewInstrument
    locator: str = ""
    quote: str = ""
    quote_language: str = ""
    translation: str = ""
    principles: tuple[Stated, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """`commitment` and `practice`: "0" to "4" or a missing code. Dates are days, inclusive."""

    commitment: str = "not_assessed"
    practice: str = "not_assessed"
    basis: Basis | None = None
    scope: Scope | None = None
    scope_note: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    owner: str = ""
    budget: str = ""
    search_who: str = ""
    search_where: str = ""
    search_when: date | None = None
    not_applicable_reason: str = ""
    note: str = ""
    kind: RevisionKind = RevisionKind.CHANGE
    citations: tuple[Citation, ...] = ()

    def support(self) -> Support:
        return Support(
            self.search_who, self.search_where, self.search_when, self.owner, self.budget, self.valid_from
        )


def says_the_same(sent: Content, stored: Content, typed: Mapping[UUID, NewInstrument]) -> bool:
    """Whether a form sent again says what is stored. `typed`: the stored instruments, as they were typed in."""
    if len(sent.citations) != len(stored.citations):
        return False
    citations = tuple(
        replace(now, instrument=before.instrument)
        if isinstance(before.instrument, UUID) and typed.get(before.instrument) == now.instrument
        else now
        for now, before in zip(sent.citations, stored.citations, strict=True)
    )
    return replace(sent, citations=citations) == stored


# The columns that a draft and a published revision share, in the order of the form.
FIELDS = [
    "commitment",
    "practice",
    "basis",
    "scope",
    "scope_note",
    "valid_from",
    "valid_to",
    "owner",
    "budget",
    "search_who",
    "search_where",
    "search_when",
    "not_applicable_reason",
    "note",
    "kind",
]
CITATION_FIELDS = ["axis", "locator", "quote", "quote_language", "translation"]
INSTRUMENT_FIELDS = [
    "kind",
    "title",
    "title_original",
    "language",
    "issuer",
    "citation",
    "adopted_on",
    "in_force_on",
    "in_force_until",
    "url",
    "archived_url",
    "note",
]
