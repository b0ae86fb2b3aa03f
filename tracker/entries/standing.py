"""What a published revision amounts to among others: verification, contest, and which voice to read. Pure.

Nothing here is stored: state and verification follow from the append-only rows at a moment. The values are structs of
`msgspec` because a wide comparison makes tens of thousands of them, and a dataclass takes eight times as long to make.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from tracker.entries.principles import Stated
from tracker.kit.vocabulary import (
    Axis,
    Basis,
    CitationAxis,
    Domain,
    InstrumentKind,
    Principle,
    Scope,
    Source,
    Value,
    Voice,
    value,
)


class Evidence(Struct, frozen=True, gc=False):
    """A published citation with its instrument."""

    position: int
    axis: CitationAxis
    locator: str
    quote: str
    quote_language: str
    translation: str
    instrument_id: UUID
    instrument_key: str | None
    kind: InstrumentKind
    title: str
    title_original: str
    language: str
    issuer: str
    citation: str
    adopted_on: date | None
    in_force_on: date | None
    url: str
    provenance: str
    instrument_note: str
    principles: tuple[Stated, ...] = ()

    @property
    def dated(self) -> date | None:
        return self.adopted_on or self.in_force_on

    @property
    def reference(self) -> str:
        """One line that names the passage: citation or title, then locator."""
        return ", ".join(part for part in (self.citation or self.title, self.locator) if part)


class Review(Struct, frozen=True, gc=False):
    """`by`: the organisation's key, for two may have one name."""

    by: str
    organisation: str
    agrees: bool
    reason: str
    other_source: str
    independent: bool
    recorded_at: datetime


class Reply(Struct, frozen=True, gc=False):
    organisation: str
    text: str
    recorded_at: datetime


class Standing(Struct, frozen=True, gc=False):
    """A published revision that holds for its entry at a moment, with what it rests on."""

    id: int
    uid: UUID
    jurisdiction_id: int
    item_id: int
    domain: Domain
    organisation_key: str
    organisation_name: str
    voice: Voice
    commitment: Value
    practice: Value
    commitment_claimed: bool
    practice_claimed: bool
    basis: Basis | None
    scope: Scope | None
    scope_note: str
    valid_from: date | None
    valid_to: date | None
    owner: str
    budget: str
    search_who: str
    search_where: str
    search_when: date | None
    not_applicable_reason: str
    note: str
    recorded_at: datetime
    evidence: tuple[Evidence, ...] = ()
    reviews: tuple[Review, ...] = ()
    replies: tuple[Reply, ...] = ()
    confirmed_at: datetime | None = None
    organisation_fictional: bool = False

    @property
    def last_confirmed(self) -> datetime:
        """When its author last said that it stands: at publication, or later."""
        return max(self.recorded_at, self.confirmed_at or self.recorded_at)

    def stale(self, on: date) -> bool:
        """Whether it was not confirmed in the twelve months before a day."""
        last = self.last_confirmed.date()
        return (on.year - last.year) * 12 + on.month - last.month - (on.day < last.day) >= 12

    def on(self, axis: Axis) -> Value:
        return self.commitment if axis is Axis.COMMITMENT else self.practice

    def claimed(self, axis: Axis) -> bool:
        return self.commitment_claimed if axis is Axis.COMMITMENT else self.practice_claimed

    def verification(self, axis: Axis) -> str:
        """ "V0" to "V3" for a level, cumulative; "none" where the axis is missing, for there is nothing to verify."""
        if not self.on(axis).is_level:
            return "none"
        if self.claimed(axis):
            return "V0"
        if not self.reviews:
            return "V1"
        agreeing = [r for r in self.verdicts if r.agrees]
        if any(r.other_source and r.independent for r in agreeing):
            return "V3"
        return "V2" if agreeing else "V1"

    @property
    def verdicts(self) -> list[Review]:
        """The last review of each organisation: a later one takes the place of its earlier one."""
        return list({r.by: r for r in self.reviews}.values())

    @property
    def disputed(self) -> bool:
        """Whether another organisation's disagreement with it is open."""
        return bool(self.reviews) and any(not r.agrees for r in self.verdicts)

    def says(self, principle: Principle) -> bool:
        """Whether an instrument that it cites says so."""
        return any(stated.principle is principle for e in self.evidence for stated in e.principles)

    def rank(self) -> tuple[list[str], datetime, int]:
        """Sorts voices for `best`: by verification of either axis, then recency; never by level."""
        marks = sorted((self.verification(a).replace("none", "") for a in Axis), reverse=True)
        return (marks, self.recorded_at, self.id)


def contested(voices: Sequence[Standing]) -> bool:
    """Two voices two levels apart on one axis, or an open disagreement. `voices`: all that hold for the cell."""
    if any(v.disputed for v in voices):
        return True
    if len(voices) < 2:  # nearly all cells: a wide matrix has thousands
        return False
    for axis in Axis:
        levels = [lv for v in voices if (lv := v.on(axis).level) is not None]
        if levels and max(levels) - min(levels) >= 2:
            return True
    return False


def heard(voices: Iterable[Standing], source: Source) -> list[Standing]:
    """The voices that `source` reads: one whole entry at most, except for `all`, which gives every voice."""
    ranked = list(voices)
    if len(ranked) > 1:
        ranked.sort(key=Standing.rank, reverse=True)
    if source is Source.ALL:
        return sorted(ranked, key=lambda v: (v.voice is not Voice.SELF, v.organisation_key))
    if source is not Source.BEST:
        ranked = [v for v in ranked if v.voice.value == source.value]
    return ranked[:1]


def values_of(row: object) -> tuple[Value, Value]:
    """The two axes of a row that has `commitment` and `practice` codes."""
    return value(Axis.COMMITMENT, row.commitment), value(Axis.PRACTICE, row.practice)  # type: ignore[attr-defined]
