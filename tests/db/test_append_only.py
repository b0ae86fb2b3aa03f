"""What is published and what is audited can be added to, and never changed or removed, by anyone's SQL."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tests import factories, personas
from tests.conftest import SETTINGS
from tests.criteria import checklists
from tests.editions import made as editions
from tests.opendata import released
from tests.snapshots import frozen
from tests.worlds import ON_POSTGRESQL, ON_SQLITE, World, Worlds
from tracker.corrections import service as corrections
from tracker.criteria import publish as criteria
from tracker.db import registry
from tracker.db.base import Kind, metadata, tables_of
from tracker.db.session import Database
from tracker.entries.principles import Stated
from tracker.entries.publish import withdraw
from tracker.instruments.service import Happening, record_event
from tracker.instruments.store import Store
from tracker.kit.vocabulary import InstrumentEventKind, Principle, PublishAs
from tracker.opendata import redaction_service
from tracker.privacy import operation
from tracker.reviews import service as reviews

registry.load()
APPEND_ONLY = [str(t.__tablename__) for t in tables_of(Kind.PUBLISHED)] + ["audit_event"]
each_table = pytest.mark.parametrize("table", APPEND_ONLY)


@pytest.fixture(scope="module")
async def full_world(
    anyio_backend: str, world: World, worlds: Worlds, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A world with rows in every append-only table. The tests change nothing, or they fail."""
    async with worlds.copy(world.name) as copied:
        database = Database(copied.engine)
        author = await personas.actor(database, personas.OWNER)
        reviewer = await personas.actor(database, personas.TEAMMATE)
        instrument = await factories.instrument(database, author)
        await factories.attached(database, author, instrument, published_as=PublishAs.FILE)
        stated = (Stated(Principle.TRAUMA_INFORMED, "Article 4"),)
        cited = replace(factories.CITATION, instrument=instrument, principles=stated)
        what = factories.content(citations=(cited,))
        where = await factories.cell(database)
        revision = await factories.published(database, author, reviewer, where, what)
        async with database.write(personas.bound(reviewer)) as db:
            await reviews.confirm(db, reviewer, revision.uid, note="To have a row in every table.")
        number = await factories.reported(database, revision)
        async with database.write(personas.bound(reviewer)) as db:
            await corrections.answer(db, reviewer, number, accepted=True, text="We withdraw it.")
            await record_event(db, reviewer, instrument, Happening(InstrumentEventKind.AMENDED))
            await withdraw(db, reviewer, revision.uid, reason="To have a row in every table.")
        _criterion, own = await checklists.published(database, author, reviewer)
        async with database.write(personas.bound(reviewer)) as db:
            await criteria.withdraw(db, reviewer, own.uid, reason="To have a row in every table.")
        await frozen.freeze(database, jurisdictions="US-TX")
        here = replace(SETTINGS, data_dir=tmp_path_factory.mktemp("releases"))
        await released.release(database, here)
        await operation.redact(
            database, Store(factories.DATA_DIR), revision.uid, "note", "To have a row in every table."
        )
        await redaction_service.rewrite_all(database, here)
        edition = await editions.begun(database, author)
        await editions.final(database, author, reviewer, edition, sketched=True)
        yield copied


@pytest.fixture(params=["as the service", "as the owner"])
async def connection(
    anyio_backend: str, full_world: World, request: pytest.FixtureRequest
) -> AsyncIterator[AsyncConnection]:
    engine: AsyncEngine = full_world.engine if request.param == "as the service" else full_world.owner
    async with engine.connect() as opened:
        yield opened


async def refused(connection: AsyncConnection, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"append-only|permission denied|must be owner"):
        async with connection.begin_nested():
            await connection.execute(sa.text(statement))


async def contents(world: World, table: str) -> list[object]:
    async with world.owner.connect() as connection:
        return [tuple(row) for row in await connection.execute(sa.text(f"SELECT * FROM {table}"))]


@each_table
async def test_no_row_is_changed_or_removed(
    full_world: World, connection: AsyncConnection, table: str
) -> None:
    before = await contents(full_world, table)
    assert before
    column = next(iter(metadata.tables[table].primary_key.columns)).name
    last = list(metadata.tables[table].columns)[-1].name
    await refused(connection, f"UPDATE {table} SET {last} = {last}")
    await refused(connection, f"DELETE FROM {table}")
    await refused(connection, f"DELETE FROM {table} WHERE {column} IS NOT NULL")
    await connection.commit()
    assert await contents(full_world, table) == before


@each_table
async def test_no_row_is_replaced_by_an_insert(
    full_world: World, connection: AsyncConnection, table: str
) -> None:
    before = await contents(full_world, table)
    keys = ", ".join(c.name for c in metadata.tables[table].primary_key.columns)
    last = list(metadata.tables[table].columns)[-1].name
    if full_world.name == "sqlite":
        await refused(connection, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        await refused(connection, f"REPLACE INTO {table} SELECT * FROM {table}")
    copied = f"INSERT INTO {table} SELECT * FROM {table} WHERE true"
    upsert = f"{copied} ON CONFLICT ({keys}) DO UPDATE SET {last} = excluded.{last}"
    await refused(connection, upsert)
    await connection.commit()
    assert await contents(full_world, table) == before


@ON_POSTGRESQL
@each_table
async def test_no_table_is_emptied(connection: AsyncConnection, table: str) -> None:
    await refused(connection, f"TRUNCATE {table} CASCADE")


@ON_POSTGRESQL
@each_table
async def test_the_service_cannot_take_the_lock_off(full_world: World, table: str) -> None:
    async with full_world.engine.connect() as connection:
        await refused(connection, f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        await refused(connection, f"DROP TRIGGER {table}_no_change ON {table}")
        await refused(connection, f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")


@ON_SQLITE
async def test_cascades_stop_before_it(full_world: World) -> None:
    """Removing what a published row points at is refused by the reference, not carried through."""
    async with full_world.engine.connect() as connection:
        for table in ("organisation", "jurisdiction", "framework_item"):
            with pytest.raises(DBAPIError, match="FOREIGN KEY constraint failed"):
                async with connection.begin_nested():
                    await connection.execute(sa.text(f"DELETE FROM {table}"))
