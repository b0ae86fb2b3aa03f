"""Sessions: issued at sign-in only, stored as a hash, ended by time, by sign-out, or all at once by epoch."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import Actor, Member
from tracker.access.models import Membership, Organisation, User, UserSession
from tracker.db.base import select
from tracker.db.session import Bound, Database
from tracker.kit import clock

# How often a session's last use is written down: often enough for a time-out told in minutes.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Lifetime:
    idle: timedelta
    absolute: timedelta


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def issue(db: AsyncSession, user: User) -> str:
    """A new session for the user; returns the token for the cookie, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.add(
        UserSession(id_hash=hash_of(token), user_id=user.id, epoch=user.epoch, created_at=now, seen_at=now)
    )
    await db.flush()
    return token


async def revoke(db: AsyncSession, session_hash: str) -> None:
    await db.execute(
        sa.update(UserSession)
        .where(col(UserSession.id_hash) == session_hash, col(UserSession.revoked_at).is_(None))
        .values(revoked_at=clock.now())
    )


async def revoke_all(db: AsyncSession, user_id: UUID) -> None:
    """End every session of the user, on every device."""
    await db.execute(sa.update(User).where(col(User.id) == user_id).values(epoch=User.epoch + 1))


async def actor_of(database: Database, token: str, lifetime: Lifetime) -> Actor | None:
    """Who a cookie's token stands for, with the roles of this very moment; None when the session has ended."""
    session_hash = hash_of(token)
    now = clock.now()
    async with database.read() as db:
        row = (
            await db.execute(
                select(col(User.id), User.name, User.email, UserSession.seen_at)
                .join(UserSession, col(UserSession.user_id) == User.id)
                .where(
                    col(UserSession.id_hash) == session_hash,
                    col(UserSession.revoked_at).is_(None),
                    col(UserSession.epoch) == User.epoch,
                    col(UserSession.seen_at) > now - lifetime.idle,
                    col(UserSession.created_at) > now - lifetime.absolute,
                    col(User.disabled_at).is_(None),
                )
            )
        ).first()
    if row is None:
        return None
    if now - row.seen_at > SEEN_EVERY:
        async with database.write() as db:
            # Only ever later, and never on a revoked session: a slow request can't undo a sign-out.
            await db.execute(
                sa.update(UserSession)
                .where(col(UserSession.id_hash) == session_hash, col(UserSession.seen_at) < now)
                .values(seen_at=now)
            )
    async with database.read(Bound(user=row.id)) as db:
        memberships = await memberships_of(db, row.id)
    return Actor(row.id, row.name, row.email, session_hash, tuple(memberships))


async def memberships_of(db: AsyncSession, user_id: UUID) -> list[Member]:
    """The user's memberships, by the organisation's name."""
    rows = await db.execute(
        select(
            Organisation.id,
            Organisation.key,
            Organisation.name,
            Organisation.kind,
            Organisation.fictional,
            Membership.role,
        )
        .join(Membership, col(Membership.tenant_id) == Organisation.id)
        .where(col(Membership.user_id) == user_id)
        .order_by(Organisation.name)
    )
    return [Member(*row) for row in rows]
