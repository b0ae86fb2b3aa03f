"""The work list: each kind of thing that waits, for who can do something about it and nobody else."""

from dataclasses import replace
from datetime import timedelta

from tests import factories, personas
from tests.entries.cells import FRESH, cell_path
from tests.notices.assessments import AFTER, BEFORE, NOTICES, REVIEW, SENT, notified
from tests.pages import html
from tests.personas import NGO_REVIEWER, OUTSIDER, OWNER, TEAMMATE, Persona, Visitor
from tests.reviews.voices import ELSEWHERE
from tracker.access.permissions import Role
from tracker.app import App
from tracker.db.session import Database
from tracker.entries import publish, service
from tracker.entries.models import PublishedRevision
from tracker.instruments import service as instruments
from tracker.instruments.service import Happening
from tracker.kit import clock
from tracker.kit.vocabulary import Domain, InstrumentEventKind, MandateKind, Voice
from tracker.reviews import service as reviews
from tracker.reviews.models import Verdict
from tracker.settings import Settings

NGO_ADMIN = Persona("ngo_admin", "admin@open-care-watch.example", "open-care-watch", Role.ADMIN)
CELL = "Quillmere: Health policy and practice"
HEADINGS = (
    "Returned to their authors",
    "To review",
    "Assessments you may reply to",
    "Notified assessments that may be published",
    "Reports of mistakes to answer",
    "Accepted reports that wait for a correction",
    "Contested",
    "Resting on a repealed instrument",
    "Search notes that are missing",
    "Not confirmed for twelve months",
)
REPEALED, STALE = "Resting on a repealed instrument", "Not confirmed for twelve months"


def parts(page: str) -> dict[str, str]:
    """The words below each heading of the list."""
    text = html.words(page).rpartition("What needs you")[2]
    found = [(text.index(h), h) for h in HEADINGS if h in text]
    return {h: text[at:].partition(h)[2].partition(_next(found, at))[0] for at, h in found}


def _next(found: list[tuple[int, str]], at: int) -> str:
    return next((h for other, h in sorted(found) if other > at), "Core Competencies Adoption Tracker")


async def work(person: Visitor) -> dict[str, str]:
    assert person.persona
    answer = await person.get(f"/en/o/{person.persona.organisation}/work")
    assert answer.status_code == 200
    return parts(answer.text)


async def say(database: Database, days_ago: int, **changes: object) -> PublishedRevision:
    author, reviewer = await personas.actor(database, OWNER), await personas.actor(database, TEAMMATE)
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    with clock.at(clock.now() - timedelta(days=days_ago)):
        return await factories.published(database, author, reviewer, where, factories.content(**changes))


async def test_it_is_reached_from_the_workspace(owner: Visitor) -> None:
    assert "/en/o/health-xaa/work" in html.links((await owner.get("/en/o/health-xaa")).text)


async def test_a_draft_waits_for_its_reviewer_then_for_its_author(
    owner: Visitor, teammate: Visitor, viewer: Visitor, outsider: Visitor, database: Database
) -> None:
    author, reviewer = await personas.actor(database, OWNER), await personas.actor(database, TEAMMATE)
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    draft = await factories.draft(database, author, where, submitted=True)
    assert CELL in (await work(teammate))["To review"]
    for person in (owner, viewer, outsider):
        assert CELL not in (await work(person)).get("To review", "")
    async with database.write(personas.bound(reviewer)) as db:
        await service.return_draft(db, reviewer, draft.id, version=draft.version, reason="Name the article.")
    assert CELL not in (await work(teammate)).get("To review", "")
    for person in (owner, teammate):
        assert "Name the article." in (await work(person))["Returned to their authors"]
    for person in (viewer, outsider):
        assert "Name the article." not in str(await work(person))


async def test_who_submitted_it_does_not_review_it(teammate: Visitor, database: Database) -> None:
    reviewer = await personas.actor(database, TEAMMATE)
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    await factories.draft(database, reviewer, where, submitted=True)
    assert CELL not in (await work(teammate)).get("To review", "")


