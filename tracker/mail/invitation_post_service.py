"""Sending the mails of invitations that are due. Each is tried a few times; one that went out twice does no harm."""

import asyncio
import smtplib
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from tracker.access.models import Invitation, Organisation
from tracker.db.base import select
from tracker.db.session import Bound, Database
from tracker.kit import clock
from tracker.mail.delivery import AFTER, deliver, fault_of, is_for_good
from tracker.mail.message import BadAddress, compose_invitation
from tracker.mail.models import MailState
from tracker.members.invitation_service import key_of
from tracker.members.queries import is_open
from tracker.settings import Settings

# No try takes this long: who took it is gone, and another may try.
LOST = timedelta(hours=1)


async def send_due(database: Database, settings: Settings, organisation: Organisation) -> list[MailState]:
    """Try what is due; what became of each mail that this worker tried."""
    bound = Bound(tenant=organisation.id)
    async with database.read(bound) as db:
        due = select(Invitation).where(col(Invitation.next_at) <= clock.now()).order_by(col(Invitation.id))
        waiting = (await db.execute(due)).scalars().all()
    return [
        state
        for invitation in waiting
        if is_open(invitation) and (state := await _send(database, settings, organisation, invitation))
    ]


async def _send(
    database: Database, settings: Settings, organisation: Organisation, invitation: Invitation
) -> MailState | None:
    tries = invitation.attempts
    if not await _change(database, invitation, tries, attempts=tries + 1, next_at=clock.now() + LOST):
        return None  # another worker has taken it
    try:
        message = compose_invitation(
            settings,
            organisation,
            address=invitation.email,
            key=key_of(settings.secret_key, invitation.id),
            last=invitation.expires_at,
        )
        assert settings.smtp is not None
        await asyncio.to_thread(deliver, settings.smtp, message, invitation.email)
    except (OSError, smtplib.SMTPException, BadAddress) as error:
        again = None if is_for_good(error) or tries >= len(AFTER) else clock.now() + AFTER[tries]
        await _change(database, invitation, tries + 1, next_at=again, fault=fault_of(error))
        return MailState.QUEUED if again else MailState.FAILED
    await _change(database, invitation, tries + 1, next_at=None, fault="", sent_at=clock.now())
    return MailState.SENT


async def _change(database: Database, invitation: Invitation, tries: int, **values: Any) -> bool:
    """Change an invitation after so many tries, if it is still open; False when another worker was first."""
    i = Invitation
    async with database.write(Bound(tenant=invitation.tenant_id)) as db:
        done = await db.execute(
            sa.update(i)
            .where(col(i.id) == invitation.id, col(i.attempts) == tries)
            .where(col(i.accepted_at).is_(None), col(i.revoked_at).is_(None))
            .values(**values)
        )
        return bool(done.rowcount)  # type: ignore[attr-defined]
