"""Notices and the replies to them. Each has two parties; the second may read it and nothing more."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Private, enum_field, moment_field, text_field
from tracker.kit.vocabulary import Domain
from tracker.reviews.models import REPLY_LENGTH

WITHDRAWN_LENGTH = 1000


class Notice(Private, table=True):
    """A frozen copy of an assessment (`tenant_id`: its author) for one steward (`counterpart_id`).

    `copy` is the draft as it would be published; it never changes after it is sent.
    """

    __table_args__ = (
        sa.Index(None, "tenant_id", "draft_id"),
        sa.Index(None, "counterpart_id", "sent_at"),
    )
    counterpart_id: UUID = Field(foreign_key="organisation.id")
    draft_id: UUID
    jurisdiction_id: int = Field(foreign_key="jurisdiction.id")
    item_id: int = Field(foreign_key="framework_item.id")
    domain: Domain = enum_field(Domain)
    copy_: dict[str, Any] = Field(sa_column=sa.Column("copy", sa.JSON, nullable=False))
    sent_at: datetime = moment_field()
    # The midnight (UTC) after the last day for the reply; from then on it may be published without one.
    due_at: datetime = moment_field()
    # Set when the assessment was published (with its revision) or taken back (without).
    closed_at: datetime | None = moment_field(default=None)
    revision_id: int | None = Field(default=None, foreign_key="published_revision.id")
    # Why it was withdrawn before publication, for its steward to read; never public.
    withdrawn_reason: str = text_field(WITHDRAWN_LENGTH, default="")


class NoticeReply(Private, table=True):
    """The steward's reply (`tenant_id`: the steward) to an assessment's author (`counterpart_id`). Never changed."""

    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "notice_id"),
        sa.Index(None, "counterpart_id", "notice_id"),
    )
    counterpart_id: UUID = Field(foreign_key="organisation.id")
    notice_id: UUID
    text: str = text_field(REPLY_LENGTH)
    lodged_at: datetime = moment_field()
    lodged_by: UUID | None = None
