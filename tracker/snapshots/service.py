"""Freezing a comparison. Anyone may, so its size and its number are bounded."""

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.throttle_service import may_again
from tracker.audit.models import SERVICE
from tracker.audit.record import Action, record, take_turn
from tracker.compare.comparison import Comparison
from tracker.compare.queries import cells_asked, compare
from tracker.compare.query import MOST_FROZEN, Query
from tracker.db import stamp
from tracker.db.base import select
from tracker.db.session import Bound, Database
from tracker.entries import queries as entries
from tracker.kit import clock
from tracker.kit.errors import Invalid, Refused
from tracker.kit.i18n import gettext as _
from tracker.snapshots.models import PublishedSnapshot, PublishedSnapshotListing
from tracker.snapshots.queries import canonical
from tracker.snapshots.record import LONGEST_ID, SHORTEST_ID, id_of, sha256_of

MOST_AN_HOUR = 20  # new ones from one address; freezing again what is frozen already is free
MOST_FROM_A_SITE = 60  # new ones from the IPv6 /48 around it
MOST_OF_ALL = 300  # new ones in all: they can't be deleted
MOST_TRIES_AN_HOUR = 120  # from one address, those that froze nothing new included
AT_ONCE = 2  # in a process; the others wait
# On PostgreSQL a publication has its time a moment before it is there for others to read. What is frozen must be older.
SETTLED = timedelta(seconds=1)


class TooManySnapshots(Refused):
    """This address has to wait; the message says so."""


def salt_of(secret_key: str) -> str:
    """The salt of snapshots: the same for the same key, so that the same state gives the same snapshot."""
    return hmac.new(secret_key.encode(), b"texts of snapshots", hashlib.sha256).hexdigest()


async def freeze(
    database: Database,
    query: Query,
    *,
    salt: str,
    sender: str,
    site: str = "",
    most_cells: int = 0,
    listed: bool = True,
) -> str:
    """Freeze what the query answers now, and return the snapshot's id; that of the same snapshot, where there is one.

    `sender`, `site`: hashes that stand for where it came from, see `tracker.kit.senders`. `most_cells`: MOST_FROZEN where
    it is not given. The work is done while
    others may write; what is written under the lock is what was worked out, unless the record has moved meanwhile.
    `listed`: it stands in the public list from now on, if it does not yet.
    Raises Invalid for a query that can't be taken or asks for too much, and TooManySnapshots.
    """
    if not query.jurisdictions:
        raise Invalid({"jurisdictions": _("Choose at least one jurisdiction.")})
    await _check_size(database, query, most_cells or MOST_FROZEN)
    await _count(database, {_tries_of(sender): MOST_TRIES_AN_HOUR})
    await _settle(database, query)
    async with _gate(id(asyncio.get_running_loop())):
        async with database.read() as db:
            made = await _worked_out(db, query, salt)
        if made.known and (not listed or await _is_listed(database, made.known)):
            return made.known
        sites = {site: MOST_FROM_A_SITE} if site else {}
        await _count(database, {sender: MOST_AN_HOUR} | sites | {"snapshot:all": MOST_OF_ALL})
        async with database.write(Bound(tenant=SERVICE)) as db:
            await take_turn(db)  # who is publishing at this moment is through, or has not begun
            if await stamp.current(db) != made.stamp:
                made = await _worked_out(db, query, salt)
            # What another draft has frozen in this moment leaves the stamp alone.
            kept = made.known or await _known(db, made.sha256) or await _keep(db, made, salt)
            if listed:
                await put_on_list(db, kept)
            return kept


async def put_on_list(db: AsyncSession, snapshot_id: str) -> None:
    """Let the public list have the snapshot, unless it has it."""
    await take_turn(db)  # or two at once would both put it there
    if await db.get(PublishedSnapshotListing, snapshot_id) is None:
        db.add(PublishedSnapshotListing(snapshot_id=snapshot_id, recorded_at=clock.now()))
        await db.flush()


