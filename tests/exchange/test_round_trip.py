"""Out and back in, on both databases: what comes back unchanged changes nothing, and what is changed is all there."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from tests import factories, personas
from tests.exchange.sheet import Row, as_csv, of_csv, row
from tests.factories import CITATION, grid_csv
from tracker.access.actor import OrganisationActor
from tracker.audit.models import AuditEvent
from tracker.db.session import Bound, Database
from tracker.entries import draft_queries, service
from tracker.entries.content import Cell, Citation, Content
from tracker.entries.models import Draft, DraftCitation
from tracker.exchange import queries
from tracker.exchange import service as exchange
from tracker.exchange.plan import Verdict
from tracker.exchange.sheets import csv_of, of_bytes
from tracker.exchange.workbook import build
from tracker.frameworks import queries as frameworks
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit.errors import Conflict, Forbidden
from tracker.kit.vocabulary import Basis, CitationAxis, Domain, DraftState, RevisionKind, Scope
from tracker.organisations import queries as organisations

PLACES = {personas.OWNER: "XAA", personas.NGO: "US-FL"}


@pytest.fixture(params=list(PLACES), ids=lambda p: p.name)
async def author(
    anyio_backend: str, request: pytest.FixtureRequest, database: Database
) -> tuple[OrganisationActor, str]:
    """A ministry of its own country, and an assessor of a real state; each with the code of its place."""
    return await personas.actor(database, request.param), PLACES[request.param]


@pytest.fixture
async def owner_(anyio_backend: str, database: Database) -> OrganisationActor:
    return await personas.actor(database, personas.OWNER)


async def apply(database: Database, actor: OrganisationActor, content: bytes) -> exchange.Outcome:
    async with database.write(personas.bound(actor)) as db:
        return await exchange.apply(db, actor, of_bytes(content))


async def drafts(database: Database, actor: OrganisationActor) -> dict[UUID, tuple[Any, ...]]:
    """All that is stored of the organisation's drafts, by id."""
    async with database.read(Bound(tenant=actor.organisation_id)) as db:
        rows = (await db.execute(select(Draft))).scalars().all()
        cited = (await db.execute(select(DraftCitation))).scalars().all()
    return {
        r.id: (r.model_dump(), sorted((c.position, c.id) for c in cited if c.draft_id == r.id)) for r in rows
    }


async def events(database: Database, actor: OrganisationActor) -> list[AuditEvent]:
    async with database.read(Bound(tenant=actor.organisation_id)) as db:
        rows = await db.execute(
            select(AuditEvent).where(col(AuditEvent.action) == "import.applied").order_by(AuditEvent.sequence)
        )
        return list(rows.scalars())


def counts(outcome: exchange.Outcome) -> dict[str, int]:
    return {verdict.value: n for verdict, n in outcome.report.counts.items() if n}


async def said(database: Database, actor: OrganisationActor, where: Cell) -> Content:
    async with database.read(personas.bound(actor)) as db:
        found = await draft_queries.draft_of_cell(db, where)
    assert found is not None
    return found.content


def changed(content: bytes, **cells: str) -> bytes:
    """The grid with cells of the row of the Universal Competency for educators changed."""
    rows = of_csv(content)
    for found in rows:
        if (found["item"], found["domain"]) == ("HTCC-UC", "educator"):
            found.update(cells)
    return as_csv(rows)


async def test_what_was_exported_changes_nothing(
    database: Database, author: tuple[OrganisationActor, str]
) -> None:
    actor, code = author
    await factories.draft(database, actor, await factories.cell(database, code, domain=Domain.INDIVIDUAL))
    submitted = await factories.cell(database, code, domain=Domain.RESEARCHER)
    await factories.draft(database, actor, submitted, submitted=True)
    content = await grid_csv(database, actor, code)
    before = await drafts(database, actor)
    outcome = await apply(database, actor, content)
    assert set(counts(outcome)) <= {"unchanged", "left_alone"}
    assert sum(counts(outcome).values()) == outcome.report.rows == 28
    assert await drafts(database, actor) == before
    assert await events(database, actor) == []


