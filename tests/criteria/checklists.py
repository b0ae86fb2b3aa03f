"""What the tests of own criteria share: a criterion, what is said of it, and its publication."""

from datetime import date
from uuid import UUID

from tests import factories, personas
from tracker.access.actor import OrganisationActor
from tracker.criteria import publish, service
from tracker.criteria.models import LocalCriterion, PublishedCriterion
from tracker.criteria.service import Said, Wording
from tracker.db.session import Database

WORDING = Wording("Every emergency department has a private room", "Look at the yearly survey of sites")
SAID = Said("2", "1", "Eleven sites of fourteen", date(2026, 3, 2))


async def criterion(
    database: Database, author: OrganisationActor, wording: Wording = WORDING, item: str = "HTCC-UC"
) -> LocalCriterion:
    where = await factories.cell(database, item=item)
    async with database.write(personas.bound(author)) as db:
        return await service.add(db, author, where.item_id, wording)


async def place(database: Database, code: str = "XAA") -> int:
    return (await factories.cell(database, code)).jurisdiction_id


async def said(
    database: Database,
    author: OrganisationActor,
    criterion_id: UUID,
    what: Said = SAID,
    *,
    code: str = "XAA",
    version: int = 0,
) -> int:
    """Say it; returns the version that it has then."""
    where = await place(database, code)
    async with database.write(personas.bound(author)) as db:
        return (await service.say(db, author, criterion_id, where, what, version=version)).version


async def published(
    database: Database,
    author: OrganisationActor,
    reviewer: OrganisationActor,
    wording: Wording = WORDING,
    what: Said = SAID,
    code: str = "XAA",
) -> tuple[LocalCriterion, PublishedCriterion]:
    """A criterion of the author that the reviewer has published for one jurisdiction."""
    made = await criterion(database, author, wording)
    version = await said(database, author, made.id, what, code=code)
    where = await place(database, code)
    async with database.write(personas.bound(reviewer)) as db:
        versions = (made.version, version)
        return made, await publish.publish(db, reviewer, made.id, where, versions=versions)
