"""The world with things that modules share: each test starts from the same one, as `test_harness.py` has it of the plain one."""

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import personas
from tests.personas import Visitor
from tests.web.paths import Things
from tracker.access.models import UserSession
from tracker.db.session import Database
from tracker.entries.models import Draft


@pytest.fixture
def database(database_with_things: Database) -> Database:
    return database_with_things


@pytest.mark.parametrize("turn", [1, 2])
async def test_nothing_of_a_test_stays(database: Database, things: Things, turn: int) -> None:
    """Neither what it adds nor what it does to the things: the next one finds them as they were made."""
    actor = await personas.actor(database, personas.OWNER)
    async with database.read() as db:
        assert await db.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 0
    await personas.new_session(database, personas.OWNER)
    async with database.write(personas.bound(actor)) as db:
        draft = (await db.execute(sa.select(Draft).where(col(Draft.id) == things.draft_id))).scalar_one()
        assert draft.note != "changed"
        draft.note = "changed"


@pytest.mark.parametrize("turn", [1, 2])
async def test_the_pages_show_the_things(teammate: Visitor, things: Things, turn: int) -> None:
    review = f"/en/o/health-xaa/review/{things.draft_id}"
    assert (await teammate.get(review)).status_code == 200
    sent = {"reason": "Not yet.", "version": "2"}
    assert (await teammate.submit(f"{review}/return", sent)).status_code == 303
