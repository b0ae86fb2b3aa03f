"""What was redacted is in no file, no page and no draft of an edition; what was not stays the same bytes."""

import io
import json
import zipfile
from dataclasses import replace
from uuid import UUID

import pytest

from tests import factories, personas
from tests.conftest import SETTINGS
from tests.editions import made
from tests.editions.test_story import ORG
from tests.personas import Visitor
from tracker.access.actor import OrganisationActor
from tracker.briefings.document import Document
from tracker.briefings.options import Grade
from tracker.db.session import Database
from tracker.editions import asking_service, queries, work
from tracker.editions.asking_service import DRAFT_FILES
from tracker.editions.assembly import Gathered
from tracker.editions.content import Advice
from tracker.editions.files import KINDS, Drawn
from tracker.editions.models import PublishedEdition
from tracker.editions.work import HANDLERS
from tracker.jobs.runner import Runner
from tracker.privacy import service as privacy

SECRET = "The unit wrote about a resident of the Larkspur house at length."
REASON = "It named a person."


@pytest.fixture
async def author(database: Database) -> OrganisationActor:
    return await personas.actor(database, personas.OWNER)


@pytest.fixture
async def reviewer(database: Database) -> OrganisationActor:
    return await personas.actor(database, personas.TEAMMATE)


async def final(
    database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> tuple[PublishedEdition, UUID]:
    """(a final edition whose evidence quotes SECRET, the revision that quotes it)."""
    cited = replace(factories.CITATION, quote=SECRET)
    what = factories.content(citations=(cited,))
    where = await factories.cell(database, "XAA")
    revision = await factories.published(database, author, reviewer, where, what)
    content = replace(made.CONTENT, parts=(*made.CONTENT.parts, "evidence", "jurisdictions"))
    edition = await made.begun(database, author, content, jurisdictions="XAA")
    return await made.final(database, author, reviewer, edition), revision.uid


async def redact(database: Database, uid: UUID, field: str) -> None:
    admin = await personas.actor(database, personas.ADMIN)
    async with database.write(personas.bound(admin)) as db:
        await privacy.redact(db, admin, uid, field, reason=REASON)


async def bodies(client: Visitor, address: str) -> dict[str, bytes]:
    return {kind: (await client.get(f"{address}/{kind}")).content for kind in KINDS}


def told(kind: str, body: bytes) -> str:
    """The text in a file that is not a picture of one."""
    if kind == "json":
        return json.dumps(json.loads(body), ensure_ascii=False)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return " ".join(archive.read(n).decode("utf-8", "replace") for n in archive.namelist())


@pytest.mark.parametrize("at_once", [True, False], ids=["before the job", "after the job"])
async def test_a_redaction_reaches_the_files(
    database: Database, client: Visitor, author: OrganisationActor, reviewer: OrganisationActor, at_once: bool
) -> None:
    edition, uid = await final(database, author, reviewer)
    address = f"/en/briefings/{edition.briefing_id}/1"
    before = await bodies(client, address)
    assert SECRET in told("json", before["json"])
    await redact(database, uid, "citation.1.quote")
    if not at_once:
        await made.jobs(database)
        async with database.read() as db:
            kept = {f.kind: f.body for f in await queries.final_files(db, edition.id)}
        assert SECRET not in told("json", kept["json"])
    after = await bodies(client, address)
    for kind in ("json", "docx", "zip"):
        assert SECRET not in told(kind, after[kind])
        assert REASON in told(kind, after[kind])
    assert after["pdf"] != before["pdf"]
    page = (await client.get(address)).text
    assert SECRET not in page
    assert "The files of this edition were made again" in page
    assert await bodies(client, address) == after


async def test_a_redaction_elsewhere_leaves_the_bytes(
    database: Database, client: Visitor, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    edition, _uid = await final(database, author, reviewer)
    address = f"/en/briefings/{edition.briefing_id}/1"
    before = await bodies(client, address)
    elsewhere = await factories.cell(database, "XAA", "HTCC-C4")
    other = await factories.published(
        database, author, reviewer, elsewhere, factories.content(note="Something about somebody else.")
    )
    await redact(database, other.uid, "note")
    await made.jobs(database)
    assert await bodies(client, address) == before
    assert "made again" not in (await client.get(address)).text


async def test_the_edition_s_own_texts_can_be_redacted(
    database: Database, client: Visitor, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    advice = Advice(Grade.INVITES, SECRET)
    edition = await made.begun(database, author, replace(made.CONTENT, recommendations=(advice,)))
    # A draft of the same organisation that repeats it.
    repeated = await made.begun(
        database, author, replace(made.CONTENT, recommendations=(advice,)), files=True
    )
    done = await made.final(database, author, reviewer, edition)
    address = f"/en/briefings/{done.briefing_id}/1"
    content = replace(made.CONTENT, recommendations=(advice,), parts=("messages", "recommendations"))
    assert content.recommendations
    await redact(database, done.uid, "recommendation.1.text")
    assert SECRET not in (await client.get(address)).text
    after = await bodies(client, address)
    assert SECRET not in told("json", after["json"])
    own = await made.read(database, author, repeated)
    assert SECRET not in own.content.recommendations[0].text
    assert own.edition.version == repeated.version + 1
    assert own.files == ()


async def test_a_draft_s_file_is_not_given_out_after_a_redaction(
    database: Database, owner: Visitor, author: OrganisationActor
) -> None:
    """Of another organisation's text, even before the job has dropped the file."""
    ngo, ngo_reviewer = [await personas.actor(database, p) for p in (personas.NGO, personas.NGO_REVIEWER)]
    free = await factories.cell(database, "US-CT", "HTCC-C6")
    foreign = await factories.published(database, ngo, ngo_reviewer, free, factories.content(note=SECRET))
    edition = await made.begun(database, author, files=True, jurisdictions="US-CT")
    address = f"{ORG}/briefings/{edition.briefing_id}/1"
    assert (await owner.get(f"{address}/file/pdf")).status_code == 200
    operator = await personas.actor(database, personas.OPERATOR)
    async with database.write(personas.bound(ngo)) as db:
        await privacy.redact(
            db, replace(operator, organisation_id=ngo.organisation_id), foreign.uid, "note", reason=REASON
        )
    assert (await owner.get(f"{address}/file/pdf")).status_code == 404
    await made.jobs(database)
    assert (await made.read(database, author, edition)).files == ()
    assert "None was made yet." in (await owner.get(address)).text


@pytest.mark.parametrize("kind", ["a draft", "a final one"])
async def test_what_is_redacted_while_files_are_drawn_is_in_none_of_them(
    database: Database,
    client: Visitor,
    owner: Visitor,
    author: OrganisationActor,
    reviewer: OrganisationActor,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    """The text was read before it was redacted, and the file is kept after: drawing a register takes minutes."""
    cited = replace(factories.CITATION, quote=SECRET)
    where = await factories.cell(database, "XAA")
    told_of = await factories.published(
        database, author, reviewer, where, factories.content(citations=(cited,))
    )
    content = replace(made.CONTENT, parts=(*made.CONTENT.parts, "evidence", "jurisdictions"))
    edition = await made.begun(database, author, content, jurisdictions="XAA")
    draw, late = work.drawn, []

    async def redacted_meanwhile(of: Gathered, document: Document) -> list[Drawn]:
        found = await draw(of, document)
        if not late:
            late.append(await redact(database, told_of.uid, "citation.1.quote"))
        return found

    monkeypatch.setattr(work, "drawn", redacted_meanwhile)
    if kind == "a draft":
        async with database.write(personas.bound(author)) as db:
            await asking_service.ask_for_files(db, author, edition.briefing_id, edition.number)
        await Runner(database, SETTINGS, {DRAFT_FILES: HANDLERS[DRAFT_FILES]}).until_empty()
        assert late
        address = f"{ORG}/briefings/{edition.briefing_id}/1/file"
        assert (await owner.get(f"{address}/json")).status_code == 404
        return
    final = await made.final(database, author, reviewer, edition)
    assert late
    for kind_of, body in (await bodies(client, f"/en/briefings/{final.briefing_id}/1")).items():
        if kind_of != "pdf":
            assert SECRET not in told(kind_of, body)
