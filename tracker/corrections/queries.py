"""Reading reports: what is public of them, and what waits for an answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.corrections.models import PublishedReport, PublishedReportEvent, Report, ReportState
from tracker.db.base import select
from tracker.entries import queries as entries
from tracker.entries.models import PublishedRevision


@dataclass(frozen=True, slots=True)
class ReportLine:
    """What anyone may know of a report."""

    number: int
    told: entries.Told
    organisation: str
    received_at: datetime
    state: ReportState
    text: str
    evidence_url: str
    answer: str
    closed_at: datetime | None


async def reports(db: AsyncSession, *where: Any, limit: int = 200) -> list[ReportLine]:
    """The public side of reports, newest first."""
    rows = (
        await db.execute(
            select(PublishedReport, PublishedReportEvent, Organisation.name)
            .outerjoin(PublishedReportEvent, col(PublishedReportEvent.number) == PublishedReport.number)
            .join(Organisation, col(Organisation.id) == PublishedReport.organisation_id)
            .where(*where)
            .order_by(col(PublishedReport.number).desc())
            .limit(limit)
        )
    ).all()
    revisions = {r.revision_id for r, _event, _name in rows}
    told = {t.id: t for t in await entries.tell(db, col(PublishedRevision.id).in_(revisions))}
    return [
        ReportLine(
            number=report.number,
            told=told[report.revision_id],
            organisation=name,
            received_at=report.recorded_at,
            state=event.state if event else ReportState.RECEIVED,
            text=event.text if event else "",
            evidence_url=event.evidence_url if event else "",
            answer=event.answer if event else "",
            closed_at=event.recorded_at if event else None,
        )
        for report, event, name in rows
    ]


async def report(db: AsyncSession, number: int) -> ReportLine | None:
    found = await reports(db, col(PublishedReport.number) == number)
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open report with its text, for the organisation that answers it."""

    number: int
    text: str
    evidence_url: str
    received_at: datetime
    told: entries.Told


async def waiting(db: AsyncSession, number: int | None = None) -> list[Waiting]:
    """The open reports of the session's organisation, the oldest first."""
    where: list[Any] = [col(Report.closed_at).is_(None)]
    if number is not None:
        where.append(col(Report.number) == number)
    rows = (
        await db.execute(
            select(Report, PublishedReport.revision_id)
            .join(PublishedReport, col(PublishedReport.number) == Report.number)
            .where(*where)
            .order_by(col(Report.number))
        )
    ).all()
    told = {t.id: t for t in await entries.tell(db, col(PublishedRevision.id).in_({r for _, r in rows}))}
    return [
        Waiting(row.number, row.text, row.evidence_url, row.received_at, told[revision_id])
        for row, revision_id in rows
    ]


async def revision(db: AsyncSession, uid: UUID) -> PublishedRevision | None:
    found: PublishedRevision | None = (
        await db.execute(select(PublishedRevision).where(col(PublishedRevision.uid) == uid))
    ).scalar_one_or_none()
    return found
