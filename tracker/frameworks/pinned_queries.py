"""What is published that refers to a framework version."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.crosswalks.models import Crosswalk
from tracker.db.base import select
from tracker.entries.models import PublishedRevision
from tracker.frameworks.models import FrameworkItem
from tracker.frameworks.plan import Pins


async def pins(db: AsyncSession, version_id: int) -> Pins:
    """How many published entries and published crosswalks (also those superseded) are pinned to the version."""
    r, c = PublishedRevision, Crosswalk
    cells = (
        select(r.organisation_id, r.jurisdiction_id, r.item_id, r.domain)
        .join(FrameworkItem, col(FrameworkItem.id) == r.item_id)
        .where(col(FrameworkItem.framework_version_id) == version_id)
        .distinct()
        .subquery()
    )
    entries = await db.scalar(select(sa.func.count()).select_from(cells))
    sides = sa.or_(col(c.source_version_id) == version_id, col(c.target_version_id) == version_id)
    crosswalks = await db.scalar(select(sa.func.count()).select_from(c).where(sides, col(c.state) != "draft"))
    return Pins(entries or 0, crosswalks or 0)
