"""What happens to an instrument after it is published: who may say so, what is then read, and as of when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from tests import factories, personas
from tests.personas import Persona, Visitor
from tracker.access.actor import OrganisationActor
from tracker.db.session import Database
from tracker.entries import publish
from tracker.entries.models import PublishedRevision
from tracker.instruments import cited_queries, queries, service
from tracker.instruments.models import PublishedInstrumentEvent
from tracker.instruments.service import Happening
from tracker.instruments.state import Situation
from tracker.kit import clock
from tracker.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.kit.vocabulary import Domain, InstrumentEventKind, InstrumentState

K, S = InstrumentEventKind, InstrumentState
REPEALED = Happening(K.REPEALED, effective_on=date(2026, 1, 1), note="By the new act.")


@pytest.fixture
async def instrument(database: Database) -> UUID:
    """A decree of 27 March 2024 that Quillmere's ministry published with an entry."""
    return await published(database)


async def published(database: Database, domain: Domain = Domain.EDUCATOR) -> UUID:
    author = await personas.actor(database, personas.OWNER)
    made = await factories.instrument(database, author)
    await cite(database, made, domain)
    return made


async def cite(
    database: Database, instrument: UUID | None, domain: Domain = Domain.EDUCATOR
) -> PublishedRevision:
    """An entry of the ministry that cites the instrument, or nothing."""
    citations = (replace(factories.CITATION, instrument=instrument),) if instrument else ()
    return await factories.published(
        database,
        await personas.actor(database, personas.OWNER),
        await personas.actor(database, personas.TEAMMATE),
        await factories.cell(database, domain=domain),
        factories.content(citations=citations),
    )


async def tell(
    database: Database, instrument: UUID, what: Happening, persona: Persona = personas.TEAMMATE
) -> int:
    who = await personas.actor(database, persona)
    async with database.write(personas.bound(who)) as db:
        return (await service.record_event(db, who, instrument, what)).id


async def now(database: Database, instrument: UUID, as_of: datetime | None = None) -> Situation:
    async with database.read() as db:
        return (await queries.situations(db, [instrument], as_of or clock.now()))[instrument]


async def resting(database: Database, persona: Persona = personas.OWNER) -> list[Domain]:
    who = await personas.actor(database, persona)
    async with database.read(personas.bound(who)) as db:
        return [c.domain for c in await cited_queries.cells_resting_on_repealed(db, who.organisation_id)]


async def test_a_repeal_holds_from_its_day_and_is_known_from_its_recording(
    database: Database, instrument: UUID
) -> None:
    before = clock.now()
    await tell(database, instrument, REPEALED)
    known = await now(database, instrument)
    assert known.on(date(2025, 12, 31)) is S.IN_FORCE
    assert known.on(date(2026, 1, 1)) is S.REPEALED
    assert (await now(database, instrument, before)).on(date(2026, 6, 1)) is S.IN_FORCE


async def test_details_are_corrected_beside_what_was_published(database: Database, instrument: UUID) -> None:
    link = "https://archive.example/decree"
    await tell(database, instrument, Happening(K.DETAILS, archived_url=link))
    await tell(database, instrument, Happening(K.DETAILS, in_force_until=date(2025, 6, 30)))
    known = await now(database, instrument)
    assert (known.archived_url, known.in_force_until) == (link, date(2025, 6, 30))
    assert known.on(date(2025, 6, 30)) is S.IN_FORCE
    assert known.on(date(2025, 7, 1)) is S.ENDED


async def test_a_mistake_is_taken_back_and_both_stay(
    client: Visitor, database: Database, instrument: UUID
) -> None:
    event = await tell(database, instrument, REPEALED)
    between = clock.now()
    who = await personas.actor(database, personas.TEAMMATE)
    async with database.write(personas.bound(who)) as db:
        await service.retract(db, who, instrument, event, note="It was another decree.")
        with pytest.raises(NotFound):
            await service.retract(db, who, instrument, event + 1000, note="No such thing.")
        with pytest.raises(NotFound):
            await service.retract(db, who, instrument, 2**70, note="No such thing.")
    assert (await now(database, instrument)).on(date(2026, 6, 1)) is S.IN_FORCE
    assert (await now(database, instrument, between)).on(date(2026, 6, 1)) is S.REPEALED
    page = (await client.get(f"/en/instruments/{instrument}")).text
    assert "By the new act." in page
    assert "It was another decree." in page
    with pytest.raises(Conflict):
        async with database.write(personas.bound(who)) as db:
            await service.retract(db, who, instrument, event, note="Again.")


