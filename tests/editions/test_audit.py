"""What happens with an edition leaves its events, in order."""

import pytest

from tests import personas
from tests.audit.test_audit import events
from tests.editions import made as editions
from tracker.access.actor import OrganisationActor
from tracker.audit.record import Action
from tracker.db.session import Database
from tracker.editions import final_service, service, subscription_service


@pytest.fixture
async def author(anyio_backend: str, database: Database) -> OrganisationActor:
    return await personas.actor(database, personas.OWNER)


async def test_every_verb_is_told(database: Database, author: OrganisationActor) -> None:
    reviewer = await personas.actor(database, personas.TEAMMATE)
    before = len(await events(database, author.organisation_id))
    edition = await editions.begun(database, author, renewed=True)
    of = {"briefing_id": edition.briefing_id, "number": edition.number}
    async with database.write(personas.bound(author)) as db:
        changed = editions.with_question("Where do they stand?")
        await service.save(db, author, **of, content=changed, version=1, author="A contributor")
        await final_service.submit(db, author, **of, version=2)
    async with database.write(personas.bound(reviewer)) as db:
        await final_service.send_back(db, reviewer, **of, version=3, reason="Say what is meant.")
    edition = (await editions.read(database, author, edition)).edition
    await editions.final(database, author, reviewer, edition, sketched=True)
    other = await editions.begun(database, author)
    async with database.write(personas.bound(author)) as db:
        await subscription_service.end_subscription(db, author, edition.briefing_id)
        await final_service.discard(db, author, other.briefing_id, other.number, version=1)
    found = [e.action for e in (await events(database, author.organisation_id))[before:]]
    assert found == [
        Action.EDITION_BEGUN,
        Action.SUBSCRIPTION_STARTED,
        Action.EDITION_CHANGED,
        Action.EDITION_SUBMITTED,
        Action.EDITION_RETURNED,
        Action.EDITION_SUBMITTED,
        Action.EDITION_FINAL,
        Action.EDITION_FILES_KEPT,
        Action.EDITION_BEGUN,
        Action.SUBSCRIPTION_ENDED,
        Action.EDITION_DISCARDED,
    ]
