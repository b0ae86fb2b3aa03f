"""The engine's settings, and the unit of work under real parallel writers."""

import asyncio
import traceback

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import col

from tests import factories, personas
from tests.worlds import ON_SQLITE, World, Worlds
from tracker.access.models import User
from tracker.audit.models import AuditHead
from tracker.db import migrate
from tracker.db.session import Database
from tracker.entries import service
from tracker.entries.models import Draft, DraftCitation
from tracker.kit import clock
from tracker.kit.errors import Conflict

WRITERS, ROUNDS = 8, 10


PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "busy_timeout": 10000,
}


@ON_SQLITE
@pytest.mark.parametrize(("pragma", "value"), PRAGMAS.items())
async def test_every_connection_has_the_settings(own_world: World, pragma: str, value: object) -> None:
    async with own_world.engine.connect() as first, own_world.engine.connect() as second:
        for connection in (first, second):
            assert (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar() == value


async def test_references_must_lead_somewhere(database: Database) -> None:
    actor = await personas.actor(database, personas.OWNER)
    cell = await factories.cell(database)
    for wrong in ({"item_id": 10**6}, {"jurisdiction_id": 10**6}, {"corrects_id": 10**6}):
        draft = await factories.draft(database, actor, cell)
        with pytest.raises(IntegrityError):
            async with database.write(personas.bound(actor)) as db:
                await db.execute(sa.update(Draft).where(col(Draft.id) == draft.id).values(**wrong))


async def test_an_error_of_the_database_tells_no_value(database: Database) -> None:
    """Its text and that of its cause go to the log: the statement may stand there, what was written may not."""
    told = "somebody@example.org"

    def row() -> User:
        return User(email=told, name="Somebody", password_hash="hash of a password", created_at=clock.now())

    with pytest.raises(IntegrityError) as caught:
        async with database.write() as db:
            db.add_all([row(), row()])
    written = "".join(traceback.format_exception(caught.value))
    assert "INSERT INTO user_account" in written
    assert told not in written and "hash of a password" not in written


async def test_parallel_writers_lose_no_update(own_world: World) -> None:
    """Each reads a number and writes it plus one: with a deferred BEGIN most of these are lost, silently."""
    database = Database(own_world.engine)

    async def raise_it() -> None:
        for _ in range(ROUNDS):
            async with database.write() as db:
                head = (await db.execute(sa.select(AuditHead).with_for_update())).scalar_one()
                await asyncio.sleep(0)
                head.sequence += 1

    before = await _sequence(database)
    await asyncio.gather(*(raise_it() for _ in range(WRITERS)))
    assert await _sequence(database) == before + WRITERS * ROUNDS


async def _sequence(database: Database) -> int:
    async with database.read() as db:
        return (await db.execute(sa.select(AuditHead.sequence))).scalar_one()


async def test_parallel_writers_make_one_chain(own_world: World) -> None:
    database = Database(own_world.engine)
    actor = await personas.actor(database, personas.NGO)
    cells = [await factories.cell(database, "US-MI", f"HTCC-C{n}") for n in range(1, 7)]
    before = await _sequence(database)
    await asyncio.gather(*(factories.draft(database, actor, cell) for cell in cells))
    async with own_world.owner.connect() as connection:
        sequences = (await connection.execute(sa.text("SELECT sequence FROM audit_event"))).scalars().all()
    after = await _sequence(database)
    assert after > before
    assert sorted(sequences) == list(range(1, after + 1))


async def test_two_people_save_the_same_cell_at_once(own_world: World) -> None:
    """One of them wins, the other is told; nothing is half-written."""
    database = Database(own_world.engine)
    actor = await personas.actor(database, personas.OWNER)
    cell = await factories.cell(database)

    async def save(note: str) -> str:
        async with database.write(personas.bound(actor)) as db:
            await service.save_draft(db, actor, cell, factories.content(note=note), version=0)
        return note

    results = await asyncio.gather(*(save(f"by writer {n}") for n in range(6)), return_exceptions=True)
    won = [r for r in results if isinstance(r, str)]
    assert len(won) == 1
    assert all(isinstance(r, str | Conflict) for r in results), results
    async with database.read(personas.bound(actor)) as db:
        drafts = (
            (await db.execute(sa.select(Draft).where(col(Draft.item_id) == cell.item_id))).scalars().all()
        )
        (draft,) = [d for d in drafts if d.domain == cell.domain]
        assert draft.note == won[0]
        cited = (
            sa.select(sa.func.count())
            .select_from(DraftCitation)
            .where(col(DraftCitation.draft_id) == draft.id)
        )
        assert await db.scalar(cited) == 1


async def test_a_block_that_fails_keeps_nothing(own_world: World) -> None:
    database = Database(own_world.engine)
    before = await _sequence(database)

    async def fail() -> None:
        async with database.write() as db:
            head = (await db.execute(sa.select(AuditHead))).scalar_one()
            head.sequence += 100
            await db.flush()
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        await fail()
    assert await _sequence(database) == before


async def test_a_reading_session_keeps_nothing(own_world: World) -> None:
    database = Database(own_world.engine)
    before = await _sequence(database)
    async with database.read() as db:
        await db.execute(sa.update(AuditHead).values(sequence=0))
    assert await _sequence(database) == before


@ON_SQLITE
async def test_readers_are_not_kept_waiting_by_a_writer(own_world: World) -> None:
    database = Database(own_world.engine)
    async with database.write() as writing:
        await writing.execute(sa.update(User).values(name="Changed"))
        async with asyncio.timeout(2), database.read() as reading:
            assert await reading.scalar(sa.select(User.name).limit(1)) != "Changed"


async def test_migrating_twice_changes_nothing(worlds: Worlds, world: World) -> None:
    async with worlds.empty(world.name) as empty:
        assert await migrate.current(empty.owner) is None
        await migrate.upgrade(empty.owner)
        assert await migrate.current(empty.owner) == migrate.newest()
        await migrate.upgrade(empty.owner)
        async with empty.owner.connect() as connection:
            assert await connection.scalar(sa.text("SELECT sequence FROM audit_head")) == 0


async def test_a_failed_migration_leaves_nothing(worlds: Worlds, world: World) -> None:
    """A table that is in the way: whole or not at all."""
    async with worlds.empty(world.name) as empty:
        async with empty.owner.begin() as connection:
            await connection.execute(sa.text("CREATE TABLE draft_citation (id integer)"))
        with pytest.raises(DBAPIError):
            await migrate.upgrade(empty.owner)
        async with empty.owner.connect() as connection:
            tables = await connection.run_sync(lambda c: sa.inspect(c).get_table_names())
        assert tables == ["draft_citation"]
