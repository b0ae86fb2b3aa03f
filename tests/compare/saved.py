"""A saved set, as the service makes it."""

from uuid import UUID

from tests import personas
from tracker.access.actor import OrganisationActor
from tracker.compare import saved_service
from tracker.db.session import Database


async def saved_set(
    database: Database,
    actor: OrganisationActor,
    name: str = "Neighbours",
    codes: tuple[str, ...] = ("KEN", "XAB"),
) -> UUID:
    async with database.write(personas.bound(actor)) as db:
        return (await saved_service.save(db, actor, name, codes)).id
