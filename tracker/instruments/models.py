"""Instruments, as an organisation's own until something that cites them is published, then as everyone's."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from tracker.db.base import Kind, Private, Table, enum_field, moment_field, text_field
from tracker.kit.vocabulary import InstrumentKind

TITLE_LENGTH = 500
CITATION_LENGTH = 300
URL_LENGTH = 1000
NOTE_LENGTH = 1500


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
    note: str = text_field(NOTE_LENGTH, default="")


class Instrument(Private, InstrumentFields, table=True):
    """An instrument that nothing published cites yet."""

    __table_args__ = (sa.Index(None, "tenant_id", "jurisdiction_id"),)
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
