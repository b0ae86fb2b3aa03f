"""Reading what cited instruments say on the principles: of drafts, behind the tenant wall, and of what is published."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.among import among
from tracker.db.base import select
from tracker.entries.models import DraftCitation, DraftPrinciple, PublishedPrinciple
from tracker.entries.principles import PRINCIPLE_FIELDS, Stated, ordered


async def of_drafts(db: AsyncSession, draft_ids: Collection[UUID]) -> dict[UUID, tuple[Stated, ...]]:
    """By the citation's id; a citation whose instrument says nothing has no element."""
    p, c = DraftPrinciple, DraftCitation
    rows = await db.execute(
        select(p.citation_id, *_columns(p))
        .join(c, col(c.id) == p.citation_id)
        .where(col(c.draft_id).in_(draft_ids))
    )
    found: dict[UUID, list[Stated]] = defaultdict(list)
    for citation_id, *rest in rows:
        found[citation_id].append(Stated(*rest))
    return {citation_id: ordered(stated) for citation_id, stated in found.items()}


async def of_revisions(
    db: AsyncSession, revision_ids: Collection[int]
) -> dict[tuple[int, int], tuple[Stated, ...]]:
    """By (revision, position of the citation); a citation whose instrument says nothing has no element."""
    p: Any = PublishedPrinciple
    rows = await db.execute(
        select(p.revision_id, p.position, *_columns(p)).where(among(db, p.revision_id, revision_ids))
    )
    found: dict[tuple[int, int], list[Stated]] = defaultdict(list)
    for revision_id, position, *rest in rows:
        found[revision_id, position].append(Stated(*rest))
    return {key: ordered(stated) for key, stated in found.items()}


def _columns(table: Any) -> list[Any]:
    return [getattr(table, name) for name in PRINCIPLE_FIELDS]
