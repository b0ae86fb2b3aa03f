"""A published set is frozen: no service, no command and no SQL that the app role may run changes anything of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from tests import personas
from tests.crosswalks import desk
from tests.worlds import ON_POSTGRESQL, ON_SQLITE, World, Worlds
from tracker.access.actor import OrganisationActor
from tracker.crosswalks import bulk_service, mapping_service, service
from tracker.crosswalks.content import MappingContent, NoCounterpartContent, SetHead
from tracker.crosswalks.rows import Written
from tracker.db.session import Database
from tracker.kit.errors import Conflict
from tracker.kit.vocabulary import Relation
from tracker.loading import reference

TABLES = ("crosswalk", "mapping", "mapping_side", "no_counterpart")
OF_SET = {
    "crosswalk": "id = {set}",
    "mapping": "crosswalk_id = {set}",
    "no_counterpart": "crosswalk_id = {set}",
    "mapping_side": "mapping_id IN (SELECT id FROM mapping WHERE crosswalk_id = {set})",
}


@pytest.fixture(scope="module")
async def frozen(anyio_backend: str, world: World, worlds: Worlds) -> AsyncIterator[World]:
    """A world with the Justice Guide's set published, all of it; with a draft beside it. The tests change nothing."""
    async with worlds.copy(world.name) as copied:
        database = Database(copied.engine)
        first = await personas.actor(database, personas.OPERATOR)
        second = await personas.actor(database, desk.SECOND)
        number, item = await desk.set_id(database), await desk.item(database, "D87J-INT")
        async with database.write(personas.bound(first)) as db:
            why = NoCounterpartContent(rationale="It is about courts only.")
            await mapping_service.add_no_counterpart(db, first, number, "target", item, why)
        await desk.published(database, second)
        async with database.write(personas.bound(first)) as db:
            await service.start_copy(db, first, number, key="a-rival", version="1")
        yield copied


@pytest.fixture(params=["as the service", "as the owner"])
async def connection(
    anyio_backend: str, frozen: World, request: pytest.FixtureRequest
) -> AsyncIterator[AsyncConnection]:
    engine = frozen.engine if request.param == "as the service" else frozen.owner
    async with engine.connect() as opened:
        yield opened


@pytest.fixture
async def number(frozen: World) -> int:
    return await desk.set_id(Database(frozen.engine))


async def contents(world: World, number: int) -> list[tuple[Any, ...]]:
    async with world.owner.connect() as connection:
        return [
            tuple(row)
            for table in TABLES
            for row in await connection.execute(
                sa.text(f"SELECT * FROM {table} WHERE {OF_SET[table].format(set=number)} ORDER BY 1, 2")
            )
        ]


async def refused(connection: AsyncConnection, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"frozen|append-only|begins as a draft|permission denied"):
        async with connection.begin_nested():
            await connection.execute(sa.text(statement))


@pytest.mark.parametrize("table", TABLES)
async def test_no_sql_changes_a_published_set(
    frozen: World, connection: AsyncConnection, number: int, table: str
) -> None:
    before = await contents(frozen, number)
    where = OF_SET[table].format(set=number)
    columns = [
        row[0]
        for row in (await connection.execute(sa.text(f"SELECT * FROM {table} LIMIT 0"))).cursor.description  # type: ignore[union-attr]
    ]
    for column in columns:
        await refused(connection, f"UPDATE {table} SET {column} = {column} WHERE {where}")
    await refused(connection, f"DELETE FROM {table} WHERE {where}")
    names = ", ".join(columns)
    key = ", ".join(columns[:1] if table != "mapping_side" else columns[:3])
    again = f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} WHERE {where}"
    await refused(
        connection, f"{again} ON CONFLICT ({key}) DO UPDATE SET {columns[-1]} = excluded.{columns[-1]}"
    )
    if frozen.name == "sqlite":
        await refused(connection, again.replace("INSERT", "INSERT OR REPLACE"))
        await refused(connection, f"UPDATE OR REPLACE {table} SET {columns[0]} = {columns[0]} WHERE {where}")
    else:
        await refused(connection, f"TRUNCATE {table} CASCADE")
    await connection.commit()
    assert await contents(frozen, number) == before


