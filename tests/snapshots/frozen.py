"""Freezing for tests: through the service, as the page calls it."""

from tests.conftest import SETTINGS
from tracker.compare.query import parse
from tracker.db.session import Database
from tracker.snapshots import queries, service
from tracker.snapshots.queries import Snapshot

STATES = "US-CT,US-FL,US-LA,US-MI,US-TX"
FICTIONAL = "XAA,XAB,XAC,XAA.NVH,XAB.CPH"
SALT = service.salt_of(SETTINGS.secret_key)


async def freeze(database: Database, address: str = "192.0.2.7", **parameters: str) -> Snapshot:
    """A snapshot of the query, read again."""
    asked = {"jurisdictions": STATES} | parameters
    made = await service.freeze(database, parse(asked), salt=SALT, sender=address)
    return await read(database, made)


async def read(database: Database, snapshot_id: str) -> Snapshot:
    async with database.read() as db:
        return await queries.snapshot(db, snapshot_id)
