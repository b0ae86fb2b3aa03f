"""Receiving reports from anyone, and closing them with an answer, or without a trace of their text."""

from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.access.throttle_service import may_again
from tracker.audit.record import Action, record, record_by
from tracker.corrections.marks import shows_signs
from tracker.corrections.models import PublishedReport, PublishedReportEvent, Report, ReportState
from tracker.db.base import select
from tracker.db.session import Bound, Database
from tracker.entries.models import PublishedRevision
from tracker.kit import clock
from tracker.kit.errors import Invalid, NotFound, Refused
from tracker.kit.i18n import gettext as _
from tracker.mail import outbox_service as outbox
from tracker.mail.models import MailKind
from tracker.privacy.findings import NONE_READ, require_read

# What one address may send within the hour; nobody needs more, and a flood buries the real ones.
MOST = 10


class TooManyReports(Refused):
    """This address has to wait; the message says so."""


async def receive(
    database: Database, revision: PublishedRevision, *, text: str, evidence_url: str, sender: str
) -> int:
    """Store a report for the organisation that answers it, and return its public number. Raises TooManyReports.

    `sender`: the hash that stands for where it came from, see `tracker.kit.senders`.
    """
    async with database.write(Bound(tenant=revision.organisation_id)) as db:
        if not await may_again(db, sender, MOST):
            raise TooManyReports(
                _("Many reports came from your network within the hour. Please try again later.")
            )
        public = PublishedReport(
            revision_id=revision.id, organisation_id=revision.organisation_id, recorded_at=clock.now()
        )
        db.add(public)
        await db.flush()
        db.add(
            Report(
                tenant_id=revision.organisation_id,
                id=uuid4(),
                number=public.number,
                text=text,
                evidence_url=evidence_url,
                received_at=clock.now(),
            )
        )
        await record(
            db,
            Action.REPORT_RECEIVED,
            tenant=revision.organisation_id,
            actor=None,
            subject=f"report:{public.number}",
        )
        await outbox.put(db, revision.organisation_id, MailKind.REPORTS, f"report:{public.number}")
        return public.number


async def _open(db: AsyncSession, number: int) -> Report:
    report: Report | None = (
        await db.execute(
            select(Report)
            .where(col(Report.number) == number, col(Report.closed_at).is_(None))
            .with_for_update()
        )
    ).scalar_one_or_none()
    if report is None:
        raise NotFound(_("There is no open report with this number."))
    return report


async def answer(
    db: AsyncSession,
    actor: OrganisationActor,
    number: int,
    *,
    accepted: bool,
    text: str,
    confirmed_hits: frozenset[str] = NONE_READ,
) -> None:
    """Close a report with a public answer. Its text and link are published with it, unless they show signs.

    Raises Invalid without an answer, Unconfirmed for a sign of personal data in it that is not among `confirmed_hits`.
    """
    actor.require(Permission.REVIEW)
    if not text.strip():
        raise Invalid({"answer": _("Write the answer; it is published with the report.")})
    report = await _open(db, number)
    signs = require_read({"answer": text.strip()}, confirmed_hits)
    withheld = shows_signs(report.text, report.evidence_url)
    if withheld:  # whoever wrote it can't be asked; the answer stands without it
        report.evidence_url = ""
    state = ReportState.ACCEPTED if accepted else ReportState.DECLINED
    _close(db, report, state, text.strip(), published="" if withheld else report.text)
    await db.flush()
    await record_by(
        db,
        actor,
        Action.REPORT_ANSWERED,
        f"report:{number}",
        {"state": state.value, "personal_data_signs": signs},
    )


async def purge(db: AsyncSession, actor: OrganisationActor, number: int) -> None:
    """Close a report whose text must not be kept, such as one that tells of a person. Nothing of it remains."""
    actor.require(Permission.REVIEW)
    report = await _open(db, number)
    report.evidence_url = ""
    _close(db, report, ReportState.PURGED, "", published="")
    await db.flush()
    await record_by(db, actor, Action.REPORT_PURGED, f"report:{number}")


def _close(db: AsyncSession, report: Report, state: ReportState, answered: str, *, published: str) -> None:
    db.add(
        PublishedReportEvent(
            number=report.number,
            state=state,
            text=published,
            evidence_url=report.evidence_url,
            answer=answered,
            recorded_at=clock.now(),
        )
    )
    report.text, report.evidence_url, report.closed_at = "", "", clock.now()
