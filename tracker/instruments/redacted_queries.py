"""Which attached files were redacted."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.permissions import Role
from tracker.db.base import select
from tracker.instruments.models import PublishedAttachment
from tracker.privacy.models import FILES, PublishedRedaction

_OF_FILES = col(PublishedRedaction.table_name) == FILES


async def redacted_files(db: AsyncSession) -> dict[UUID, str]:
    """The tombstone of every redacted file, by the attachment it was published as."""
    r = PublishedRedaction
    rows = await db.execute(select(r.row_id, r.tombstone).where(_OF_FILES))
    return {UUID(row_id): tombstone for row_id, tombstone in rows}


async def redacted_hashes(db: AsyncSession) -> dict[str, str]:
    """The tombstone of every redacted file, by the hash of its bytes."""
    r = PublishedRedaction
    rows = await db.execute(select(r.sha256, r.tombstone).where(_OF_FILES).order_by(col(r.id)))
    return dict(rows.all())


async def may_not_return(db: AsyncSession, organisation_id: UUID, sha256: str) -> bool:
    """Whether these bytes were redacted by the operator, or by this organisation: it may not attach them again."""
    r, a = PublishedRedaction, PublishedAttachment
    rows = await db.execute(select(r.row_id, r.by_role).where(_OF_FILES, col(r.sha256) == sha256))
    told = rows.all()
    if any(role is Role.OPERATOR for _row, role in told):
        return True
    own = select(sa.func.count(col(a.id))).where(
        col(a.id).in_([UUID(row) for row, _role in told]), col(a.organisation_id) == organisation_id
    )
    return bool((await db.execute(own)).scalar_one())
