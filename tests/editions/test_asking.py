"""Having files made: how many at once, stopping it, and what becomes of a failure."""

import re

import pytest
from litestar import Request

from tests import factories, personas
from tests.conftest import SETTINGS
from tests.editions import made
from tests.editions.test_story import ORG, act, begin, jobs
from tests.personas import Visitor
from tracker.access.actor import OrganisationActor
from tracker.db.session import Database
from tracker.editions import asking_service, edition_page, final_service
from tracker.editions.assembly import Gathered
from tracker.editions.draft_queries import Own
from tracker.entries import publish
from tracker.jobs import service
from tracker.jobs.runner import Run
from tracker.jobs.service import LostLease
from tracker.kit import clock
from tracker.kit.errors import Conflict


@pytest.fixture
async def author(database: Database) -> OrganisationActor:
    return await personas.actor(database, personas.OWNER)


async def test_what_is_asked_for_can_be_stopped(owner: Visitor, database: Database) -> None:
    address = await begin(owner)
    assert (await owner.submit(f"{address}/files/stop", {})).status_code == 409
    await act(owner, address, "files")
    assert "Stop making them" in (await owner.get(address)).text
    assert (await owner.submit(f"{address}/files/stop", {})).status_code == 303
    page = (await owner.get(address)).text
    assert "None was made yet." in page
    assert '<meta http-equiv="refresh"' not in page
    await jobs(database)
    assert "None was made yet." in (await owner.get(address)).text
    await act(owner, address, "files")
    await jobs(database)
    assert (await owner.get(f"{address}/file/pdf")).status_code == 200


async def test_stopped_while_it_is_worked_on_nothing_is_kept(
    database: Database, author: OrganisationActor
) -> None:
    edition = await made.begun(database, author)
    of = {"briefing_id": edition.briefing_id, "number": 1}
    async with database.write(personas.bound(author)) as db:
        await asking_service.ask_for_files(db, author, **of)
    taken = await service.take(database, [asking_service.DRAFT_FILES])
    assert taken is not None
    async with database.write(personas.bound(author)) as db:
        await asking_service.give_up_files(db, author, **of)
    with pytest.raises(LostLease):
        async with database.write(personas.bound(author)) as db:
            await service.hold(db, taken)


async def test_the_files_of_a_final_edition_are_not_stopped(
    owner: Visitor, teammate: Visitor, database: Database
) -> None:
    address = await begin(owner)
    await act(owner, address, "submit")
    await act(teammate, address, "final")
    assert "Stop making them" not in (await owner.get(address)).text
    assert (await owner.submit(f"{address}/files/stop", {})).status_code == 409
    await jobs(database)
    assert "They are with the published edition." in (await owner.get(address)).text


async def test_a_page_that_waits_tells_only_what_it_waits_for(
    owner: Visitor, database: Database, author: OrganisationActor
) -> None:
    """It loads itself anew every few seconds: what has changed since is told once the files are there."""
    reviewer = await personas.actor(database, personas.TEAMMATE)
    where = await factories.cell(database, "XAA", "HTCC-C4")
    entry = await factories.published(database, author, reviewer, where, factories.content(commitment="3"))
    edition = await made.begun(database, author)
    address = f"{ORG}/briefings/{edition.briefing_id}/1"
    async with database.write(personas.bound(reviewer)) as db:
        await publish.withdraw(db, reviewer, entry.uid, reason="It was the wrong decree.")
    assert "The record has moved on." in (await owner.get(address)).text
    await act(owner, address, "files")
    page = (await owner.get(address)).text
    assert f'<meta http-equiv="refresh" content="3; url={address}?again=1#files">' in page
    # By another address each time, or a browser would only go to the place named.
    assert f"{address}?again=2#files" in (await owner.get(f"{address}?again=1")).text
    assert "The record has moved on." not in page
    await jobs(database)
    page = (await owner.get(address)).text
    assert '<meta http-equiv="refresh"' not in page
    assert "The record has moved on." in page


async def test_files_of_a_final_edition_that_failed_are_not_said_to_be_there(
    owner: Visitor, teammate: Visitor, database: Database
) -> None:
    address = await begin(owner)
    await act(owner, address, "submit")
    await act(teammate, address, "final")
    taken = await service.take(database, [asking_service.FINAL_FILES])
    assert taken is not None
    assert "They are with the published edition." not in (await owner.get(address)).text
    await service.fail(database, taken, "Something went wrong on our side. It was noted.")
    page = (await owner.get(address)).text
    assert "The files could not be made." in page
    assert "They are with the published edition." not in page
    await act(owner, address, "files")
    await jobs(database)
    assert "They are with the published edition." in (await owner.get(address)).text


