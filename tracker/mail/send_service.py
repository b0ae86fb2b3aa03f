"""Sending the digests that are due: each is taken by one worker, tried again a few times, and never sent twice."""

import asyncio
import smtplib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from tracker.access.models import Membership, Organisation, User
from tracker.db.base import select
from tracker.db.session import Bound, Database
from tracker.kit import clock
from tracker.mail import invitation_post_service
from tracker.mail.delivery import AFTER, deliver, fault_of, is_for_good
from tracker.mail.digest_service import prepare
from tracker.mail.message import BadAddress, compose
from tracker.mail.models import INTERRUPTED, LEFT, MailDigest, MailState
from tracker.settings import Settings

# No try takes this long: who took it is gone, and whether the mail left is not known.
LOST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: `made` in digests, the rest in mails, invitations included; `later` will be tried again."""

    made: int = 0
    sent: int = 0
    later: int = 0
    failed: int = 0


class NoMail(RuntimeError):
    """The operator has named no mail server."""


async def run(database: Database, settings: Settings) -> Outcome:
    """Make the digests that are due, and send what waits. Raises NoMail."""
    if settings.smtp is None:
        raise NoMail
    made = await prepare(database)
    async with database.read() as db:
        acting = select(Organisation).where(col(Organisation.suspended_at).is_(None))
        organisations = (await db.execute(acting.order_by(Organisation.key))).scalars().all()
    ended = [
        state
        for organisation in organisations
        for state in await invitation_post_service.send_due(database, settings, organisation)
    ]
    ended += [
        state
        for organisation in organisations
        for digest_id, attempts in await _due(database, organisation.id)
        if (state := await _send(database, settings, organisation, digest_id, attempts))
    ]
    return Outcome(
        made,
        sent=ended.count(MailState.SENT),
        later=ended.count(MailState.QUEUED),
        failed=ended.count(MailState.FAILED),
    )


async def _due(database: Database, tenant: UUID) -> list[tuple[UUID, int]]:
    """(id, tries so far) of what may be tried now, after giving up what a worker took and never finished."""
    d, now = MailDigest, clock.now()
    lost = [col(d.state) == MailState.SENDING, col(d.next_at) <= now - LOST]
    due = [col(d.state) == MailState.QUEUED, col(d.next_at) <= now]
    async with database.read(Bound(tenant=tenant)) as db:
        waiting = (await db.execute(select(col(d.id), d.attempts).where(*due).order_by(col(d.id)))).all()
        has_lost = (await db.execute(select(col(d.id)).where(*lost).limit(1))).first()
    if has_lost:
        async with database.write(Bound(tenant=tenant)) as db:
            await db.execute(sa.update(d).where(*lost).values(state=MailState.FAILED, fault=INTERRUPTED))
    return [(id_, attempts) for id_, attempts in waiting]


async def _send(
    database: Database, settings: Settings, organisation: Organisation, digest_id: UUID, attempts: int
) -> MailState | None:
    """Try one digest; what became of it, None when another worker has taken it."""
    taken = await _take(database, organisation.id, digest_id, attempts)
    if taken is None:
        return None
    address, counts = taken
    try:
        assert settings.smtp is not None
        message = compose(settings, organisation, address=address, counts=counts)
        await asyncio.to_thread(deliver, settings.smtp, message, address)
    except (OSError, smtplib.SMTPException, BadAddress) as error:
        state = _after(error, attempts)
        wait = AFTER[attempts] if state is MailState.QUEUED else timedelta()
        values = {"state": state, "fault": fault_of(error), "next_at": clock.now() + wait}
    else:
        state = MailState.SENT
        values = {"state": state, "fault": "", "sent_at": clock.now()}
    await _change(database, organisation.id, digest_id, MailState.SENDING, attempts + 1, values)
    return state


async def _take(
    database: Database, tenant: UUID, digest_id: UUID, attempts: int
) -> tuple[str, dict[str, int]] | None:
    """(address, counts) for the one worker that takes the digest; a member who left is not written to."""
    claim = {"state": MailState.SENDING, "attempts": attempts + 1, "next_at": clock.now()}
    if not await _change(database, tenant, digest_id, MailState.QUEUED, attempts, claim):
        return None
    async with database.read(Bound(tenant=tenant)) as db:
        row = (
            await db.execute(
                select(User.email, MailDigest.counts)
                .join(MailDigest, col(MailDigest.recipient_id) == User.id)
                .join(Membership, col(Membership.user_id) == User.id)
                .where(col(MailDigest.id) == digest_id, col(User.disabled_at).is_(None))
                .where(col(Membership.tenant_id) == tenant)
            )
        ).first()
    if row is None:
        gone: dict[str, object] = {"state": MailState.FAILED, "fault": LEFT}
        await _change(database, tenant, digest_id, MailState.SENDING, attempts + 1, gone)
        return None
    return row[0], row[1]


async def _change(
    database: Database,
    tenant: UUID,
    digest_id: UUID,
    state: MailState,
    attempts: int,
    values: dict[str, object],
) -> bool:
    """Change a digest that is still in this state after so many tries; False when another worker was first."""
    d = MailDigest
    async with database.write(Bound(tenant=tenant)) as db:
        done = await db.execute(
            sa.update(d)
            .where(col(d.id) == digest_id, col(d.state) == state, col(d.attempts) == attempts)
            .values(**values)
        )
        return bool(done.rowcount)  # type: ignore[attr-defined]


def _after(error: Exception, attempts: int) -> MailState:
    """A refusal for good is not tried again; anything else a few times."""
    return MailState.FAILED if is_for_good(error) or attempts >= len(AFTER) else MailState.QUEUED
