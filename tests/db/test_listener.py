"""What is known without a query on PostgreSQL: never what is not so, whoever wrote and whatever breaks."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import factories, personas
from tests.services import postgres
from tests.worlds import ON_POSTGRESQL, ON_SQLITE, World, Worlds
from tracker.app import create_app
from tracker.db import known, listener, stamp
from tracker.db.engine import create_engine
from tracker.db.session import Database
from tracker.jurisdictions.models import Jurisdiction
from tracker.packed import queries
from tracker.packed.heads import known_head
from tracker.settings import Settings


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "PROOF_EVERY", 0.05)
    monkeypatch.setattr(listener, "PROOF_HOLDS", 60.0)
    monkeypatch.setattr(listener, "TRY_AGAIN", 0.05)


@asynccontextmanager
async def another(world: World) -> AsyncIterator[Database]:
    """Another process: an engine of its own."""
    database = Database(create_engine(world.url))
    try:
        yield database
    finally:
        await database.dispose()


async def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not become so")


async def rename(database: Database, name: str) -> None:
    async with database.write() as db:
        place = await db.execute(sa.select(Jurisdiction).where(col(Jurisdiction.code) == "XAA"))
        place.scalar_one().name = name


async def asked(database: Database) -> tuple[str, queries.Head | None]:
    """What the database says, whatever anybody knows."""
    async with database.read() as db:
        return await stamp.current(db), await queries.head(db)


async def told(database: Database) -> tuple[str, queries.Head | None]:
    return await known.stamp_of(database), await known_head(database)


def connect(world: World, worlds: Worlds) -> psycopg.Connection:
    """The server's own view of the world's database."""
    return worlds.server.connect(str(world.engine.url.database), postgres.SUPERUSER)


def listeners(world: World, worlds: Worlds) -> list[int]:
    with connect(world, worlds) as server:
        rows = server.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_notify(''alive%'"
        )
        return [pid for (pid,) in rows]


@ON_POSTGRESQL
async def test_what_another_process_commits_is_seen(own_world: World) -> None:
    mine = Database(own_world.engine)
    async with another(own_world) as other, mine.listening():
        await until(lambda: mine.state() is not None)
        before, state = await told(mine), mine.state()
        assert before == await asked(other)
        await asyncio.sleep(0.2)
        assert mine.state() == state  # its own messages are no change
        await rename(other, "Renamed")
        await until(lambda: mine.state() != state)
        assert await told(mine) == await asked(other) != before


@ON_POSTGRESQL
async def test_what_it_commits_itself_is_seen_at_once(own_world: World, worlds: Worlds) -> None:
    """Before its own message can come back."""
    mine = Database(own_world.engine)
    async with mine.listening():
        await until(lambda: mine.state() is not None)
        before = await told(mine)
        (pid,) = listeners(own_world, worlds)
        os.kill(pid, signal.SIGSTOP)
        try:
            await rename(mine, "Renamed")
            assert await told(mine) == await asked(mine) != before
        finally:
            os.kill(pid, signal.SIGCONT)


@ON_POSTGRESQL
async def test_what_is_private_or_taken_back_is_not_told(own_world: World) -> None:
    mine = Database(own_world.engine)
    async with another(own_world) as other, mine.listening():
        await until(lambda: mine.state() is not None)
        state = mine.state()
        author = await personas.actor(other, personas.OWNER)
        await factories.draft(other, author, await factories.cell(other))
        async with other.read() as db:  # what it changes is taken back
            await stamp.renew(db)
        await asyncio.sleep(0.2)
        assert mine.state() == state


@ON_POSTGRESQL
async def test_a_lost_connection_asks_and_comes_back(
    own_world: World, worlds: Worlds, caplog: pytest.LogCaptureFixture
) -> None:
    mine = Database(own_world.engine)
    async with another(own_world) as other, mine.listening():
        await until(lambda: mine.state() is not None)
        before = await told(mine)
        state = mine.state()
        (pid,) = listeners(own_world, worlds)
        with connect(own_world, worlds) as server:
            server.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert mine.state() is None
        await rename(other, "Changed while nobody heard")
        assert await told(mine) == await asked(other) != before
        await until(lambda: mine.state() not in (None, state))
        assert await told(mine) == await asked(other)


@ON_POSTGRESQL
async def test_a_connection_that_is_silent_is_not_believed(
    own_world: World, worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "PROOF_HOLDS", 0.5)
    mine = Database(own_world.engine)
    async with another(own_world) as other, mine.listening():
        await until(lambda: mine.state() is not None)
        before = await told(mine)
        state = mine.state() or 0
        (pid,) = listeners(own_world, worlds)
        os.kill(pid, signal.SIGSTOP)  # it is there, and says nothing
        try:
            await rename(other, "Changed while nobody heard")
            await until(lambda: mine.state() != state)
            assert await told(mine) == await asked(other) != before
        finally:
            os.kill(pid, signal.SIGCONT)
        await until(lambda: mine.state() is not None)
        assert await told(mine) == await asked(other)


@ON_POSTGRESQL
async def test_without_the_triggers_it_asks(own_world: World, caplog: pytest.LogCaptureFixture) -> None:
    async with own_world.owner.begin() as connection:
        await connection.execute(sa.text("DROP TRIGGER tell_of_change ON packed_head"))
    mine = Database(own_world.engine)
    with caplog.at_level(logging.WARNING):
        async with mine.listening():
            await until(lambda: bool(caplog.records))
            assert mine.state() is None
            assert await told(mine) == await asked(mine)
    assert len(caplog.records) == 1


@ON_POSTGRESQL
async def test_the_served_application_listens_and_ends_it(
    own_world: World, worlds: Worlds, settings: Settings
) -> None:
    """Also where the database is away when it starts or ends."""
    mine = Database(own_world.engine)
    app = create_app(settings, mine)
    path = "/api/v1/matrix?jurisdictions=XAA"
    tasks = asyncio.all_tasks()
    async with personas.visitor(app, settings) as visitor:
        unserved = await visitor.get(path)  # nobody listens: it asks
        assert mine.state() is None
        async with app.litestar.lifespan(), another(own_world) as other:
            await until(lambda: mine.state() is not None)
            known = {"If-None-Match": unserved.headers["etag"]}
            assert (await visitor.get(path, headers=known)).status_code == 304
            state = mine.state()
            await rename(other, "Renamed")
            await until(lambda: mine.state() != state)
            assert (await visitor.get(path, headers=known)).status_code == 200
            assert len(listeners(own_world, worlds)) == 1
        assert mine.state() is None
        assert (await visitor.get(path)).status_code == 200
    assert asyncio.all_tasks() <= tasks
    await asyncio.sleep(0.1)
    assert listeners(own_world, worlds) == []


@ON_SQLITE
async def test_sqlite_tells_by_itself(own_world: World) -> None:
    mine = Database(own_world.engine)
    async with another(own_world) as other:
        state = mine.state()
        assert state is not None
        async with mine.listening():
            assert mine.state() == state
            before = await told(mine)
            await rename(other, "Renamed")
            assert await told(mine) == await asked(other) != before
    await mine.dispose()