async def _is_listed(database: Database, snapshot_id: str) -> bool:
    async with database.read() as db:
        return await db.get(PublishedSnapshotListing, snapshot_id) is not None


@cache
def _gate(_loop_id: int) -> asyncio.Semaphore:
    return asyncio.Semaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class _Made:
    """What would be frozen of the record as it was at `stamp`; `known`: the id of the same snapshot, or ""."""

    stamp: str
    canonical: bytes
    sha256: str
    known: str


async def _check_size(database: Database, query: Query, most: int) -> None:
    async with database.read() as db:
        cells = await cells_asked(db, query)
    if cells > most:
        raise Invalid(
            {
                "jurisdictions": _("%(most)s cells at most can be frozen at once; these are %(n)s.")
                % {"most": most, "n": cells}
            }
        )


async def _count(database: Database, most: Mapping[str, int]) -> None:
    """Count one for each subject, in a short transaction of its own. Raises TooManySnapshots, with none counted."""
    async with database.write() as db:
        for subject, times in most.items():
            if not await may_again(db, subject, times):
                raise TooManySnapshots(
                    _(
                        "Many comparisons were frozen from your network within the hour. Please try again later."
                    )
                    if subject != "snapshot:all"
                    else _("Many comparisons were frozen within the hour. Please try again later.")
                )


def _tries_of(sender: str) -> str:
    """What tries are counted under: also those that froze nothing new, for they are work as well."""
    return hashlib.sha256(f"tries:{sender}".encode()).hexdigest()


async def _worked_out(db: AsyncSession, query: Query, salt: str) -> _Made:
    # Read first: what is worked out may then be newer than its stamp, and is worked out again, never older.
    was = await stamp.current(db)
    frozen, _support = await canonical(db, await _dated(db, query), salt)
    sha256 = sha256_of(frozen)
    return _Made(was, frozen, sha256, await _known(db, sha256))


async def _keep(db: AsyncSession, made: _Made, salt: str) -> str:
    row = PublishedSnapshot(
        id=await _free_id(db, made.sha256),
        sha256=made.sha256,
        salt=salt,
        canonical=made.canonical.decode(),
        recorded_at=clock.now(),
    )
    db.add(row)
    await db.flush()
    await record(db, Action.SNAPSHOT_FROZEN, tenant=SERVICE, actor=None, subject=f"snapshot:{row.id}")
    return row.id


async def _settle(database: Database, query: Query) -> None:
    async with database.read() as db:
        at = await entries.moment(db, query.on, _past(query))
    if timedelta(0) <= clock.now() - at.as_of < SETTLED:
        await asyncio.sleep(SETTLED.total_seconds())


async def _dated(db: AsyncSession, query: Query) -> Comparison:
    """The comparison with both dates and the framework's version spelled out."""
    at = await entries.moment(db, query.on, _past(query))
    comparison = await compare(db, replace(query, on=at.on, as_of=at.as_of))
    return replace(comparison, query=comparison.dated)


def _past(query: Query) -> datetime | None:
    """`as_of`, unless the moment is still to come: "today" is asked for before it is over."""
    return query.as_of if query.as_of and query.as_of <= clock.now() else None


async def _known(db: AsyncSession, sha256: str) -> str:
    s = PublishedSnapshot
    return (await db.execute(select(s.id).where(col(s.sha256) == sha256))).scalar_one_or_none() or ""


async def _free_id(db: AsyncSession, sha256: str) -> str:
    """Short, and longer only where another snapshot begins alike."""
    for length in range(SHORTEST_ID, LONGEST_ID):
        wanted = id_of(sha256, length)
        taken = await db.execute(select(PublishedSnapshot.id).where(col(PublishedSnapshot.id) == wanted))
        if taken.first() is None:
            return wanted
    return id_of(sha256, LONGEST_ID)
