"""Who may do what with an edition, what stays behind the wall, and what a stale or bad form gets."""

import re
from dataclasses import replace
from typing import Any

import pytest

from tests import personas
from tests.editions import made
from tests.editions.test_story import ORG, START, act, begin, finished, jobs, version_of
from tests.personas import Visitor
from tracker.access.actor import OrganisationActor
from tracker.db.session import Database
from tracker.editions import asking_service, draft_queries, final_service, service, subscription_service
from tracker.editions.content import Chosen, Content
from tracker.editions.models import EditionState
from tracker.kit.errors import Conflict, Forbidden, Invalid, NotFound

FORM = {
    "question": "Where do they stand?",
    "parts": ["matrix"],
    "locale": "en",
    "page_size": "Letter",
    "since": "",
    "before": "",
    "lens": "",
    "message-coverage-use": "yes",
    "message-coverage-order": "1",
    "message-coverage-text": "",
}


@pytest.fixture
async def author(database: Database) -> OrganisationActor:
    return await personas.actor(database, personas.OWNER)


@pytest.fixture
async def reviewer(database: Database) -> OrganisationActor:
    return await personas.actor(database, personas.TEAMMATE)


async def edit(person: Visitor, address: str, **changes: Any) -> Any:
    version = version_of((await person.get(f"{address}/edit")).text)
    return await person.submit(f"{address}/edit", FORM | {"version": version} | changes)


async def test_an_outsider_learns_nothing(
    owner: Visitor, viewer: Visitor, outsider: Visitor, client: Visitor
) -> None:
    address = await begin(owner)
    other = address.replace("health-xaa", "health-xab")
    for path in ("", "/preview", "/edit", "/file/pdf"):
        assert (await outsider.get(address + path)).status_code == 404
        assert (await outsider.get(other + path)).status_code == 404
        assert (await client.get(address + path)).status_code == 303
    for verb in ("submit", "final", "discard", "files", "subscription", "return"):
        assert (await outsider.submit(f"{address}/{verb}", {"version": "1"})).status_code == 404
    assert (await viewer.get(address)).status_code == 200
    for verb in ("submit", "final", "discard", "files", "subscription", "return"):
        assert (await viewer.submit(f"{address}/{verb}", {"version": "1"})).status_code == 403
    assert START["question"] not in (await client.get("/en/briefings")).text


