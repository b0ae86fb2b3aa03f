"""The queue of jobs: each is done once, survives who was working on it, and says why it failed."""

import asyncio
import errno
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from tests.conftest import SETTINGS
from tests.worlds import World
from tracker.db.session import Database
from tracker.jobs import service
from tracker.jobs.models import Job, JobState
from tracker.jobs.runner import Run, Runner
from tracker.jobs.service import LEASE, LostLease
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound

KIND = "test"


async def put(database: Database, **about: str) -> UUID:
    async with database.write() as db:
        return await service.enqueue(db, KIND, about)


async def read(database: Database, job_id: UUID) -> Job:
    async with database.read() as db:
        found = await service.job(db, job_id)
    assert found is not None
    return found


async def test_two_workers_do_each_job_once(own_world: World) -> None:
    database = Database(own_world.engine)
    wanted = {await put(database, n=str(n)) for n in range(12)}
    done: list[UUID] = []

    async def work(run: Run) -> None:
        await run.tell(50, "drawing")
        await asyncio.sleep(0)
        done.append(run.taken.id)

    runners = [Runner(Database(own_world.engine), SETTINGS, {KIND: work}) for _ in range(2)]
    counts = await asyncio.gather(*(runner.until_empty() for runner in runners))
    assert sorted(done) == sorted(wanted)
    assert sum(counts) == len(wanted) + 1  # and the day's tidying
    assert {(await read(database, one)).state for one in wanted} == {JobState.DONE}


async def test_a_job_is_taken_by_one_of_those_who_saw_it(own_world: World) -> None:
    databases = [Database(own_world.engine) for _ in range(4)]
    await put(databases[0])
    taken = await asyncio.gather(*(service.take(database, [KIND]) for database in databases))
    assert len([t for t in taken if t]) == 1


async def test_a_job_survives_the_end_of_who_worked_on_it(database: Database) -> None:
    job_id = await put(database)
    first = await service.take(database, [KIND])
    assert first is not None
    assert await service.take(database, [KIND]) is None
    with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        second = await service.take(database, [KIND])
        assert second == replace(first, turn=2)
        with pytest.raises(LostLease):
            await service.finish(database, first)
        assert (await read(database, job_id)).state is JobState.RUNNING
        await service.finish(database, second)
    assert (await read(database, job_id)).state is JobState.DONE


async def test_a_lease_is_renewed_by_what_is_told(database: Database) -> None:
    job_id, start = await put(database), clock.now()
    with clock.at(start):
        taken = await service.take(database, [KIND])
        assert taken
    with clock.at(start + LEASE / 2):
        await Run(database, SETTINGS, taken).tell(40, "drawing")
    with clock.at(start + LEASE + timedelta(seconds=1)):
        assert await service.take(database, [KIND]) is None
    job = await read(database, job_id)
    assert (job.progress, job.step) == (40, "drawing")


async def test_a_job_that_never_ends_is_given_up(database: Database) -> None:
    job_id, start = await put(database), clock.now()
    for n in range(service.MOST_TRIES + 1):
        with clock.at(start + n * 2 * LEASE):
            taken = await service.take(database, [KIND])
            assert bool(taken) == (n < service.MOST_TRIES)
    job = await read(database, job_id)
    assert (job.state, job.reason) == (JobState.FAILED, service.ABANDONED)


async def test_a_refusal_is_told_and_can_be_tried_again(database: Database) -> None:
    faults = ["The crosswalk is gone."]

    async def work(run: Run) -> None:
        if faults:
            raise Invalid({"lens": faults.pop()})

    job_id, runner = await put(database), Runner(database, SETTINGS, {KIND: work})
    await runner.until_empty()
    job = await read(database, job_id)
    assert (job.state, job.reason) == (JobState.FAILED, "The crosswalk is gone.")
    async with database.write() as db:
        await service.retry(db, job_id)
    await runner.until_empty()
    assert (await read(database, job_id)).state is JobState.DONE
    async with database.write() as db:
        with pytest.raises(Conflict):
            await service.retry(db, job_id)
        with pytest.raises(NotFound):
            await service.retry(db, UUID(int=0))


async def test_a_defect_is_not_shown(database: Database) -> None:
    async def work(run: Run) -> None:
        raise RuntimeError("secret of the machine")

    job_id = await put(database)
    await Runner(database, SETTINGS, {KIND: work}).until_empty()
    job = await read(database, job_id)
    assert job.state is JobState.FAILED
    assert "secret" not in job.reason


