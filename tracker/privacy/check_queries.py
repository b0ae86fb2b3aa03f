"""Reading whether every redaction still stands."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.base import Kind, Table, free_texts, select, tables_of
from tracker.instruments.models import StoredFile
from tracker.instruments.store import Store
from tracker.privacy.models import FILES, PublishedRedaction
from tracker.privacy.place_queries import OF_SETS, key_of


@dataclass(frozen=True, slots=True)
class Checked:
    """A redaction, and whether its tombstone still stands where the text stood; of a file, whether it is gone."""

    table: str
    row_id: str
    field: str
    tombstone: str
    stands: bool


async def check_redactions(db: AsyncSession, store: Store) -> list[Checked]:
    """Every redaction there is, in the order of their recording, compared with what stands there now."""
    tables = {str(t.__tablename__): t for t in (*tables_of(Kind.PUBLISHED), *OF_SETS)}
    told = (await db.execute(select(PublishedRedaction).order_by(col(PublishedRedaction.id)))).scalars().all()
    return [
        Checked(r.table_name, r.row_id, r.field, r.tombstone, await _stands(db, store, tables, r))
        for r in told
    ]


async def _stands(
    db: AsyncSession, store: Store, tables: dict[str, type[Table]], redaction: PublishedRedaction
) -> bool:
    if redaction.table_name == FILES:
        return await _is_gone(db, store, redaction.sha256)
    table = tables.get(redaction.table_name)
    if table is None or redaction.field not in free_texts(table):
        return False
    key = key_of(table)
    is_number = isinstance(sa.inspect(table).primary_key[0].type, sa.Integer)
    wanted = int(redaction.row_id) if is_number else UUID(redaction.row_id)
    now = await db.execute(select(getattr(table, redaction.field)).where(key == wanted))
    return bool(now.scalar_one_or_none() == redaction.tombstone)


async def _is_gone(db: AsyncSession, store: Store, sha256: str) -> bool:
    """A file that some other organisation attached too stays for that one, unless the operator redacted it."""
    holders = select(StoredFile.holders).where(col(StoredFile.sha256) == sha256)
    held = (await db.execute(holders)).scalar_one_or_none()
    return bool(held) or not store.path(sha256).exists()