async def test_whoever_submits_does_not_make_it_final(
    database: Database, teammate: Visitor, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    edition = await made.begun(database, reviewer)
    of = {"briefing_id": edition.briefing_id, "number": 1}
    async with database.write(personas.bound(reviewer)) as db:
        await final_service.submit(db, reviewer, **of, version=1)
    async with database.write(personas.bound(reviewer)) as db:
        with pytest.raises(Forbidden):
            await final_service.make_final(db, reviewer, **of, version=2, question="?")
    async with database.write(personas.bound(author)) as db:
        with pytest.raises(Forbidden):
            await final_service.make_final(db, author, **of, version=2, question="?")
    page = await teammate.get(f"{ORG}/briefings/{edition.briefing_id}/1")
    assert "somebody else has to make it final" in page.text
    assert "Make it final" not in page.text


async def test_a_stale_form_is_refused_and_what_was_typed_stays(owner: Visitor, teammate: Visitor) -> None:
    address = await begin(owner)
    assert (await edit(teammate, address)).status_code == 303
    late = await owner.submit(f"{address}/edit", FORM | {"version": "1", "question": "Typed too late"})
    assert late.status_code == 409
    assert "Typed too late" in late.text
    assert version_of(late.text) == "2"
    assert "Typed too late" not in (await owner.get(address)).text
    assert (await owner.submit(f"{address}/submit", {"version": "1"})).status_code == 409
    assert (await owner.submit(f"{address}/discard", {"version": "nonsense"})).status_code == 409


@pytest.mark.parametrize(
    ("fields", "say"),
    [
        ({"message-coverage-use": ""}, "Choose one to five key messages; these are 0."),
        ({"message-coverage-order": "first"}, "whole number"),
        ({"message-coverage-text": "x" * 1501}, "at most 1500 characters"),
        ({"advice-1-text": "y" * 1501, "advice-1-grade": "urges"}, "at most 1500 characters"),
        ({"advice-1-text": "Do it.", "advice-1-grade": "orders"}, "how strongly"),
        ({"advice-1-text": "Do it.", "advice-1-grade": ""}, "Recommendation 1: Choose how strongly"),
        ({"question": "q" * 301}, "Question or title: Use at most 300 characters"),
        ({"page_size": "A0"}, "Not a valid choice"),
        ({"since": "2999-01-01"}, "Tell what changed since: The year must lie between 1900 and 2100"),
        ({"since": "2099-01-01", "parts": ["change"]}, "must lie before"),
        ({"locale": "xx"}, "Not a valid choice"),
        ({"lens": "no-such"}, "Not a valid choice"),
    ],
)
async def test_bad_input_is_told_beside_the_field(owner: Visitor, fields: dict[str, str], say: str) -> None:
    address = await begin(owner)
    answer = await edit(owner, address, **fields)
    assert answer.status_code == 422
    assert say in answer.text
    assert version_of((await owner.get(address)).text) == "1"


@pytest.mark.parametrize(
    ("fields", "say"),
    [
        ({"jurisdictions": " "}, "Name at least one jurisdiction"),
        ({"jurisdictions": "NOPE"}, "There is no jurisdiction with the code NOPE"),
        ({"query": "axis=sideways"}, "is not known here"),
        ({"query": "framework=none"}, "There is no framework"),
        ({"question": "q" * 301}, "at most 300 characters"),
    ],
)
async def test_a_briefing_of_nothing_is_refused(owner: Visitor, fields: dict[str, str], say: str) -> None:
    answer = await owner.submit(f"{ORG}/briefings/new", START | fields)
    assert answer.status_code == 422
    assert say in answer.text
    assert "Your organisation has made no briefing yet" in (await owner.get(f"{ORG}/briefings")).text


async def test_no_strength_is_chosen_before_somebody_does(owner: Visitor) -> None:
    address = await begin(owner)
    grades = re.findall(
        r'<select id="advice-\d-grade".*?</select>', (await owner.get(f"{address}/edit")).text
    )
    assert len(grades) == 3
    assert all('<option value="" selected>Choose</option>' in grade for grade in grades)
    typed = await edit(owner, address, **{"advice-1-text": "The ministries to act.", "advice-1-grade": ""})
    assert typed.status_code == 422
    assert "The ministries to act." in typed.text
    assert 'href="#advice-1-grade"' in typed.text
    graded = {"advice-1-text": "The ministries to act.", "advice-1-grade": "considers"}
    assert (await edit(owner, address, **graded)).status_code == 303
    form = (await owner.get(f"{address}/edit")).text
    assert re.search(r'id="advice-1-grade".*?<option value="considers" selected>', form)


async def test_messages_are_picked_ordered_and_edited_with_their_author(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database
) -> None:
    address = await begin(owner)
    mine = {
        "message-coverage-order": "2",
        "message-differences-use": "yes",
        "message-differences-order": "1",
        "message-differences-text": "Read <b>this</b> first.",
        "advice-1-grade": "considers",
        "advice-1-text": "Both to publish their curricula.",
    }
    assert (await edit(owner, address, **mine)).status_code == 303
    form = (await owner.get(f"{address}/edit")).text
    assert re.search(r"Edited by [^<]+<", form)
    shown = (await owner.get(f"{address}/preview")).text
    assert "Read &lt;b&gt;this&lt;/b&gt; first." in shown
    assert shown.index("Read &lt;b&gt;") < shown.index("Coverage.")
    assert "Both to publish their curricula." in shown
    assert (await act(owner, address, "submit")).status_code == 303
    assert (await act(teammate, address, "final")).status_code == 303
    await jobs(database)
    public = re.search(r'href="(/en/briefings/[a-z2-7]{10}/1)"', (await owner.get(address)).text)
    assert public
    page = (await client.get(public[1])).text
    assert "Read &lt;b&gt;this&lt;/b&gt; first." in page
    assert "(Worded by" in page
    told = (await client.get(f"{public[1]}/json")).text
    assert "Both to publish their curricula." in told


async def test_an_unchanged_text_keeps_its_author(
    database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    edition = await made.begun(database, author)
    first = replace(made.CONTENT, messages=(Chosen("coverage", "In our words."), Chosen("gaps")))

    async def save(who: OrganisationActor, content: Content, version: int, name: str) -> None:
        async with database.write(personas.bound(who)) as db:
            await service.save(db, who, edition.briefing_id, 1, content, version=version, author=name)

    await save(author, first, 1, "A. Author")
    await save(reviewer, replace(first, messages=(first.messages or ())[::-1]), 2, "R. Reviewer")
    stored = (await made.read(database, author, edition)).content.messages
    assert stored == (Chosen("gaps"), Chosen("coverage", "In our words.", "A. Author", author.user_id))


async def test_personal_data_is_read_before_it_is_published(
    owner: Visitor, teammate: Visitor, client: Visitor
) -> None:
    address = await begin(owner, question="Ask Jane at jane.doe@example.org, born 1990-02-03")
    await act(owner, address, "submit")
    page = (await teammate.get(address)).text
    assert "Signs of personal data" in page
    refused = await act(teammate, address, "final")
    assert refused.status_code == 422
    tokens = re.findall(r'name="signs" value="([0-9a-f]+)"', page)
    done = await act(teammate, address, "final", signs=tokens, confirmed="yes")
    assert done.status_code == 303


async def test_a_later_final_edition_supersedes(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database
) -> None:
    address, public = await finished(owner, teammate, database)
    briefing = address.rpartition("/")[0]
    second = (await owner.submit(f"{briefing}/next")).headers["location"]
    assert second == f"{briefing}/2"
    assert "Edition 1 is the newest" not in (await client.get(public)).text
    await act(owner, second, "submit")
    await act(teammate, second, "final")
    assert "Edition 2 is the newest" in (await client.get(public)).text
    listed = (await client.get("/en/briefings")).text
    assert "Superseded" in listed
    assert (await client.get(public.rpartition("/")[0])).headers["location"].endswith("/2")


async def test_an_older_edition_is_not_made_final_after_a_newer_one(
    database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    first = await made.begun(database, author)
    async with database.write(personas.bound(author)) as db:
        briefing = await draft_queries.briefing(db, first.briefing_id)
        assert briefing
        second = await service.begin(db, author, briefing, made.CONTENT, first.snapshot_id)
    await made.final(database, author, reviewer, second)
    with pytest.raises(Conflict):
        await made.final(database, author, reviewer, first)


async def test_states_that_do_not_follow_are_refused(
    database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    edition = await made.begun(database, author)
    of = {"briefing_id": edition.briefing_id, "number": 1}
    async with database.write(personas.bound(reviewer)) as db:
        with pytest.raises(Conflict):
            await final_service.make_final(db, reviewer, **of, version=1, question="?")
        with pytest.raises(NotFound):
            await final_service.submit(db, reviewer, briefing_id=edition.id, number=1, version=1)
        await final_service.submit(db, reviewer, **of, version=1)
        with pytest.raises(Conflict):
            await service.save(db, reviewer, **of, content=made.CONTENT, version=2, author="")
    async with database.write(personas.bound(author)) as db:
        with pytest.raises(Forbidden):
            await final_service.send_back(db, author, **of, version=2, reason="No.")
    async with database.write(personas.bound(reviewer)) as db:
        await final_service.send_back(db, reviewer, **of, version=2, reason="")
        await final_service.discard(db, reviewer, **of, version=3)
    async with database.write(personas.bound(author)) as db:
        with pytest.raises(Conflict):
            await asking_service.ask_for_files(db, author, **of)
        with pytest.raises(Invalid):
            await subscription_service.subscribe(
                db, author, edition.briefing_id, each_quarter=False, on_change=False
            )
    assert (await made.read(database, author, edition)).edition.state is EditionState.DISCARDED


async def test_from_a_snapshot_it_is_the_same_snapshot(owner: Visitor, client: Visitor) -> None:
    frozen = await client.submit("/en/snapshots", {"jurisdictions": "XAA,XAC"})
    snapshot = frozen.headers["location"].rpartition("/")[2]
    page = (await owner.get(f"/en/snapshots/{snapshot}")).text
    assert f"/en/o/health-xaa/briefings/new?snapshot={snapshot}" in page
    form = (await owner.get(f"{ORG}/briefings/new?snapshot={snapshot}")).text
    asked = {n: re.findall(rf'name="{n}"[^>]*value="([^"]*)"', form)[0] for n in ("framework", "on", "as_of")}
    assert all(asked.values())
    address = await begin(owner, jurisdictions="XAA, XAC", **asked)
    assert f"/en/snapshots/{snapshot}" in (await owner.get(address)).text
    assert (await owner.get(f"{ORG}/briefings/new?snapshot=nonsense")).status_code == 404
