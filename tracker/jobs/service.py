"""Putting jobs into the queue, taking them out, and saying how far they are.

A job is taken by one UPDATE that names the turn it was seen at: of two who try, one changes a row. Whoever took it holds
a lease and renews it; when the process dies, the lease ends and the next one begins the job again. So what a job does
must be safe to begin twice, and its last step must check that its turn is still the last.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.base import select
from tracker.db.session import Database
from tracker.jobs.models import Job, JobState
from tracker.kit import clock
from tracker.kit.errors import Conflict, NotFound
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _

LEASE = timedelta(minutes=2)
BEAT = LEASE / 8  # how often whoever works renews it
SILENT_AFTER = 3 * BEAT
MOST_TRIES = 3  # leases that ended without an end of the job
REASON_LENGTH = 199
KEPT = timedelta(
    days=90
)  # jobs that ended are forgotten after this; keyed ones too, so a key names its moment
ABANDONED = N_("It was begun three times and never came to its end.")


class LostLease(RuntimeError):
    """Somebody else has taken the job: it took longer than its lease."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A job that this process works on, at its turn."""

    id: UUID
    kind: str
    about: dict[str, str]
    turn: int


async def enqueue(
    db: AsyncSession,
    kind: str,
    about: dict[str, str],
    *,
    key: str | None = None,
    owner: UUID | None = None,
) -> UUID:
    """Put a job into the queue, in the caller's transaction; that of the same key, where there is one.

    `owner`: the organisation that it is done for.
    """
    if key is not None:
        known: UUID | None = await db.scalar(select(Job.id).where(col(Job.key) == key))
        if known:
            return known
    job = Job(id=uuid4(), kind=kind, about=about, key=key, owner=owner, created_at=clock.now())
    db.add(job)
    await db.flush()
    return job.id


async def enqueue_once(database: Database, kind: str, about: dict[str, str], *, key: str) -> None:
    """Put a job into the queue unless one of this key is or was there; several processes may try at once."""
    async with database.read() as db:
        if await db.scalar(select(Job.id).where(col(Job.key) == key)):
            return
    try:
        async with database.write() as db:
            await enqueue(db, kind, about, key=key)
    except IntegrityError:  # another process did in this moment
        return


async def take(database: Database, kinds: Collection[str]) -> Taken | None:
    """A job of the kinds that nobody works on, or None. It is leased to the caller.

    The oldest one first, but of each organisation one before the second of any, so that none waits for all of another's.
    """
    async with database.read() as db:
        waiting: Sequence[Job] = (await db.execute(_waiting(kinds))).scalars().all()
    for job in waiting:
        values = _given_up() if job.tries >= MOST_TRIES else _begun(job)
        async with database.write() as db:
            done = await db.execute(
                sa.update(Job)
                .where(col(Job.id) == job.id, col(Job.turn) == job.turn, col(Job.state) == job.state)
                .values(**values)
            )
        if done.rowcount == 1 and values["state"] is JobState.RUNNING:  # type: ignore[attr-defined]
            return Taken(job.id, job.kind, dict(job.about), job.turn + 1)
    return None


def _waiting(kinds: Collection[str]) -> Any:
    free = sa.or_(
        col(Job.state) == JobState.QUEUED,
        sa.and_(col(Job.state) == JobState.RUNNING, col(Job.leased_until) < clock.now()),
    )
    known = col(Job.kind).in_(kinds)
    # What its owner has under way counts as before what it has waiting.
    ahead = sa.func.row_number().over(
        partition_by=sa.func.coalesce(col(Job.owner), col(Job.id)),
        order_by=[col(Job.state).desc(), col(Job.created_at), col(Job.id)],
    )
    ranked = select(col(Job.id).label("id"), ahead.label("ahead")).where(
        col(Job.state).in_((JobState.QUEUED, JobState.RUNNING)), known
    )
    turns = ranked.subquery()
    return (
        select(Job)
        .join(turns, turns.c.id == col(Job.id))
        .where(free)
        .order_by(turns.c.ahead, Job.created_at, Job.id)
        .limit(5)
    )


