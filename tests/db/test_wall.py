"""The wall between tenants: no session of another organisation, and none of nobody's, touches a private row.

Two courses are tried apart: the ORM's on both databases, and PostgreSQL's own below it by plain SQL.
"""

import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased
from sqlmodel import col

from tests import factories, personas
from tests.compare.saved import saved_set
from tests.criteria import checklists
from tests.editions import made as editions
from tests.frameworks import things as framework_things
from tests.members.invited import invited
from tests.worlds import NAMES, ON_POSTGRESQL, World, Worlds
from tracker.access.actor import OrganisationActor
from tracker.access.models import Membership, Organisation, User
from tracker.access.permissions import Role
from tracker.access.tokens import Scope, new_key, new_token
from tracker.db import registry
from tracker.db.base import Kind, Private, tables_of
from tracker.db.session import PUBLIC, Bound, Database, ForeignRow, insert_rows, update_rows
from tracker.entries.models import Draft, DraftCitation
from tracker.entries.principles import Stated
from tracker.instruments.models import Instrument
from tracker.kit import clock
from tracker.kit.vocabulary import CitationAxis, MandateKind, Principle
from tracker.mail import digest_service as digests
from tracker.notices.models import Notice, NoticeReply

registry.load()
TABLES = tables_of(Kind.PRIVATE)
each_table = pytest.mark.parametrize("table", TABLES, ids=[str(t.__tablename__) for t in TABLES])
OUTSIDERS_REVIEWER = replace(personas.OUTSIDER, email="reviewer@health.xab.example", role=Role.REVIEWER)


@dataclass(frozen=True)
class Sides:
    """Two organisations that each have a row in every private table."""

    ours: OrganisationActor
    theirs: OrganisationActor


async def fill(database: Database) -> None:
    """Each side drafts, replies to an NGO, notifies a third ministry, and has a report of a mistake to answer."""
    ngo, ngo_reviewer = [await personas.actor(database, p) for p in (personas.NGO, personas.NGO_REVIEWER)]
    for author_is, reviewer_is, code, item in (
        (personas.OWNER, personas.TEAMMATE, "XAA", "HTCC-C1"),
        (personas.OUTSIDER, OUTSIDERS_REVIEWER, "XAB", "HTCC-C2"),
    ):
        author, reviewer = (
            await personas.actor(database, author_is),
            await personas.actor(database, reviewer_is),
        )
        home = await factories.cell(database, code)
        await factories.reported(database, await factories.published(database, author, reviewer, home))
        stated = (Stated(Principle.TRAUMA_INFORMED, "Article 4"),)
        saying = replace(factories.CITATION, principles=stated)
        await factories.draft(database, author, home, factories.content(citations=(saying,)))
        await checklists.published(database, author, reviewer, code=code)
        await saved_set(database, author)
        await factories.attached(database, author, await factories.instrument(database, author, code))
        grid = await factories.grid_csv(database, author, code)
        await factories.looked_at_import(database, author, grid)
        async with database.write(personas.bound(author)) as db:
            db.add(new_token(author, "a secret", new_key(), "A program", [Scope.SUBMIT], clock.today()))
        await invited(database, author)
        await framework_things.looked_at(database, author)
        await framework_things.moved(database, author, code)
        await factories.replied(
            database, reviewer, await factories.notified(database, ngo, ngo_reviewer, home)
        )
        await factories.mandated(database, author, "XAC", MandateKind.ASSESSOR)
        await editions.begun(database, author, sketched=True, renewed=True)
        abroad = await factories.cell(database, "XAC", item)
        await factories.notified(database, author, reviewer, abroad)
    await digests.prepare(database)


