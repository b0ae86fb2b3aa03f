"""Answering a report, and purging one of which nothing may be kept."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import factories, personas
from tests.corrections.reports import LINK, answer_path, places_of, revision_of
from tests.pages import html
from tests.personas import ADMIN, OWNER, TEAMMATE, Persona, Visitor, signed_in
from tests.worlds import ON_SQLITE, World
from tracker.access.permissions import Role
from tracker.app import create_app
from tracker.corrections import service
from tracker.corrections.models import ANSWER_LENGTH, PublishedReportEvent
from tracker.db.session import Database
from tracker.kit.errors import Forbidden, NotFound
from tracker.settings import Settings

CANARY = "Canary-of-a-life-told-7f3a"
ELSEWHERE = Persona("elsewhere", "reviewer@health.xab.example", "health-xab", Role.REVIEWER)


async def sent(database: Database, text: str = "The decree was repealed.") -> int:
    return await factories.reported(database, await revision_of(database), text)


@pytest.mark.parametrize(("decision", "state"), [("accepted", "Accepted"), ("declined", "Declined")])
async def test_an_answer_is_published_with_the_report(
    teammate: Visitor, client: Visitor, database: Database, decision: str, state: str
) -> None:
    number = await sent(database, "It was repealed.\nSee <b>page</b> 3.")
    work = await teammate.get("/en/o/health-xaa/work")
    assert answer_path(number) in html.links(work.text)
    page = (await teammate.get(answer_path(number))).text
    assert "See <b>page</b> 3." in html.words(page)
    form = html.form(page, "Close the report")
    done = await teammate.submit(form.action, form.filled(decision=decision, answer="Thank you; we looked."))
    assert (done.status_code, done.headers["location"]) == (303, "/en/o/health-xaa/work")
    public = await client.get(f"/en/corrections/{number}")
    told = html.words(public.text)
    for wanted in (state, "See <b>page</b> 3.", "Thank you; we looked.", "Ministry of Health of Quillmere"):
        assert wanted in told
    assert "https://example.org/gazette" in html.links(public.text)
    assert state in html.words((await client.get("/en/corrections")).text)
    assert answer_path(number) not in html.links((await teammate.get("/en/o/health-xaa/work")).text)


async def test_it_is_answered_once(teammate: Visitor, database: Database) -> None:
    number = await sent(database)
    form = {"decision": "accepted", "answer": "We correct it."}
    assert (await teammate.submit(answer_path(number), form)).status_code == 303
    for decision in ("declined", "purged"):
        again = await teammate.submit(answer_path(number), form | {"decision": decision})
        assert again.status_code == 404
    assert (await teammate.get(answer_path(number))).status_code == 404
    actor = await personas.actor(database, TEAMMATE)
    with pytest.raises(NotFound):
        async with database.write(personas.bound(actor)) as db:
            await service.answer(db, actor, number, accepted=False, text="No.")


async def test_two_reviewers_answer_once(own_world: World, settings: Settings) -> None:
    database = Database(own_world.engine)
    app, number = create_app(settings, database), await sent(database)
    async with (
        await signed_in(app, settings, database, TEAMMATE) as one,
        await signed_in(app, settings, database, ADMIN) as other,
    ):
        forms = [(one, "accepted"), (other, "declined"), (one, "purged"), (other, "accepted")]
        answers = await asyncio.gather(
            *(p.submit(answer_path(number), {"decision": d, "answer": "An answer."}) for p, d in forms)
        )
    assert sorted(a.status_code for a in answers) == [303, 404, 404, 404]
    async with database.read() as db:
        events = sa.select(sa.func.count()).select_from(PublishedReportEvent)
        assert await db.scalar(events) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"decision": ""}, "decision-0"),
        ({"decision": "received"}, "decision-0"),
        ({"answer": " "}, "answer"),
        ({"answer": "a" * (ANSWER_LENGTH + 1)}, "answer"),
    ],
)
async def test_a_fault_is_told_and_it_stays_open(
    teammate: Visitor, client: Visitor, database: Database, changes: dict[str, str], field: str
) -> None:
    number = await sent(database)
    form = {"decision": "accepted", "answer": "An answer."} | changes
    refused = await teammate.submit(answer_path(number), form)
    assert refused.status_code == 422
    assert f"#{field}" in html.links(refused.text)
    assert "Received" in html.words((await client.get(f"/en/corrections/{number}")).text)


async def test_only_a_reviewer_of_the_organisation_answers(
    owner: Visitor,
    viewer: Visitor,
    ngo_reviewer: Visitor,
    operator: Visitor,
    client: Visitor,
    database: Database,
) -> None:
    number = await sent(database, CANARY)
    form = {"decision": "declined", "answer": "No."}
    for person, organisation, status in (
        (owner, "health-xaa", 403),
        (viewer, "health-xaa", 403),
        (ngo_reviewer, "health-xaa", 404),
        (ngo_reviewer, "open-care-watch", 404),
        (operator, "secretariat", 404),
        (client, "health-xaa", 303),
    ):
        for answer in (
            await person.get(answer_path(number, organisation)),
            await person.submit(answer_path(number, organisation), form),
        ):
            assert answer.status_code == status, person.persona
            assert CANARY not in answer.text
    for who in (OWNER, ELSEWHERE):
        actor = await personas.actor(database, who)
        with pytest.raises((Forbidden, NotFound)):
            async with database.write(personas.bound(actor)) as db:
                await service.purge(db, actor, number)
    assert CANARY not in (await ngo_reviewer.get("/en/o/open-care-watch/work")).text


async def purge(world: World, settings: Settings) -> int:
    """A report that tells of a life, sent and purged through the pages as people do it."""
    database = Database(world.engine)
    app = create_app(settings, database)
    revision = await revision_of(database)
    async with personas.visitor(app, settings) as person:
        link = f"https://example.org/{CANARY}"
        fields = {"text": f"I was there. {CANARY}", "evidence_url": link, "policy_only": "y"}
        done = await person.submit(f"/en/corrections/new/{revision.uid}", fields)
        (public,) = [p for p in html.links(done.text) if p.startswith("/en/corrections/")]
        number = int(public.rpartition("/")[2])
    async with await signed_in(app, settings, database, TEAMMATE) as reviewer:
        answer = f"Purged, it said: {CANARY}"
        done = await reviewer.submit(answer_path(number), {"decision": "purged", "answer": answer})
        assert done.status_code == 303
    return number


async def all_rows_visible(world: World) -> None:
    """Let the owner of the tables see every tenant's rows, which row-level security forbids even to it."""
    if world.name == "postgresql":
        async with world.owner.begin() as connection:
            forced = "SELECT relname FROM pg_class WHERE relforcerowsecurity"
            for table in (await connection.execute(sa.text(forced))).scalars().all():
                await connection.execute(sa.text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))


