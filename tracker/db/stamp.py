"""The stamp of the public record: it changes with every change of what anyone may read, and with nothing else.

Answers that depend on the public record alone are named by it (`tracker.web.etag`), at the cost of reading one row.
It says neither how much was changed nor that anything private was: it is random, and drafts leave it alone.
"""

from typing import Any, ClassVar
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, col

from tracker.db.base import Kind, Table, select, text_field

# Tables that no public answer shows: global ones, and kept snapshots, which drafts have as well; who freezes for all
# puts one on the public list too. Any other global table counts as shown: too many changes of the stamp cost a little
# time, one too few would leave an old answer standing.
UNSEEN = frozenset(
    {
        "audit_head",
        "job",
        "mail_switched_off",
        "published_snapshot",
        "record_stamp",
        "sign_in_attempt",
        "stored_file",
        "user_account",
        "user_session",
    }
)


class RecordStamp(Table, table=True):
    """One row. `stamp`: 32 hex digits."""

    kind__: ClassVar[Kind] = Kind.GLOBAL
    id: int = Field(default=1, primary_key=True)
    stamp: str = text_field(32)


def is_public(table: Any) -> bool:
    """Whether anyone may read rows of the mapped table."""
    kind = getattr(table, "kind__", None)
    return kind in (Kind.PUBLISHED, Kind.GLOBAL) and str(table.__tablename__) not in UNSEEN


async def current(db: AsyncSession) -> str:
    """The stamp. Read before what it names: an answer may then be newer than its name, never older."""
    return str((await db.execute(select(RecordStamp.stamp).where(col(RecordStamp.id) == 1))).scalar_one())


async def renew(db: AsyncSession) -> None:
    """Called last in a transaction that changed the public record, so that its lock is held for no time."""
    await db.execute(sa.update(RecordStamp).where(col(RecordStamp.id) == 1).values(stamp=uuid4().hex))
