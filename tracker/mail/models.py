"""The outbox: what a member has not been told yet, the digests that tell it, and what a member wants to be told."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from tracker.access.permissions import Permission
from tracker.db.base import Kind, Private, Table, enum_field, moment_field, text_field
from tracker.kit.i18n import N_


class MailKind(StrEnum):
    """What a member may be told of: the kinds of the work list, by the same names."""

    RETURNED = "returned"
    TO_REVIEW = "to_review"
    REPLIES_DUE = "replies_due"
    READY = "ready"
    REPORTS = "reports"
    CONTESTED = "contested"
    STALE = "stale"
    REPEALED = "repealed"
    SEARCH_NOTES = "search_notes"
    TO_CORRECT = "to_correct"
    EDITIONS = "editions"
    NEW_EDITIONS = "new_editions"


# Who can do something about it, as the work list has it.
NEEDED: dict[MailKind, Permission] = {
    MailKind.RETURNED: Permission.WRITE_DRAFTS,
    MailKind.TO_REVIEW: Permission.REVIEW,
    MailKind.REPLIES_DUE: Permission.REVIEW,
    MailKind.READY: Permission.REVIEW,
    MailKind.REPORTS: Permission.REVIEW,
    MailKind.CONTESTED: Permission.READ_DRAFTS,
    MailKind.STALE: Permission.WRITE_DRAFTS,
    MailKind.REPEALED: Permission.WRITE_DRAFTS,
    MailKind.SEARCH_NOTES: Permission.WRITE_DRAFTS,
    MailKind.TO_CORRECT: Permission.WRITE_DRAFTS,
    MailKind.EDITIONS: Permission.REVIEW,
    MailKind.NEW_EDITIONS: Permission.WRITE_DRAFTS,
}

LABELS: dict[MailKind, str] = {
    MailKind.RETURNED: N_("Entries returned to their authors"),
    MailKind.TO_REVIEW: N_("Entries to review"),
    MailKind.REPLIES_DUE: N_("Assessments you may reply to"),
    MailKind.READY: N_("Notified assessments that may be published"),
    MailKind.REPORTS: N_("Reports of mistakes to answer"),
    MailKind.CONTESTED: N_("Contested cells"),
    MailKind.STALE: N_("Entries not confirmed for twelve months"),
    MailKind.REPEALED: N_("Entries that rest on a repealed instrument"),
    MailKind.SEARCH_NOTES: N_("Search notes that are missing"),
    MailKind.TO_CORRECT: N_("Accepted reports that wait for a correction"),
    MailKind.EDITIONS: N_("Editions of briefings to make final"),
    MailKind.NEW_EDITIONS: N_("New and returned editions of briefings"),
}


class MailState(StrEnum):
    """`sending`: a worker has taken it; if the worker dies, nobody knows whether the mail left, and it is not sent again."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


# Faults of our own; all others are the kind of an exception and the code of the mail server.
INTERRUPTED, LEFT = "interrupted", "left"


class MailDigest(Private, table=True):
    """One mail to one member: how many things of each kind waited when it was made, and nothing of what they say."""

    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "recipient_id", "day"),
        sa.Index(None, "tenant_id", "state", "next_at"),
    )
    recipient_id: UUID = Field(foreign_key="user_account.id")
    day: date
    counts: dict[str, Any] = Field(sa_type=sa.JSON)
    state: MailState = enum_field(MailState, default=MailState.QUEUED)
    attempts: int = 0
    next_at: datetime = moment_field()
    fault: str = text_field(120, default="")
    created_at: datetime = moment_field()
    sent_at: datetime | None = moment_field(default=None)


class OutboxItem(Private, table=True):
    """Something that a member has to be told (`digest_id` is None) or was told of. `subject` names it, as the log does.

    It is forgotten after `KEPT` days: what still waits then is told of once more.
    """

    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "recipient_id", "kind", "subject"),
        sa.ForeignKeyConstraint(["tenant_id", "digest_id"], ["mail_digest.tenant_id", "mail_digest.id"]),
        sa.Index(None, "tenant_id", "digest_id"),
    )
    recipient_id: UUID = Field(foreign_key="user_account.id")
    kind: MailKind = enum_field(MailKind)
    subject: str = text_field(120)
    created_at: datetime = moment_field()
    digest_id: UUID | None = None


class MailSwitchedOff(Table, table=True):
    """A kind of which a person wants no mail, in whichever organisation."""

    kind__: ClassVar[Kind] = Kind.GLOBAL
    user_id: UUID = Field(primary_key=True, foreign_key="user_account.id")
    kind: MailKind = enum_field(MailKind, primary_key=True)
