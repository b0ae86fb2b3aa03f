"""What becomes of a file: private, then public as chosen; deleted; shared bytes; other organisations."""

from dataclasses import replace
from hashlib import sha256
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from tests import factories, personas
from tests.factories import PDF
from tests.instruments.test_upload import PNG, kept, stored, upload
from tests.personas import Persona, Visitor
from tests.worlds import World
from tracker.access.actor import OrganisationActor
from tracker.db.session import PUBLIC, Database
from tracker.entries.models import PublishedRevision
from tracker.instruments import attachment_service, own_queries, service
from tracker.instruments.models import Attachment, Instrument, PublishedAttachment, StoredFile
from tracker.instruments.store import Store
from tracker.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.kit.vocabulary import Domain, PublishAs
from tracker.settings import Settings

OWN = "/en/o/health-xaa"


async def who(database: Database, persona: Persona = personas.OWNER) -> OrganisationActor:
    return await personas.actor(database, persona)


async def attached(database: Database, settings: Settings, **options: object) -> tuple[UUID, UUID]:
    """(instrument, attachment) of the owner's organisation, neither published."""
    author = await who(database)
    instrument = await factories.instrument(database, author)
    return instrument, await factories.attached(
        database,
        author,
        instrument,
        settings.data_dir,
        **options,  # type: ignore[arg-type]
    )


async def publish(database: Database, instrument: UUID) -> PublishedRevision:
    """An entry that cites the instrument."""
    what = factories.content(citations=(replace(factories.CITATION, instrument=instrument),))
    return await factories.published(
        database,
        await who(database),
        await who(database, personas.TEAMMATE),
        await factories.cell(database),
        what,
    )


async def test_a_file_is_published_with_the_entry_that_cites_its_instrument(
    client: Visitor, owner: Visitor, database: Database, settings: Settings
) -> None:
    instrument, file = await attached(database, settings, published_as=PublishAs.FILE)
    assert (await client.get(f"/en/attachments/{file}")).status_code == 404
    assert (await client.get(f"/en/instruments/{instrument}")).status_code == 404
    await publish(database, instrument)
    answer = await client.get(f"/en/attachments/{file}")
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["content-disposition"].startswith("attachment;")
    page = (await client.get(f"/en/instruments/{instrument}")).text
    assert f"/en/attachments/{file}" in page
    assert sha256(PDF).hexdigest() in page
    assert (await owner.get(f"{OWN}/attachments/{file}")).content == PDF


async def test_title_and_hash_are_published_without_the_file(
    client: Visitor, owner: Visitor, database: Database, settings: Settings
) -> None:
    instrument, file = await attached(database, settings, published_as=PublishAs.HASH)
    await publish(database, instrument)
    page = (await client.get(f"/en/instruments/{instrument}")).text
    assert "Text of the decree" in page
    assert sha256(PDF).hexdigest() in page
    assert str(file) not in page
    assert (await client.get(f"/en/attachments/{file}")).status_code == 404
    assert (await owner.get(f"{OWN}/attachments/{file}")).content == PDF


async def test_what_is_kept_stays_private_when_its_instrument_is_published(
    client: Visitor, owner: Visitor, database: Database, settings: Settings
) -> None:
    instrument, file = await attached(database, settings)
    await publish(database, instrument)
    page = (await client.get(f"/en/instruments/{instrument}")).text
    assert "Text of the decree" not in page
    assert sha256(PDF).hexdigest() not in page
    assert (await client.get(f"/en/attachments/{file}")).status_code == 404
    (mine,) = await kept(database, instrument)
    assert (mine.id, mine.published) == (file, False)
    assert (await owner.get(f"{OWN}/attachments/{file}")).content == PDF


async def test_a_reviewer_sees_what_is_published_with_a_draft(
    teammate: Visitor, database: Database, settings: Settings
) -> None:
    instrument, file = await attached(database, settings, published_as=PublishAs.FILE)
    what = factories.content(citations=(replace(factories.CITATION, instrument=instrument),))
    draft = await factories.draft(
        database, await who(database), await factories.cell(database), what, submitted=True
    )
    assert f"{OWN}/attachments/{file}" in (await teammate.get(f"{OWN}/review/{draft.id}")).text
    assert "1 file is published with it" in (await teammate.get(f"{OWN}/review")).text


async def test_nothing_changes_while_a_reviewer_reads(
    owner: Visitor, database: Database, settings: Settings
) -> None:
    instrument, file = await attached(database, settings)
    what = factories.content(citations=(replace(factories.CITATION, instrument=instrument),))
    author, where = await who(database), await factories.cell(database)
    await factories.draft(database, author, where, what, submitted=True)
    assert (await upload(owner, instrument, "b.png", PNG)).status_code == 422
    async with database.write(personas.bound(author)) as db:
        for verb in (
            service.change(db, author, instrument, factories.DECREE, version=1),
            service.delete(db, author, instrument),
            attachment_service.choose(db, author, file, PublishAs.FILE),
            attachment_service.delete(db, author, file),
        ):
            with pytest.raises(Conflict, match="waits for its reviewer"):
                await verb


