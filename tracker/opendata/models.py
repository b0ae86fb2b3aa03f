"""Numbered releases, and how redactions changed their files. The files themselves lie in the data folder."""

from datetime import date, datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Kind, Table, moment_field, text_field

# Shorter than a free text (see `free_texts`): the operator's own words about the data, never about a person.
NOTE_LENGTH = 190


class PublishedRelease(Table, table=True):
    """A release. `on_day` and `as_of`: the moment that its data are of; `sums_sha256`: of its SHA256SUMS when it was made.

    `redaction_id`: the last redaction in the record then. `forced`: why rows were let go that nothing explains.
    """

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    number: int = Field(primary_key=True)
    on_day: date
    as_of: datetime = moment_field()
    row_count: int
    licence: str = text_field(40)
    note: str = text_field(NOTE_LENGTH, default="")
    forced: str = text_field(NOTE_LENGTH, default="")
    sums_sha256: str = text_field(64)
    redaction_id: int
    recorded_at: datetime = moment_field()


class PublishedReleaseRewrite(Table, table=True):
    """The files of a release after the redactions up to `redaction_id`. `texts`: how many cells of files they changed."""

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (sa.UniqueConstraint("number", "redaction_id"),)
    id: int = Field(default=None, primary_key=True)
    number: int = Field(foreign_key="published_release.number")
    redaction_id: int
    texts: int
    sums_before: str = text_field(64)
    sums_after: str = text_field(64)
    recorded_at: datetime = moment_field()
