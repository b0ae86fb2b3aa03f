"""A published text is taken out for good; nothing else of what is published can be changed."""

import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from tests import factories, personas
from tests.personas import Visitor
from tests.worlds import World
from tracker.access.permissions import Role
from tracker.audit.models import AuditEvent
from tracker.cli import main
from tracker.db import registry
from tracker.db.base import Kind, free_texts, tables_of
from tracker.db.session import Database
from tracker.entries.models import PublishedRevision
from tracker.instruments.store import Store
from tracker.kit import clock
from tracker.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.privacy import check_queries, operation, service
from tracker.privacy import place_queries as queries
from tracker.privacy.models import PublishedRedaction

registry.load()
SECRET = "The unit wrote about a resident of the Larkspur house at length."
REASON = "It told of a person"
CELL = "/en/jurisdictions/XAA/hhs-core-competencies/HTCC-UC/educator"


async def _revision(database: Database, **changes: Any) -> PublishedRevision:
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    where = await factories.cell(database)
    return await factories.published(
        database, author, reviewer, where, factories.content(note=SECRET, **changes)
    )


async def _redact(
    database: Database, revision: PublishedRevision, field: str = "note", reason: str = REASON
) -> service.Redacted:
    admin = await personas.actor(database, personas.ADMIN)
    async with database.write(personas.bound(admin)) as db:
        return await service.redact(db, admin, revision.uid, field, reason=reason)


def tombstone() -> str:
    return f"[redacted {clock.today().isoformat()}: {REASON}]"


async def test_a_tombstone_stands_wherever_the_text_stood(database: Database, client: Visitor) -> None:
    revision = await _revision(database)
    assert SECRET in (await client.get(CELL)).text
    done = await _redact(database, revision)
    assert done.tombstone == tombstone()
    page = (await client.get(CELL)).text
    assert SECRET not in page
    assert tombstone() in page
    async with database.read() as db:
        told = (await db.execute(sa.select(PublishedRedaction))).scalar_one()
        assert told.sha256 == hashlib.sha256(SECRET.encode()).hexdigest()
        assert (told.reason, told.by_role) == (REASON, Role.ADMIN)
        assert [c.stands for c in await check_queries.check_redactions(db, Store(factories.DATA_DIR))] == [
            True
        ]


async def test_copies_in_later_revisions_and_drafts_go_too(database: Database) -> None:
    first = await _revision(database)
    await _revision(database, owner=SECRET)
    author = await personas.actor(database, personas.OWNER)
    where = await factories.cell(database)
    draft = await factories.draft(database, author, where, factories.content(note=SECRET))
    done = await _redact(database, first)
    assert (done.published, done.drafts) == (3, 1)
    async with database.read(personas.bound(author)) as db:
        now = await db.get(type(draft), (draft.tenant_id, draft.id), populate_existing=True)
    assert now is not None
    assert now.note == tombstone()
    assert now.version == draft.version + 1


@pytest.mark.parametrize(
    "field",
    [
        "scope_note",
        "citation.1.quote",
        "citation.1.locator",
        "citation.1.instrument.title",
        "citation.1.instrument.url",
    ],
)
async def test_citations_and_instruments_too(database: Database, field: str) -> None:
    revision = await _revision(database)
    await _redact(database, revision, field)
    async with database.read() as db:
        texts = {p.field: p.text for p in await queries.texts_of(db, revision.uid)}
    assert texts[field] == tombstone()


async def test_reviews_replies_and_withdrawals_too(database: Database) -> None:
    operator = await personas.actor(database, personas.OPERATOR)
    async with database.read() as db:
        uids = (await db.execute(sa.select(PublishedRevision.uid))).scalars().all()
        named = {p.field.partition(".")[0]: (uid, p) for uid in uids for p in await queries.texts_of(db, uid)}
    for within in ("review", "reply"):
        uid, place = named[within]
        async with database.write(personas.bound(operator)) as db:
            # bound to the operator's own organisation, the log of the owner is out of reach
            with pytest.raises(Exception, match=r"tenant|policy"):
                await service.redact(db, operator, uid, place.field, reason=REASON)
            await db.rollback()
        assert (await operation.redact(database, Store(factories.DATA_DIR), uid, place.field, REASON))[
            0
        ].startswith("[redacted")


