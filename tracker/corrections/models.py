"""Reports of mistakes. The number and its states are public; the text stays private until somebody has read it."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Kind, Private, Table, enum_field, moment_field, text_field

TEXT_LENGTH = 2000
ANSWER_LENGTH = 2000


class ReportState(StrEnum):
    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    PURGED = "purged"


class PublishedReport(Table, table=True):
    """A public number for a report on a published revision; the revision's organisation answers it."""

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (sa.Index(None, "revision_id"),)
    number: int = Field(default=None, primary_key=True)
    revision_id: int = Field(foreign_key="published_revision.id")
    organisation_id: UUID = Field(foreign_key="organisation.id")
    recorded_at: datetime = moment_field()


class PublishedReportEvent(Table, table=True):
    """How a report was closed. `text`: the report itself, where it was fit to be published."""

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (sa.UniqueConstraint("number"),)
    id: int = Field(default=None, primary_key=True)
    number: int = Field(foreign_key="published_report.number")
    state: ReportState = enum_field(ReportState)
    text: str = text_field(TEXT_LENGTH, default="")
    evidence_url: str = text_field(1000, default="")
    answer: str = text_field(ANSWER_LENGTH, default="")
    recorded_at: datetime = moment_field()


class Report(Private, table=True):
    """What was written, for the organisation that answers. Emptied when the report is closed."""

    __table_args__ = (sa.Index(None, "tenant_id", "closed_at"),)
    number: int = Field(foreign_key="published_report.number")
    text: str = text_field(TEXT_LENGTH)
    evidence_url: str = text_field(1000, default="")
    received_at: datetime = moment_field()
    closed_at: datetime | None = moment_field(default=None)