def _begun(job: Job) -> dict[str, object]:
    return {
        "state": JobState.RUNNING,
        "turn": job.turn + 1,
        "tries": job.tries + 1,
        "progress": 0,
        "step": "",
        "leased_until": clock.now() + LEASE,
    }


def _given_up() -> dict[str, object]:
    return {"state": JobState.FAILED, "reason": ABANDONED, "ended_at": clock.now(), "leased_until": None}


async def renew(database: Database, taken: Taken) -> None:
    """Hold the job for another lease. Raises LostLease."""
    async with database.write() as db:
        await hold(db, taken)


async def hold(db: AsyncSession, taken: Taken, **told: object) -> None:
    """Renew the lease within a transaction, which thereby comes to nothing once the job is another's.

    `told`: progress and step. Raises LostLease.
    """
    await _write(db, taken, leased_until=clock.now() + LEASE, **told)


async def finish(database: Database, taken: Taken) -> None:
    async with database.write() as db:
        await _write(
            db, taken, state=JobState.DONE, progress=100, reason="", leased_until=None, ended_at=clock.now()
        )


async def give_back(database: Database, taken: Taken) -> None:
    """Put a job back into the queue: this process ends, and the next one need not wait until the lease is over."""
    async with database.write() as db:
        await _write(
            db,
            taken,
            state=JobState.QUEUED,
            tries=Job.tries - 1,
            progress=0,
            step="",
            leased_until=None,
        )


async def fail(database: Database, taken: Taken, reason: str) -> None:
    """End the job without success; `reason` in plain words, for whoever waits for it."""
    async with database.write() as db:
        await _write(
            db,
            taken,
            state=JobState.FAILED,
            reason=reason[:REASON_LENGTH],
            leased_until=None,
            ended_at=clock.now(),
        )


async def _write(db: AsyncSession, taken: Taken, **values: object) -> None:
    done = await db.execute(
        sa.update(Job)
        .where(col(Job.id) == taken.id, col(Job.turn) == taken.turn, col(Job.state) == JobState.RUNNING)
        .values(**values)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise LostLease(str(taken.id))


async def job(db: AsyncSession, job_id: UUID) -> Job | None:
    found: Job | None = (await db.execute(select(Job).where(col(Job.id) == job_id))).scalar_one_or_none()
    return found


def silent(job: Job) -> bool:
    """Whether nothing was heard, for longer than should be, of whoever works on it: it waits for another, it seems."""
    if job.state is not JobState.RUNNING or job.leased_until is None:
        return False
    return clock.now() - (job.leased_until - LEASE) > SILENT_AFTER


async def has_failed(db: AsyncSession, key: str) -> bool:
    """Whether the job of the key came to no good end."""
    failed = select(Job.id).where(col(Job.key) == key, col(Job.state) == JobState.FAILED)
    return await db.scalar(failed) is not None


async def waiting_of(db: AsyncSession, owner: UUID) -> int:
    """How many jobs of an organisation wait or are worked on."""
    open_ = col(Job.state).in_((JobState.QUEUED, JobState.RUNNING))
    return (
        await db.scalar(select(sa.func.count()).select_from(Job).where(col(Job.owner) == owner, open_)) or 0
    )


async def drop(db: AsyncSession, job_id: UUID) -> bool:
    """Take a job out that has not ended; False where there is none. Who works on it finds its lease lost."""
    open_ = col(Job.state).in_((JobState.QUEUED, JobState.RUNNING))
    gone = await db.execute(sa.delete(Job).where(col(Job.id) == job_id, open_))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


async def retry(db: AsyncSession, job_id: UUID) -> None:
    """Put a failed job back into the queue. Raises NotFound, and Conflict where it has not failed."""
    if await job(db, job_id) is None:
        raise NotFound(_("There is no such job."))
    done = await db.execute(
        sa.update(Job)
        .where(col(Job.id) == job_id, col(Job.state) == JobState.FAILED)
        .values(state=JobState.QUEUED, tries=0, progress=0, step="", reason="", ended_at=None)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("This has not failed: it waits, or is being worked on, or is done."))


async def forget(db: AsyncSession) -> None:
    """Drop jobs that ended long ago."""
    await db.execute(sa.delete(Job).where(col(Job.ended_at) < clock.now() - KEPT))
