"""What became of a report: the first revision that its organisation published of the cell after it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from tracker.corrections import queries
from tracker.corrections.models import PublishedReport, PublishedReportEvent, ReportState
from tracker.db.base import select
from tracker.entries import queries as entries
from tracker.entries.models import PublishedRevision, PublishedWithdrawal
from tracker.kit.vocabulary import Domain

ABOUT, LATER = aliased(PublishedRevision), aliased(PublishedRevision)


async def followed_by(db: AsyncSession, numbers: Collection[int]) -> dict[int, entries.Told]:
    """For each report that has one, the first later revision of its cell by its organisation that still counts."""
    rows = await db.execute(
        select(PublishedReport.number, LATER.id)
        .join(ABOUT, col(ABOUT.id) == PublishedReport.revision_id)
        .join(
            LATER,
            (col(LATER.organisation_id) == ABOUT.organisation_id)
            & (col(LATER.jurisdiction_id) == ABOUT.jurisdiction_id)
            & (col(LATER.item_id) == ABOUT.item_id)
            & (col(LATER.domain) == ABOUT.domain)
            & (col(LATER.id) > ABOUT.id)
            & (col(LATER.recorded_at) >= PublishedReport.recorded_at),
        )
        .where(
            col(PublishedReport.number).in_(numbers),
            col(LATER.id).not_in(select(PublishedWithdrawal.revision_id)),
        )
        .order_by(col(LATER.id).desc())
    )
    first = {row[0]: row[1] for row in rows.all()}  # the earliest is written last
    told = {t.id: t for t in await entries.tell(db, col(PublishedRevision.id).in_(first.values()))}
    return {number: told[revision] for number, revision in first.items()}


async def to_correct(db: AsyncSession, organisation_id: UUID) -> list[queries.ReportLine]:
    """The reports that the organisation accepted, until it has published on the cell after them or withdrawn it."""
    accepted = await queries.reports(
        db,
        col(PublishedReport.organisation_id) == organisation_id,
        col(PublishedReportEvent.state) == ReportState.ACCEPTED,
        col(PublishedReport.revision_id).not_in(select(PublishedWithdrawal.revision_id)),
    )
    done = await followed_by(db, [r.number for r in accepted])
    return [r for r in reversed(accepted) if r.number not in done]


async def of_cell(
    db: AsyncSession, jurisdiction_id: int, item_id: int, domain: Domain, as_of: datetime
) -> list[queries.ReportLine]:
    """The reports on any voice of a cell that were received by then, newest first; their state is today's."""
    revisions = select(PublishedRevision.id).where(
        col(PublishedRevision.jurisdiction_id) == jurisdiction_id,
        col(PublishedRevision.item_id) == item_id,
        col(PublishedRevision.domain) == domain,
    )
    return await queries.reports(
        db,
        col(PublishedReport.revision_id).in_(revisions),
        col(PublishedReport.recorded_at) <= as_of,
        sa.or_(
            col(PublishedReportEvent.state).is_(None), col(PublishedReportEvent.state) != ReportState.PURGED
        ),
    )