async def test_a_workbook_changes_nothing_either(
    database: Database, author: tuple[OrganisationActor, str]
) -> None:
    actor, code = author
    content = await grid_csv(database, actor, code)
    async with database.read() as db:
        framework = await frameworks.framework(db, "hhs-core-competencies")
    assert framework is not None
    # the rows as the workbook gets them: without the CSV's marks
    rows = [list(cells) for _n, cells in of_bytes(content).rows()]
    outcome = await apply(database, actor, csv_of(build(rows, framework, [])))
    assert set(counts(outcome)) <= {"unchanged", "left_alone"}
    assert outcome.report.rows == 28


TEXT = st.text(max_size=60).map(lambda t: t.replace("\x00", "")) | st.sampled_from(
    ["=1+1", "'=x", "-", "two\r\nlines", "  around  ", "\u2028", "\x0b\x0c", "é" * 150]
)
DAY = st.none() | st.dates(date(1900, 1, 1), date(2100, 12, 31))
CODE = st.sampled_from(["0", "1", "4", "not_assessed", "not_applicable", "inconclusive"])
CITATIONS = st.lists(
    st.builds(
        Citation,
        axis=st.sampled_from(CitationAxis),
        instrument=st.just(UUID(int=0)),
        locator=TEXT,
        quote=TEXT,
        quote_language=st.sampled_from(["", "fr", "pt-BR"]),
        translation=TEXT,
    ),
    max_size=5,
).map(tuple)
CONTENT = st.builds(
    Content,
    commitment=CODE,
    practice=CODE,
    basis=st.none() | st.sampled_from(Basis),
    scope=st.none() | st.sampled_from(Scope),
    scope_note=TEXT,
    valid_from=DAY,
    owner=TEXT,
    budget=TEXT,
    search_who=TEXT,
    search_where=TEXT,
    search_when=DAY,
    not_applicable_reason=TEXT,
    note=TEXT,
    citations=CITATIONS,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(what=CONTENT)
async def test_whatever_a_draft_says_comes_back_as_it_was(
    database: Database, owner_: OrganisationActor, what: Content
) -> None:
    instrument = await factories.published_instrument(database, "US-FL")
    cited = tuple(replace(c, instrument=instrument) for c in what.citations)
    where = await factories.cell(database)
    await factories.draft(database, owner_, where, replace(what, citations=cited))
    before = await drafts(database, owner_)
    outcome = await apply(database, owner_, await grid_csv(database, owner_))
    assert outcome.changes == outcome.report.faulty == 0
    assert await drafts(database, owner_) == before


FULL = {
    "commitment": "3",
    "practice": "0",
    "basis": "by_name",
    "scope": "targeted",
    "scope_note": "Nurses",
    "valid_from": "2024-01-02",
    "valid_to": "2025-01-02",
    "owner": "Directorate",
    "budget": "Line 3",
    "search_who": "Registry",
    "search_where": "Gazette",
    "search_when": "2024-05-06",
    "note": "=not a formula\nand a second line",
}
MEANT = Content(
    commitment="3",
    practice="0",
    basis=Basis.BY_NAME,
    scope=Scope.TARGETED,
    scope_note="Nurses",
    valid_from=date(2024, 1, 2),
    valid_to=date(2025, 1, 2),
    owner="Directorate",
    budget="Line 3",
    search_who="Registry",
    search_where="Gazette",
    search_when=date(2024, 5, 6),
    note="=not a formula\nand a second line",
)


async def test_every_column_arrives(database: Database, owner_: OrganisationActor) -> None:
    where = await factories.cell(database, item="D87J-HEALTH", domain=Domain.ALL)
    instrument = await factories.published_instrument(database, "US-FL")
    place = {"framework": "delta87-justice", "item": "D87J-HEALTH", "domain": "all"}
    cited = {
        "citation_1_axis": "both",
        "citation_1_instrument": str(instrument),
        "citation_1_locator": "s. 1",
        "citation_1_quote": "Dit",
        "citation_1_quote_language": "fr",
        "citation_1_translation": "Said",
    }
    outcome = await apply(database, owner_, as_csv([row(**place | FULL | cited)]))
    assert counts(outcome) == {"added": 1}
    citation = Citation(CitationAxis.BOTH, instrument, "s. 1", "Dit", "fr", "Said")
    assert await said(database, owner_, where) == replace(MEANT, citations=(citation,))
    (draft,) = [r for r, _c in (await drafts(database, owner_)).values() if r["item_id"] == where.item_id]
    assert (draft["version"], draft["state"], draft["created_by"]) == (1, DraftState.DRAFT, owner_.user_id)
    # the services take it up from there
    async with database.write(personas.bound(owner_)) as db:
        await service.submit(db, owner_, draft["id"], version=1)


async def test_the_same_file_twice_changes_nothing_and_leaves_one_event(
    database: Database, author: tuple[OrganisationActor, str]
) -> None:
    actor, code = author
    content = changed(await grid_csv(database, actor, code), **FULL | {"note": "imported"})
    first = await apply(database, actor, content)
    after = await drafts(database, actor)
    second = await apply(database, actor, content)
    assert first.changes == 1
    assert second.changes == 0
    assert await drafts(database, actor) == after
    (event,) = await events(database, actor)
    assert event.subject == f"import:{first.sha256}"
    assert event.actor_id == actor.user_id
    assert event.detail["sha256"] == second.sha256
    assert event.detail["rows"] == 28
    assert event.detail["added"] + event.detail["changed"] == 1


@pytest.mark.parametrize("state", [DraftState.DRAFT, DraftState.RETURNED])
async def test_a_draft_is_replaced_whatever_stood_there(
    database: Database, owner_: OrganisationActor, state: DraftState
) -> None:
    where = await factories.cell(database)
    draft = await factories.draft(database, owner_, where, submitted=state is DraftState.RETURNED)
    if state is DraftState.RETURNED:
        reviewer = await personas.actor(database, personas.TEAMMATE)
        async with database.write(personas.bound(reviewer)) as db:
            await service.return_draft(db, reviewer, draft.id, version=draft.version, reason="Mend it.")
    version = (await drafts(database, owner_))[draft.id][0]["version"]
    blank = {name: "" for name in of_csv(await grid_csv(database, owner_))[0] if name.startswith("citation_")}
    outcome = await apply(database, owner_, changed(await grid_csv(database, owner_), **FULL | blank))
    assert counts(outcome)["changed"] == 1
    assert await said(database, owner_, where) == MEANT
    stored, cited = (await drafts(database, owner_))[draft.id]
    assert (stored["version"], stored["state"], cited) == (version + 1, state, [])
    assert stored["created_at"] < stored["updated_at"]


async def test_only_citations_that_differ_are_written_and_those_beyond_stay(
    database: Database, owner_: OrganisationActor
) -> None:
    where = await factories.cell(database)
    cited = tuple(replace(CITATION, locator=f"Article {n}") for n in range(1, 6))
    draft = await factories.draft(database, owner_, where, factories.content(citations=cited))
    before = (await drafts(database, owner_))[draft.id][1]
    content = changed(await grid_csv(database, owner_), citation_2_locator="Article 22")
    assert counts(await apply(database, owner_, content))["changed"] == 1
    after = (await drafts(database, owner_))[draft.id][1]
    assert [position for position, _id in after] == [1, 2, 3, 4, 5]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True, True, True]
    locators = [c.locator for c in (await said(database, owner_, where)).citations]
    assert locators == ["Article 1", "Article 22", "Article 3", "Article 4", "Article 5"]


