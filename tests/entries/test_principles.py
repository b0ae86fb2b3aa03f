"""What an instrument says on the report's principles: typed with the citation, kept through every step, never scored."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests import factories, personas
from tests.entries.cells import FRESH, PUBLISHED, cell_path, drafts, entry_path
from tests.personas import Visitor
from tracker.access.actor import OrganisationActor
from tracker.db.session import Database
from tracker.entries import draft_queries
from tracker.entries.apply import Application, apply
from tracker.entries.content import Cell, Citation
from tracker.entries.principles import Stated
from tracker.kit import clock
from tracker.kit.vocabulary import Domain, Payment, Principle
from tracker.privacy import place_queries as privacy
from tracker.privacy import service as redaction

TRAUMA = Stated(Principle.TRAUMA_INFORMED, "Article 4")
SURVIVORS = Stated(Principle.SURVIVOR_INFORMED, "Article 9", "Two seats on the council", Payment.PAID)
CITATION = replace(factories.CITATION, principles=(TRAUMA, SURVIVORS))
SAYING = factories.content(citations=(CITATION,))
TYPED = {
    "citations-0-trauma_informed": "Article 4",
    "citations-0-survivor_informed": "Article 9",
    "citations-0-survivor_how": "Two seats on the council",
    "citations-0-survivor_payment": "paid",
}
SHOWN = ("Trauma-informed", "Article 4", "Survivor-informed", "Article 9", "Two seats on the council", "paid")


async def actors(database: Database) -> tuple[OrganisationActor, OrganisationActor]:
    return await personas.actor(database, personas.OWNER), await personas.actor(database, personas.TEAMMATE)


async def cited(database: Database, actor: OrganisationActor, where: Cell) -> tuple[Citation, ...]:
    async with database.read(personas.bound(actor)) as db:
        found = await draft_queries.draft_of_cell(db, where)
    assert found is not None
    return found.content.citations


async def test_what_is_typed_is_kept_and_shown_again(owner: Visitor, database: Database) -> None:
    path = entry_path("health-xaa")
    saved = await owner.submit(path, factories.entry_form(**TYPED))
    assert saved.status_code == 303
    actor, _reviewer = await actors(database)
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    assert (await cited(database, actor, where))[0].principles == (TRAUMA, SURVIVORS)
    page = (await owner.get(path)).text
    assert 'value="Article 4"' in page
    assert 'value="paid" checked' in page or 'checked id="citations-0-survivor_payment-0"' in page
    # Sent again it says the same: nothing of it was lost on the way through the form.
    again = await owner.submit(path, factories.entry_form(**TYPED))
    assert "saved already" in (await owner.get(again.headers["location"])).text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"citations-0-survivor_how": "By consultation"}, "Say where the instrument says it"),
        ({"citations-0-survivor_payment": "unpaid"}, "Say where the instrument says it"),
        ({"citations-0-survivor_payment": "gold"}, "Not a valid choice"),
        ({"citations-0-people_at_risk": "x" * 201}, "Use at most 200 characters"),
        (
            {"citations-0-survivor_informed": "4", "citations-0-survivor_how": "x" * 301},
            "Use at most 300 characters",
        ),
    ],
)
async def test_a_fault_stands_beside_its_field(
    owner: Visitor, database: Database, typed: dict[str, str], says: str
) -> None:
    before = len(await drafts(database, personas.OWNER))
    answer = await owner.submit(entry_path("health-xaa"), factories.entry_form(**typed))
    assert answer.status_code == 422
    assert says in answer.text
    for text in typed.values():
        if text not in ("unpaid", "gold"):
            assert text in answer.text
    assert len(await drafts(database, personas.OWNER)) == before


async def test_every_page_that_shows_the_citation_shows_them(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database
) -> None:
    author, _reviewer = await actors(database)
    where = await factories.cell(database)
    draft = await factories.draft(database, author, where, SAYING, submitted=True)
    path = f"/en/o/health-xaa/review/{draft.id}"
    for person, page in ((teammate, path), (owner, entry_path("health-xaa", PUBLISHED))):
        text = (await person.get(page)).text
        assert [s for s in SHOWN if s not in text] == [], page
    published = await teammate.submit(f"{path}/publish", {"version": str(draft.version)})
    assert published.status_code == 303
    for page in (
        cell_path(PUBLISHED),
        "/en/jurisdictions/XAA",
        "/en/compare/briefing?jurisdictions=XAA",
    ):
        text = (await client.get(page)).text
        assert [s for s in SHOWN if s.lower() not in text.lower()] == [], page
    assert (await client.get("/en/compare/briefing.pdf?jurisdictions=XAA")).status_code == 200


async def test_the_next_draft_starts_with_them(owner: Visitor, database: Database) -> None:
    author, reviewer = await actors(database)
    await factories.published(database, author, reviewer, await factories.cell(database), SAYING)
    page = (await owner.get(entry_path("health-xaa", PUBLISHED))).text
    assert 'value="Article 4"' in page
    assert "Two seats on the council" in page


async def test_applying_an_instrument_keeps_what_it_said_and_adds(database: Database) -> None:
    author, _reviewer = await actors(database)
    where = await factories.cell(database)
    await factories.draft(database, author, where, SAYING)
    (before,) = await cited(database, author, where)
    risk = Stated(Principle.PEOPLE_AT_RISK, "Article 5")
    other = replace(TRAUMA, locator="Article 40")
    citation = replace(before, principles=(other, risk))
    application = Application(citation, None, None, None, None, "", None)
    beside = replace(where, domain=Domain.RESEARCHER)
    async with database.write(personas.bound(author)) as db:
        await apply(db, author, where.jurisdiction_id, [where, beside], application, submit=False)
    assert (await cited(database, author, where))[0].principles == (other, SURVIVORS, risk)
    assert (await cited(database, author, beside))[-1].principles == (other, risk)


async def test_a_notice_holds_them_frozen(ngo: Visitor, database: Database, teammate: Visitor) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.NGO, personas.NGO_REVIEWER)]
    where = await factories.cell(database)
    draft = await factories.notified(database, author, reviewer, where, SAYING)
    steward = await personas.actor(database, personas.TEAMMATE)
    notice = await factories.notice_to(database, steward, draft)
    assert [p["principle"] for p in notice.copy_["citations"][0]["principles"]] == [
        "trauma_informed",
        "survivor_informed",
    ]
    page = (await teammate.get(f"/en/o/health-xaa/notices/{notice.id}")).text
    assert [s for s in SHOWN if s not in page] == []


async def test_a_conflict_shows_what_is_stored(owner: Visitor, database: Database) -> None:
    author, _reviewer = await actors(database)
    await factories.draft(database, author, await factories.cell(database), SAYING)
    sent: dict[str, Any] = factories.entry_form(version="7", **{"citations-0-trauma_informed": "Article 77"})
    answer = await owner.submit(entry_path("health-xaa", PUBLISHED), sent)
    assert answer.status_code == 409
    assert "Article 77" in answer.text
    assert "Two seats on the council" in answer.text


async def test_signs_of_personal_data_are_found_in_them(database: Database, teammate: Visitor) -> None:
    author, _reviewer = await actors(database)
    telling = replace(SURVIVORS, how="Write to maria.example@example.org")
    what = factories.content(citations=(replace(CITATION, principles=(telling,)),))
    draft = await factories.draft(database, author, await factories.cell(database), what, submitted=True)
    path = f"/en/o/health-xaa/review/{draft.id}"
    assert "How individuals take part (citation 1, Survivor-informed)" in (await teammate.get(path)).text
    refused = await teammate.submit(f"{path}/publish", {"version": str(draft.version)})
    assert refused.status_code == 422


async def test_redaction_reaches_them(database: Database, client: Visitor) -> None:
    author, reviewer = await actors(database)
    where = await factories.cell(database)
    revision = await factories.published(database, author, reviewer, where, SAYING)
    await factories.draft(database, author, where, SAYING)
    admin = await personas.actor(database, personas.ADMIN)
    field = "citation.1.survivor_informed.how"
    async with database.read() as db:
        assert field in {p.field for p in await privacy.texts_of(db, revision.uid)}
    async with database.write(personas.bound(admin)) as db:
        done = await redaction.redact(db, admin, revision.uid, field, reason="It told of a person")
    assert (done.published, done.drafts) == (1, 1)
    page = (await client.get(cell_path(PUBLISHED))).text
    assert "Two seats on the council" not in page
    assert "It told of a person" in page
    assert SURVIVORS.how not in (await cited(database, author, where))[0].principles[1].how


async def test_a_change_of_them_is_told(database: Database, client: Visitor) -> None:
    author, reviewer = await actors(database)
    where = await factories.cell(database)
    for day, what in ((1, factories.CONTENT), (2, SAYING)):
        with clock.at(datetime(2026, 9, day, 9, tzinfo=UTC)):
            await factories.published(database, author, reviewer, where, what)
    page = (await client.get("/en/jurisdictions/XAA/changes?from=2026-09-01&to=2026-09-02")).text
    assert (
        "What an instrument says on the principles: not stated → "
        "survivor-informed (Article 9); trauma-informed (Article 4)" in page
    )