@pytest.mark.parametrize(
    ("what", "field"),
    [
        (Happening(K.REPEALED), "effective_on"),
        (Happening(K.DETAILS), "archived_url"),
        (Happening(K.REPEALED, effective_on=date(2024, 3, 26)), "effective_on"),
        (Happening(K.AMENDED, by_instrument_id=UUID(int=1)), "by_instrument"),
    ],
)
async def test_what_can_not_be_is_refused(
    database: Database, instrument: UUID, what: Happening, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await tell(database, instrument, what)
    assert field in refused.value.faults
    with pytest.raises(Invalid, match="itself"):
        await tell(database, instrument, Happening(K.AMENDED, by_instrument_id=instrument))


async def test_whose_mandate_covers_the_jurisdiction_may_tell(database: Database, instrument: UUID) -> None:
    await tell(database, instrument, Happening(K.AMENDED, note="Article 4"), personas.NGO_REVIEWER)
    with pytest.raises(Forbidden):
        await tell(database, instrument, REPEALED, personas.OWNER)
    stranger = replace(personas.OUTSIDER, email="reviewer@health.xab.example", role=personas.TEAMMATE.role)
    with pytest.raises(NotFound):
        await tell(database, instrument, REPEALED, stranger)


async def test_only_who_told_takes_back(database: Database, instrument: UUID) -> None:
    event = await tell(database, instrument, REPEALED, personas.NGO_REVIEWER)
    who = await personas.actor(database, personas.TEAMMATE)
    async with database.write(personas.bound(who)) as db:
        with pytest.raises(Forbidden):
            await service.retract(db, who, instrument, event, note="We say no.")


async def test_events_are_append_only(database: Database, instrument: UUID) -> None:
    await tell(database, instrument, REPEALED)
    for statement in (
        sa.update(PublishedInstrumentEvent).values(note="other"),
        sa.delete(PublishedInstrumentEvent),
    ):
        async with database.read() as db:
            with pytest.raises(sa.exc.DBAPIError):
                await db.execute(statement)


async def test_entries_that_rest_on_what_is_repealed_are_listed_until_they_change(
    database: Database, instrument: UUID
) -> None:
    await cite(database, instrument, Domain.RESEARCHER)
    other = await published(database, Domain.INDIVIDUAL)
    assert await resting(database) == []
    event = await tell(database, instrument, REPEALED)
    assert await resting(database) == [Domain.EDUCATOR, Domain.RESEARCHER]
    assert await resting(database, personas.OUTSIDER) == []
    await cite(database, other, Domain.RESEARCHER)
    assert await resting(database) == [Domain.EDUCATOR]
    who = await personas.actor(database, personas.TEAMMATE)
    async with database.write(personas.bound(who)) as db:
        await service.retract(db, who, instrument, event, note="A mistake.")
    assert await resting(database) == []


async def test_a_repeal_to_come_and_a_withdrawn_entry_ask_for_nothing(
    database: Database, instrument: UUID
) -> None:
    later = clock.today() + timedelta(days=30)
    await tell(database, instrument, Happening(K.REPEALED, effective_on=later))
    assert await resting(database) == []
    with clock.at(datetime.combine(later, datetime.min.time(), UTC)):
        assert await resting(database) == [Domain.EDUCATOR]
    revision = await cite(database, instrument, Domain.RESEARCHER)
    who = await personas.actor(database, personas.TEAMMATE)
    async with database.write(personas.bound(who)) as db:
        await publish.withdraw(db, who, revision.uid, reason="Wrong.")
    with clock.at(datetime.combine(later, datetime.min.time(), UTC)):
        assert await resting(database) == [Domain.EDUCATOR]


async def test_a_reviewer_records_a_repeal_in_the_workspace(
    teammate: Visitor, owner: Visitor, client: Visitor, database: Database, instrument: UUID
) -> None:
    new = await published(database, Domain.INDIVIDUAL)
    path = f"/en/o/health-xaa/instruments/{instrument}/events"
    assert (await owner.get(path)).status_code == 403
    assert (await teammate.get(path)).status_code == 200
    answer = await teammate.submit(path, {"kind": "repealed", "effective_on": "yesterday", "note": "Typed"})
    assert answer.status_code == 422
    assert "Typed" in answer.text
    what = {"kind": "repealed", "effective_on": "2026-01-01", "by_instrument": str(new), "note": "Replaced"}
    assert (await teammate.submit(path, what)).status_code == 303
    page = (await client.get(f"/en/instruments/{instrument}")).text
    assert f"/en/instruments/{new}" in page
    assert "1 January 2026" in page
    cell = (await client.get("/en/jurisdictions/XAA/hhs-core-competencies/HTCC-UC/educator")).text
    assert "Repealed" in cell
    mine = (await owner.get("/en/o/health-xaa/instruments")).text
    assert "rests on" in mine
    async with database.read() as db:
        event = (await queries.events(db, [instrument], clock.now()))[instrument][0].id
    refused = await teammate.submit(f"{path}/{event}/retract", {"reason": " "})
    assert refused.status_code == 422
    assert f'href="#reason-{event}"' in refused.text
    assert f'id="reason-{event}"' in refused.text
    assert (await teammate.submit(f"{path}/{event}/retract", {"reason": "Mistake"})).status_code == 303
    assert "rests on" not in (await owner.get("/en/o/health-xaa/instruments")).text


async def test_others_can_not_even_ask(
    outsider: Visitor, ngo_reviewer: Visitor, database: Database, instrument: UUID
) -> None:
    assert (
        await ngo_reviewer.get(f"/en/o/open-care-watch/instruments/{instrument}/events")
    ).status_code == 200
    other = UUID(int=3)
    path = "/en/o/open-care-watch/instruments/{}/events"
    assert (await ngo_reviewer.get(path.format(other))).status_code == 404
    assert (await outsider.get(f"/en/o/health-xab/instruments/{instrument}/events")).status_code == 403


async def test_the_actor_is_the_organisation(database: Database, instrument: UUID) -> None:
    who: OrganisationActor = await personas.actor(database, personas.NGO_REVIEWER)
    await tell(database, instrument, Happening(K.AMENDED), personas.NGO_REVIEWER)
    async with database.read() as db:
        (event,) = (await queries.events(db, [instrument], clock.now()))[instrument]
    assert event.organisation_id == who.organisation_id
