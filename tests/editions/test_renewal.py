"""Subscriptions: one draft for each quarter and each change, told in the work list, until they are ended."""

from datetime import UTC, datetime, timedelta

import pytest

from tests import factories, personas
from tests.conftest import SETTINGS
from tests.editions import made
from tests.editions.test_story import ORG
from tests.personas import Visitor
from tests.worlds import World
from tracker.access.actor import OrganisationActor
from tracker.db.session import Database
from tracker.editions import draft_queries, subscription_service
from tracker.editions.content import EditionLine
from tracker.editions.models import EditionState, Trigger
from tracker.editions.work import DAILY, HANDLERS
from tracker.jobs.runner import Runner
from tracker.kit import clock


@pytest.fixture
async def author(database: Database) -> OrganisationActor:
    return await personas.actor(database, personas.OWNER)


@pytest.fixture
async def reviewer(database: Database) -> OrganisationActor:
    return await personas.actor(database, personas.TEAMMATE)


async def day_passes(database: Database) -> None:
    await Runner(database, SETTINGS, HANDLERS, DAILY).until_empty()


async def lines(database: Database, who: OrganisationActor) -> list[EditionLine]:
    async with database.read(personas.bound(who)) as db:
        return await draft_queries.own_lines(db)


async def subscribe(database: Database, who: OrganisationActor, **when: bool) -> made.Edition:
    edition = await made.begun(database, who)
    async with database.write(personas.bound(who)) as db:
        asked = {"each_quarter": False, "on_change": False} | when
        await subscription_service.subscribe(db, who, edition.briefing_id, **asked)
    return edition


async def publish(database: Database, author: OrganisationActor, reviewer: OrganisationActor) -> None:
    where = await factories.cell(database, "XAA", "HTCC-C4")
    await factories.published(database, author, reviewer, where, factories.content(commitment="3"))


async def test_a_change_begins_one_draft_and_the_work_list_tells_it(
    database: Database, owner: Visitor, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    edition = await subscribe(database, author, on_change=True)
    start = clock.now()
    await day_passes(database)
    assert len(await lines(database, author)) == 1
    with clock.at(start + timedelta(hours=1)):
        await publish(database, author, reviewer)
    for hours in (24, 25, 48, 72):
        with clock.at(start + timedelta(hours=hours)):
            await day_passes(database)
    new, old = await lines(database, author)
    assert (old.id, new.number, new.trigger, new.state) == (edition.id, 2, Trigger.CHANGE, EditionState.DRAFT)
    assert new.changes == ("XAA/HTCC-C4/educator",)
    with clock.at(start + timedelta(hours=73)):
        owner.use_session(SETTINGS, await personas.new_session(database, personas.OWNER))
        work = (await owner.get(f"{ORG}/work")).text
        page = (await owner.get(f"{ORG}/briefings/{new.briefing_id}/2")).text
    assert "1 cell reads differently than in the edition before" in work
    assert "XAA/HTCC-C4/educator" in work
    assert "What changed since edition 1" in page
    assert "1 cell reads differently." in page


async def test_what_is_not_of_the_selection_begins_nothing(
    database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    edition = await made.begun(database, author, jurisdictions="XAC")
    async with database.write(personas.bound(author)) as db:
        await subscription_service.subscribe(
            db, author, edition.briefing_id, each_quarter=False, on_change=True
        )
    await publish(database, author, reviewer)
    with clock.at(clock.now() + timedelta(days=1)):
        await day_passes(database)
    assert len(await lines(database, author)) == 1


async def test_each_quarter_begins_one(database: Database, author: OrganisationActor) -> None:
    start = datetime(2027, 2, 10, tzinfo=UTC)
    with clock.at(start):
        await subscribe(database, author, each_quarter=True)
    for day, wanted in ((start, 1), (datetime(2027, 3, 31, 23, tzinfo=UTC), 1)):
        with clock.at(day):
            await day_passes(database)
            assert len(await lines(database, author)) == wanted
    for day, wanted in (("2027-04-01", 2), ("2027-04-02", 2), ("2027-06-30", 2), ("2027-07-01", 3)):
        with clock.at(datetime.fromisoformat(day).replace(tzinfo=UTC)):
            await day_passes(database)
            assert len(await lines(database, author)) == wanted


async def test_it_can_be_ended(owner: Visitor, database: Database, author: OrganisationActor) -> None:
    edition = await subscribe(database, author, each_quarter=True)
    address = f"{ORG}/briefings/{edition.briefing_id}/1/subscription"
    assert (await owner.submit(address, {"do": "save"})).status_code == 422
    assert (await owner.submit(address, {"do": "save", "when": "sometimes"})).status_code == 422
    assert (await owner.submit(address, {"do": "end"})).status_code == 303
    assert (await owner.submit(address, {"do": "end"})).status_code == 409
    with clock.at(clock.now() + timedelta(days=200)):
        await day_passes(database)
    assert len(await lines(database, author)) == 1
    assert (await owner.submit(address, {"do": "save", "when": ["quarter", "change"]})).status_code == 303


async def test_a_discarded_edition_is_not_begun_again(database: Database, author: OrganisationActor) -> None:
    from tracker.editions import final_service

    await subscribe(database, author, each_quarter=True)
    later = clock.now() + timedelta(days=100)
    with clock.at(later):
        await day_passes(database)
        new = (await lines(database, author))[0]
        async with database.write(personas.bound(author)) as db:
            await final_service.discard(db, author, new.briefing_id, new.number, version=new.version)
    with clock.at(later + timedelta(days=1)):
        await day_passes(database)
    assert len(await lines(database, author)) == 1


async def test_two_runners_begin_one(own_world: World) -> None:
    import asyncio

    database = Database(own_world.engine)
    author = await personas.actor(database, personas.OWNER)
    await subscribe(database, author, each_quarter=True)
    with clock.at(clock.now() + timedelta(days=100)):
        await asyncio.gather(*(day_passes(Database(own_world.engine)) for _ in range(2)))
    assert len(await lines(database, author)) == 2