async def test_a_citation_may_be_added_and_taken_away(database: Database, owner_: OrganisationActor) -> None:
    where = await factories.cell(database)
    await factories.draft(database, owner_, where)
    content = await grid_csv(database, owner_)
    (line,) = [r for r in of_csv(content) if r["item"] == "HTCC-UC" and r["domain"] == "educator"]
    more = {
        name.replace("_1_", f"_{n}_"): text
        for n in (2, 3)
        for name, text in line.items()
        if name.startswith("citation_1_")
    }
    await apply(database, owner_, changed(content, **more | {"citation_3_locator": "Article 9"}))
    assert [c.locator for c in (await said(database, owner_, where)).citations] == [
        "Article 3",
        "Article 3",
        "Article 9",
    ]
    await apply(database, owner_, content)
    assert [c.locator for c in (await said(database, owner_, where)).citations] == ["Article 3"]


async def test_a_new_draft_over_what_is_published_keeps_the_citations_that_have_no_column(
    database: Database, owner_: OrganisationActor
) -> None:
    reviewer = await personas.actor(database, personas.TEAMMATE)
    where = await factories.cell(database)
    cited = tuple(replace(CITATION, locator=f"Article {n}") for n in range(1, 6))
    await factories.published(database, owner_, reviewer, where, factories.content(citations=cited))
    await apply(database, owner_, changed(await grid_csv(database, owner_), note="new"))
    found = await said(database, owner_, where)
    assert [c.locator for c in found.citations] == [f"Article {n}" for n in range(1, 6)]
    assert (found.note, found.kind) == ("new", RevisionKind.CHANGE)