async def test_what_is_daily_is_put_once_a_day(database: Database) -> None:
    days: list[str] = []

    async def work(run: Run) -> None:
        days.append(run.about["day"])

    runner, start = Runner(database, SETTINGS, {"tick": work}, daily=("tick",)), clock.now()
    for hours in (0, 1, 24, 25):
        with clock.at(start.replace(hour=1) + timedelta(hours=hours)):
            await runner.until_empty()
    assert days == [start.date().isoformat(), (start + timedelta(days=1)).date().isoformat()]


async def test_old_jobs_are_forgotten(database: Database) -> None:
    job_id = await put(database)
    taken = await service.take(database, [KIND])
    assert taken
    await service.finish(database, taken)
    with clock.at(clock.now() + service.KEPT + timedelta(days=1)):
        async with database.write() as db:
            await service.forget(db)
    async with database.read() as db:
        assert await service.job(db, job_id) is None


async def test_one_organisation_s_many_jobs_do_not_keep_another_waiting(database: Database) -> None:
    """Of each one before the second of any; what is worked on counts as the first."""
    many, few = UUID(int=1), UUID(int=2)
    wanted = []
    async with database.write() as db:
        for n in range(4):
            wanted.append(await service.enqueue(db, KIND, {"n": str(n)}, owner=many))
        other = await service.enqueue(db, KIND, {}, owner=few)
        nobody = await service.enqueue(db, KIND, {})
        assert await service.waiting_of(db, many) == 4
    taken = [await service.take(database, [KIND]) for _ in range(6)]
    order = [t.id for t in taken if t]
    assert set(order[:3]) == {wanted[0], other, nobody}
    assert order[3:] == wanted[1:]


async def test_a_job_that_is_dropped_is_nobody_s(database: Database) -> None:
    job_id = await put(database)
    taken = await service.take(database, [KIND])
    assert taken is not None
    async with database.write() as db:
        assert await service.drop(db, job_id)
        assert not await service.drop(db, job_id)
    with pytest.raises(LostLease):
        await service.finish(database, taken)


async def test_a_process_that_ends_gives_its_job_back(database: Database) -> None:
    """So the next one need not wait until the lease is over, and an orderly end is no failed try."""
    job_id = await put(database)
    began = asyncio.Event()

    async def work(_run: Run) -> None:
        began.set()
        await asyncio.sleep(3600)

    runner = asyncio.create_task(Runner(database, SETTINGS, {KIND: work}).one())
    await began.wait()
    runner.cancel()
    with pytest.raises(asyncio.CancelledError):
        await runner
    job = await read(database, job_id)
    assert (job.state, job.tries, job.leased_until) == (JobState.QUEUED, 0, None)
    taken = await service.take(database, [KIND])
    assert taken is not None
    assert taken.id == job_id


@pytest.mark.parametrize(
    ("error", "say"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "/srv/secret/place.pdf"),
            "The disk of this service is full",
        ),
        (MemoryError(), "not enough memory"),
        (RuntimeError("at /srv/secret/place.pdf"), "Something went wrong on our side."),
    ],
)
async def test_a_failure_says_what_is_known_and_no_place(
    database: Database, error: Exception, say: str
) -> None:
    job_id = await put(database)

    async def work(_run: Run) -> None:
        try:
            raise error
        except Exception as first:
            raise RuntimeError("drawing") from first

    await Runner(database, SETTINGS, {KIND: work}).until_empty()
    job = await read(database, job_id)
    assert job.state is JobState.FAILED
    assert say in job.reason
    assert "secret" not in job.reason


async def test_a_database_that_is_full_says_so_itself(own_world: World) -> None:
    """What the drivers raise, wrapped by SQLAlchemy."""
    database = Database(own_world.engine)
    job_id = await put(database)

    async def work(run: Run) -> None:
        if own_world.engine.dialect.name == "sqlite":
            async with run.database.write() as db:
                pages = (await db.execute(sa.text("PRAGMA page_count"))).scalar_one()
                await db.execute(sa.text(f"PRAGMA max_page_count={pages}"))
                await db.execute(sa.text("CREATE TABLE filler AS SELECT zeroblob(4000000) AS x"))
        async with run.database.write() as db:
            await db.execute(sa.text("DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$"))

    await Runner(database, SETTINGS, {KIND: work}).until_empty()
    job = await read(database, job_id)
    assert "The disk of this service is full" in job.reason
