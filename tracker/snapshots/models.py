"""What is frozen. Everything else that a snapshot shows is read from the published record again."""

import base64
import zlib
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlmodel import Field

from tracker.db.base import Kind, Table, moment_field, text_field


class PackedText(sa.types.TypeDecorator[str]):
    """A long text, compressed where it is kept: anyone may have some made. One kept as it is begins with no "~"."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else "~" + base64.b64encode(zlib.compress(value.encode())).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or not value.startswith("~"):
            return value
        return zlib.decompress(base64.b64decode(value[1:])).decode()


class PublishedSnapshot(Table, table=True):
    """A frozen comparison. `id`: the first letters of its hash, in base32.

    `canonical` is JSON without any free text (see `tracker.snapshots.record`), so that nothing in it ever needs
    redaction; `sha256` is of its UTF-8 bytes. `salt` keeps short texts from being guessed by their commitments.
    """

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    id: str = text_field(26, primary_key=True)
    sha256: str = text_field(64, unique=True)
    salt: str = text_field(64)
    canonical: str = Field(sa_type=PackedText)
    recorded_at: datetime = moment_field()


class PublishedSnapshotListing(Table, table=True):
    """That a snapshot stands in the public list: a visitor froze it, or an edition is final that shows it.

    What a draft compares is frozen too, and nobody is to be told of drafts.
    """

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    snapshot_id: str = Field(
        sa_type=sa.String(26), foreign_key="published_snapshot.id", primary_key=True, max_length=26
    )
    recorded_at: datetime = moment_field()
