"""Two sets beside each other: in public what is published, for the operator drafts too."""

from tests import personas
from tests.crosswalks import desk
from tests.crosswalks.desk import SETS
from tests.pages import html
from tests.personas import Visitor
from tracker.crosswalks import mapping_service, service
from tracker.crosswalks.content import MappingContent, NoCounterpartContent
from tracker.db.session import Database
from tracker.kit.vocabulary import Relation


async def rival(database: Database) -> tuple[int, int]:
    """(the seed's set, published; a rival draft that drops a mapping, changes one, adds one and a missing counterpart)."""
    first = await personas.actor(database, personas.OPERATOR)
    number = await desk.published(database, await personas.actor(database, desk.SECOND))
    async with database.write(personas.bound(first)) as db:
        copied = (await service.start_copy(db, first, number, key="a-rival", version="1")).id
    crim = (await desk.bench(database, copied)).mapping(
        await desk.first_mapping(database, copied, "D87J-CRIM")
    )
    civ = (await desk.bench(database, copied)).mapping(await desk.first_mapping(database, copied, "D87J-CIV"))
    assert crim
    assert civ
    source, target = crim.sources[0].id, crim.targets[0].id
    other, without = await desk.item(database, "D87J-INT"), await desk.item(database, "HTCC-C6")
    async with database.write(personas.bound(first)) as db:
        changed = MappingContent((source,), (target,), Relation.INTERSECTS_WITH, "Why.", strength=4)
        await mapping_service.change_mapping(db, first, copied, crim.id, changed, version=crim.version)
        await mapping_service.remove_mapping(db, first, copied, civ.id, version=civ.version)
        new = MappingContent((source,), (other,), Relation.SUPPORTS, "Why.")
        await mapping_service.add_mapping(db, first, copied, new)
        none = NoCounterpartContent("It is about prevention.")
        await mapping_service.add_no_counterpart(db, first, copied, "source", without, none)
    return number, copied


async def test_what_only_one_says_and_what_differs(
    operator: Visitor, second: Visitor, client: Visitor, database: Database
) -> None:
    number, copied = await rival(database)
    path = f"{SETS}/{number}/differences"
    page = html.words((await operator.get(f"{path}?other=a-rival@1")).text)
    assert "The same 2 Different 1 Only in the first 1 Only in the second 2" in page
    assert "supports, strength not stated overlaps with, strength 4 of 10 Different" in page
    assert "says nothing of it no counterpart Only in the second" in page
    only = html.words((await operator.get(f"{path}?other=a-rival@1&show=differences")).text)
    assert "D87J-HEALTH" in page
    assert "D87J-HEALTH" not in only
    assert (await operator.get(f"{path}?other=none@1")).status_code == 422
    assert (await operator.get(path)).status_code == 200
    # in public, the draft is not among those to compare with
    public = f"/en/crosswalks/{desk.GUIDE}/compare"
    assert "There is no other crosswalk" in (await client.get(public)).text
    assert (await client.get(f"{public}?other=a-rival@1")).status_code == 422
    assert (await client.get("/en/crosswalks/a-rival/compare")).status_code == 404
    await desk.review_all(database, await personas.actor(database, desk.SECOND), copied)
    assert (await second.submit(f"{SETS}/{copied}/publish", {"publisher": "Others"})).status_code == 303
    told = html.words((await client.get(f"{public}?other=a-rival@1")).text)
    assert "The same 2 Different 1 Only in the first 1 Only in the second 2" in told
    assert "a-rival@1" in html.words((await client.get(f"/en/crosswalks/{desk.GUIDE}")).text)


async def test_the_order_of_the_mappings_makes_no_difference(operator: Visitor, database: Database) -> None:
    number = await desk.published(database, await personas.actor(database, desk.SECOND))
    await operator.submit(f"{SETS}/{number}/copy", {"key": "a-rival", "version": "1"})
    page = html.words((await operator.get(f"{SETS}/{number}/differences?other=a-rival@1")).text)
    assert "The same 4 Different 0 Only in the first 0 Only in the second 0" in page
    only = await operator.get(f"{SETS}/{number}/differences?other=a-rival@1&show=differences")
    assert "They say the same of everything." in only.text
