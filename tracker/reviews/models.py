"""Reviews by other organisations and replies by stewards: append-only, published beside the revision."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Kind, Table, enum_field, moment_field, text_field

REPLY_LENGTH = 4000


class Verdict(StrEnum):
    AGREE = "agree"
    DISAGREE = "disagree"


class PublishedReview(Table, table=True):
    """`other_source` names the further source an organisation confirmed from; `independent`: it is no steward here."""

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (sa.Index(None, "revision_id"), sa.Index(None, "recorded_at"))
    id: int = Field(default=None, primary_key=True)
    revision_id: int = Field(foreign_key="published_revision.id")
    organisation_id: UUID = Field(foreign_key="organisation.id")
    verdict: Verdict = enum_field(Verdict)
    reason: str = text_field(1000)
    other_source: str = text_field(500, default="")
    independent: bool = False
    recorded_at: datetime = moment_field()


class PublishedReply(Table, table=True):
    """The steward's answer to an assessment, shown whole beside it."""

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (sa.Index(None, "revision_id"), sa.Index(None, "recorded_at"))
    id: int = Field(default=None, primary_key=True)
    revision_id: int = Field(foreign_key="published_revision.id")
    organisation_id: UUID = Field(foreign_key="organisation.id")
    text: str = text_field(REPLY_LENGTH)
    recorded_at: datetime = moment_field()


class PublishedConfirmation(Table, table=True):
    """The author's word that an entry still stands unchanged; keeps it from going stale."""

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (sa.Index(None, "revision_id"), sa.Index(None, "recorded_at"))
    id: int = Field(default=None, primary_key=True)
    revision_id: int = Field(foreign_key="published_revision.id")
    note: str = text_field(1000)
    recorded_at: datetime = moment_field()
