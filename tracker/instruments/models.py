"""Instruments, as an organisation's own until something that cites them is published, then as everyone's;
what happened to them since; and the files attached to them, which go the same way."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from tracker.db.base import Kind, Private, Table, enum_field, moment_field, text_field
from tracker.kit.vocabulary import InstrumentEventKind, InstrumentKind, PublishAs

TITLE_LENGTH = 500
CITATION_LENGTH = 300
URL_LENGTH = 1000
NOTE_LENGTH = 1500
ATTACHMENT_TITLE_LENGTH = 200


class InstrumentFields(SQLModel):
    """What is known of an instrument."""

    jurisdiction_id: int = Field(foreign_key="jurisdiction.id")
    kind: InstrumentKind = enum_field(InstrumentKind)
    title: str = text_field(TITLE_LENGTH)
    title_original: str = text_field(TITLE_LENGTH, default="")
    language: str = text_field(12, default="")
    issuer: str = text_field(300, default="")
    citation: str = text_field(CITATION_LENGTH, default="")
    adopted_on: date | None = None
    in_force_on: date | None = None
    in_force_until: date | None = None
    url: str = text_field(URL_LENGTH, default="")
    archived_url: str = text_field(URL_LENGTH, default="")
    note: str = text_field(NOTE_LENGTH, default="")


class Instrument(Private, InstrumentFields, table=True):
    """An instrument that nothing published cites yet. `version` rises with each change, so a stale form is noticed."""

    __table_args__ = (sa.Index(None, "tenant_id", "jurisdiction_id"),)
    version: int = 1
    created_at: datetime = moment_field()
    created_by: UUID | None = None


class PublishedInstrument(Table, InstrumentFields, table=True):
    """An instrument anyone may read and cite. `key` is a short name where the source gave one."""

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (sa.Index(None, "jurisdiction_id"),)
    id: UUID = Field(primary_key=True)
    key: str | None = text_field(60, default=None, unique=True)
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    provenance: str = text_field(20, default="")
    recorded_at: datetime = moment_field()


class PublishedInstrumentEvent(Table, table=True):
    """What happened to a published instrument, which itself never changes: see `tracker.instruments.state`.

    `archived_url` and `in_force_until` hold what a `details` event corrects, empty where it says nothing of them.
    """

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (
        # Named by hand: the names by convention are longer than PostgreSQL takes.
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["published_instrument.id"], name="fk_published_instrument_event_instrument"
        ),
        sa.ForeignKeyConstraint(
            ["by_instrument_id"], ["published_instrument.id"], name="fk_published_instrument_event_by"
        ),
        sa.ForeignKeyConstraint(
            ["retracts_id"], ["published_instrument_event.id"], name="fk_published_instrument_event_retracts"
        ),
        sa.Index(None, "instrument_id"),
        sa.CheckConstraint("(kind = 'retracted') = (retracts_id IS NOT NULL)", name="retracts"),
        sa.CheckConstraint("kind <> 'repealed' OR effective_on IS NOT NULL", name="repealed_when"),
        sa.CheckConstraint("by_instrument_id <> instrument_id", name="by_another"),
    )
    id: int = Field(default=None, primary_key=True)
    instrument_id: UUID
    organisation_id: UUID = Field(foreign_key="organisation.id")
    kind: InstrumentEventKind = enum_field(InstrumentEventKind)
    by_instrument_id: UUID | None = None
    effective_on: date | None = None
    note: str = text_field(NOTE_LENGTH, default="")
    archived_url: str = text_field(URL_LENGTH, default="")
    in_force_until: date | None = None
    retracts_id: int | None = Field(default=None, unique=True)
    recorded_at: datetime = moment_field()


class StoredFile(Table, table=True):
    """A file below TRACKER_DATA_DIR/attachments, named by its SHA-256 (hex), and how many attachments hold it.

    It says nothing of who holds it: organisations that attach the same bytes share one file, and the count
    tells, across the wall between them, when the last one has let go. No page reads it.
    """

    kind__: ClassVar[Kind] = Kind.GLOBAL
    __table_args__ = (sa.CheckConstraint("holders >= 0", name="holders"),)
    sha256: str = text_field(64, primary_key=True)
    size: int
    holders: int


class AttachmentFields(SQLModel):
    """A file: its hash, its size in bytes, and its type as its content shows it."""

    sha256: str = Field(sa_type=sa.String(64), foreign_key="stored_file.sha256")
    size: int
    media_type: str = text_field(40)
    title: str = text_field(ATTACHMENT_TITLE_LENGTH)


class Attachment(Private, AttachmentFields, table=True):
    """A file that an organisation keeps with one of its instruments.

    It stays the organisation's when the instrument is published; what the public gets is a PublishedAttachment
    under the same id. `published_as` is the choice made for that moment.
    """

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["tenant_id", "own_instrument_id"], ["instrument.tenant_id", "instrument.id"]
        ),
        sa.Index(None, "tenant_id", "own_instrument_id"),
        sa.Index(None, "tenant_id", "instrument_id"),
        sa.CheckConstraint("(own_instrument_id IS NULL) <> (instrument_id IS NULL)", name="one_instrument"),
    )
    own_instrument_id: UUID | None = None
    instrument_id: UUID | None = Field(default=None, foreign_key="published_instrument.id")
    published_as: PublishAs = enum_field(PublishAs, default=PublishAs.NONE)
    created_at: datetime = moment_field()
    created_by: UUID | None = None


class PublishedAttachment(Table, AttachmentFields, table=True):
    """What the public gets of an attachment: the file, or (`hash`) only the proof that it was there."""

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (
        sa.Index(None, "instrument_id"),
        sa.CheckConstraint("published_as IN ('file', 'hash')", name="something"),
    )
    id: UUID = Field(primary_key=True)
    instrument_id: UUID = Field(foreign_key="published_instrument.id")
    organisation_id: UUID = Field(foreign_key="organisation.id")
    published_as: PublishAs = enum_field(PublishAs)
    recorded_at: datetime = moment_field()
