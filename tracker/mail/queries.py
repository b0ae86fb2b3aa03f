"""Reading what was sent and what failed, and what a person wants to be told."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation, User
from tracker.db.base import select
from tracker.db.session import Bound, Database
from tracker.kit import clock
from tracker.kit.i18n import gettext as _
from tracker.mail.models import INTERRUPTED, LEFT, MailDigest, MailKind, MailState, MailSwitchedOff

SHOWN = timedelta(days=30)


async def switched_off(db: AsyncSession, user_id: UUID) -> set[MailKind]:
    """The kinds of which the person wants no mail."""
    rows = await db.execute(select(MailSwitchedOff.kind).where(col(MailSwitchedOff.user_id) == user_id))
    return set(rows.scalars())


@dataclass(frozen=True, slots=True)
class Sent:
    """A digest of the last 30 days, and what became of it."""

    id: UUID
    day: date
    name: str
    things: int
    state: MailState
    attempts: int
    fault: str
    next_at: datetime
    sent_at: datetime | None

    @property
    def trouble(self) -> str:
        """What went wrong, in words; "" for nothing."""
        kind, _space, code = self.fault.partition(" ")
        if kind == "SMTPRecipientsRefused":
            return _("The mail server does not take this address (%(code)s)") % {"code": code}
        if kind == "BadAddress":
            return _("No mail can be sent to this address")
        if kind == LEFT:
            return _("No member any more")
        if kind == INTERRUPTED:
            return _("Interrupted, so it is not known whether it left")
        told = _("The mail server could not be reached, or refused (%(fault)s)")
        return told % {"fault": self.fault} if kind else ""


async def digests(db: AsyncSession) -> list[Sent]:
    """The digests of the session's organisation in the last 30 days, the latest first."""
    d = MailDigest
    rows = await db.execute(
        select(d, User.name)
        .join(User, col(User.id) == d.recipient_id)
        .where(col(d.created_at) > clock.now() - SHOWN)
        .order_by(col(d.created_at).desc(), User.name)
    )
    return [
        Sent(r.id, r.day, name, sum(r.counts.values()), r.state, r.attempts, r.fault, r.next_at, r.sent_at)
        for r, name in rows
    ]


@dataclass(frozen=True, slots=True)
class Failures:
    """How many digests of an organisation failed in the last 30 days, and what the latest one's fault was."""

    organisation: str
    number: int
    latest: date
    fault: str


async def failures(database: Database) -> list[Failures]:
    """The organisations with failed digests, by key: for the operator, who learns no more of them."""
    async with database.read() as db:
        organisations = (
            await db.execute(select(col(Organisation.id), Organisation.key).order_by(Organisation.key))
        ).all()
    found = []
    for id_, key in organisations:
        async with database.read(Bound(tenant=id_)) as db:
            failed = [d for d in await digests(db) if d.state is MailState.FAILED]
        if failed:
            found.append(Failures(key, len(failed), failed[0].day, failed[0].fault))
    return found
