"""What somebody who comes to the workbench for the first time met: no page offers what it will refuse, none tells a stray fault."""

from dataclasses import replace

from sqlmodel import col, select

from tests import personas
from tests.crosswalks import desk
from tests.pages import html
from tests.personas import Visitor
from tracker.access.models import Membership, User
from tracker.crosswalks import service
from tracker.crosswalks.content import SetHead
from tracker.db.session import Database


async def _changed_by_first(database: Database) -> int:
    first, second = (
        await personas.actor(database, personas.OPERATOR),
        await personas.actor(database, desk.SECOND),
    )
    number = await desk.set_id(database)
    await desk.review_all(database, second, number)
    async with database.write(personas.bound(first)) as db:
        await service.change_head(db, first, number, SetHead("Another title"), edit_number=1)
    return number


async def test_the_publish_page_says_who_may(database: Database, operator: Visitor) -> None:
    number = await _changed_by_first(database)
    async with database.read() as db:
        name = (await db.execute(select(User.name).where(col(User.email) == desk.SECOND.email))).scalar_one()
    page = await operator.get(f"{desk.SETS}/{number}/publish")
    told = html.words(page.text)
    assert "a second person publishes it" in told
    assert f"These may: {name}." in told
    assert "Publish and freeze" not in told


async def test_it_offers_the_button_to_another(database: Database, app: object, operator: Visitor) -> None:
    number = await _changed_by_first(database)
    second = await personas.actor(database, desk.SECOND)
    async with database.write(personas.bound(second)) as db:
        await service.change_head(db, second, number, SetHead("A third title"), edit_number=2)
    assert "Publish and freeze" in (await operator.get(f"{desk.SETS}/{number}/publish")).text


async def test_without_another_operator_it_says_what_to_do(database: Database, operator: Visitor) -> None:
    number = await _changed_by_first(database)
    second = await personas.actor(database, desk.SECOND)
    async with database.write(personas.bound(second)) as db:
        mine = select(Membership).where(col(Membership.user_id) == second.user_id)
        await db.delete((await db.execute(mine)).scalar_one())
    told = html.words((await operator.get(f"{desk.SETS}/{number}/publish")).text)
    assert "There is no other operator yet" in told


async def test_a_new_mapping_shows_all_items(database: Database, operator: Visitor) -> None:
    number, item = await desk.set_id(database), await desk.item(database, "D87J-CRIM")
    path = f"{desk.SETS}/{number}/new-mapping"
    for query in ("", "?source=", "?source=nonsense,-1,999999"):
        page = (await operator.get(path + query)).text
        assert page.count('<details class="more" open>') == 2
        assert "valid choice" not in page
    page = (await operator.get(f"{path}?target={item}")).text
    assert f'value="{item}" checked' in page


async def test_what_is_left_empty_is_told_once(database: Database, operator: Visitor) -> None:
    number = await desk.set_id(database)
    fields = desk.mapping_form([], [])
    del fields["relation"]
    refused = await operator.submit(f"{desk.SETS}/{number}/new-mapping", fields)
    assert refused.status_code == 422
    told = html.words(refused.text)
    assert "Choose how they relate." in told
    assert "valid choice" not in told.casefold()
    wrong = await operator.submit(f"{desk.SETS}/{number}/new-mapping", fields | {"relation": "is_like"})
    assert "Not a valid choice" in html.words(wrong.text)


async def test_comparing_with_a_draft_says_so(database: Database, client: Visitor, operator: Visitor) -> None:
    first, second = (
        await personas.actor(database, personas.OPERATOR),
        await personas.actor(database, desk.SECOND),
    )
    page = await client.get(f"/en/crosswalks/{desk.GUIDE}/compare")
    assert (page.status_code, "This crosswalk is a draft" in page.text) == (404, True)
    number = await desk.published(database, second)
    async with database.write(personas.bound(first)) as db:
        await service.start_copy(db, first, number, key="a-rival", version="1")
    refused = await client.get(f"/en/crosswalks/{desk.GUIDE}/compare?other=a-rival@1")
    assert refused.status_code == 422
    assert "“a-rival@1” is a draft, or not between the same two frameworks." in html.words(refused.text)
    refused = await client.get(f"/en/crosswalks/{desk.GUIDE}/compare?other=nothing@1")
    assert "“nothing@1” is no other crosswalk" in html.words(refused.text)
    assert (await operator.get(f"{desk.SETS}/{number}/differences?other=a-rival@1")).status_code == 200


async def test_the_seeds_remark_still_holds_when_it_is_published(database: Database, client: Visitor) -> None:
    page = html.words((await client.get(f"/en/crosswalks/{desk.GUIDE}")).text)
    assert "This is an editorial draft, to be reviewed." in page
    await desk.published(database, await personas.actor(database, replace(desk.SECOND)))
    page = html.words((await client.get(f"/en/crosswalks/{desk.GUIDE}")).text)
    assert "not an official equivalence" in page
    assert "draft" not in page.casefold()
