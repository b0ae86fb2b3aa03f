"""Suggestions are likely, marked, and never more than suggestions."""

from math import comb

from tests.crosswalks import desk
from tests.crosswalks.desk import SETS
from tests.personas import Visitor
from tracker.crosswalks import queries
from tracker.crosswalks.suggestions import LEAST, MOST, suggest
from tracker.crosswalks.workbench import OTHER, SIDES
from tracker.crosswalks.workbench_queries import workbench_of
from tracker.db.session import Database


async def test_how_often_a_known_counterpart_is_among_the_first(database: Database) -> None:
    """On the seed's drafts: of the items that have a counterpart, how many find one. docs/parts/crosswalks.md says it."""
    items = hits = 0
    chance = 0.0
    async with database.read() as db:
        drafts = [crosswalk for crosswalk in await queries.crosswalks(db) if crosswalk.is_draft]
        benches = [await workbench_of(db, crosswalk) for crosswalk in drafts]
    for bench in benches:
        for side in SIDES:
            others = bench.framework(OTHER[side]).items
            if len(others) <= MOST:
                continue  # all of them would be suggested
            for line in bench.lines[side]:
                known = {counterpart.id for counterpart in line.counterparts}
                if known:
                    items += 1
                    hits += bool(known & {s.item.id for s in suggest(line.item, others)})
                    chance += 1 - comb(len(others) - len(known), MOST) / comb(len(others), MOST)
    assert items == 92
    assert hits == 59
    assert 0.47 < chance / items < 0.49


async def test_a_suggestion_is_marked_and_nothing_is_stored(operator: Visitor, database: Database) -> None:
    number, item = await desk.set_id(database), await desk.item(database, "D87J-INT")
    before = await desk.bench(database, number)
    page = (await operator.get(f"{SETS}/{number}/items/target/{item}")).text
    assert "Nothing here is stored or published." in page
    assert f"new-mapping?target={item}&amp;source=" in page
    assert await desk.bench(database, number) == before
    assert "suggestion" not in (await operator.get(f"/en/crosswalks/{desk.GUIDE}")).text


async def test_what_is_mapped_or_not_alike_is_not_suggested(database: Database) -> None:
    bench = await desk.bench(database, await desk.set_id(database))
    for side in SIDES:
        for line in bench.lines[side]:
            suggested = bench.suggestions(line)
            assert len(suggested) <= MOST
            assert all(s.likeness >= LEAST for s in suggested)
            assert not {s.item.id for s in suggested} & {c.id for c in line.counterparts}
            assert [s.likeness for s in suggested] == sorted((s.likeness for s in suggested), reverse=True)