@pytest.fixture(scope="module", params=NAMES)
async def world(anyio_backend: str, worlds: Worlds, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """A world in which both sides have rows, made once: the tests change it in transactions that are rolled back."""
    async with worlds.copy(request.param) as copied:
        await fill(Database(copied.engine))
        yield copied


@pytest.fixture
async def sides(anyio_backend: str, database: Database) -> Sides:
    return Sides(*[await personas.actor(database, p) for p in (personas.OWNER, personas.OUTSIDER)])


async def long_rows(database: Database, table: type[Private], tenant: UUID) -> list[Private]:
    """The tenant's own rows, without those of which it is the second party."""
    async with database.read(Bound(tenant=tenant)) as db:
        own = sa.select(table).where(col(table.tenant_id) == tenant)
        return list((await db.execute(own)).scalars())


@each_table
async def test_both_sides_have_something_to_hide(
    database: Database, sides: Sides, table: type[Private]
) -> None:
    for side in (sides.ours, sides.theirs):
        found = await long_rows(database, table, side.organisation_id)
        assert found
        assert {row.tenant_id for row in found} == {side.organisation_id}


@each_table
@pytest.mark.parametrize(
    "way", ["entity", "columns", "count", "alias", "join", "exists", "subquery", "cte", "union"]
)
async def test_no_way_of_asking_shows_a_foreign_row(
    database: Database, sides: Sides, table: type[Private], way: str
) -> None:
    theirs = sides.theirs.organisation_id
    other = aliased(table)
    foreign = col(table.tenant_id) == theirs
    statement = {
        "entity": sa.select(table).where(foreign),
        "columns": sa.select(col(table.id)).where(foreign),
        "count": sa.select(sa.func.count()).select_from(table).where(foreign).having(sa.func.count() > 0),
        "alias": sa.select(other).where(other.tenant_id == theirs),
        "join": sa.select(Organisation.key).join(table, foreign).where(col(Organisation.id) == theirs),
        "exists": sa.select(Organisation.key).where(sa.exists().where(foreign)),
        "subquery": sa.select(sa.select(col(table.id)).where(foreign).subquery()),
        "cte": sa.select(sa.select(col(table.id)).where(foreign).cte()),
        "union": sa.union_all(
            sa.select(col(table.id)).where(foreign), sa.select(col(table.id)).where(foreign)
        ),
    }[way]
    for bound in (Bound(tenant=sides.ours.organisation_id, user=sides.ours.user_id), PUBLIC):
        async with database.read(bound) as db:
            assert (await db.execute(statement)).all() == []
    async with database.read(Bound(tenant=theirs)) as db:  # the question itself is a good one
        assert (await db.execute(statement)).all() != []


@each_table
async def test_a_foreign_key_opens_nothing(database: Database, sides: Sides, table: type[Private]) -> None:
    (row, *_more) = await long_rows(database, table, sides.theirs.organisation_id)
    async with database.read(personas.bound(sides.ours)) as db:
        assert await db.get(table, (row.tenant_id, row.id)) is None


@each_table
async def test_nobody_sees_nothing(database: Database, sides: Sides, table: type[Private]) -> None:
    async with database.read() as db:
        assert await db.scalar(sa.select(sa.func.count()).select_from(table)) == 0


@each_table
@pytest.mark.parametrize("verb", ["update", "delete"])
async def test_a_statement_changes_no_foreign_row(
    database: Database, sides: Sides, table: type[Private], verb: str
) -> None:
    if table.__tablename__ == "audit_event":
        return  # changed by nobody: tests/db/test_append_only.py
    theirs = sides.theirs.organisation_id
    before = [row.model_dump() for row in await long_rows(database, table, theirs)]
    statement = {"update": sa.update(table).values(id=uuid4()), "delete": sa.delete(table)}[verb]
    for bound in (personas.bound(sides.ours), PUBLIC):
        async with database.write(bound) as db:
            result = await db.execute(statement.where(col(table.tenant_id) == theirs))
            assert result.rowcount == 0  # type: ignore[attr-defined]
    assert [row.model_dump() for row in await long_rows(database, table, theirs)] == before


@each_table
@pytest.mark.parametrize("way", ["add", "change", "delete", "give", "take"])
async def test_no_flush_takes_a_foreign_row(
    database: Database, sides: Sides, table: type[Private], way: str
) -> None:
    (row, *_more) = await long_rows(database, table, sides.theirs.organisation_id)
    (own, *_more) = await long_rows(database, table, sides.ours.organisation_id)
    async with database.write(personas.bound(sides.ours)) as db:
        if way == "add":
            db.add(table(**row.model_dump() | {"id": uuid4()}))
        elif way == "give":
            db.add(own)
            own.tenant_id = sides.theirs.organisation_id
        elif way == "take":
            db.add(row)
            row.tenant_id = sides.ours.organisation_id
        else:
            db.add(row)
            row.id = uuid4() if way == "change" else row.id
        if way == "delete":
            await db.delete(row)
        with pytest.raises(ForeignRow):
            await db.flush()
        db.expunge_all()


@each_table
async def test_nobody_adds_nothing(database: Database, sides: Sides, table: type[Private]) -> None:
    (row, *_more) = await long_rows(database, table, sides.theirs.organisation_id)
    with pytest.raises(ForeignRow):
        async with database.write() as db:
            db.add(table(**row.model_dump() | {"id": uuid4()}))


@each_table
async def test_bulk_inserts_are_refused(database: Database, sides: Sides, table: type[Private]) -> None:
    (row, *_more) = await long_rows(database, table, sides.theirs.organisation_id)
    with pytest.raises(ForeignRow):
        async with database.write(personas.bound(sides.ours)) as db:
            await db.execute(sa.insert(table), [row.model_dump() | {"id": uuid4()}])


@each_table
async def test_the_bulk_ways_refuse_foreign_rows(
    database: Database, sides: Sides, table: type[Private]
) -> None:
    """One foreign row among own ones, and nothing of them is written; nor by a session of nobody."""
    (own, *_more) = await long_rows(database, table, sides.ours.organisation_id)
    (foreign, *_more) = await long_rows(database, table, sides.theirs.organisation_id)
    rows = [own.model_dump() | {"id": uuid4()}, foreign.model_dump() | {"id": uuid4()}]
    before = await long_rows(database, table, sides.ours.organisation_id)
    for write in (insert_rows, update_rows):
        for bound, given in ((personas.bound(sides.ours), rows), (PUBLIC, rows[1:]), (PUBLIC, rows[:1])):
            async with database.write(bound) as db:
                with pytest.raises(ForeignRow):
                    await write(db, table, given)
                with pytest.raises(ForeignRow):
                    await write(db, table, [{k: v for k, v in given[0].items() if k != "tenant_id"}])
    assert await long_rows(database, table, sides.ours.organisation_id) == before


async def test_the_bulk_ways_write_own_rows(database: Database, sides: Sides) -> None:
    (own, *_more) = await long_rows(database, Instrument, sides.ours.organisation_id)
    ids = [uuid4() for _n in range(3)]
    async with database.write(personas.bound(sides.ours)) as db:
        await insert_rows(db, Instrument, [])
        await update_rows(db, Instrument, [])
        await insert_rows(db, Instrument, [own.model_dump() | {"id": id_} for id_ in ids])
        named = [{"tenant_id": own.tenant_id, "id": id_, "title": f"Title {id_}"} for id_ in ids[1:]]
        await update_rows(db, Instrument, named)
    found = {row.id: row for row in await long_rows(database, Instrument, sides.ours.organisation_id)}
    assert [found[id_].title for id_ in ids] == [own.title, *(f"Title {id_}" for id_ in ids[1:])]  # type: ignore[attr-defined]


LATER = """
import asyncio
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import create_async_engine
from tracker.access.models import Membership
from tracker.db.base import Private, metadata, select, text_field
from tracker.db.session import Bound, Database

OURS, THEIRS = UUID(int=1), UUID(int=2)


async def main() -> None:
    engine = create_async_engine("sqlite+aiosqlite://")
    database = Database(engine)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    async with database.read(Bound(tenant=OURS)) as db:
        assert (await db.execute(select(Membership))).all() == []

    class Later(Private, table=True):
        word: str = text_field(10)

    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    async with database.write(Bound(tenant=OURS)) as db:
        db.add(Later(tenant_id=OURS, id=uuid4(), word="ours"))
    for bound, told in ((Bound(tenant=OURS), ["ours"]), (Bound(tenant=THEIRS), []), (Bound(), [])):
        async with database.read(bound) as db:
            assert [row.word for row in (await db.execute(select(Later))).scalars()] == told, bound
    await engine.dispose()


asyncio.run(main())
"""


def test_a_table_that_is_known_later_has_a_wall_too() -> None:
    """Which tables are private is kept: in a process of its own, where the first statement comes before a table."""
    done = subprocess.run([sys.executable, "-c", LATER], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


async def test_the_bulk_ways_are_for_private_tables_only(database: Database, sides: Sides) -> None:
    async with database.write(personas.bound(sides.ours)) as db:
        with pytest.raises(ForeignRow):
            await insert_rows(db, User, [{"tenant_id": sides.ours.organisation_id, "id": uuid4()}])  # type: ignore[arg-type]


async def test_no_row_points_across(database: Database, sides: Sides) -> None:
    """A citation of ours in a draft of theirs, or of an instrument of theirs, has nothing to point at."""
    (draft, *_more) = await long_rows(database, Draft, sides.theirs.organisation_id)
    (instrument, *_more) = await long_rows(database, Instrument, sides.theirs.organisation_id)
    (own, *_more) = await long_rows(database, Draft, sides.ours.organisation_id)
    plain = {"tenant_id": sides.ours.organisation_id, "position": 9, "axis": CitationAxis.BOTH}
    for pointing in (
        {"draft_id": draft.id, "own_instrument_id": None, "instrument_id": None},
        {"draft_id": own.id, "own_instrument_id": instrument.id},
    ):
        with pytest.raises(IntegrityError):
            async with database.write(personas.bound(sides.ours)) as db:
                db.add(DraftCitation(id=uuid4(), **plain, **pointing))


async def test_own_memberships_elsewhere_can_be_read_and_nothing_more(
    database: Database, sides: Sides
) -> None:
    """Who signs in must find all memberships; acting for one organisation must not change another's."""
    user = sides.ours.user_id
    async with database.write(Bound(tenant=sides.theirs.organisation_id)) as db:
        db.add(
            Membership(
                tenant_id=sides.theirs.organisation_id,
                id=uuid4(),
                user_id=user,
                role=Role.VIEWER,
                created_at=clock.now(),
            )
        )
    mine = col(Membership.user_id) == user
    async with database.write(personas.bound(sides.ours)) as db:
        assert len((await db.execute(sa.select(Membership).where(mine))).all()) == 2
        changed = await db.execute(sa.update(Membership).where(mine).values(role=Role.ADMIN))
        assert changed.rowcount == 1  # type: ignore[attr-defined]
        deleted = await db.execute(sa.delete(Membership).where(mine))
        assert deleted.rowcount == 1  # type: ignore[attr-defined]
    async with database.read(Bound(user=user)) as db:
        (left,) = (await db.execute(sa.select(Membership).where(mine))).scalars()
    assert (left.tenant_id, left.role) == (sides.theirs.organisation_id, Role.VIEWER)


@dataclass(frozen=True)
class Parties:
    """A row with two parties: who wrote it, who may read it, and who has nothing to do with it."""

    row: Notice | NoticeReply
    writer: OrganisationActor
    reader: OrganisationActor
    third: OrganisationActor


async def parties_of(database: Database, table: type[Notice] | type[NoticeReply], sides: Sides) -> Parties:
    """The notice of an NGO to our ministry, or our ministry's reply to the NGO."""
    ngo = await personas.actor(database, personas.NGO)
    writer, reader = (ngo, sides.ours) if table is Notice else (sides.ours, ngo)
    async with database.read(personas.bound(writer)) as db:
        to_reader = col(table.counterpart_id) == reader.organisation_id
        row = (await db.execute(sa.select(table).where(to_reader))).scalars().first()
    assert row is not None
    return Parties(row, writer, reader, sides.theirs)


two_parties = pytest.mark.parametrize("table", [Notice, NoticeReply], ids=["notice", "notice_reply"])


def test_no_other_table_has_a_second_party() -> None:
    assert {t for t in TABLES if "counterpart_id" in t.model_fields} == {Notice, NoticeReply}


@two_parties
async def test_the_second_party_reads_its_own_and_nobody_else_does(
    database: Database, sides: Sides, table: type[Notice] | type[NoticeReply]
) -> None:
    parties = await parties_of(database, table, sides)
    this = sa.select(table).where(col(table.id) == parties.row.id)
    for who, sees in ((parties.writer, 1), (parties.reader, 1), (parties.third, 0)):
        async with database.read(personas.bound(who)) as db:
            assert len((await db.execute(this)).all()) == sees
    async with database.read(personas.bound(parties.reader)) as db:
        others = col(table.tenant_id) != parties.reader.organisation_id
        read = (await db.execute(sa.select(table).where(others))).scalars().all()
    assert read
    assert {row.counterpart_id for row in read} == {parties.reader.organisation_id}


@two_parties
async def test_the_second_party_changes_nothing(
    database: Database, sides: Sides, table: type[Notice] | type[NoticeReply]
) -> None:
    parties = await parties_of(database, table, sides)
    this = col(table.id) == parties.row.id
    async with database.write(personas.bound(parties.reader)) as db:
        changes: dict[str, object] = {"counterpart_id": parties.third.organisation_id}
        for statement in (sa.update(table).where(this).values(changes), sa.delete(table).where(this)):
            assert (await db.execute(statement)).rowcount == 0  # type: ignore[attr-defined]
    for way in ("change", "take over", "delete", "add"):
        async with database.write(personas.bound(parties.reader)) as db:
            row = (await db.execute(sa.select(table).where(this))).scalar_one()
            if way == "change":
                row.counterpart_id = parties.third.organisation_id
            elif way == "take over":
                row.tenant_id = parties.reader.organisation_id
            elif way == "delete":
                await db.delete(row)
            else:
                db.add(table(**row.model_dump() | {"id": uuid4()}))
            with pytest.raises(ForeignRow):
                await db.flush()
            db.expunge_all()
    (after,) = [r for r in await long_rows(database, table, parties.row.tenant_id) if r.id == parties.row.id]
    assert after.model_dump() == parties.row.model_dump()


async def test_global_tables_tell_nothing_private(database: Database) -> None:
    """Accounts and organisations are no secret to the service, and their rows name no tenant's content."""
    async with database.read() as db:
        assert await db.scalar(sa.select(sa.func.count()).select_from(User)) == 34
        assert await db.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 8


# Below the ORM: what PostgreSQL itself refuses to the role that the service runs as.


@pytest.fixture
async def app_role(anyio_backend: str, world: World) -> AsyncIterator[AsyncConnection]:
    """Plain SQL as `tracker_app`, on a world where both sides have rows."""
    async with world.engine.connect() as connection:
        yield connection


async def organisation(connection: AsyncConnection, key: str) -> UUID:
    return (
        await connection.execute(sa.text("SELECT id FROM organisation WHERE key = :key"), {"key": key})
    ).scalar_one()


async def be(connection: AsyncConnection, tenant: UUID | str) -> None:
    await connection.execute(
        sa.text("SELECT set_config('app.tenant', :tenant, true)"), {"tenant": str(tenant)}
    )


@ON_POSTGRESQL
@each_table
async def test_postgresql_hides_foreign_rows(app_role: AsyncConnection, table: type[Private]) -> None:
    name = table.__tablename__
    ours, theirs = await organisation(app_role, "health-xaa"), await organisation(app_role, "health-xab")
    count = sa.text(f"SELECT count(*) FROM {name}")
    assert await app_role.scalar(count) == 0  # app.tenant was never set
    for nobody in ("", str(uuid4())):
        await be(app_role, nobody)
        assert await app_role.scalar(count) == 0
    sent_to_it = "counterpart_id = :me" if "counterpart_id" in table.model_fields else "false"
    for me in (ours, theirs):
        await be(app_role, me)
        visible = sa.text(f"SELECT DISTINCT tenant_id FROM {name} WHERE tenant_id = :me OR NOT {sent_to_it}")
        assert (await app_role.execute(visible, {"me": me})).scalars().all() == [me]


@ON_POSTGRESQL
@two_parties
async def test_postgresql_lets_the_second_party_read_only(
    app_role: AsyncConnection, table: type[Notice] | type[NoticeReply]
) -> None:
    """A row of the NGO and our ministry by plain SQL: its reader reads, the third ministry does not even that."""
    name = table.__tablename__
    ngo, ours = await organisation(app_role, "open-care-watch"), await organisation(app_role, "health-xaa")
    third = await organisation(app_role, "health-xab")
    writer, reader = (ngo, ours) if table is Notice else (ours, ngo)
    between = f"FROM {name} WHERE tenant_id = '{writer}' AND counterpart_id = '{reader}'"
    await be(app_role, writer)
    (row, *_more) = (await app_role.execute(sa.text(f"SELECT * {between}"))).mappings().all()
    for who, sees in ((reader, True), (third, False)):
        await be(app_role, who)
        assert bool((await app_role.execute(sa.text(f"SELECT id {between}"))).all()) == sees
        # even a lock is a writer's
        assert (await app_role.execute(sa.text(f"SELECT id {between} FOR UPDATE"))).all() == []
        assert (await app_role.execute(sa.text(f"DELETE {between}"))).rowcount == 0
        for change in ("id = id", f"tenant_id = '{who}'", f"counterpart_id = '{third}'"):
            result = await app_role.execute(
                sa.text(f"UPDATE {name} SET {change} {between.removeprefix(f'FROM {name}')}")
            )
            assert result.rowcount == 0
        with pytest.raises(DBAPIError) as refused:
            async with app_role.begin_nested():
                await app_role.execute(_foreign_insert(str(name), dict(row)))
        assert isinstance(refused.value.orig, InsufficientPrivilege), refused.value


@ON_POSTGRESQL
async def test_postgresql_takes_no_nonsense_for_a_tenant(app_role: AsyncConnection) -> None:
    await be(app_role, "' OR true --")
    with pytest.raises(DBAPIError, match="invalid input syntax for type uuid"):
        await app_role.scalar(sa.text("SELECT count(*) FROM draft"))


@ON_POSTGRESQL
@each_table
async def test_postgresql_refuses_foreign_writes(app_role: AsyncConnection, table: type[Private]) -> None:
    name = table.__tablename__
    ours, theirs = await organisation(app_role, "health-xaa"), await organisation(app_role, "health-xab")
    await be(app_role, theirs)
    row = (await app_role.execute(sa.text(f"SELECT * FROM {name} LIMIT 1"))).mappings().one()
    await be(app_role, ours)
    if "user_id" in row:  # even as that very user, while acting for us
        await app_role.execute(sa.text("SELECT set_config('app.user', :u, true)"), {"u": str(row["user_id"])})
    if name != "audit_event":
        for verb in (f"UPDATE {name} SET id = id", f"DELETE FROM {name}"):
            result = await app_role.execute(sa.text(f"{verb} WHERE tenant_id = :theirs"), {"theirs": theirs})
            assert result.rowcount == 0
    move = sa.text(f"UPDATE {name} SET tenant_id = :theirs WHERE tenant_id = :ours")
    for statement in (move.bindparams(theirs=theirs, ours=ours), _foreign_insert(str(name), dict(row))):
        with pytest.raises(DBAPIError) as refused:
            async with app_role.begin_nested():
                await app_role.execute(statement)
        assert isinstance(refused.value.orig, InsufficientPrivilege), refused.value


def _foreign_insert(name: str, row: dict[str, object]) -> sa.Insert:
    json = {"detail", "copy", "report", "counts"} | {
        c for c, held in row.items() if isinstance(held, dict | list)
    }
    plain = sa.table(name, *(sa.column(c, sa.JSON if c in json else None) for c in row))
    return sa.insert(plain).values(row | {"id": uuid4()})


@ON_POSTGRESQL
async def test_the_tenant_ends_with_the_transaction(world: World) -> None:
    """A connection that goes back to the pool remembers nobody."""
    database = Database(world.engine)
    actor = await personas.actor(database, personas.OWNER)
    async with database.read(personas.bound(actor)) as db:
        assert await db.scalar(sa.text("SELECT count(*) FROM membership")) > 0
    async with world.engine.connect() as connection:
        assert await connection.scalar(sa.text("SELECT count(*) FROM membership")) == 0
        assert await connection.scalar(sa.text("SELECT current_setting('app.tenant', true)")) in ("", None)
