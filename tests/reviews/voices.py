"""Organisations that review, and how a revision stands at a moment."""

from datetime import datetime

from tests import personas
from tests.personas import Persona
from tracker.access.permissions import Role
from tracker.db.session import Database
from tracker.entries import queries
from tracker.entries.models import PublishedRevision
from tracker.entries.standing import Standing, contested
from tracker.kit import clock
from tracker.kit.vocabulary import Domain

# An academic body, assessor of XAA and XAB; a health system below XAA; the ministry of another country.
INSTITUTE = Persona("institute", "reviewer@lindwyn.example", "lindwyn-institute", Role.REVIEWER)
BELOW = Persona("below", "reviewer@nvh.xaa.example", "north-vale-health", Role.REVIEWER)
ELSEWHERE = Persona("elsewhere", "reviewer@health.xab.example", "health-xab", Role.REVIEWER)
ABOVE = personas.TEAMMATE


async def voices(
    database: Database, revision: PublishedRevision, as_of: datetime | None = None
) -> list[Standing]:
    """All voices of the revision's cell."""
    async with database.read() as db:
        at = await queries.moment(db, clock.today(), as_of)
        return await queries.standing(
            db,
            at,
            jurisdictions=[revision.jurisdiction_id],
            items=[revision.item_id],
            domains=[Domain(revision.domain)],
        )


async def standing(
    database: Database, revision: PublishedRevision, as_of: datetime | None = None
) -> Standing:
    (found,) = [v for v in await voices(database, revision, as_of) if v.uid == revision.uid]
    return found


async def is_contested(
    database: Database, revision: PublishedRevision, as_of: datetime | None = None
) -> bool:
    return contested(await voices(database, revision, as_of))