async def test_the_log_tells_of_it_without_the_text(database: Database) -> None:
    admin = await personas.actor(database, personas.ADMIN)
    await _redact(database, await _revision(database))
    async with database.read(personas.bound(admin)) as db:
        events = (await db.execute(sa.select(AuditEvent).order_by(col(AuditEvent.sequence)))).scalars().all()
    assert events[-1].action == "text.redacted"
    assert events[-1].detail == {"field": "note", "published": 1, "drafts": 0, "by": "admin"}
    everything = " ".join(f"{e.subject} {e.detail}" for e in events)
    assert "Larkspur" not in everything
    assert REASON not in everything


async def test_who_may(database: Database) -> None:
    revision = await _revision(database)
    for persona, refusal in (
        (personas.TEAMMATE, Forbidden),
        (personas.OUTSIDER, Forbidden),
        (personas.Persona("stranger", personas.OUTSIDER.email, "health-xab", Role.ADMIN), NotFound),
    ):
        who = await personas.actor(database, persona)
        async with database.write(personas.bound(who)) as db:
            with pytest.raises(refusal):
                await service.redact(db, who, revision.uid, "note", reason=REASON)


async def test_what_is_refused(database: Database) -> None:
    revision = await _revision(database)
    for reason in ("", "  ", "x" * 151, "It named jane@example.org"):
        with pytest.raises(Invalid):
            await _redact(database, revision, reason=reason)
    with pytest.raises(NotFound):
        await _redact(database, revision, "budget")
    await _redact(database, revision)
    with pytest.raises(Conflict):
        await _redact(database, revision)


async def _attempt(database: Database, statement: str, **values: Any) -> None:
    async with database.write() as db:
        with pytest.raises(DBAPIError):
            await db.execute(sa.text(statement), values)
        await db.rollback()


INSERT = (
    "INSERT INTO published_redaction (id, table_name, row_id, field, sha256, tombstone, reason, by_role, recorded_at) "
    "VALUES (999, :table, :row, :field, :sha, '[redacted]', 'r', 'admin', '2026-01-01')"
)


async def test_nothing_else_can_be_changed(own_world: World) -> None:
    """As the owner of the tables, whom no missing right stops: only the triggers do."""
    database = Database(own_world.owner)
    revision = await _revision(Database(own_world.engine))
    row, other, sha = str(revision.id), {"id": revision.id}, hashlib.sha256(SECRET.encode()).hexdigest()
    await _attempt(database, "UPDATE published_revision SET note = '[redacted]' WHERE id = :id", **other)
    await _attempt(database, "UPDATE published_revision SET note = note WHERE id = :id", **other)
    await _attempt(database, "UPDATE published_revision SET commitment = '4' WHERE id = :id", **other)
    await _attempt(database, "DELETE FROM published_revision WHERE id = :id", **other)
    await _attempt(database, INSERT, table="published_revision", row=row, field="commitment", sha=sha)
    await _attempt(database, INSERT, table="published_revision", row="123456", field="note", sha=sha)
    await _attempt(database, INSERT, table="published_revision", row=row, field="budget", sha=sha)
    await _redact(Database(own_world.engine), revision)
    stone = {"stone": tombstone()} | other
    for change in (
        "note = :stone",
        "note = 'what stood there'",
        "note = :stone, commitment = '4'",
        "owner = :stone",
    ):
        await _attempt(database, f"UPDATE published_revision SET {change} WHERE id = :id", **{
            k: v for k, v in stone.items() if f":{k}" in change + ":id"
        })  # fmt: skip
    await _attempt(database, "UPDATE published_redaction SET tombstone = 'x'")
    await _attempt(database, "DELETE FROM published_redaction")
    await _attempt(database, INSERT, table="published_revision", row=row, field="note", sha=sha)


