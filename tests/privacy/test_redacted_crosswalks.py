"""What a published crosswalk says is taken out for good; nothing else of it can be changed by that way."""

import hashlib
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from tests import factories, personas
from tests.crosswalks import desk
from tests.opendata import released
from tests.personas import Visitor
from tests.worlds import World
from tracker.audit.models import AuditEvent
from tracker.cli import main
from tracker.crosswalks import mapping_service, service
from tracker.crosswalks.content import NoCounterpartContent
from tracker.crosswalks.models import Crosswalk, Mapping, NoCounterpart
from tracker.db.session import Database
from tracker.instruments.store import Store
from tracker.kit import clock
from tracker.kit.errors import Conflict, NotFound
from tracker.opendata import redaction_service
from tracker.opendata.store import REDACTIONS, ReleaseStore
from tracker.privacy import check_queries, operation
from tracker.privacy import place_queries as queries
from tracker.privacy.models import PublishedRedaction
from tracker.settings import Settings

SECRET = "The clerk of the Larkspur house told us so."
REASON = "It told of a person"
NAME = f"{desk.GUIDE}@0.1"


def tombstone() -> str:
    return f"[redacted {clock.today().isoformat()}: {REASON}]"


async def _published(database: Database, *, copied: bool = False) -> int:
    """The Justice Guide's set, published, with SECRET as the reason of its first mapping and of a missing counterpart."""
    first = await personas.actor(database, personas.OPERATOR)
    second = await personas.actor(database, desk.SECOND)
    number, item = await desk.set_id(database), await desk.item(database, "D87J-INT")
    async with database.write(personas.bound(first)) as db:
        why = NoCounterpartContent(rationale=SECRET)
        await mapping_service.add_no_counterpart(db, first, number, "target", item, why)
        row = (await db.execute(sa.select(Mapping).where(col(Mapping.crosswalk_id) == number))).scalars()
        next(iter(row)).rationale = SECRET
    await desk.published(database, second)
    if copied:
        async with database.write(personas.bound(first)) as db:
            await service.start_copy(db, first, number, key=desk.GUIDE, version="2")
    return number


async def _field(database: Database, name: str = "rationale") -> str:
    async with database.read() as db:
        places = await queries.texts_of(db, NAME)
    return next(p.field for p in places if p.text == SECRET and p.column == name)


async def _redact(database: Database) -> list[str]:
    return await operation.redact(database, Store(factories.DATA_DIR), NAME, await _field(database), REASON)


async def test_a_tombstone_stands_wherever_it_stood(database: Database, client: Visitor) -> None:
    await _published(database)
    paths = [
        f"/en/crosswalks/{NAME}",
        f"/en/crosswalks/{NAME}/export.sssom",
        f"/api/v1/crosswalks/{NAME}",
    ]
    paths[1] = next(
        part.split('"')[0] for part in (await client.get(paths[0])).text.split('href="') if "sssom" in part
    )
    for path in paths:
        assert SECRET in (await client.get(path)).text, path
    lines = await _redact(database)
    assert lines[0] == f"{tombstone()} stands in 2 published places; 0 private rows had it too"
    for path in paths:
        page = (await client.get(path)).text
        assert SECRET not in page, path
        assert tombstone() in page, path
    async with database.read() as db:
        told = (await db.execute(sa.select(PublishedRedaction))).scalars().all()
        assert {(r.table_name, r.field) for r in told} == {
            ("mapping", "rationale"),
            ("no_counterpart", "rationale"),
        }
        assert {r.sha256 for r in told} == {hashlib.sha256(SECRET.encode()).hexdigest()}
        checked = await check_queries.check_redactions(db, Store(factories.DATA_DIR))
    assert [c.stands for c in checked] == [True, True]


async def test_every_text_of_it_can_be_redacted(database: Database) -> None:
    await _published(database)
    async with database.read() as db:
        places = await queries.texts_of(db, NAME)
    fields = {(p.table, p.column): p.field for p in places}
    assert {t for t, _column in fields} == {"crosswalk", "mapping", "no_counterpart"}
    for field in fields.values():
        async with database.read() as db:
            gone = await queries.redacted_places(db, await queries.texts_of(db, NAME))
        if field not in {p.field for p in gone}:  # else it was a copy of one before
            lines = await operation.redact(database, Store(factories.DATA_DIR), NAME, field, REASON)
            assert lines[0].startswith(tombstone())
    async with database.read() as db:
        now = {p.field: p.text for p in await queries.texts_of(db, NAME)}
    assert {now[field] for field in fields.values()} == {tombstone()}