async def test_nothing_joins_or_leaves_it(frozen: World, connection: AsyncConnection, number: int) -> None:
    before = await contents(frozen, number)
    for table in ("mapping", "no_counterpart"):
        await refused(
            connection, f"UPDATE {table} SET crosswalk_id = {number} WHERE crosswalk_id <> {number}"
        )
        await refused(
            connection, f"UPDATE {table} SET crosswalk_id = {number + 1} WHERE crosswalk_id = {number}"
        )
    mine = OF_SET["mapping_side"].format(set=number)
    other = f"(SELECT min(id) FROM mapping WHERE crosswalk_id <> {number})"
    held = f"(SELECT min(id) FROM mapping WHERE crosswalk_id = {number})"
    await refused(connection, f"UPDATE mapping_side SET mapping_id = {other} WHERE {mine}")
    await refused(connection, f"UPDATE mapping_side SET mapping_id = {held} WHERE mapping_id = {other}")
    await refused(
        connection,
        f"INSERT INTO mapping_side (mapping_id, item_id, side) SELECT {held}, id, 'source' FROM framework_item",
    )
    # only from published to superseded, and nothing else with it
    for change in (
        "state = 'draft'",
        "state = 'superseded', title = 'Another'",
        "state = 'superseded', published_at = NULL",
        "superseded_at = published_at",
    ):
        await refused(connection, f"UPDATE crosswalk SET {change} WHERE id = {number}")
    await refused(connection, "UPDATE crosswalk SET state = 'superseded' WHERE state = 'draft'")
    await connection.commit()
    assert await contents(frozen, number) == before


async def test_a_set_is_not_published_past_its_review(frozen: World, connection: AsyncConnection) -> None:
    with pytest.raises(DBAPIError, match="when all of it is reviewed"):
        async with connection.begin_nested():
            await connection.execute(
                sa.text(
                    "UPDATE crosswalk SET state = 'published', published_at = created_at WHERE state = 'draft'"
                )
            )
    await refused(
        connection,
        "INSERT INTO crosswalk (key, version, title, source_version_id, target_version_id, state, licence, comment, "
        "created_at, edit_number, based_on, publisher) SELECT 'x', '1', title, source_version_id, target_version_id, "
        "'published', '', '', created_at, 1, '', '' FROM crosswalk",
    )
    somebody = "(SELECT id FROM user_account ORDER BY id LIMIT 1)"
    with pytest.raises(DBAPIError, match="second person"):
        async with connection.begin_nested():
            await connection.execute(
                sa.text(
                    f"UPDATE mapping SET author_id = {somebody}, reviewer_id = {somebody} "
                    "WHERE crosswalk_id IN (SELECT id FROM crosswalk WHERE state = 'draft')"
                )
            )


@ON_POSTGRESQL
async def test_a_temporary_table_does_not_stand_in_for_the_set(frozen: World, number: int) -> None:
    async with frozen.engine.connect() as connection:
        try:
            async with connection.begin_nested():
                await connection.execute(sa.text("CREATE TEMP TABLE crosswalk (id integer, state text)"))
                await connection.execute(sa.text(f"INSERT INTO pg_temp.crosswalk VALUES ({number}, 'draft')"))
        except DBAPIError:
            pass  # the role may not even do that
        await refused(connection, f"UPDATE public.mapping SET rationale = 'x' WHERE crosswalk_id = {number}")


@ON_POSTGRESQL
async def test_the_service_cannot_take_the_guard_off(frozen: World) -> None:
    async with frozen.engine.connect() as connection:
        for table in TABLES:
            for statement in (
                f"ALTER TABLE {table} DISABLE TRIGGER ALL",
                f"DROP TRIGGER {table}_frozen ON {table}",
            ):
                with pytest.raises(DBAPIError, match="must be owner"):
                    async with connection.begin_nested():
                        await connection.execute(sa.text(statement))