async def test_a_correction_names_the_revision_that_it_corrects(
    database: Database, owner_: OrganisationActor
) -> None:
    reviewer = await personas.actor(database, personas.TEAMMATE)
    revision = await factories.published(database, owner_, reviewer, await factories.cell(database))
    outcome = await apply(database, owner_, changed(await grid_csv(database, owner_), kind="correction"))
    assert counts(outcome)["changed"] == 1
    corrected = [r["corrects_id"] for r, _c in (await drafts(database, owner_)).values()]
    assert revision.id in corrected


async def test_all_or_nothing(database: Database, owner_: OrganisationActor) -> None:
    before = await drafts(database, owner_)
    rows: list[Row] = [row(domain="educator", note="good"), row(domain="individual", commitment="9")]
    for content in (as_csv(rows), as_csv(rows[::-1])):
        with pytest.raises(exchange.Faulty):
            await apply(database, owner_, content)
    assert await drafts(database, owner_) == before
    assert await events(database, owner_) == []


async def test_what_waits_for_its_reviewer_stays(database: Database, owner_: OrganisationActor) -> None:
    await factories.draft(database, owner_, await factories.cell(database), submitted=True)
    before = await drafts(database, owner_)
    with pytest.raises(exchange.Faulty) as refused:
        await apply(database, owner_, changed(await grid_csv(database, owner_), note="over it"))
    assert "waits for its reviewer" in refused.value.report.faults[0].text
    assert await drafts(database, owner_) == before


async def test_looking_writes_nothing(database: Database, owner_: OrganisationActor) -> None:
    before = await drafts(database, owner_)
    content = changed(await grid_csv(database, owner_), note="looked at")
    async with database.write(personas.bound(owner_)) as db:
        outcome = await exchange.examine(db, owner_, of_bytes(content))
    assert outcome.changes == 1
    assert await drafts(database, owner_) == before


async def test_a_viewer_may_neither_look_nor_apply(database: Database) -> None:
    viewer = await personas.actor(database, personas.VIEWER)
    async with database.write(personas.bound(viewer)) as db:
        with pytest.raises(Forbidden):
            await exchange.examine(db, viewer, of_bytes(as_csv([row()])))
        with pytest.raises(Forbidden):
            await exchange.apply(db, viewer, of_bytes(as_csv([row()])))


async def test_the_verdict_counts_every_row_once(database: Database, owner_: OrganisationActor) -> None:
    outcome = await apply(database, owner_, changed(await grid_csv(database, owner_), **FULL))
    assert sum(outcome.report.counts[v] for v in Verdict) == outcome.report.rows


# The wall: other organisations, other places, other people's instruments.


@pytest.mark.parametrize("persona", personas.PERSONAS, ids=lambda p: p.name)
async def test_who_may_import_where_is_who_may_speak_there(
    database: Database, persona: personas.Persona
) -> None:
    """The bulk look-up of mandates says what the one for a single jurisdiction says."""
    actor = await personas.actor(database, persona)
    codes = ["XAA", "XAB", "XAC", "US-CT", "US-CA", "USA", "FRA", "FR-75"]
    async with database.read(personas.bound(actor)) as db:
        every = sa.text("SELECT code FROM jurisdiction WHERE fictional")
        codes += list((await db.execute(every)).scalars())
        found = await queries.grounds(db, actor.organisation_id, codes)
        places = await jurisdictions.by_codes(db, codes)
        today = date(2026, 11, 1)
        voices = {
            code: await organisations.voice_of(db, actor.organisation_id, place.id, today)
            for code, place in places.items()
        }
    assert set(found) == {code for code, voice in voices.items() if voice}
    assert len(places) > 8


