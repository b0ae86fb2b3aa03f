"""Sending the digests that are due: each is taken by one worker, tried again a few times, and never sent twice."""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from tracker.access.models import Membership, Organisation, User
from tracker.db.base import select
from tracker.db.session import Bound, Database
from tracker.kit import clock
from tracker.mail.digest_service import prepare
from tracker.mail.message import BadAddress, compose
from tracker.mail.models import INTERRUPTED, LEFT, MailDigest, MailState
from tracker.settings import Settings, Smtp

# When to try again after each try that failed for a while; after the last, the digest has failed.
AFTER = [timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6)]
# No try takes this long: who took it is gone, and whether the mail left is not known.
LOST = timedelta(hours=1)
PATIENCE = 30  # seconds that a mail server may take for an answer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did, in digests: `later` will be tried again."""

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
        organisations = (await db.execute(select(Organisation).order_by(Organisation.key))).scalars().all()
    ended = [
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
        message = compose(
            settings,
            address=address,
            organisation_key=organisation.key,
            organisation_name=organisation.name,
            counts=counts,
        )
        await asyncio.to_thread(deliver, settings.smtp, message, address)
    except (OSError, smtplib.SMTPException, BadAddress) as error:
        state = _after(error, attempts)
        wait = AFTER[attempts] if state is MailState.QUEUED else timedelta()
        values = {"state": state, "fault": _fault(error), "next_at": clock.now() + wait}
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
    code = _code(error)
    for_good = isinstance(error, BadAddress | smtplib.SMTPNotSupportedError) or 500 <= code < 600
    # A wrong password is the operator's to mend, not the mail's fault.
    if isinstance(error, smtplib.SMTPAuthenticationError):
        for_good = False
    return MailState.FAILED if for_good or attempts >= len(AFTER) else MailState.QUEUED


def _code(error: Exception) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((code for code, _text in error.recipients.values()), default=0)
    return int(getattr(error, "smtp_code", 0) or 0)


def _fault(error: Exception) -> str:
    """The kind of fault and the server's code: its words may repeat the address."""
    return f"{type(error).__name__} {_code(error) or ''}".strip()[:120]


def deliver(smtp: Smtp, message: EmailMessage, address: str) -> None:
    """Hand one message to the mail server. Blocks; raises OSError or SMTPException."""
    context = ssl.create_default_context()
    if smtp.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, timeout=PATIENCE)
    with server:
        if smtp.security == "starttls":
            server.starttls(context=context)
        if smtp.user:
            server.login(smtp.user, smtp.password)
        server.send_message(message, smtp.sender, [address])
