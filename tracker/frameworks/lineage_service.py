"""Telling how a version continues an earlier one: by a file, or by the operator who looked at both."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.base import select
from tracker.frameworks.models import FrameworkItem, FrameworkSuccession, FrameworkVersion

Pairs = Iterable[tuple[str, str]]


async def store(db: AsyncSession, old: str, new: str, *, told: Pairs, untold: Pairs) -> None:
    """Add and take away (old key, new key) of two versions, each `key@version`. The caller audits it."""
    before, after = await _ids(db, old), await _ids(db, new)
    for old_key, new_key in untold:
        gone = FrameworkSuccession
        await db.execute(
            sa.delete(gone).where(
                col(gone.old_item_id) == before[old_key], col(gone.new_item_id) == after[new_key]
            )
        )
    for old_key, new_key in told:
        db.add(FrameworkSuccession(old_item_id=before[old_key], new_item_id=after[new_key]))
    await db.flush()


async def _ids(db: AsyncSession, name: str) -> dict[str, int]:
    key, _at, version = name.partition("@")
    rows = await db.execute(
        select(FrameworkItem.key, FrameworkItem.id)
        .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
        .where(col(FrameworkVersion.key) == key, col(FrameworkVersion.version) == version)
    )
    return dict(rows.all())
