"""The packs say what the rows say: for random histories, at any moment; and are never served where they do not."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from tests import factories, personas
from tests.packed.histories import CODE, DAYS, START, Event, by_the_rows, events, live_through
from tests.worlds import World
from tracker.compare.files import long_csv
from tracker.compare.queries import compare
from tracker.compare.query import Query
from tracker.db.session import Database
from tracker.entries import publish
from tracker.entries import queries as entries
from tracker.entries.models import Draft
from tracker.entries.queries import Moment
from tracker.frameworks.models import FrameworkItem
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit import clock
from tracker.kit.vocabulary import Axis, Basis, Domain, Source
from tracker.packed import check_queries, matrix, queries, service
from tracker.packed import history as packed
from tracker.packed.long_file import pieces
from tracker.packed.models import PackedCells, PackedHead, PackedHistory, PackedLines
from tracker.packed.reading import read
from tracker.privacy import service as privacy

ASKED = st.lists(
    st.tuples(DAYS, st.integers(-30, 400), st.sampled_from(list(Source)), st.sampled_from([None, *Basis])),
    min_size=3,
    max_size=6,
)
RANDOM = settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
BOTH = tuple(Axis)
BASE = "https://tracker.example"


@asynccontextmanager
async def rolled_back(world: World) -> AsyncIterator[Database]:
    """A database for one example of a property: the fixture would keep the rows of the examples before."""
    async with world.engine.connect() as connection:
        transaction = await connection.begin()
        yield Database(connection)
        await transaction.rollback()


async def kept(db: AsyncSession, table: type, name: str, place: int) -> str:
    found = await db.execute(select(getattr(table, name)).where(table.jurisdiction_id == place))  # type: ignore[attr-defined]
    return found.scalar_one_or_none() or ""


async def whole_file(db: AsyncSession) -> str:
    head = await queries.head(db)
    return "".join([p async for p in pieces(db, head, base_url=BASE, locale="en")])


async def by_the_rows_as_csv(db: AsyncSession) -> str:
    """The file by the query and the file of the compare page, for the same jurisdictions and frameworks."""
    rows = (await db.execute(select(PackedLines.framework_version_id, PackedLines.jurisdiction_id))).all()
    found, header = {}, ""
    for version, place in rows:
        framework = await service.framework_of(db, version)
        code = (await db.execute(select(Jurisdiction.code).where(col(Jurisdiction.id) == place))).scalar_one()
        query = Query(jurisdictions=(code,), framework=framework.name, source=Source.ALL)
        text = long_csv(await compare(db, query), BASE)
        header, _, lines = text.partition("\r\n")
        found[framework.key, framework.version, code] = lines
    return header + "\r\n" + "".join(lines for _key, lines in sorted(found.items()))


@given(history=st.lists(events(), min_size=1, max_size=10), asked=ASKED)
@RANDOM
async def test_the_packed_history_answers_as_the_rows_do(
    world: World, history: list[Event], asked: list[tuple[date, int, Source, Basis | None]]
) -> None:
    async with rolled_back(world) as database:
        place, items = await live_through(database, history)
        async with database.read() as db:
            text = await kept(db, PackedHistory, "history", place)
        told = packed.decode(text) if text else packed.NOTHING
        for on, hours, source, basis in asked:
            at = Moment(on, START + timedelta(hours=hours), on)
            mine = matrix.told(told, on.toordinal(), packed.micros(at.as_of), (BOTH, source, basis))
            assert mine == await by_the_rows(database, place, items, at, source, basis)


@given(
    history=st.lists(events(), min_size=1, max_size=8),
    later=st.lists(st.integers(-20, 45), min_size=3, max_size=4),
)
@RANDOM
async def test_what_is_current_is_never_served_stale(
    world: World, history: list[Event], later: list[int]
) -> None:
    """The moment, the cells and the lines of the file, on days before, at and after those they were packed for."""
    async with rolled_back(world) as database:
        with clock.at(START + timedelta(days=16)):
            place, items = await live_through(database, history)
        for days in later:
            with clock.at(START + timedelta(days=16 + days)):
                async with database.read() as db:
                    known, rule = await queries.moment(db, None, None), await entries.moment(db)
                    assert known == rule
                    found = await read(db, Query(jurisdictions=(CODE,)))
                    assert found.at.on == rule.on
                    assert found.at.as_of == rule.as_of
                    told = json.loads(found.json())["jurisdictions"][CODE]
                    text = await whole_file(db)
                    lines = [row for row in text.split("\r\n") if row.startswith(f"{CODE},")]
                    query = Query(jurisdictions=(CODE,), source=Source.ALL)
                    wanted = long_csv(await compare(db, query), BASE).split("\r\n")[1:-1]
                rows = await by_the_rows(database, place, items, rule, Source.BEST, None)
                assert {key: tuple(cell) for key, cell in told.items() if key in rows} == rows
                nobody = {tuple(cell) for key, cell in told.items() if key not in rows}
                assert nobody == {("not_assessed", False, "none") * 2 + (False,)}
                assert len(told) == 28
                spoken = await packed_places(database)
                assert lines == (wanted if place in spoken else [])


async def packed_places(database: Database) -> set[int]:
    async with database.read() as db:
        return set((await db.execute(select(PackedCells.jurisdiction_id))).scalars())


@given(history=st.lists(events(), min_size=1, max_size=8))
@RANDOM
async def test_what_is_kept_is_what_a_rebuilding_gives(world: World, history: list[Event]) -> None:
    async with rolled_back(world) as database:
        with clock.at(START + timedelta(days=16)):
            await live_through(database, history)
        with clock.at(START + timedelta(days=40)):
            async with database.read() as db:
                assert await check_queries.faults(db) == []


async def test_the_demo_world_is_packed_and_its_file_is_that_of_the_rows(database: Database) -> None:
    async with database.read() as db:
        assert await check_queries.faults(db) == []
        text = await whole_file(db)
        assert text == await by_the_rows_as_csv(db)
    assert text.count("\r\n") > 200
    assert "\x1f" not in text


async def test_a_pack_that_lies_is_found_and_made_anew(database: Database) -> None:
    async with database.write() as db:
        place = (
            await db.execute(select(Jurisdiction.id).where(col(Jurisdiction.code) == "XAA"))
        ).scalar_one()
        for table, name in ((PackedCells, "cells"), (PackedHistory, "history"), (PackedLines, "lines")):
            row = (await db.execute(select(table).where(col(table.jurisdiction_id) == place))).scalar_one()
            setattr(row, name, getattr(row, name).replace("V1", "V3").replace('"2"', '"4"'))
        head = (await db.execute(select(PackedHead))).scalar_one()
        head.days = "[]" if head.days != "[]" else '["2027-01-01"]'
    async with database.read() as db:
        found = await check_queries.faults(db)
    assert {f.what for f in found} == {
        "packed_cells", "packed_history", "packed_lines", "the moment of the last change"
    }  # fmt: skip
    assert {f.jurisdiction for f in found} == {"XAA", ""}
    async with database.write() as db:
        await service.rebuild(db)
    async with database.read() as db:
        assert await check_queries.faults(db) == []


async def test_a_redacted_text_leaves_the_packs_in_the_same_transaction(database: Database) -> None:
    secret = "the office of somebody in Larkspur house"
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    where = await factories.cell(database)
    quoted = factories.content(owner=secret, citations=(factories.CITATION,))
    revision = await factories.published(database, author, reviewer, where, quoted)
    async with database.read() as db:
        assert secret in await kept(db, PackedLines, "lines", where.jurisdiction_id)
        assert secret not in await kept(db, PackedHistory, "history", where.jurisdiction_id)
        assert secret not in await kept(db, PackedCells, "cells", where.jurisdiction_id)
    admin = await personas.actor(database, personas.ADMIN)
    for field, text in (("owner", secret), ("citation.1.instrument.citation", "Decree 12/2024")):
        async with database.write(personas.bound(admin)) as db:
            await privacy.redact(db, admin, revision.uid, field, reason="It told of a person")
        async with database.read() as db:
            lines = await kept(db, PackedLines, "lines", where.jurisdiction_id)
            assert text not in lines
            assert "It told of a person" in lines
            assert await check_queries.faults(db) == []


async def test_packs_of_another_format_are_passed_over(database: Database) -> None:
    codes = ("XAA", "XAB", "US-CT", "KEN")
    async with database.read() as db:
        before = [(await read(db, q)).json() for q in _queries(codes)]
        file = await whole_file(db)
    async with database.write() as db:
        head = (await db.execute(select(PackedHead))).scalar_one()
        head.format = 0
    async with database.read() as db:
        assert [(await read(db, q)).json() for q in _queries(codes)] == before
        assert await whole_file(db) == file


def _queries(codes: tuple[str, ...]) -> list[Query]:
    return [
        Query(jurisdictions=codes),
        Query(jurisdictions=codes, axis="practice", domains=(Domain.EDUCATOR,)),
        Query(jurisdictions=codes, source=Source.ALL, items=("HTCC-C1", "HTCC-UC")),
        Query(jurisdictions=codes, on=date(2026, 1, 1), as_of=datetime(2026, 8, 1, tzinfo=UTC)),
    ]


async def test_the_first_write_packs_a_record_that_never_was(database: Database) -> None:
    """A database that comes from an older version has its tables empty."""
    async with database.write() as db:
        for table in service.PARTS:
            for row in (await db.execute(select(table))).scalars():
                await db.delete(row)
        await db.delete((await db.execute(select(PackedHead))).scalar_one())
    async with database.read() as db:
        assert await queries.head(db) is None
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    await factories.published(database, author, reviewer, await factories.cell(database))
    async with database.read() as db:
        assert await check_queries.faults(db) == []


async def test_what_lies_beside_the_record_is_packed_too(database: Database) -> None:
    """The name of a jurisdiction, the words of an item, an item that comes later."""
    async with database.write() as db:
        place = (await db.execute(select(Jurisdiction).where(col(Jurisdiction.code) == "XAA"))).scalar_one()
        place.name = "Quillmere, renamed"
        item = (
            await db.execute(select(FrameworkItem).where(col(FrameworkItem.key) == "HTCC-C1"))
        ).scalar_one()
        item.text = "Another wording"
        fields = item.model_dump(exclude={"id"}) | {"key": "HTCC-NEW", "position": 999, "domains": "educator"}
        db.add(FrameworkItem(**fields))
    async with database.read() as db:
        lines = await kept(db, PackedLines, "lines", place.id)
        assert all(line.startswith('XAA,"Quillmere, renamed (fictional)",') for line in lines.splitlines())
        assert "Another wording" in lines
        assert "HTCC-NEW" in lines
        assert await check_queries.faults(db) == []


async def test_a_failed_transaction_leaves_no_pack(database: Database) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    made = await factories.draft(database, author, await factories.cell(database), submitted=True)
    async with database.read() as db:
        before = await queries.head(db)
    try:
        async with database.write(personas.bound(reviewer)) as db:
            await publish.publish(db, reviewer, made.id, version=made.version)
            raise KeyError
    except KeyError:
        pass
    async with database.read() as db:
        assert await queries.head(db) == before
        assert await check_queries.faults(db) == []


async def test_those_who_publish_at_once_are_all_packed(own_world: World) -> None:
    """On one jurisdiction, on connections of their own: whoever commits last has packed what the others wrote."""
    database = Database(own_world.engine)
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    drafts = []
    for item in ("HTCC-UC", "HTCC-C1", "HTCC-C2", "HTCC-C3", "HTCC-C4"):
        where = await factories.cell(database, "XAA", item, Domain.EDUCATOR)
        drafts.append(await factories.draft(database, author, where, submitted=True))

    async def publishing(draft: Draft) -> None:
        async with database.write(personas.bound(reviewer)) as db:
            await publish.publish(db, reviewer, draft.id, version=draft.version)

    async with asyncio.TaskGroup() as group:
        for draft in drafts:
            group.create_task(publishing(draft))
    async with database.read() as db:
        assert await check_queries.faults(db) == []
