"""Freezing a comparison. Anyone may, so its size and its number are bounded."""

import asyncio
import hashlib
import hmac
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.throttle_service import may_again
from tracker.audit.models import SERVICE
from tracker.audit.record import Action, record, take_turn
from tracker.compare.comparison import Comparison
from tracker.compare.queries import compare
from tracker.compare.query import Query
from tracker.db.base import select
from tracker.db.session import Bound, Database
from tracker.entries import queries as entries
from tracker.kit import clock
from tracker.kit.errors import Invalid, Refused
from tracker.kit.i18n import gettext as _
from tracker.snapshots.models import PublishedSnapshot
from tracker.snapshots.queries import canonical
from tracker.snapshots.record import LONGEST_ID, SHORTEST_ID, id_of, sha256_of

MOST_CELLS = 6000  # 200 jurisdictions by 28 cells, and some
MOST_AN_HOUR = 20  # new ones from one address; freezing again what is frozen already is free
# On PostgreSQL a publication has its time a moment before it is there for others to read. What is frozen must be older.
SETTLED = timedelta(seconds=1)


class TooManySnapshots(Refused):
    """This address has to wait; the message says so."""


def salt_of(secret_key: str) -> str:
    """The salt of snapshots: the same for the same key, so that the same state gives the same snapshot."""
    return hmac.new(secret_key.encode(), b"texts of snapshots", hashlib.sha256).hexdigest()


async def freeze(database: Database, query: Query, *, salt: str, sender: str) -> str:
    """Freeze what the query answers now, and return the snapshot's id; that of the same snapshot, where there is one.

    Raises Invalid for a query that can't be taken or asks for too much, and TooManySnapshots.
    """
    if not query.jurisdictions:
        raise Invalid({"jurisdictions": _("Choose at least one jurisdiction.")})
    await _settle(database, query)
    async with database.write(Bound(tenant=SERVICE)) as db:
        await take_turn(db)  # who is publishing at this moment is through, or has not begun
        comparison = await _dated(db, query)
        frozen, _support = await canonical(db, comparison, salt)
        sha256 = sha256_of(frozen)
        known = await _known(db, sha256)
        if known:
            return known
        if not await may_again(db, sender, MOST_AN_HOUR):
            raise TooManySnapshots(
                _("Many comparisons were frozen from your network within the hour. Please try again later.")
            )
        made = PublishedSnapshot(
            id=await _free_id(db, sha256),
            sha256=sha256,
            salt=salt,
            canonical=frozen.decode(),
            recorded_at=clock.now(),
        )
        db.add(made)
        await record(db, Action.SNAPSHOT_FROZEN, tenant=SERVICE, actor=None, subject=f"snapshot:{made.id}")
        return made.id


async def _settle(database: Database, query: Query) -> None:
    async with database.read() as db:
        at = await entries.moment(db, query.on, _past(query))
    if timedelta(0) <= clock.now() - at.as_of < SETTLED:
        await asyncio.sleep(SETTLED.total_seconds())


async def _dated(db: AsyncSession, query: Query) -> Comparison:
    """The comparison with both dates and the framework's version spelled out."""
    at = await entries.moment(db, query.on, _past(query))
    comparison = await compare(db, replace(query, on=at.on, as_of=at.as_of))
    if len(comparison.cells) > MOST_CELLS:
        raise Invalid(
            {
                "jurisdictions": _("%(most)s cells at most can be frozen at once; these are %(n)s.")
                % {"most": MOST_CELLS, "n": len(comparison.cells)}
            }
        )
    return replace(comparison, query=comparison.dated)


def _past(query: Query) -> datetime | None:
    """`as_of`, unless the moment is still to come: "today" is asked for before it is over."""
    return query.as_of if query.as_of and query.as_of <= clock.now() else None


async def _known(db: AsyncSession, sha256: str) -> str | None:
    s = PublishedSnapshot
    found: str | None = (await db.execute(select(s.id).where(col(s.sha256) == sha256))).scalar_one_or_none()
    return found


async def _free_id(db: AsyncSession, sha256: str) -> str:
    """Short, and longer only where another snapshot begins alike."""
    for length in range(SHORTEST_ID, LONGEST_ID):
        wanted = id_of(sha256, length)
        taken = await db.execute(select(PublishedSnapshot.id).where(col(PublishedSnapshot.id) == wanted))
        if taken.first() is None:
            return wanted
    return id_of(sha256, LONGEST_ID)