async def test_nothing_is_taken_for_a_place_without_a_mandate(
    database: Database, owner_: OrganisationActor
) -> None:
    for code in ("XAB", "US-FL", "XXX", ""):
        with pytest.raises(exchange.Faulty) as refused:
            await apply(database, owner_, as_csv([row(jurisdiction=code)]))
        (fault,) = refused.value.report.faults
        assert (fault.row, fault.column) == (2, "jurisdiction")
        # whether there is such a jurisdiction is not told
        assert fault.text == (f"Your organisation has no mandate for a jurisdiction with the code “{code}”.")


async def test_the_instruments_of_another_organisation_are_unknown(
    database: Database, owner_: OrganisationActor
) -> None:
    outsider = await personas.actor(database, personas.OUTSIDER)
    await factories.draft(database, outsider, await factories.cell(database, "XAB"))
    async with database.read(personas.bound(outsider)) as db:
        theirs = (await queries.instruments(db)).own
        titles = {(await queries.instruments(db)).titles[id_] for id_ in theirs}
    async with database.read(personas.bound(owner_)) as db:
        known = await queries.instruments(db)
    assert theirs
    assert not theirs & set(known.titles)
    for name in (*theirs, *(titles - set(known.titles.values()))):
        cited = {"citation_1_axis": "both", "citation_1_instrument": name}
        with pytest.raises(exchange.Faulty) as refused:
            await apply(database, owner_, as_csv([row(**cited)]))
        assert [f.column for f in refused.value.report.faults] == ["citation_1_instrument"]


async def test_an_export_holds_only_what_is_ones_own(database: Database) -> None:
    """The assessor and the ministry each speak of XAA: neither sees a draft of the other's."""
    owner, ngo = await personas.actor(database, personas.OWNER), await personas.actor(database, personas.NGO)
    where = await factories.cell(database)
    await factories.draft(database, owner, where, factories.content(note="of the ministry"))
    await factories.draft(database, ngo, where, factories.content(note="of the assessor"))
    assert "of the assessor" not in (await grid_csv(database, owner)).decode()
    assert "of the ministry" not in (await grid_csv(database, ngo)).decode()


# Looking and applying are two moments.


async def test_what_was_looked_at_is_what_is_applied(database: Database, owner_: OrganisationActor) -> None:
    content = changed(await grid_csv(database, owner_), **FULL)
    kept = await factories.looked_at_import(database, owner_, content)
    async with database.write(personas.bound(owner_)) as db:
        outcome = await exchange.apply_preview(db, owner_, kept)
    assert outcome.changes == 1
    cited = (await said(database, owner_, await factories.cell(database))).citations
    assert await said(database, owner_, await factories.cell(database)) == replace(MEANT, citations=cited)
    async with database.read(personas.bound(owner_)) as db:
        assert await queries.preview(db, kept) is None


@pytest.mark.parametrize("what", ["saved", "submitted", "unrelated"])
async def test_a_draft_that_changed_meanwhile_makes_it_stale(
    database: Database, owner_: OrganisationActor, what: str
) -> None:
    where = await factories.cell(database)
    await factories.draft(database, owner_, where)
    content = changed(await grid_csv(database, owner_), note="imported")
    kept = await factories.looked_at_import(database, owner_, content)
    elsewhere = await factories.cell(database, item="D87J-HEALTH", domain=Domain.ALL)
    new = factories.content(note="meanwhile") if what == "saved" else factories.CONTENT
    await factories.draft(
        database, owner_, elsewhere if what == "unrelated" else where, new, submitted=what == "submitted"
    )
    before = await drafts(database, owner_)
    if what == "unrelated":
        async with database.write(personas.bound(owner_)) as db:
            assert (await exchange.apply_preview(db, owner_, kept)).changes == 1
        return
    with pytest.raises(Conflict, match="changed since"):
        async with database.write(personas.bound(owner_)) as db:
            await exchange.apply_preview(db, owner_, kept)
    assert await drafts(database, owner_) == before
    assert await events(database, owner_) == []