async def test_a_notice_waits_for_the_stewards_reply(
    owner: Visitor, teammate: Visitor, outsider: Visitor, database: Database
) -> None:
    draft = await notified(database)
    steward = await personas.actor(database, TEAMMATE)
    notice = await factories.notice_to(database, steward, draft)
    with clock.at(BEFORE):
        assert f"{CELL} Open Care Watch (demo NGO) · until" in (await work(teammate))[HEADINGS[2]]
    with clock.at(AFTER):
        assert "the period ended on" in (await work(teammate))[HEADINGS[2]]
    assert f"{NOTICES}/{notice.id}" in html.links((await teammate.get("/en/o/health-xaa/work")).text)
    for person in (owner, outsider):
        assert CELL not in (await work(person)).get(HEADINGS[2], "")
    await factories.replied(database, steward, draft)
    assert CELL not in (await work(teammate)).get(HEADINGS[2], "")


async def test_an_assessment_is_ready_after_the_period_or_with_the_reply(
    ngo: Visitor, ngo_reviewer: Visitor, database: Database
) -> None:
    draft = await notified(database)
    with clock.at(BEFORE):
        assert CELL not in (await work(ngo_reviewer)).get(HEADINGS[3], "")
    with clock.at(AFTER):
        assert f"{CELL} the period is over" in (await work(ngo_reviewer))[HEADINGS[3]]
        assert HEADINGS[3] not in await work(ngo)
    with clock.at(SENT + timedelta(days=1)):
        await factories.replied(database, await personas.actor(database, TEAMMATE), draft)
        assert f"{CELL} the reply is in" in (await work(ngo_reviewer))[HEADINGS[3]]
    reviewer = await personas.actor(database, NGO_REVIEWER)
    async with database.write(personas.bound(reviewer)) as db:
        await publish.publish(db, reviewer, draft.id, version=draft.version)
    assert CELL not in (await work(ngo_reviewer)).get(HEADINGS[3], "")


async def test_it_is_ready_once_all_stewards_have_replied(ngo_reviewer: Visitor, database: Database) -> None:
    other = await personas.actor(database, OUTSIDER)
    second = await personas.actor(database, ELSEWHERE)
    await factories.mandated(database, other, "XAA", MandateKind.STEWARD)
    draft = await notified(database)
    with clock.at(SENT + timedelta(days=1)):
        await factories.replied(database, await personas.actor(database, TEAMMATE), draft)
        assert CELL not in (await work(ngo_reviewer)).get(HEADINGS[3], "")
        await factories.replied(database, second, draft)
        assert (await work(ngo_reviewer))[HEADINGS[3]].count(CELL) == 1


async def test_it_is_not_ready_for_who_submitted_it(ngo_reviewer: Visitor, database: Database) -> None:
    submitter, notifier = [await personas.actor(database, p) for p in (NGO_REVIEWER, NGO_ADMIN)]
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    with clock.at(SENT):
        draft = await factories.notified(database, submitter, notifier, where)
    with clock.at(AFTER):
        assert CELL not in (await work(ngo_reviewer)).get(HEADINGS[3], "")
        assert (await ngo_reviewer.get(f"{REVIEW}/{draft.id}")).status_code == 200


async def test_a_report_waits_for_a_reviewer(
    owner: Visitor, teammate: Visitor, ngo_reviewer: Visitor, database: Database
) -> None:
    number = await factories.reported(database, await say(database, 1))
    assert f"No. {number}: {CELL}" in (await work(teammate))[HEADINGS[4]]
    for person in (owner, ngo_reviewer):
        assert HEADINGS[4] not in await work(person)


