"""The queue. A job names what it is about by ids only, for the table belongs to nobody and to everybody."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Kind, Table, enum_field, moment_field, text_field


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Table, table=True):
    """A piece of work. `turn` counts how often it was taken: whoever holds the last turn may write to it.

    `about` holds ids, never a text of anybody. `key` makes a job that must be there once. `step` is a code of
    `word('step', ...)`, `progress` 0 to 100, `reason` why it failed. `leased_until`: when another may take it.
    `owner`: the organisation that it is done for, so that each has its turn.
    """

    kind__: ClassVar[Kind] = Kind.GLOBAL
    __table_args__ = (
        sa.UniqueConstraint("key"),
        sa.Index(None, "state", "created_at"),
        sa.Index(None, "owner", "state"),
    )
    id: UUID = Field(primary_key=True)
    kind: str = text_field(40)
    about: dict[str, str] = Field(sa_type=sa.JSON)
    key: str | None = text_field(80, default=None)
    owner: UUID | None = None
    state: JobState = enum_field(JobState, default=JobState.QUEUED)
    progress: int = 0
    step: str = text_field(40, default="")
    reason: str = text_field(199, default="")
    turn: int = 0
    tries: int = 0
    created_at: datetime = moment_field()
    leased_until: datetime | None = moment_field(default=None)
    ended_at: datetime | None = moment_field(default=None)
