"""What was taken out of published texts, for good: where, when, by whom, and the hash of what stood there."""

from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from tracker.access.permissions import Role
from tracker.db.base import FREE_TEXT, Kind, Table, enum_field, moment_field, text_field

REASON_LENGTH = 150  # the tombstone holds it, and must fit the shortest free text
# How a redacted file is told: `table_name` and `field`; `row_id` is its PublishedAttachment, `sha256` of its bytes.
FILES, FILE = "published_attachment_file", "file"


class PublishedRedaction(Table, table=True):
    """One redacted text. Adding the row is what redacts: triggers then write `tombstone` over the text.

    `row_id` is the row's key as text, a UUID as its 32 hex digits; `sha256` is of the UTF-8 text that stood there.
    """

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (sa.UniqueConstraint("table_name", "row_id", "field"),)
    id: int = Field(default=None, primary_key=True)
    table_name: str = text_field(40)
    row_id: str = text_field(32)
    field: str = text_field(40)
    sha256: str = text_field(64)
    tombstone: str = text_field(FREE_TEXT - 1)  # no free text itself: nothing redacts it
    reason: str = text_field(REASON_LENGTH)
    by_role: Role = enum_field(Role)
    recorded_at: datetime = moment_field()