@ON_SQLITE
async def test_a_temporary_trigger_or_table_does_not_open_it(frozen: World, number: int) -> None:
    async with frozen.engine.connect() as connection:
        await connection.execute(sa.text("CREATE TEMP TABLE crosswalk (id integer, state text)"))
        await connection.execute(sa.text(f"INSERT INTO temp.crosswalk VALUES ({number}, 'draft')"))
        await refused(connection, f"UPDATE main.mapping SET rationale = 'x' WHERE crosswalk_id = {number}")
        await connection.rollback()


async def test_no_service_changes_it(frozen: World, number: int) -> None:
    database = Database(frozen.engine)
    actor = await personas.actor(database, personas.OPERATOR)
    before, found = await contents(frozen, number), await desk.bench(database, number)
    mapping, state = found.mappings[0], found.states[0]
    source, target = [s.id for s in mapping.sources], await desk.item(database, "D87J-SURV")
    says = MappingContent(tuple(source), (target,), Relation.EQUAL, "Why.")
    why = NoCounterpartContent("Why.")
    verbs: list[Callable[[AsyncSession, OrganisationActor], Awaitable[Any]]] = [
        lambda db, a: mapping_service.add_mapping(db, a, number, says),
        lambda db, a: mapping_service.change_mapping(
            db, a, number, mapping.id, says, version=mapping.version
        ),
        lambda db, a: mapping_service.remove_mapping(db, a, number, mapping.id, version=mapping.version),
        lambda db, a: mapping_service.add_no_counterpart(db, a, number, "source", source[0], why),
        lambda db, a: mapping_service.change_no_counterpart(
            db, a, number, state.id, why, version=state.version
        ),
        lambda db, a: mapping_service.remove_no_counterpart(db, a, number, state.id, version=state.version),
        lambda db, a: mapping_service.review(
            db, a, number, reviewer="Me", mappings={mapping.id: 1}, no_counterparts={}
        ),
        lambda db, a: bulk_service.carry(
            db, a, number, removed=[], written=[Written(says)], say=lambda _done: None
        ),
        lambda db, a: service.change_head(db, a, number, SetHead("Another"), edit_number=1),
        lambda db, a: service.publish(db, a, number, publisher="Me"),
        lambda db, a: service.discard(db, a, number),
    ]
    public = {
        name
        for module in (service, mapping_service, bulk_service)
        for name, what in vars(module).items()
        if callable(what) and getattr(what, "__module__", "") == module.__name__ and not name.startswith("_")
    }
    elsewhere = {"start", "start_copy", "supersede", "found", "locked_draft", "tell"}
    assert len(public - elsewhere) == len(verbs), "a new verb belongs into this list"
    for verb in verbs:
        with pytest.raises(Conflict):
            async with database.write(personas.bound(actor)) as db:
                await verb(db, actor)
    assert await contents(frozen, number) == before


async def test_loading_the_reference_data_again_changes_no_set(frozen: World, number: int) -> None:
    """Neither the published one nor a draft that somebody edited."""
    database = Database(frozen.engine)
    actor = await personas.actor(database, personas.OPERATOR)
    draft = await desk.set_id(database, "hhs-core-competencies--coe-cets-197")
    removed = (await desk.bench(database, draft)).mappings[0]
    async with database.write(personas.bound(actor)) as db:
        await mapping_service.remove_mapping(db, actor, draft, removed.id, version=removed.version)
    before = [await contents(frozen, n) for n in (number, draft)]
    await reference.load(database, lambda _line: None)
    assert [await contents(frozen, n) for n in (number, draft)] == before


async def test_a_draft_can_be_edited_beside_it(frozen: World) -> None:
    """The triggers hold what is published, and nothing else."""
    database = Database(frozen.engine)
    actor = await personas.actor(database, personas.OPERATOR)
    rival = await desk.set_id(database, "a-rival")
    async with database.write(personas.bound(actor)) as db:
        await service.discard(db, actor, rival)
    with pytest.raises(ValueError, match="max"):
        await desk.set_id(database, "a-rival")
