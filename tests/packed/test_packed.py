"""The packs say what the rows say: for random histories, at any moment; and are never served when they do not."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from tests.packed.histories import DAYS, START, Event, by_the_rows, events, live_through
from tests.worlds import World
from tracker.db.session import Database
from tracker.entries import queries as entries
from tracker.entries.queries import Moment
from tracker.kit import clock
from tracker.kit.vocabulary import Axis, Basis, Source
from tracker.packed import history as packed
from tracker.packed import matrix, queries
from tracker.packed.models import PackedHistory

ASKED = st.lists(
    st.tuples(DAYS, st.integers(-30, 400), st.sampled_from(list(Source)), st.sampled_from([None, *Basis])),
    min_size=3,
    max_size=6,
)
RANDOM = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


async def part(db: AsyncSession, table: type, place: int, column: str) -> str:
    return (
        await db.execute(select(getattr(table, column)).where(table.jurisdiction_id == place))
    ).scalar_one()


async def undone(database: Database) -> Database:
    """The database within a savepoint of its own is not to be had here: each example rolls back by hand."""
    return database


@given(history=st.lists(events(), min_size=1, max_size=10), asked=ASKED)
@RANDOM
async def test_the_packed_history_answers_as_the_rows_do(
    world: World, history: list[Event], asked: list[tuple[date, int, Source, Basis | None]]
) -> None:
    async with world.engine.connect() as connection:
        transaction = await connection.begin()
        database = Database(connection)
        place, items = await live_through(database, history)
        async with database.read() as db:
            found = (
                await db.execute(select(PackedHistory.history).where(PackedHistory.jurisdiction_id == place))
            ).scalar_one_or_none()
        told = packed.decode(found) if found else packed.NOTHING
        for on, hours, source, basis in asked:
            at = Moment(on, START + timedelta(hours=hours), on)
            mine = matrix.told(told, on.toordinal(), packed.micros(at.as_of), (tuple(Axis), source, basis))
            assert mine == await by_the_rows(database, place, items, at, source, basis)
        await transaction.rollback()


@given(history=st.lists(events(), min_size=1, max_size=8), later=st.lists(st.integers(0, 90), min_size=3))
@RANDOM
async def test_what_is_current_is_never_served_stale(
    world: World, history: list[Event], later: list[int]
) -> None:
    """The head's moment, the cells kept for it and the lines of the file, on days after the last change."""
    async with world.engine.connect() as connection:
        transaction = await connection.begin()
        database = Database(connection)
        with clock.at(START + timedelta(days=20)):
            await live_through(database, history)
        for days in later:
            with clock.at(datetime(2026, 10, 1, 9, tzinfo=UTC) + timedelta(days=days)):
                async with database.read() as db:
                    known, rule = await queries.moment(db, None, None), await entries.moment(db)
                    assert known == rule
        await transaction.rollback()