async def test_a_draft_that_began_as_its_copy_loses_it_and_its_review(database: Database) -> None:
    await _published(database, copied=True)
    lines = await _redact(database)
    assert lines[0].endswith("2 private rows had it too")
    async with database.read() as db:
        drafts = sa.select(Crosswalk.id).where(col(Crosswalk.state) == "draft")
        for table in (Mapping, NoCounterpart):
            held = (await db.execute(sa.select(table).where(table.rationale == SECRET))).all()
            assert held == []
            rows = sa.select(table).where(table.rationale == tombstone(), col(table.crosswalk_id).in_(drafts))
            (draft,) = (await db.execute(rows)).scalars()
            assert (draft.version, draft.reviewer, draft.reviewer_id, draft.reviewed_on) == (
                2,
                "",
                None,
                None,
            )


async def test_drafts_have_no_such_way(database: Database) -> None:
    async with database.read() as db:
        assert await queries.texts_of(db, NAME) == []
        assert await queries.texts_of(db, desk.GUIDE) == []
    with pytest.raises(NotFound):
        await operation.texts(database, NAME)
    number = await desk.set_id(database)
    async with database.write() as db:
        with pytest.raises(DBAPIError, match="no such text"):
            await db.execute(sa.text(INSERT), _told(number, "crosswalk", "title", "x"))
        await db.rollback()


INSERT = (
    "INSERT INTO published_redaction (id, table_name, row_id, field, sha256, tombstone, reason, by_role, recorded_at) "
    "VALUES (999, :table, :row, :field, :sha, '[redacted]', 'r', 'operator', '2026-01-01')"
)


def _told(row: int, table: str, field: str, text: str) -> dict[str, str]:
    return {
        "table": table,
        "row": str(row),
        "field": field,
        "sha": hashlib.sha256(text.encode()).hexdigest(),
    }


async def _attempt(database: Database, statement: str, **values: object) -> None:
    async with database.write() as db:
        with pytest.raises(DBAPIError, match=r"frozen|no such text|append-only|UNIQUE|unique"):
            await db.execute(sa.text(statement), values)
        await db.rollback()


@pytest.mark.parametrize("who", ["as the service", "as the owner"])
async def test_nothing_else_can_be_changed(own_world: World, who: str) -> None:
    """As the service, which may update drafts, and as the owner of the tables: the triggers stop both."""
    ours = Database(own_world.engine)
    number = await _published(ours)
    database = ours if who == "as the service" else Database(own_world.owner)
    async with ours.read() as db:
        row = (await db.execute(sa.select(Mapping.id).where(col(Mapping.rationale) == SECRET))).scalar_one()
    change = f"UPDATE mapping SET {{}} WHERE id = {row}"
    await _attempt(database, change.format("rationale = '[redacted]'"))
    for field in ("relation", "id", "version", "crosswalk_id", "domains"):
        await _attempt(database, INSERT, **_told(row, "mapping", field, SECRET))
    await _attempt(database, INSERT, **_told(number, "crosswalk", "state", "published"))
    await _attempt(database, INSERT, **_told(99999, "mapping", "rationale", SECRET))
    await _redact(ours)
    for what in (
        f"rationale = '{SECRET}'",
        f"rationale = '{tombstone()}'",
        f"citation = '{tombstone()}'",
        f"rationale = '{tombstone()}', version = 9",
        "relation = 'equal'",
    ):
        await _attempt(database, change.format(what))
    await _attempt(database, f"DELETE FROM mapping WHERE id = {row}")
    await _attempt(database, INSERT, **_told(row, "mapping", "rationale", tombstone()))


