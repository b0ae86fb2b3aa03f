"""Drafts, which are private and mutable; and published revisions, which are public and never change.

An entry is what one organisation says of one cell (jurisdiction, item, domain). It has at most one
draft, and any number of published revisions. What is published is copied, so that no public page
has a path to a draft.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from tracker.db.base import Kind, Private, Table, enum_field, enum_type, moment_field, text_field
from tracker.kit.vocabulary import (
    VALUE_CODES,
    Basis,
    CitationAxis,
    Domain,
    DraftState,
    Payment,
    Principle,
    RevisionKind,
    Scope,
    Voice,
)

NOTE_LENGTH = 1500
SHORT_LENGTH = 300
LOCATOR_LENGTH = 200
QUOTE_LENGTH = 600
REASON_LENGTH = 1000

_codes = ", ".join(f"'{code}'" for code in VALUE_CODES)


def _value_checks() -> tuple[sa.CheckConstraint, ...]:
    return (
        sa.CheckConstraint(f"commitment IN ({_codes})", name="commitment"),
        sa.CheckConstraint(f"practice IN ({_codes})", name="practice"),
        sa.CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name="dates"),
    )


class CellFields(SQLModel):
    """Which cell: jurisdiction x item x domain."""

    jurisdiction_id: int = Field(foreign_key="jurisdiction.id")
    item_id: int = Field(foreign_key="framework_item.id")
    domain: Domain = enum_field(Domain)


class ContentFields(SQLModel):
    """What is said of the cell. `commitment` and `practice` hold "0" to "4" or a missing code, never a blank."""

    kind: RevisionKind = enum_field(RevisionKind, default=RevisionKind.CHANGE)
    commitment: str = text_field(16, default="not_assessed")
    practice: str = text_field(16, default="not_assessed")
    basis: Basis | None = Field(default=None, sa_type=enum_type(Basis))
    scope: Scope | None = Field(default=None, sa_type=enum_type(Scope))
    scope_note: str = text_field(SHORT_LENGTH, default="")
    valid_from: date | None = None
    valid_to: date | None = None
    owner: str = text_field(SHORT_LENGTH, default="")
    budget: str = text_field(SHORT_LENGTH, default="")
    search_who: str = text_field(SHORT_LENGTH, default="")
    search_where: str = text_field(SHORT_LENGTH, default="")
    search_when: date | None = None
    not_applicable_reason: str = text_field(REASON_LENGTH, default="")
    note: str = text_field(NOTE_LENGTH, default="")


class CitationFields(SQLModel):
    """Where in an instrument the support is found."""

    position: int
    axis: CitationAxis = enum_field(CitationAxis)
    locator: str = text_field(LOCATOR_LENGTH, default="")
    quote: str = text_field(QUOTE_LENGTH, default="")
    quote_language: str = text_field(12, default="")
    translation: str = text_field(QUOTE_LENGTH, default="")


class PrincipleFields(SQLModel):
    """That the instrument of a citation says so, and where. `how` and `payment`: of those who take part."""

    principle: Principle = enum_field(Principle)
    locator: str = text_field(LOCATOR_LENGTH)
    how: str = text_field(SHORT_LENGTH, default="")
    payment: Payment | None = Field(default=None, sa_type=enum_type(Payment))


def _payment_check() -> sa.CheckConstraint:
    return sa.CheckConstraint("(principle = 'survivor_informed') = (payment IS NOT NULL)", name="payment_of")


class Draft(Private, CellFields, ContentFields, table=True):
    """The working copy of an entry. `version` rises with each change, so a stale form is noticed."""

    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "jurisdiction_id", "item_id", "domain"),
        sa.Index(None, "tenant_id", "state"),
        *_value_checks(),
    )
    state: DraftState = enum_field(DraftState, default=DraftState.DRAFT)
    version: int = 1
    corrects_id: int | None = Field(default=None, foreign_key="published_revision.id")
    created_at: datetime = moment_field()
    created_by: UUID | None = None
    updated_at: datetime = moment_field()
    updated_by: UUID | None = None
    submitted_at: datetime | None = moment_field(default=None)
    submitted_by: UUID | None = None
    return_reason: str = text_field(REASON_LENGTH, default="")


class DraftCitation(Private, CitationFields, table=True):
    """A citation of a draft: of the organisation's own instrument, or of a published one."""

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["tenant_id", "draft_id"], ["draft.tenant_id", "draft.id"], ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "own_instrument_id"], ["instrument.tenant_id", "instrument.id"]
        ),
        sa.Index(None, "tenant_id", "draft_id"),
        sa.CheckConstraint("(own_instrument_id IS NULL) <> (instrument_id IS NULL)", name="one_instrument"),
    )
    draft_id: UUID
    own_instrument_id: UUID | None = None
    instrument_id: UUID | None = Field(default=None, foreign_key="published_instrument.id")


