"""Subscriptions: one draft for each quarter and each change, told in the work list, until they are ended."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import factories, personas
from tests.conftest import SETTINGS
from tests.editions import made
from tests.editions.test_story import ORG
from tests.personas import Visitor
from tests.snapshots import frozen
from tests.worlds import World
from tracker.access.actor import OrganisationActor
from tracker.access.models import Organisation
from tracker.db.session import Database
from tracker.editions import draft_queries, service, subscription_service
from tracker.editions.content import Content, EditionLine
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
    assert "XAA/HTCC-C4/educator" not in work
    named = re.search(r'<a href="(/en/jurisdictions/XAA/[^/]+/HTCC-C4/educator)">([^<]+)</a>', work)
    assert named
    assert named[2].startswith("Quillmere: ")
    assert named[2].endswith(", educator")
    assert f">{named[2]}</a>" in page
    assert (await owner.get(named[1])).status_code == 200
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
            found = await lines(database, author)
            assert len(found) == wanted
            if day == "2027-06-30":
                await take_in_hand(database, author, found[0])


async def test_a_draft_of_last_quarter_that_nobody_touched_becomes_this_quarter_s(
    database: Database, author: OrganisationActor
) -> None:
    with clock.at(datetime(2027, 2, 10, tzinfo=UTC)):
        await subscribe(database, author, each_quarter=True)
    keys = set()
    for day in (datetime(2027, 4, 1, tzinfo=UTC), datetime(2027, 7, 1, tzinfo=UTC)):
        with clock.at(day):
            await day_passes(database)
            new, _first = await lines(database, author)
            assert (new.number, new.created_at) == (2, day)
            keys.add((await made.read(database, author, new)).edition.trigger_key)
    assert keys == {"quarter:2027Q2", "quarter:2027Q3"}


async def test_where_nothing_moved_or_other_cells_are_compared_it_says_which(
    database: Database, owner: Visitor, author: OrganisationActor
) -> None:
    with clock.at(datetime(2027, 2, 10, tzinfo=UTC)):
        first = await subscribe(database, author, each_quarter=True)
        last = await frozen.freeze(database, jurisdictions="XAA,XAB,XAC")

    async def told() -> tuple[str, str]:
        await day_passes(database)
        owner.use_session(SETTINGS, await personas.new_session(database, personas.OWNER))
        work = (await owner.get(f"{ORG}/work")).text
        return work, (await owner.get(f"{ORG}/briefings/{first.briefing_id}/2")).text

    with clock.at(datetime(2027, 4, 1, tzinfo=UTC)):
        work, page = await told()
    assert "No cell reads differently than in the edition before" in work
    assert "No cell reads differently." in page
    assert "0 cells" not in work
    async with database.write(personas.bound(author)) as db:
        briefing = await draft_queries.briefing(db, first.briefing_id)
        assert briefing is not None
        briefing.query = last.comparison.query.parameters()
    with clock.at(datetime(2027, 7, 1, tzinfo=UTC)):
        work, page = await told()
    assert "It does not compare the same cells as the edition before" in work
    assert "No cell reads differently" not in work
    assert "Edition 1 does not have all cells that this one compares" in page
    assert "No cell reads differently" not in page


async def take_in_hand(
    database: Database, who: OrganisationActor, line: EditionLine, content: Content = made.CONTENT
) -> None:
    async with database.write(personas.bound(who)) as db:
        await service.save(
            db, who, line.briefing_id, line.number, content, version=line.version, author="A. Author"
        )


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


async def test_only_watched_cells_begin_one(
    owner: Visitor, database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    edition = await made.begun(database, author)
    address = f"{ORG}/briefings/{edition.briefing_id}/1"
    ask = {"do": "save", "when": ["change"]}
    refused = await owner.submit(f"{address}/subscription", ask | {"cells": "XAA NOPE"})
    assert refused.status_code == 422
    assert "This briefing compares nothing that is called NOPE." in refused.text
    assert "XAA NOPE" in refused.text
    assert (await owner.submit(f"{address}/subscription", ask | {"cells": "XAB, HTCC-C5"})).status_code == 303
    assert "XAB, HTCC-C5" in (await owner.get(address)).text
    start = clock.now()
    with clock.at(start + timedelta(hours=1)):
        await publish(database, author, reviewer)  # XAA/HTCC-C4/educator
    with clock.at(start + timedelta(days=1)):
        await day_passes(database)
        assert len(await lines(database, author)) == 1
        await owner_asks(database, author, edition, ("HTCC-C4/educator",))
    with clock.at(start + timedelta(days=2)):
        await day_passes(database)
        new, _old = await lines(database, author)
        assert new.changes == ("XAA/HTCC-C4/educator",)


async def owner_asks(
    database: Database, who: OrganisationActor, edition: made.Edition, cells: tuple[str, ...]
) -> None:
    async with database.write(personas.bound(who)) as db:
        await subscription_service.subscribe(
            db, who, edition.briefing_id, each_quarter=False, on_change=True, cells=cells
        )


async def test_a_change_that_was_discarded_does_not_come_back_with_another_publication(
    database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    from tracker.editions import final_service

    await subscribe(database, author, on_change=True)
    start = clock.now()
    with clock.at(start + timedelta(hours=1)):
        await publish(database, author, reviewer)
    with clock.at(start + timedelta(days=1)):
        await day_passes(database)
        new = (await lines(database, author))[0]
        async with database.write(personas.bound(author)) as db:
            await final_service.discard(db, author, new.briefing_id, new.number, version=new.version)
    ngo, ngo_reviewer = [await personas.actor(database, p) for p in (personas.NGO, personas.NGO_REVIEWER)]
    elsewhere = await factories.cell(database, "US-CT", "HTCC-C6")
    with clock.at(start + timedelta(days=1, hours=1)):
        await factories.published(database, ngo, ngo_reviewer, elsewhere)
    with clock.at(start + timedelta(days=2)):
        await day_passes(database)
    assert [n.number for n in await lines(database, author)] == [1]


async def test_one_that_can_t_be_renewed_does_not_keep_the_others_from_it(
    database: Database, author: OrganisationActor
) -> None:
    bad = await subscribe(database, author, each_quarter=True)
    good = await subscribe(database, author, each_quarter=True)
    async with database.write(personas.bound(author)) as db:
        briefing = await draft_queries.briefing(db, bad.briefing_id)
        assert briefing is not None
        briefing.query = {"jurisdictions": "XAA,GONE"}
        await db.flush()
    with clock.at(clock.now() + timedelta(days=100)):
        await day_passes(database)
    found = await lines(database, author)
    assert sorted(n.number for n in found if n.briefing_id == good.briefing_id) == [1, 2]
    assert [n.number for n in found if n.briefing_id == bad.briefing_id] == [1]


async def test_what_was_returned_waits_for_its_authors(
    owner: Visitor, teammate: Visitor, database: Database, author: OrganisationActor
) -> None:
    edition = await made.begun(database, author)
    address = f"{ORG}/briefings/{edition.briefing_id}/1"
    await owner.submit(f"{address}/submit", {"version": "1"})
    await teammate.submit(f"{address}/return", {"version": "2", "reason": "Say who is meant."})
    work = (await owner.get(f"{ORG}/work")).text
    assert "New and returned editions of briefings" in work
    assert "Say who is meant." in work
    await owner.submit(f"{address}/submit", {"version": "3"})
    assert "Say who is meant." not in (await owner.get(f"{ORG}/work")).text


async def test_a_suspended_organisation_begins_nothing_by_itself(
    database: Database, author: OrganisationActor
) -> None:
    """Nobody acts for it, the service neither: no draft of it, and no comparison frozen in public for one."""
    await subscribe(database, author, each_quarter=True)
    start = clock.now()

    async def suspended(since: datetime | None) -> None:
        async with database.write() as db:
            here = sa.update(Organisation).where(col(Organisation.id) == author.organisation_id)
            await db.execute(here.values(suspended_at=since))

    await suspended(start)
    with clock.at(start + timedelta(days=100)):
        await day_passes(database)
        assert len(await lines(database, author)) == 1
    await suspended(None)
    with clock.at(start + timedelta(days=101)):
        await day_passes(database)
        assert len(await lines(database, author)) == 2