async def test_a_file_added_later_is_published_by_another(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database
) -> None:
    instrument = await factories.instrument(database, await who(database))
    await publish(database, instrument)
    await upload(owner, instrument, "annex.png", PNG, as_="file")
    (file,) = await kept(database, instrument)
    path = f"{OWN}/attachments/{file.id}"
    assert (await client.get(f"/en/attachments/{file.id}")).status_code == 404
    assert (await owner.submit(path, {"do": "publish"})).status_code == 403
    assert (await teammate.submit(path, {"do": "publish"})).status_code == 303
    assert (await client.get(f"/en/attachments/{file.id}")).content == PNG
    for verb in ("delete", "none", "publish"):
        await teammate.submit(path, {"do": verb})
    assert (await client.get(f"/en/attachments/{file.id}")).content == PNG


async def test_whoever_attached_does_not_publish(database: Database, settings: Settings) -> None:
    instrument = await factories.instrument(database, await who(database))
    await publish(database, instrument)
    reviewer = await who(database, personas.TEAMMATE)
    file = await factories.attached(
        database, reviewer, instrument, settings.data_dir, published_as=PublishAs.FILE
    )
    async with database.write(personas.bound(reviewer)) as db:
        with pytest.raises(Forbidden):
            await attachment_service.publish_late(db, reviewer, file)


async def test_deleting_removes_the_file_with_its_last_holder(
    owner: Visitor, database: Database, settings: Settings
) -> None:
    content = PDF + b"only once"
    instrument, first = await attached(database, settings, content=content)
    second = await factories.attached(
        database, await who(database), instrument, settings.data_dir, content=content
    )
    for file, remains in ((first, True), (second, False)):
        assert (await owner.submit(f"{OWN}/attachments/{file}", {"do": "delete"})).status_code == 303
        assert stored(settings, content).exists() is remains
    async with database.read() as db:
        digest = sha256(content).hexdigest()
        assert (await db.execute(select(StoredFile).where(col(StoredFile.sha256) == digest))).first() is None
    assert (await owner.submit(f"{OWN}/attachments/{second}", {"do": "delete"})).status_code == 404


async def test_deleting_leaves_the_same_bytes_of_another_organisation(
    outsider: Visitor, owner: Visitor, database: Database, settings: Settings
) -> None:
    content = PDF + b"shared"
    _instrument, mine = await attached(database, settings, content=content)
    other = await who(database, personas.OUTSIDER)
    theirs_of = await factories.instrument(database, other, "XAB")
    theirs = await factories.attached(database, other, theirs_of, settings.data_dir, content=content)
    await owner.submit(f"{OWN}/attachments/{mine}", {"do": "delete"})
    answer = await outsider.get(f"/en/o/health-xab/attachments/{theirs}")
    assert (answer.status_code, answer.content) == (200, content)


async def test_deleted_bytes_may_come_back(owner: Visitor, database: Database, settings: Settings) -> None:
    content = PDF + b"back"
    instrument, file = await attached(database, settings, content=content)
    author = await who(database)
    async with database.write(personas.bound(author)) as db:
        digest = await attachment_service.delete(db, author, file)
    # Between the two steps of a deletion somebody attaches the same bytes anew.
    again = await factories.attached(database, author, instrument, settings.data_dir, content=content)
    async with database.write(personas.bound(author)) as db:
        await attachment_service.sweep(db, Store(settings.data_dir), digest)
    assert (await owner.get(f"{OWN}/attachments/{again}")).content == content


async def test_an_instrument_is_deleted_only_when_nothing_hangs_on_it(
    owner: Visitor, database: Database, settings: Settings
) -> None:
    instrument, file = await attached(database, settings)
    await owner.submit(f"{OWN}/instruments/{instrument}/delete")
    assert (await owner.get(f"{OWN}/instruments/{instrument}")).status_code == 200
    await owner.submit(f"{OWN}/attachments/{file}", {"do": "delete"})
    await owner.submit(f"{OWN}/instruments/{instrument}/delete")
    assert (await owner.get(f"{OWN}/instruments/{instrument}")).status_code == 404


