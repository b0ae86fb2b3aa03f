"""What happened to a jurisdiction's entries, for its feed."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.base import select
from tracker.entries import queries as entries
from tracker.entries.models import PublishedRevision, PublishedWithdrawal
from tracker.kit import clock
from tracker.kit.vocabulary import RevisionKind

R, W = PublishedRevision, PublishedWithdrawal


@dataclass(frozen=True, slots=True)
class Happened:
    """A revision that was published, or withdrawn for a reason."""

    told: entries.Told
    kind: RevisionKind
    at: datetime
    withdrawn: bool = False
    reason: str = ""


async def began(db: AsyncSession) -> datetime:
    """When the first thing was published: since then a feed without entries has been as it is. Today where nothing was.

    Not the record's last change: programs would take each change elsewhere for one of this feed.
    """
    first: datetime | None = await db.scalar(select(sa.func.min(col(R.recorded_at))))
    return first or datetime.combine(clock.today(), time(), UTC)


async def changes(db: AsyncSession, jurisdiction_id: int, limit: int) -> list[Happened]:
    """The last publications and withdrawals of a jurisdiction, the newest first."""
    of_it = (col(R.jurisdiction_id) == jurisdiction_id, col(R.recorded_at) <= clock.now())
    published = (
        await db.execute(
            select(col(R.id), R.kind, R.recorded_at)
            .where(*of_it)
            .order_by(col(R.recorded_at).desc(), col(R.id).desc())
            .limit(limit)
        )
    ).all()
    withdrawn = (
        await db.execute(
            select(col(R.id), R.kind, W.recorded_at, W.reason)
            .join(R, col(R.id) == W.revision_id)
            .where(*of_it)
            .order_by(col(W.recorded_at).desc(), col(R.id).desc())
            .limit(limit)
        )
    ).all()
    ids = {row.id for row in [*published, *withdrawn]}
    told = {t.id: t for t in await entries.tell(db, col(R.id).in_(ids))}
    found = [Happened(told[row.id], row.kind, row.recorded_at) for row in published]
    found += [Happened(told[i], kind, at, True, reason) for i, kind, at, reason in withdrawn]
    return sorted(found, key=lambda h: (h.at, h.told.id), reverse=True)[:limit]