async def test_a_contested_cell_is_on_the_list_of_each_voice(
    owner: Visitor, ngo: Visitor, outsider: Visitor, database: Database
) -> None:
    revision = await say(database, 1)
    critic = await personas.actor(database, NGO_REVIEWER)
    assert CELL not in (await work(owner)).get("Contested", "")
    async with database.write(personas.bound(critic)) as db:
        await reviews.review(db, critic, revision.uid, verdict=Verdict.DISAGREE, reason="It was not found.")
    assert CELL in (await work(owner))["Contested"]
    assert "publish a correction" in (await work(owner))["Contested"]
    assert cell_path() in html.links((await owner.get("/en/o/health-xaa/work")).text)
    for person in (ngo, outsider):
        assert CELL not in (await work(person)).get("Contested", "")


async def test_a_cell_that_rests_on_a_repealed_instrument_waits_for_who_writes(
    owner: Visitor, viewer: Visitor, ngo: Visitor, database: Database
) -> None:
    author, reviewer = await personas.actor(database, OWNER), await personas.actor(database, TEAMMATE)
    instrument = await factories.instrument(database, author)
    cited = (replace(factories.CITATION, instrument=instrument),)
    await say(database, 1, citations=cited)
    assert CELL not in (await work(owner)).get(REPEALED, "")
    repeal = Happening(InstrumentEventKind.REPEALED, effective_on=clock.today())
    async with database.write(personas.bound(reviewer)) as db:
        event = await instruments.record_event(db, reviewer, instrument, repeal)
    told = (await work(owner))[REPEALED]
    assert CELL in told
    assert f"{factories.DECREE.title} , repealed on" in told
    page = (await owner.get("/en/o/health-xaa/work")).text
    assert f"/en/o/health-xaa/jurisdictions/XAA/cells/{FRESH[1]}/{FRESH[2]}/all" in html.links(page)
    for person in (viewer, ngo):
        assert CELL not in (await work(person)).get(REPEALED, "")
    async with database.write(personas.bound(reviewer)) as db:
        await instruments.retract(db, reviewer, instrument, event.id, note="It was another decree.")
    assert CELL not in (await work(owner)).get(REPEALED, "")


async def test_a_zero_without_its_search_note_waits_for_who_writes(
    owner: Visitor, viewer: Visitor, ngo: Visitor, database: Database
) -> None:
    """The forms refuse it; data brought in from elsewhere may lack it, as the demo world's loader shows."""
    author = await personas.actor(database, OWNER)
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    draft = await factories.draft(database, author, where, factories.content(commitment="0"))
    async with database.write(personas.bound(author)) as db:
        loaded = await service.open_draft(db, where)
        assert loaded is not None
        await publish.publish_as(db, author, loaded, Voice.SELF)
    assert draft.commitment == "0"
    assert CELL in (await work(owner))["Search notes that are missing"]
    for person in (viewer, ngo):
        assert CELL not in (await work(person)).get("Search notes that are missing", "")


async def test_what_was_not_confirmed_for_a_year_waits_for_who_writes(
    app: App,
    settings: Settings,
    owner: Visitor,
    viewer: Visitor,
    outsider: Visitor,
    database: Database,
) -> None:
    await say(database, 300)
    assert CELL not in (await work(owner)).get(STALE, "")
    with clock.at(clock.now() + timedelta(days=70)):
        async with await personas.signed_in(app, settings, database, OWNER) as later:
            assert CELL in (await work(later))[STALE]
    assert STALE not in await work(viewer)
    assert CELL not in (await work(outsider)).get(STALE, "")


async def test_an_outsider_has_no_list_of_another(outsider: Visitor, client: Visitor) -> None:
    assert (await outsider.get("/en/o/health-xaa/work")).status_code == 404
    assert (await client.get("/en/o/health-xaa/work")).headers["location"].startswith("/en/sign-in")


async def test_where_nothing_waits_it_says_so(operator: Visitor) -> None:
    page = html.words((await operator.get("/en/o/secretariat/work")).text)
    assert "Nothing waits for you." in page