async def test_nothing_of_another_organisation_is_told(
    outsider: Visitor, client: Visitor, database: Database, settings: Settings
) -> None:
    """To another organisation a file and an instrument look as if they were not there: read, changed or counted."""
    content = PDF + b"secret of Quillmere"
    instrument, file = await attached(
        database, settings, content=content, title="Secret annex", published_as=PublishAs.FILE
    )
    nothing = UUID(int=7)
    theirs = "/en/o/health-xab"
    for there, nowhere in (
        (f"{theirs}/attachments/{file}", f"{theirs}/attachments/{nothing}"),
        (f"{theirs}/instruments/{instrument}", f"{theirs}/instruments/{nothing}"),
        (f"/en/instruments/{instrument}", f"/en/instruments/{nothing}"),
        (f"/en/attachments/{file}", f"/en/attachments/{nothing}"),
    ):
        found, missed = await outsider.get(there), await outsider.get(nowhere)
        assert (found.status_code, found.text) == (404, missed.text), there
    for path in (f"/attachments/{file}", f"/instruments/{instrument}"):
        assert (await outsider.get(OWN + path)).status_code == 404
        assert (await client.get(OWN + path)).status_code == 303
    for path, data in (
        (f"{theirs}/attachments/{file}", {"do": "delete"}),
        (f"{theirs}/attachments/{file}", {"do": "publish"}),
        (f"{theirs}/instruments/{instrument}", {"title": "Taken over", "kind": "statute", "version": "1"}),
        (f"{theirs}/instruments/{instrument}/delete", {}),
    ):
        assert (await outsider.submit(path, data)).status_code == 404, path
    assert (await upload(outsider, instrument, "a.pdf", PDF)).status_code == 404
    assert "Secret annex" not in (await outsider.get(f"{theirs}/instruments")).text
    assert stored(settings, content).exists()


async def test_the_wall_stands_below_the_pages_too(
    database: Database, world: World, settings: Settings
) -> None:
    await attached(database, settings)
    other = await who(database, personas.OUTSIDER)
    for bound in (personas.bound(other), PUBLIC):
        async with database.read(bound) as db:
            for table in (Attachment, Instrument):
                assert await db.scalar(sa.select(sa.func.count()).select_from(table)) == 0
            assert await own_queries.used(db) == 0
            if world.name == "postgresql":  # the wall of the database itself, which no ORM has to build
                assert await db.scalar(sa.text("SELECT count(*) FROM attachment")) == 0


async def test_the_quota_of_one_organisation_is_its_own(database: Database, settings: Settings) -> None:
    large = PDF + b"x" * (1024 * 1024 - len(PDF))
    await attached(database, settings, content=large)
    other = await who(database, personas.OUTSIDER)
    instrument = await factories.instrument(database, other, "XAB")
    await factories.attached(database, other, instrument, settings.data_dir, content=large)
    with pytest.raises(Invalid, match="1 MB"):
        await factories.attached(database, other, instrument, settings.data_dir)


async def test_files_hang_on_the_organisations_own_instruments_only(
    ngo: Visitor, database: Database, settings: Settings
) -> None:
    instrument = await factories.instrument(database, await who(database))
    await publish(database, instrument)
    assessor = await who(database, personas.NGO)
    with pytest.raises(NotFound):
        await factories.attached(database, assessor, instrument, settings.data_dir)
    assert (await ngo.get(f"/en/o/open-care-watch/instruments/{instrument}")).status_code == 404


async def test_what_is_published_can_not_be_rewritten(database: Database, settings: Settings) -> None:
    instrument, file = await attached(database, settings, published_as=PublishAs.FILE)
    await publish(database, instrument)
    author = await who(database)
    async with database.write(personas.bound(author)) as db:
        with pytest.raises(Conflict):
            await attachment_service.delete(db, author, file)
        with pytest.raises(Conflict):
            await attachment_service.choose(db, author, file, PublishAs.NONE)
    for statement in (
        sa.update(PublishedAttachment).values(title="other"),
        sa.delete(PublishedAttachment),
    ):
        async with database.read() as db:
            with pytest.raises(sa.exc.DBAPIError):
                await db.execute(statement)


async def test_an_entry_may_follow_in_another_cell(database: Database, settings: Settings) -> None:
    """A second entry cites the published instrument; its files were published once."""
    instrument, _file = await attached(database, settings, published_as=PublishAs.FILE)
    await publish(database, instrument)
    what = factories.content(citations=(replace(factories.CITATION, instrument=instrument),))
    where = await factories.cell(database, domain=Domain.RESEARCHER)
    reviewer = await who(database, personas.TEAMMATE)
    await factories.published(database, await who(database), reviewer, where, what)
    async with database.read() as db:
        assert await db.scalar(sa.select(sa.func.count()).select_from(PublishedAttachment)) == 1


async def test_an_altered_file_is_not_handed_out(
    owner: Visitor, database: Database, settings: Settings
) -> None:
    content = PDF + b"to be altered"
    _instrument, file = await attached(database, settings, content=content)
    stored(settings, content).write_bytes(content.replace(b"altered", b"ALTERED"))
    answer = await owner.get(f"{OWN}/attachments/{file}")
    assert answer.status_code == 404
    assert b"ALTERED" not in answer.content
    stored(settings, content).unlink()
    assert (await owner.get(f"{OWN}/attachments/{file}")).status_code == 404
