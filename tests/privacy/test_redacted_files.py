"""A file is redacted: its bytes go, its hash and a tombstone stay; and what others hold stays theirs."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy.exc import DBAPIError

from tests import factories, personas
from tests.factories import DATA_DIR, PDF
from tests.personas import Persona, Visitor
from tests.worlds import World
from tracker.access.permissions import Role
from tracker.cli import main
from tracker.db.session import Database
from tracker.entries import queries as entries
from tracker.instruments import own_queries
from tracker.instruments.store import Store
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.vocabulary import PublishAs
from tracker.privacy import check_queries, operation, place_queries, service

SECRET = PDF + b"% a resident of the Larkspur house\n"
REASON = "It told of a person"
NGO_ADMIN = Persona("ngo_admin", "admin@open-care-watch.example", "open-care-watch", Role.ADMIN)


async def _published_file(
    database: Database, folder: Path = DATA_DIR, as_: PublishAs = PublishAs.FILE
) -> tuple[UUID, UUID]:
    """(instrument, attachment), published by Quillmere's ministry."""
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    instrument = await factories.instrument(database, author)
    attachment = await factories.attached(
        database, author, instrument, folder, content=SECRET, published_as=as_
    )
    cited = factories.content(citations=(replace(factories.CITATION, instrument=instrument),))
    await factories.published(database, author, reviewer, await factories.cell(database), cited)
    return instrument, attachment


async def _ngos_copy(database: Database, folder: Path = DATA_DIR) -> UUID:
    """The NGO's attachment of the very same bytes, which nobody else sees."""
    ngo = await personas.actor(database, personas.NGO)
    own = await factories.instrument(database, ngo)
    return await factories.attached(database, ngo, own, folder, content=SECRET)


async def _redact(
    database: Database, persona: Persona, uid: UUID, folder: Path = DATA_DIR
) -> service.Redacted:
    who, owner = await personas.actor(database, persona), await personas.actor(database, personas.ADMIN)
    async with database.write(personas.bound(owner)) as db:
        done = await service.redact(db, who, uid, "file.1.file", reason=REASON)
    await operation.finish(database, Store(folder), done)
    return done


def _stored() -> list[bytes]:
    """What the store of the shared application holds of it."""
    path = Store(DATA_DIR).path(factories.sha256(SECRET).hexdigest())
    return [path.read_bytes()] if path.exists() else []


@pytest.fixture(autouse=True)
def no_files_left() -> Iterator[None]:
    yield
    Store(DATA_DIR).remove(factories.sha256(SECRET).hexdigest())


async def _stands(database: Database) -> list[bool]:
    async with database.read() as db:
        return [c.stands for c in await check_queries.check_redactions(db, Store(DATA_DIR))]


async def test_the_file_goes_and_its_hash_stays(
    database: Database, client: Visitor, owner: Visitor, admin: Visitor
) -> None:
    instrument, attachment = await _published_file(database)
    path, public = f"/en/o/health-xaa/redact/{instrument}", f"/en/attachments/{attachment}"
    own = f"/en/o/health-xaa/attachments/{attachment}"
    assert path in (await admin.get(f"/en/instruments/{instrument}")).text
    for visitor in (client, owner):
        assert path not in (await visitor.get(f"/en/instruments/{instrument}")).text
    assert (await client.get(public)).content == SECRET
    assert "The file itself" in (await admin.get(path)).text
    answer = await admin.submit(path, {"field": "file.1.file", "reason": REASON})
    assert answer.status_code == 303
    assert _stored() == []
    assert (await client.get(public)).status_code == 404
    assert (await owner.get(own)).status_code == 404
    for page in (
        await client.get(f"/en/instruments/{instrument}"),
        await owner.get(f"/en/o/health-xaa/instruments/{instrument}"),
    ):
        assert f"[redacted {clock.today().isoformat()}: {REASON}]" in page.text
        assert factories.sha256(SECRET).hexdigest() in page.text
        assert f"/attachments/{attachment}" not in page.text.replace(own, "") or page.url.path.startswith(
            "/en/o/"
        )
    assert await _stands(database) == [True]


async def test_it_is_redacted_once_and_its_title_apart(database: Database) -> None:
    instrument, _attachment = await _published_file(database)
    await _redact(database, personas.ADMIN, instrument)
    with pytest.raises(Conflict):
        await _redact(database, personas.ADMIN, instrument)
    async with database.read() as db:
        texts = {p.field: p.text for p in await place_queries.texts_of(db, instrument)}
    assert texts["file.1.title"] == "Text of the decree"


async def test_a_file_of_which_only_the_hash_is_public_goes_too(database: Database) -> None:
    instrument, _attachment = await _published_file(database, as_=PublishAs.HASH)
    await _redact(database, personas.ADMIN, instrument)
    assert _stored() == []


