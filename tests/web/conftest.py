"""A world with things, made once for a module: most of these tests would spend more on making them than on asking.

A module takes part by a fixture `database` of its own, see `test_unsafe.py`. The things lie in a transaction, each test
in a savepoint of it that is rolled back: what a test changes, of the things too, no other sees (`test_harness.py`).
"""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.web.paths import Things, make_things
from tests.worlds import World
from tracker.db.session import Database


@pytest.fixture(scope="module")
async def with_things(anyio_backend: str, world: World) -> AsyncIterator[tuple[AsyncConnection, Things]]:
    async with world.engine.connect() as connection:
        transaction = await connection.begin()
        yield connection, await make_things(Database(connection))
        await transaction.rollback()


@pytest.fixture
async def database_with_things(
    anyio_backend: str, with_things: tuple[AsyncConnection, Things]
) -> AsyncIterator[Database]:
    connection, _things = with_things
    savepoint = await connection.begin_nested()
    yield Database(connection)
    await savepoint.rollback()


@pytest.fixture
def things(with_things: tuple[AsyncConnection, Things]) -> Things:
    """What was made. Take `database` with it."""
    return with_things[1]
