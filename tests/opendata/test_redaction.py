"""What is redacted in the record is gone from the files of releases too, and they say so."""

import sqlalchemy as sa
from sqlmodel import col

from tests import factories, personas
from tests.audit.test_audit import events
from tests.opendata import released
from tests.personas import Visitor
from tracker.app import App
from tracker.audit.models import SERVICE
from tracker.db.session import Database
from tracker.entries.content import Citation
from tracker.entries.models import PublishedRevision
from tracker.entries.publish import withdraw
from tracker.instruments.store import Store
from tracker.kit.vocabulary import CitationAxis
from tracker.opendata import queries, redaction_service
from tracker.opendata.store import REDACTIONS, SUMS, ReleaseStore, sha256
from tracker.privacy import operation
from tracker.settings import Settings

SECRET = "Larkspur of the third ward"
REASON = "Names a person."


async def _published(database: Database) -> PublishedRevision:
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    citation = Citation(CitationAxis.COMMITMENT, factories.DECREE, locator=SECRET, quote=SECRET)
    where = await factories.cell(database)
    what = factories.content(citations=(citation,))
    return await factories.published(database, author, reviewer, where, what)


def _holding(here: Settings, number: int, text: str) -> list[str]:
    files = ReleaseStore(here.data_dir).read(number)
    return [name for name, content in files.items() if text.encode() in content]


async def test_no_file_of_any_release_holds_it(database: Database, here: Settings) -> None:
    revision = await _published(database)
    await released.release(database, here)
    await released.release(database, here)
    assert _holding(here, 1, SECRET) == ["adoption.csv", "citations.csv"]
    before = ReleaseStore(here.data_dir).read(1)
    await operation.redact(database, Store(here.data_dir), revision.uid, "citation.1.quote", REASON)
    assert await redaction_service.rewrite_all(database, here) == [2, 1]
    told = [e.action for e in await events(database, SERVICE)]
    assert told.count("release.published") == 2
    assert told.count("release.rewritten") == 2
    for number in (1, 2):
        assert _holding(here, number, SECRET) == []
        assert {"adoption.csv", "citations.csv"} <= set(_holding(here, number, REASON))
    after = ReleaseStore(here.data_dir).read(1)
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {"adoption.csv", "citations.csv", "datapackage.json", SUMS}
    # All other rows, and all other cells of these, are what they were.
    old, new = (released.rows(f["adoption.csv"]) for f in (before, after))
    differing = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert len(differing) == 1 and {
        k for k in differing[0][0] if differing[0][0][k] != differing[0][1][k]
    } == {"sources"}


async def test_the_sums_and_the_notice_tell_of_both(database: Database, here: Settings) -> None:
    revision = await _published(database)
    await released.release(database, here)
    store = ReleaseStore(here.data_dir)
    before = store.read(1)
    await operation.redact(database, Store(here.data_dir), revision.uid, "citation.1.quote", REASON)
    await redaction_service.rewrite_all(database, here)
    after = store.read(1)
    for name in ("adoption.csv", "citations.csv", "datapackage.json"):
        assert f"| {name} | {sha256(before[name])} | {sha256(after[name])} |" in after[REDACTIONS].decode()
    assert f"{sha256(after[REDACTIONS])}  {REDACTIONS}" in after[SUMS].decode()
    async with database.read() as db:
        release = (await queries.releases(db))[0]
    assert store.fault(1, release.sums_sha256) == ""
    assert release.rewritten
    # The next release counts it, and a second time changes nothing.
    assert await redaction_service.rewrite_all(database, here) == []
    second = await released.release(database, here)
    assert second.changes and second.changes.unexplained == []


async def test_the_reason_of_a_withdrawal_too(database: Database, here: Settings) -> None:
    revision = await _published(database)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    async with database.write(personas.bound(reviewer)) as db:
        await withdraw(db, reviewer, revision.uid, reason=SECRET)
    await released.release(database, here)
    assert _holding(here, 1, SECRET) == ["tombstones.csv"]
    await operation.redact(database, Store(here.data_dir), revision.uid, "withdrawal.reason", REASON)
    await redaction_service.rewrite_all(database, here)
    assert _holding(here, 1, SECRET) == []


async def test_a_rewriting_that_was_cut_off_is_finished(database: Database, here: Settings) -> None:
    revision = await _published(database)
    await released.release(database, here)
    await operation.redact(database, Store(here.data_dir), revision.uid, "citation.1.quote", REASON)
    store = ReleaseStore(here.data_dir)
    before = store.read(1)
    await redaction_service.rewrite_all(database, here)
    whole = store.read(1)
    # As if it had stopped after one file: the rest, and the row that says how far it came, are as before.
    for name, content in before.items():
        if name != "adoption.csv":
            (store.path(1) / name).write_bytes(content)
    (store.path(1) / REDACTIONS).unlink()
    async with database.read() as db:
        release = (await queries.releases(db))[0]
        places = await queries.redacted_places(db)
    async with database.write(redaction_service.Bound(tenant=redaction_service.SERVICE)) as db:
        await redaction_service._rewrite(db, here, release, release.redaction_id + 1, places)
    assert {n: c for n, c in store.read(1).items() if n not in (REDACTIONS, SUMS)} == {
        n: c for n, c in whole.items() if n not in (REDACTIONS, SUMS)
    }
    assert _holding(here, 1, SECRET) == []


async def test_the_workspace_page_reaches_the_files(
    database: Database, site: App, here: Settings, admin: Visitor
) -> None:
    revision = await _published(database)
    await released.release(database, here)
    fields = {"field": "citation.1.quote", "reason": REASON}
    done = await admin.submit(f"/en/o/health-xaa/redact/{revision.uid}", fields)
    assert done.status_code == 303, done.text
    assert _holding(here, 1, SECRET) == []


async def test_nobody_is_served_a_file_that_a_redaction_has_not_reached(
    database: Database, site: App, here: Settings, client: Visitor
) -> None:
    revision = await _published(database)
    await released.release(database, here)
    assert SECRET in (await client.get("/data/1/citations.csv")).text
    # The program was stopped between the redaction and the files.
    await operation.redact(database, Store(here.data_dir), revision.uid, "citation.1.quote", REASON)
    answer = await client.get("/data/1/citations.csv")
    assert answer.status_code == 200
    assert SECRET not in answer.text
    assert REASON in answer.text


async def test_a_foreign_change_is_not_covered_up(database: Database, here: Settings) -> None:
    revision = await _published(database)
    await released.release(database, here)
    path = ReleaseStore(here.data_dir).path(1) / "frameworks.csv"
    path.write_bytes(b"something else")
    await operation.redact(database, Store(here.data_dir), revision.uid, "citation.1.quote", REASON)
    faults = []
    try:
        await redaction_service.rewrite_all(database, here)
    except redaction_service.Broken as broken:
        faults.append(str(broken))
    assert faults == ["release 1: frameworks.csv is not what its hash says"]
    async with database.read() as db:
        n = (
            await db.execute(
                sa.select(sa.func.count())
                .select_from(PublishedRevision)
                .where(col(PublishedRevision.uid) == revision.uid)
            )
        ).scalar()
    assert n == 1