async def test_every_published_text_can_be_redacted(world: World) -> None:
    """A new published table with free texts needs `tracker.db.guards.allow_redaction` in its migration."""
    tables = [*tables_of(Kind.PUBLISHED), *queries.OF_SETS]
    wanted = {str(t.__tablename__) for t in tables if free_texts(t) and t is not PublishedRedaction}
    async with world.owner.connect() as connection:
        if world.name == "sqlite":
            rows = await connection.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            )
        else:
            rows = await connection.exec_driver_sql(
                "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
            )
        made = {name.removesuffix("_redact"): text for name, text in rows if name.endswith("_redact")}
    assert set(made) == wanted
    for table in tables:
        for column in free_texts(table) if str(table.__tablename__) in wanted else []:
            assert column in made[str(table.__tablename__)]


async def test_the_admin_page(database: Database, admin: Visitor, teammate: Visitor) -> None:
    revision = await _revision(database)
    path = f"/en/o/health-xaa/redact/{revision.uid}"
    assert (await teammate.get(path)).status_code == 403
    assert SECRET in (await admin.get(path)).text
    assert (await admin.submit(path, {"field": "note", "reason": ""})).status_code == 422
    assert (await admin.submit(path, {"field": "commitment", "reason": REASON})).status_code == 422
    assert (await admin.submit(path, {"field": "note", "reason": REASON})).status_code == 303
    assert SECRET not in (await admin.get(path)).text
    assert path in (await admin.get(CELL)).text


async def test_the_operator_redacts_what_others_published(database: Database, operator: Visitor) -> None:
    revision = await _revision(database)
    path = f"/en/o/secretariat/redact/{revision.uid}"
    assert path in (await operator.get(CELL)).text
    assert (await operator.submit(path, {"field": "note", "reason": REASON})).status_code == 303
    assert tombstone() in (await operator.get(CELL)).text
    admin = await personas.actor(database, personas.ADMIN)
    async with database.read(personas.bound(admin)) as db:
        last = (
            await db.execute(sa.select(AuditEvent).order_by(col(AuditEvent.sequence).desc()).limit(1))
        ).scalar_one()
    assert (last.action, last.detail["by"]) == ("text.redacted", "operator")


async def test_nobody_else_is_offered_it(
    database: Database, client: Visitor, owner: Visitor, ngo: Visitor
) -> None:
    await _revision(database)
    for visitor in (client, owner, ngo):
        page = await visitor.get(CELL)
        assert page.status_code == 200
        assert "/redact/" not in page.text


async def _committed(own_world: World) -> UUID:
    revision = await _revision(Database(own_world.engine))
    await own_world.engine.dispose()
    return revision.uid


async def test_the_commands(own_world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    uid = await _committed(own_world)
    monkeypatch.setenv("TRACKER_DATABASE_URL", own_world.url)
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path))

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, list(arguments))
        return result.exit_code, result.output

    import anyio

    assert SECRET[:50] in (await anyio.to_thread.run_sync(lambda: run("redact", str(uid))))[1]
    done = await anyio.to_thread.run_sync(lambda: run("redact", str(uid), "note", "--reason", REASON))
    assert done[0] == 0, done[1]
    verified = await anyio.to_thread.run_sync(lambda: run("verify", "redactions"))
    assert verified[0] == 0
    assert "redacted published_revision" in verified[1]
    again = await anyio.to_thread.run_sync(lambda: run("redact", str(uid), "note", "--reason", REASON))
    assert again[0] == 1


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
async def test_the_file_keeps_nothing_of_it(own_world: World) -> None:
    uid = await _committed(own_world)
    place = Path(str(own_world.engine.url.database))
    await operation.redact(Database(own_world.engine), Store(factories.DATA_DIR), uid, "note", REASON)
    for file in place.parent.glob(f"{place.name}*"):
        assert b"Larkspur" not in file.read_bytes(), file.name


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
async def test_verify_tells_a_lost_tombstone(own_world: World) -> None:
    revision = await _revision(Database(own_world.engine))
    await _redact(Database(own_world.engine), revision)
    async with own_world.owner.begin() as connection:
        await connection.exec_driver_sql("DROP TRIGGER published_revision_no_update")
        await connection.exec_driver_sql("UPDATE published_revision SET note = 'back'")
    async with Database(own_world.engine).read() as db:
        assert [c.stands for c in await check_queries.check_redactions(db, Store(factories.DATA_DIR))] == [
            False
        ]