class DraftPrinciple(Private, PrincipleFields, table=True):
    """What the instrument of a draft's citation says on one principle."""

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["tenant_id", "citation_id"],
            ["draft_citation.tenant_id", "draft_citation.id"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("tenant_id", "citation_id", "principle"),
        _payment_check(),
    )
    citation_id: UUID


class PublishedRevision(Table, CellFields, ContentFields, table=True):
    """An immutable state of an entry. `commitment_claimed`: a level without its least evidence, likewise practice.

    The claims follow from this row and its citations alone, both immutable, so they are computed once.
    """

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (
        sa.Index(None, "jurisdiction_id", "item_id", "domain", "recorded_at"),
        sa.Index(None, "organisation_id", "recorded_at"),
        sa.Index(None, "corrects_id"),
        sa.Index(None, "recorded_at"),
        sa.Index(None, "valid_from"),
        sa.Index(None, "valid_to"),
        *_value_checks(),
    )
    id: int = Field(default=None, primary_key=True)
    uid: UUID = Field(unique=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    voice: Voice = enum_field(Voice)
    corrects_id: int | None = Field(default=None, foreign_key="published_revision.id")
    commitment_claimed: bool
    practice_claimed: bool
    recorded_at: datetime = moment_field()


class PublishedCitation(Table, CitationFields, table=True):
    """A citation of a published revision."""

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (sa.UniqueConstraint("revision_id", "position"), sa.Index(None, "instrument_id"))
    id: int = Field(default=None, primary_key=True)
    revision_id: int = Field(foreign_key="published_revision.id")
    instrument_id: UUID = Field(foreign_key="published_instrument.id")


class PublishedPrinciple(Table, PrincipleFields, table=True):
    """What the instrument of a published citation says on one principle."""

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["revision_id", "position"], ["published_citation.revision_id", "published_citation.position"]
        ),
        sa.UniqueConstraint("revision_id", "position", "principle"),
        _payment_check(),
    )
    id: int = Field(default=None, primary_key=True)
    revision_id: int
    position: int


class PublishedWithdrawal(Table, table=True):
    """A revision taken back; the reason stays as its tombstone."""

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (sa.Index(None, "recorded_at"),)
    revision_id: int = Field(primary_key=True, foreign_key="published_revision.id")
    reason: str = text_field(REASON_LENGTH)
    recorded_at: datetime = moment_field()


class EntryMove(Private, table=True):
    """A draft that was begun from the organisation's entry on an earlier version of its framework.

    `change`: what became of the item, such as split; `item_id` is the later version's.
    """

    __table_args__ = (sa.UniqueConstraint("tenant_id", "jurisdiction_id", "item_id", "domain"),)
    jurisdiction_id: int = Field(foreign_key="jurisdiction.id")
    item_id: int = Field(foreign_key="framework_item.id")
    domain: Domain = enum_field(Domain)
    old_item_id: int = Field(foreign_key="framework_item.id")
    change: str = text_field(40)
    moved_at: datetime = moment_field()
    moved_by: UUID | None = None
