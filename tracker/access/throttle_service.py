"""How often one sender may do what anyone may do without signing in. No address is kept, only a hash that fades."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import TRIES_KEPT, SignInAttempt
from tracker.db.base import select
from tracker.db.session import queue_behind
from tracker.kit import clock


async def may_again(db: AsyncSession, sender: str, most: int) -> bool:
    """Whether the sender did it fewer than `most` times within the hour; if so, this time is counted.

    `sender`: the hash that stands for where it came from and for what, see `tracker.kit.senders`.
    """
    await queue_behind(db, sender)
    since = clock.now() - TRIES_KEPT
    await db.execute(sa.delete(SignInAttempt).where(col(SignInAttempt.at) < since))
    done = await db.scalar(
        select(sa.func.count())
        .select_from(SignInAttempt)
        .where(col(SignInAttempt.subject) == sender, col(SignInAttempt.at) > since)
    )
    if (done or 0) >= most:
        return False
    db.add(SignInAttempt(subject=sender, at=clock.now()))
    return True
