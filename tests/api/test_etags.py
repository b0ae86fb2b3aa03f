"""Entity tags: the same record has the same tag, another record another one, and who holds the answer gets 304."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import factories, personas
from tests.personas import Visitor
from tests.worlds import World
from tracker.db import stamp
from tracker.db.session import Database
from tracker.instruments.store import Store
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit import clock
from tracker.loading import reference
from tracker.privacy import operation

PATHS = [
    "/api/v1/entries?limit=3",
    "/api/v1/compare?jurisdictions=XAA",
    "/api/v1/frameworks",
    "/api/v1/jurisdictions/XAA",
]


@pytest.mark.parametrize("path", PATHS)
async def test_who_holds_the_answer_gets_304(client: Visitor, path: str) -> None:
    first = await client.get(path)
    etag = first.headers["etag"]
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["vary"] == "Authorization"
    for header in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        again = await client.get(path, headers={"If-None-Match": header})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    for header in ('"other"', etag.strip('"'), ""):
        assert (await client.get(path, headers={"If-None-Match": header})).content == first.content


async def test_a_304_is_answered_before_the_work(client: Visitor) -> None:
    """Even a query that would be refused: the tag is read first, and nothing else is."""
    path = "/api/v1/jurisdictions/NOPE"
    assert (await client.get(path)).status_code == 404
    assert (await client.get(path, headers={"If-None-Match": "*"})).status_code == 304


async def tag(client: Visitor, path: str = PATHS[0]) -> str:
    return str((await client.get(path)).headers["etag"])


async def test_each_query_has_its_own(client: Visitor) -> None:
    tags = {await tag(client, path) for path in [*PATHS, "/api/v1/entries?limit=4", "/api/v1/entries"]}
    assert len(tags) == len(PATHS) + 2


async def test_it_changes_with_the_day(client: Visitor) -> None:
    now = clock.now()
    with clock.at(now):
        before = await tag(client)
    with clock.at(now + timedelta(days=1)):
        assert await tag(client) != before


async def test_it_changes_with_the_public_record_and_with_nothing_private(
    client: Visitor, database: Database
) -> None:
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    where = await factories.cell(database)
    before = await tag(client)
    await factories.draft(database, author, where)
    await personas.new_session(database, personas.OWNER)
    assert await tag(client) == before
    revision = await factories.published(database, author, reviewer, where)
    published = await tag(client)
    assert published != before
    await operation.redact(database, Store(factories.DATA_DIR), revision.uid, "note", "It named somebody.")
    redacted = await tag(client)
    assert redacted != published
    await factories.reported(database, revision)
    assert await tag(client) != redacted


async def test_reference_data_changes_it_only_when_it_changes(own_world: World) -> None:
    database = Database(own_world.engine)

    async def now() -> str:
        async with database.read() as db:
            return await stamp.current(db)

    before = await now()
    await reference.load(database, lambda _line: None)
    assert await now() == before
    async with database.write() as db:
        place = (
            await db.execute(sa.select(Jurisdiction).where(col(Jurisdiction.code) == "XAA"))
        ).scalar_one()
        place.name = "Renamed"
    assert await now() != before