async def test_a_redacted_text_stays_when_the_set_is_superseded(database: Database) -> None:
    number = await _published(database)
    second = await personas.actor(database, desk.SECOND)
    await _redact(database)
    async with database.write(personas.bound(second)) as db:
        await service.supersede(db, second, number)
    async with database.read() as db:
        places = await queries.texts_of(db, NAME)
        checked = await check_queries.check_redactions(db, Store(factories.DATA_DIR))
    assert tombstone() in {p.text for p in places}
    assert all(c.stands for c in checked)
    # and a superseded set's texts go the same way
    title = next(p for p in places if p.field == "title")
    await operation.redact(database, Store(factories.DATA_DIR), NAME, "title", REASON)
    async with database.read() as db:
        now = await queries.texts_of(db, NAME)
    assert next(p.text for p in now if p.key == title.key) == tombstone()


async def test_the_files_of_releases_too(database: Database, settings: Settings, tmp_path: Path) -> None:
    here, number = replace(settings, data_dir=tmp_path), await _published(database)
    await released.release(database, here)
    store = ReleaseStore(here.data_dir)
    before = store.read(1)
    assert [n for n, content in before.items() if SECRET.encode() in content] == ["crosswalks.sssom.tsv"]
    # superseded since: the record no longer has it among what is released
    second = await personas.actor(database, desk.SECOND)
    async with database.write(personas.bound(second)) as db:
        await service.supersede(db, second, number)
    await _redact(database)
    assert await redaction_service.rewrite_all(database, here) == [1]
    after = store.read(1)
    assert [n for n, content in after.items() if SECRET.encode() in content] == []
    old, new = (files["crosswalks.sssom.tsv"].decode().splitlines() for files in (before, after))
    assert [(a, b) for a, b in zip(old, new, strict=True) if a != b] == [
        (line, line.replace(SECRET, tombstone())) for line in old if SECRET in line
    ]
    assert "crosswalks.sssom.tsv" in after[REDACTIONS].decode()
    assert await redaction_service.rewrite_all(database, here) == []


async def test_the_operators_page(database: Database, operator: Visitor, admin: Visitor) -> None:
    await _published(database)
    path, public = f"/en/o/secretariat/redact/crosswalks/{NAME}", f"/en/crosswalks/{NAME}"
    assert path in (await operator.get(public)).text
    assert "/redact/" not in (await admin.get(public)).text
    assert (await admin.get(path)).status_code == 404
    assert (await admin.get(path.replace("secretariat", "health-xaa"))).status_code == 403
    page = (await operator.get(path)).text
    assert page.count(SECRET) == 1  # the same words once
    field = page.split(SECRET)[0].rsplit('value="', 1)[1].split('"')[0]
    assert (await operator.submit(path, {"field": field, "reason": ""})).status_code == 422
    assert (await operator.submit(path, {"field": "relation", "reason": REASON})).status_code == 422
    assert (await operator.submit(path, {"field": field, "reason": REASON})).status_code == 303
    assert SECRET not in (await operator.get(public)).text
    assert (await operator.get(f"/en/o/secretariat/redact/crosswalks/{desk.GUIDE}@9")).status_code == 404
    actor = await personas.actor(database, personas.OPERATOR)
    async with database.read(personas.bound(actor)) as db:
        last = (
            await db.execute(sa.select(AuditEvent).order_by(col(AuditEvent.sequence).desc()).limit(1))
        ).scalar_one()
    assert (last.action, last.subject) == ("text.redacted", f"crosswalk:{NAME}")
    assert "Larkspur" not in str(last.detail)


async def test_twice_is_refused(database: Database) -> None:
    await _published(database)
    field = await _field(database)
    await _redact(database)
    with pytest.raises(Conflict):
        await operation.redact(database, Store(factories.DATA_DIR), NAME, field, REASON)


async def test_the_command(own_world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    await _published(Database(own_world.engine))
    field = await _field(Database(own_world.engine))
    await own_world.engine.dispose()
    monkeypatch.setenv("TRACKER_DATABASE_URL", own_world.url)
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path))

    async def run(*arguments: str) -> tuple[int, str]:
        result = await anyio.to_thread.run_sync(lambda: CliRunner().invoke(main, list(arguments)))
        return result.exit_code, result.output

    listed = await run("redact", NAME)
    assert listed[0] == 0
    assert SECRET in listed[1]
    done = await run("redact", NAME, field, "--reason", REASON)
    assert done[0] == 0, done[1]
    verified = await run("verify", "redactions")
    assert verified[0] == 0
    assert "redacted mapping" in verified[1]
    assert (await run("redact", "no-such@1"))[0] == 1
    assert (await run("redact", "neither"))[0] == 2