async def test_a_published_edition_says_that_its_files_failed(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database
) -> None:
    address = await begin(owner)
    await act(owner, address, "submit")
    await act(teammate, address, "final")
    link = re.search(r'href="(/en/briefings/\w+/1)"', (await owner.get(address)).text)
    assert link
    assert "The files are still being made." in (await client.get(link[1])).text
    taken = await service.take(database, [asking_service.FINAL_FILES])
    assert taken is not None
    await service.fail(database, taken, "The disk of this service is full.")
    page = (await client.get(link[1])).text
    assert "The files could not be made yet." in page
    assert "still being made" not in page
    assert "disk" not in page  # of whoever runs and whoever composed it
    await act(owner, address, "files")
    assert "The files are still being made." in (await client.get(link[1])).text
    await jobs(database)
    assert f"{link[1]}/pdf" in (await client.get(link[1])).text


async def test_files_that_come_while_the_page_is_made_are_on_it(
    owner: Visitor, database: Database, author: OrganisationActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would say that there is none, and come again no more."""
    edition = await made.begun(database, author)
    address = f"{ORG}/briefings/{edition.briefing_id}/1"
    await act(owner, address, "files")
    gather = edition_page.own_gathered

    async def slowly(request: Request, found: Own) -> Gathered:
        await jobs(database)
        return await gather(request, found)

    monkeypatch.setattr(edition_page, "own_gathered", slowly)
    page = (await owner.get(address)).text
    assert "None was made yet." not in page
    assert f"{address}/file/pdf" in page


async def test_what_nobody_works_on_any_more_is_said_to_wait(
    owner: Visitor, database: Database, author: OrganisationActor
) -> None:
    edition, start = await made.begun(database, author), clock.now()
    address = f"{ORG}/briefings/{edition.briefing_id}/1"
    await act(owner, address, "files")
    with clock.at(start):
        taken = await service.take(database, [asking_service.DRAFT_FILES])
        assert taken is not None
        await Run(database, SETTINGS, taken).tell(50, "drawing")
    for late, silent in (
        (2 * service.BEAT, False),
        (service.SILENT_AFTER * 1.1, True),
        (service.LEASE, True),
    ):
        with clock.at(start + late):
            page = (await owner.get(address)).text
        assert ("Waiting to be taken up again." in page) == silent
        assert ("Drawing the pages" in page) == (not silent)
        assert '<meta http-equiv="refresh"' in page
    with clock.at(start + service.LEASE):
        await service.renew(database, taken)
        assert "Drawing the pages" in (await owner.get(address)).text


async def test_no_organisation_asks_for_more_than_its_share(
    database: Database, author: OrganisationActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking_service, "MOST_WAITING", 2)
    editions = [await made.begun(database, author) for _ in range(3)]

    async def ask(edition: made.Edition) -> None:
        async with database.write(personas.bound(author)) as db:
            await asking_service.ask_for_files(db, author, edition.briefing_id, 1)

    for edition in editions[:2]:
        await ask(edition)
    await ask(editions[0])  # it waits already
    with pytest.raises(Conflict):
        await ask(editions[2])
    async with database.write(personas.bound(author)) as db:
        await asking_service.give_up_files(db, author, editions[0].briefing_id, 1)
    await ask(editions[2])


async def test_a_failure_is_told_and_can_be_tried_again(
    owner: Visitor, database: Database, author: OrganisationActor
) -> None:
    edition = await made.begun(database, author)
    address = f"{ORG}/briefings/{edition.briefing_id}/1"
    await act(owner, address, "files")
    taken = await service.take(database, [asking_service.DRAFT_FILES])
    assert taken is not None
    await service.fail(database, taken, "Something went wrong on our side. It was noted.")
    page = (await owner.get(address)).text
    assert "The files could not be made." in page
    assert "Something went wrong on our side." in page
    assert "Try again" in page
    await act(owner, address, "files")
    await jobs(database)
    page = (await owner.get(address)).text
    assert "The files could not be made." not in page
    assert "Make them again" in page


async def test_below_a_final_edition_none_is_offered_to_become_final(
    owner: Visitor, teammate: Visitor, database: Database, author: OrganisationActor
) -> None:
    reviewer = await personas.actor(database, personas.TEAMMATE)
    first = await made.begun(database, author)
    address = f"{ORG}/briefings/{first.briefing_id}/1"
    assert (await owner.submit(f"{ORG}/briefings/{first.briefing_id}/next", {})).status_code == 303
    second = (await made.read(database, author, first, 2)).edition
    for who in (owner, teammate):
        assert "can not become final any more" not in (await who.get(address)).text
    await made.final(database, author, reviewer, second, sketched=True)
    page = (await owner.get(address)).text
    assert "Edition 2 is final already, so this one can not become final any more." in page
    assert "Submit it" not in page
    assert "Discard this edition" in page
    async with database.write(personas.bound(author)) as db:
        await final_service.submit(db, author, first.briefing_id, 1, version=first.version)
    page = (await teammate.get(address)).text
    assert "can not become final any more" in page
    assert "Make it final" not in page
    assert "Make it a draft again" in page
