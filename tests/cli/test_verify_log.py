"""`tracker verify log` on a whole chain, on an altered event, and on a missing one."""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.worlds import World
from tracker.db.session import Database
from tracker.loading import log_check


async def test_the_demo_worlds_log_is_whole(database: Database) -> None:
    checked = await log_check.check(database)
    assert checked.wrong == ()
    assert checked.events > 300
    assert len(checked.head) == 64


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE audit_event SET subject = 'other' WHERE sequence = 7", "event 7"),
        ("DELETE FROM audit_event WHERE sequence = 7", "event 7 is missing"),
        ("UPDATE audit_head SET hash = 'ab'", "the head says"),
    ],
)
async def test_what_was_tampered_with_is_named(own_world: World, statement: str, told: str) -> None:
    async with own_world.owner.begin() as connection:
        triggers = await _triggers(connection, own_world.name)
        for drop, _make in triggers:
            await connection.execute(sa.text(drop))
        await connection.execute(sa.text(statement))
        for _drop, make in triggers:
            await connection.exec_driver_sql(make)
    checked = await log_check.check(Database(own_world.engine))
    assert any(told in fault for fault in checked.wrong), checked.wrong


async def _triggers(connection: AsyncConnection, name: str) -> list[tuple[str, str]]:
    """What drops each guard of the log, and what makes it again; the owner of the tables may."""
    if name == "sqlite":
        rows = await connection.execute(
            sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'")
        )
        return [(f"DROP TRIGGER {row.name}", row.sql) for row in rows]
    return [("ALTER TABLE audit_event DISABLE TRIGGER USER", "ALTER TABLE audit_event ENABLE TRIGGER USER")]