async def test_a_purged_report_leaves_no_trace_of_its_text(own_world: World, settings: Settings) -> None:
    database = Database(own_world.engine)
    await all_rows_visible(own_world)
    kept = await sent(database, CANARY)
    assert await places_of(own_world.owner, CANARY) == ["report.text"], "the search finds what is there"
    actor = await personas.actor(database, TEAMMATE)
    async with database.write(personas.bound(actor)) as db:
        await service.purge(db, actor, kept)
    assert await places_of(own_world.owner, CANARY) == []


async def test_a_purge_by_the_page_says_so_in_public(own_world: World, settings: Settings) -> None:
    number = await purge(own_world, settings)
    await all_rows_visible(own_world)
    assert await places_of(own_world.owner, CANARY) == []
    app = create_app(settings, Database(own_world.engine))
    async with personas.visitor(app, settings) as person:
        page = html.words((await person.get(f"/en/corrections/{number}")).text)
    assert "Its text was removed and is not kept." in page
    assert LINK not in page


def bytes_of(path: str) -> bytes:
    return Path(path).read_bytes()


@ON_SQLITE
async def test_the_file_itself_forgets_what_was_purged(own_world: World, settings: Settings) -> None:
    """Not only the rows: the pages of the file that held them are overwritten."""
    database = Database(own_world.engine)
    await sent(database, "A text that is kept in the file.")
    await purge(own_world, settings)
    async with own_world.engine.connect() as connection:
        await connection.exec_driver_sql("COMMIT")
        await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        await connection.exec_driver_sql("BEGIN")
    assert own_world.engine.url.database
    content = bytes_of(own_world.engine.url.database)
    assert b"A text that is kept in the file." in content
    assert CANARY.encode() not in content
