"""An organisation's briefings: drafts and subscriptions, private; final editions, published and append-only."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Kind, Private, Table, enum_field, moment_field, text_field

QUESTION_LENGTH, TEXT_LENGTH, REASON_LENGTH = 300, 1500, 500
ID_LENGTH = 10
OTHER_CELLS = "*"  # in the place of codes


class EditionState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    FINAL = "final"
    DISCARDED = "discarded"


class Trigger(StrEnum):
    """Why an edition was begun."""

    HAND = "hand"
    QUARTER = "quarter"
    CHANGE = "change"


class TextKind(StrEnum):
    MESSAGE = "message"
    RECOMMENDATION = "recommendation"


def _of(table: str, column: str) -> sa.ForeignKeyConstraint:
    """A reference to a private row, which carries the tenant."""
    return sa.ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


class Briefing(Private, table=True):
    """A question that is asked again from edition to edition. `query`: the comparison's parameters, without its moment.

    `public_id` is its id once an edition is final.
    """

    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "public_id"),
        sa.Index(None, "tenant_id", "created_at"),
    )
    public_id: str = text_field(ID_LENGTH)
    query: dict[str, str] = Field(sa_type=sa.JSON)
    created_at: datetime = moment_field()
    created_by: UUID | None = None


class Edition(Private, table=True):
    """One edition under way, of a snapshot. `version` counts its changes, for forms that were opened before.

    `trigger_key` is of the reason it was begun for: there is one edition for each. `changes`: codes of the cells that
    read differently than in the edition before, where a subscription began it; OTHER_CELLS alone where that one does not
    have all of them. `chosen`: somebody has picked
    among the key messages. `before`: the number of the edition that change is told since; else `since`, a day.
    """

    __table_args__ = (
        _of("briefing", "briefing_id"),
        sa.UniqueConstraint("tenant_id", "briefing_id", "number"),
        sa.UniqueConstraint("tenant_id", "briefing_id", "trigger_key"),
        sa.Index(None, "tenant_id", "state"),
    )
    briefing_id: UUID
    number: int
    version: int = 1
    state: EditionState = enum_field(EditionState, default=EditionState.DRAFT)
    trigger: Trigger = enum_field(Trigger, default=Trigger.HAND)
    trigger_key: str = text_field(60)
    changes: list[str] = Field(sa_type=sa.JSON)
    snapshot_id: str = text_field(26, foreign_key="published_snapshot.id")
    question: str = text_field(QUESTION_LENGTH, default="")
    parts: list[str] = Field(sa_type=sa.JSON)
    locale: str = text_field(12)
    page_size: str = text_field(8)
    since: date | None = None
    before: int | None = None
    lens: str = text_field(160, default="")
    chosen: bool = False
    created_at: datetime = moment_field()
    created_by: UUID | None = None
    changed_by: UUID | None = None
    submitted_by: UUID | None = None
    return_reason: str = text_field(REASON_LENGTH, default="")
    job_id: UUID | None = None


class EditionText(Private, table=True):
    """A key message or a recommendation of an edition under way; `text` is "" for a message as the rules give it.

    `author_id` and `author`: the member who wrote the text.
    """

    __table_args__ = (
        _of("edition", "edition_id"),
        sa.UniqueConstraint("tenant_id", "edition_id", "kind", "position"),
    )
    edition_id: UUID
    kind: TextKind = enum_field(TextKind)
    position: int
    key: str = text_field(40, default="")
    grade: str = text_field(12, default="")
    text: str = text_field(TEXT_LENGTH, default="")
    author_id: UUID | None = None
    author: str = text_field(120, default="")


class EditionFile(Private, table=True):
    """A file of an edition under way, made when it was at `version`. It can be made again, so a redaction deletes it."""

    passing__: ClassVar[bool] = True
    __table_args__ = (
        _of("edition", "edition_id"),
        sa.UniqueConstraint("tenant_id", "edition_id", "kind"),
    )
    edition_id: UUID
    kind: str = text_field(8)
    version: int
    sha256: str = text_field(64)
    body: bytes = Field(sa_type=sa.LargeBinary)
    made_at: datetime = moment_field()


class Subscription(Private, table=True):
    """That a briefing is made anew by itself, until `ended_at`.

    `cells`: codes of those that are watched, as JURISDICTION/ITEM/DOMAIN; empty for all of the edition.
    """

    __table_args__ = (_of("briefing", "briefing_id"), sa.UniqueConstraint("tenant_id", "briefing_id"))
    briefing_id: UUID
    each_quarter: bool = False
    on_change: bool = False
    cells: list[str] = Field(sa_type=sa.JSON)
    started_at: datetime = moment_field()
    started_by: UUID | None = None
    ended_at: datetime | None = moment_field(default=None)
    ended_by: UUID | None = None


class PublishedEdition(Table, table=True):
    """A final edition. It is superseded when one of a higher number is final. `parts`: codes, separated by commas."""

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (
        sa.UniqueConstraint("briefing_id", "number"),
        sa.Index(None, "organisation_id", "recorded_at"),
    )
    id: int = Field(default=None, primary_key=True)
    uid: UUID = Field(unique=True)
    briefing_id: str = text_field(ID_LENGTH)
    number: int
    organisation_id: UUID = Field(foreign_key="organisation.id")
    snapshot_id: str = text_field(26, foreign_key="published_snapshot.id")
    question: str = text_field(QUESTION_LENGTH)
    parts: str = text_field(180)
    locale: str = text_field(12)
    page_size: str = text_field(8)
    since: date | None = None
    before: int | None = None
    lens: str = text_field(160)
    chosen: bool
    recorded_at: datetime = moment_field()


class PublishedEditionText(Table, table=True):
    """A key message or a recommendation of a final edition, as in `EditionText`."""

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (sa.UniqueConstraint("edition_id", "kind", "position"),)
    id: int = Field(default=None, primary_key=True)
    edition_id: int = Field(foreign_key="published_edition.id")
    organisation_id: UUID = Field(foreign_key="organisation.id")
    kind: TextKind = enum_field(TextKind)
    position: int
    key: str = text_field(40)
    grade: str = text_field(12)
    text: str = text_field(TEXT_LENGTH)


class PublishedEditionPlace(Table, table=True):
    """A jurisdiction that a final edition compares, so that its editions are found."""

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (sa.Index(None, "jurisdiction_id", "edition_id"),)
    edition_id: int = Field(foreign_key="published_edition.id", primary_key=True)
    jurisdiction_id: int = Field(foreign_key="jurisdiction.id", primary_key=True)


class FinalFile(Table, table=True):
    """A file of a final edition. It changes only when a redaction reaches it: `first_sha256` is of what it was at first.

    `checked_at`: no redaction until then concerns it.
    """

    kind__: ClassVar[Kind] = Kind.GLOBAL
    edition_id: int = Field(foreign_key="published_edition.id", primary_key=True)
    kind: str = text_field(8, primary_key=True)
    first_sha256: str = text_field(64)
    sha256: str = text_field(64)
    body: bytes = Field(sa_type=sa.LargeBinary)
    first_made_at: datetime = moment_field()
    made_at: datetime = moment_field()
    checked_at: datetime = moment_field()
