"""What a draft compares is frozen, and yet the public list of snapshots tells of it only once the edition is final."""

import re
from datetime import timedelta

from tests import personas
from tests.editions import made
from tests.editions.test_renewal import day_passes, publish, subscribe
from tests.editions.test_story import ORG
from tests.personas import Visitor
from tests.snapshots import frozen
from tracker.db.session import Database
from tracker.editions import draft_queries, final_service
from tracker.kit import clock

START = {"jurisdictions": "XAA, XAB", "locale": "en", "page_size": "A4", "parts": "matrix", "question": ""}


async def listed(client: Visitor) -> set[str]:
    page = (await client.get("/en/snapshots")).text
    return set(re.findall(r'href="/en/snapshots/([a-z2-7]+)"', page))


async def drafts(database: Database) -> list[str]:
    """The snapshots under the editions of Quillmere's ministry, the newest first."""
    who = await personas.actor(database, personas.OWNER)
    async with database.read(personas.bound(who)) as db:
        lines = await draft_queries.own_lines(db)
        found = [await draft_queries.edition(db, n.briefing_id, n.number) for n in lines]
    return [e.snapshot_id for e in found if e]


async def test_a_draft_s_comparison_is_listed_when_it_is_final(
    client: Visitor, owner: Visitor, database: Database
) -> None:
    begun = await owner.submit(f"{ORG}/briefings/new", START)
    assert begun.status_code == 303, begun.text
    (snapshot,) = await drafts(database)
    assert await listed(client) == set()
    assert (await client.get(f"/en/snapshots/{snapshot}")).status_code == 200  # for who is given the address
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    async with database.read(personas.bound(author)) as db:
        (line,) = await draft_queries.own_lines(db)
    of = {"briefing_id": line.briefing_id, "number": line.number}
    async with database.write(personas.bound(author)) as db:
        await final_service.submit(db, author, **of, version=line.version)
    async with database.write(personas.bound(reviewer)) as db:
        await final_service.make_final(db, reviewer, **of, version=line.version + 1, question="What?")
    assert await listed(client) == {snapshot}


async def test_nor_does_it_tell_of_subscriptions(client: Visitor, database: Database) -> None:
    author = await personas.actor(database, personas.OWNER)
    await subscribe(database, author, on_change=True)
    before, start = await listed(client), clock.now()
    with clock.at(start + timedelta(hours=1)):
        await publish(database, author, await personas.actor(database, personas.TEAMMATE))
    with clock.at(start + timedelta(hours=24)):
        await day_passes(database)
        assert len(set(await drafts(database))) == 2
        assert await listed(client) == before


async def test_nor_does_a_visitor_who_freezes_the_same_learn_that_it_was_frozen_before(
    client: Visitor, owner: Visitor, database: Database
) -> None:
    """Neither by the moment, by its place in the list, nor by the tag that names the whole public record."""
    start = clock.now()
    first = await client.get("/api/v1/snapshots")
    await owner.submit(f"{ORG}/briefings/new", START)
    (drafted,) = await drafts(database)
    held = {"If-None-Match": first.headers["etag"]}
    assert (await client.get("/api/v1/snapshots", headers=held)).status_code == 304
    with clock.at(start + timedelta(minutes=1)):
        other = await frozen.freeze(database, jurisdictions="XAC")
    with clock.at(start + timedelta(minutes=2)):
        assert (await frozen.freeze(database, jurisdictions="XAA,XAB")).id == drafted
        clicked = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    told = (await client.get("/api/v1/snapshots", headers=held)).json()["data"]
    assert [(s["snapshot"], s["frozen_at"]) for s in told[:1]] == [(drafted, clicked)]
    assert [s["snapshot"] for s in told] == [drafted, other.id]
    assert (await client.get(f"/api/v1/snapshots/{drafted}")).json()["frozen_at"] == clicked
    assert (await client.get(f"/en/snapshots/{drafted}.json")).json()["frozen_at"] == clicked


async def test_what_a_visitor_freezes_too_is_listed(
    client: Visitor, owner: Visitor, database: Database
) -> None:
    await owner.submit(f"{ORG}/briefings/new", START)
    (snapshot,) = await drafts(database)
    assert await listed(client) == set()
    for _again in range(2):
        assert (await frozen.freeze(database, jurisdictions="XAA,XAB")).id == snapshot
        assert await listed(client) == {snapshot}
    assert made.QUESTION not in (await client.get("/en/snapshots")).text
