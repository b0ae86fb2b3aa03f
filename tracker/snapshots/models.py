"""What is frozen. Everything else that a snapshot shows is read from the published record again."""

from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Kind, Table, moment_field, text_field


class PublishedSnapshot(Table, table=True):
    """A frozen comparison. `id`: the first letters of its hash, in base32.

    `canonical` is JSON without any free text (see `tracker.snapshots.record`), so that nothing in it ever needs
    redaction; `sha256` is of its UTF-8 bytes. `salt` keeps short texts from being guessed by their commitments.
    """

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    id: str = text_field(26, primary_key=True)
    sha256: str = text_field(64, unique=True)
    salt: str = text_field(64)
    canonical: str = Field(sa_type=sa.Text)
    recorded_at: datetime = moment_field()
