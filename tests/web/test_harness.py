"""The harness itself: each test starts from the same world, as the role that the service runs as."""

import pytest
import sqlalchemy as sa

from tests import factories, personas
from tests.personas import Visitor
from tests.worlds import World
from tracker.access.models import UserSession
from tracker.db.session import Database


async def test_pages_answer(client: Visitor, owner: Visitor) -> None:
    assert (await client.get("/en")).status_code == 200
    assert (await owner.get("/en/o/health-xaa")).status_code == 200


@pytest.mark.parametrize("turn", [1, 2])
async def test_nothing_of_a_test_stays(database: Database, turn: int) -> None:
    async with database.read() as db:
        assert await db.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 0
    actor = await personas.actor(database, personas.OWNER)
    await factories.draft(database, actor, await factories.cell(database))
    await personas.new_session(database, personas.OWNER)


async def test_the_service_is_no_owner(world: World, database: Database) -> None:
    if world.name == "postgresql":
        async with database.read() as db:
            assert await db.scalar(sa.text("SELECT current_user")) == "tracker_app"


async def test_a_world_of_ones_own_keeps_commits(own_world: World) -> None:
    database = Database(own_world.engine)
    await personas.new_session(database, personas.OWNER)
    async with database.read() as db:
        assert await db.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 1


async def test_services_publish(database: Database) -> None:
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    revision = await factories.published(database, author, reviewer, await factories.cell(database))
    assert not revision.commitment_claimed
