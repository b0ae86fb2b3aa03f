"""How often one address may do what anyone may do without signing in. No address is kept, only a hash that fades."""

import hashlib

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import TRIES_KEPT, SignInAttempt
from tracker.db.base import select
from tracker.db.session import queue_behind
from tracker.kit import clock


async def may_again(db: AsyncSession, what: str, address: str, most: int) -> bool:
    """Whether the address did `what` fewer than `most` times within the hour; if so, this time is counted."""
    subject = hashlib.sha256(f"{what}:{address}".encode()).hexdigest()
    await queue_behind(db, subject)
    since = clock.now() - TRIES_KEPT
    await db.execute(sa.delete(SignInAttempt).where(col(SignInAttempt.at) < since))
    done = await db.scalar(
        select(sa.func.count())
        .select_from(SignInAttempt)
        .where(col(SignInAttempt.subject) == subject, col(SignInAttempt.at) > since)
    )
    if (done or 0) >= most:
        return False
    db.add(SignInAttempt(subject=subject, at=clock.now()))
    return True