async def test_its_private_copies_go_and_it_does_not_come_back(database: Database) -> None:
    instrument, _attachment = await _published_file(database)
    author = await personas.actor(database, personas.OWNER)
    other = await factories.instrument(database, author)
    await factories.attached(database, author, other, content=SECRET)
    done = await _redact(database, personas.ADMIN, instrument)
    assert (done.published, done.drafts) == (1, 2)
    async with database.read(personas.bound(author)) as db:
        assert (await own_queries.attachments_of(db, [other]))[other] == []
        assert await own_queries.used(db) == 0
    assert _stored() == []
    with pytest.raises(Invalid, match="redacted"):
        await factories.attached(database, author, other, content=SECRET)


async def test_an_admin_takes_nothing_from_another_organisation(database: Database, client: Visitor) -> None:
    """Else anybody could attach what others published, redact it, and so destroy it."""
    instrument, attachment = await _published_file(database)
    ngo = await personas.actor(database, personas.NGO)
    theirs = await _ngos_copy(database)
    await _redact(database, personas.ADMIN, instrument)
    assert _stored() == [SECRET]
    assert (await client.get(f"/en/attachments/{attachment}")).status_code == 404
    async with database.read(personas.bound(ngo)) as db:
        found = await own_queries.attachment(db, theirs)
    assert found is not None
    assert found.redacted == ""
    assert await _stands(database) == [True]
    await _ngos_copy(database)


async def test_the_operator_takes_it_from_everybody(database: Database) -> None:
    instrument, _attachment = await _published_file(database)
    ngo = await personas.actor(database, personas.NGO)
    theirs = await _ngos_copy(database)
    done = await _redact(database, personas.OPERATOR, instrument)
    assert done.drafts == 1, "what others hold is not counted to anybody"
    assert _stored() == []
    async with database.read(personas.bound(ngo)) as db:
        assert await own_queries.attachment(db, theirs) is None
    with pytest.raises(Invalid, match="redacted"):
        await _ngos_copy(database)


async def test_an_unknown_thing_has_nothing_to_redact(database: Database, admin: Visitor) -> None:
    assert (await admin.get(f"/en/o/health-xaa/redact/{uuid4()}")).status_code == 404
    with pytest.raises(NotFound):
        await _redact(database, personas.ADMIN, uuid4())


async def test_a_redaction_is_a_change_of_the_record(database: Database) -> None:
    instrument, _attachment = await _published_file(database)
    async with database.read() as db:
        before = await entries.moment(db)
    await _redact(database, personas.ADMIN, instrument)
    async with database.read() as db:
        assert (await entries.moment(db)).as_of > before.as_of


async def test_the_database_takes_no_redaction_of_another_file(own_world: World) -> None:
    database = Database(own_world.engine)
    _instrument, attachment = await _published_file(database)
    for row, field, sha256 in (
        (uuid4().hex, "file", factories.sha256(SECRET).hexdigest()),
        (attachment.hex, "file", "0" * 64),
        (attachment.hex, "title", factories.sha256(SECRET).hexdigest()),
    ):
        async with Database(own_world.owner).write() as db:
            with pytest.raises(DBAPIError, match="no such file"):
                await db.execute(
                    sa.text(
                        "INSERT INTO published_redaction (id, table_name, row_id, field, sha256, tombstone, reason, "
                        "by_role, recorded_at) VALUES (999, 'published_attachment_file', :row, :field, :sha, "
                        "'[redacted]', 'r', 'admin', '2026-01-01')"
                    ),
                    {"row": row, "field": field, "sha": sha256},
                )
            await db.rollback()


async def test_verify_tells_of_redacted_files(
    own_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(own_world.engine)
    instrument, _attachment = await _published_file(database, tmp_path)
    digest = factories.sha256(SECRET).hexdigest()
    monkeypatch.setenv("TRACKER_DATABASE_URL", own_world.url)
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path))
    await own_world.engine.dispose()

    async def run(*arguments: str) -> tuple[int, str]:
        ran = await asyncio.to_thread(CliRunner().invoke, main, list(arguments))
        return ran.exit_code, ran.output

    listed = await run("redact", str(instrument))
    assert "file.1.file" in listed[1]
    assert (await run("redact", str(instrument), "file.1.file", "--reason", REASON))[0] == 0
    code, told = await run("verify", "attachments")
    assert (code, f"redacted: {digest} Text of the decree" in told) == (0, True), told
    assert (await run("verify", "redactions"))[0] == 0
    Store(tmp_path).path(digest).write_bytes(SECRET)
    code, told = await run("verify", "attachments")
    assert (code, f"not removed: {digest}" in told) == (1, True), told
    assert (await run("verify", "redactions"))[0] == 1
