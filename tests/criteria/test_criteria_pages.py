"""The workspace's own criteria: list, add, edit, order, archive, and what is said of one in a jurisdiction."""

import re
from typing import Any

import pytest

from tests import factories, personas
from tests.criteria import checklists
from tests.criteria.checklists import SAID, WORDING
from tests.personas import Visitor
from tracker.criteria import queries, service
from tracker.criteria.service import Said, Wording
from tracker.db.session import Database

LIST = "/en/o/health-xaa/criteria"


def value_path(criterion_id: object, code: str = "XAA") -> str:
    return f"{LIST}/{criterion_id}/jurisdictions/{code}"


def said_form(**changes: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "commitment": "2",
        "practice": "1",
        "note": "Eleven sites of fourteen",
        "assessed_on": "2026-03-02",
    } | changes


async def texts(database: Database) -> list[tuple[str, bool]]:
    """(text, archived) of the ministry's criteria in their order."""
    actor = await personas.actor(database, personas.OWNER)
    async with database.read(personas.bound(actor)) as db:
        return [(c.text, c.archived_at is not None) for c in await queries.criteria(db)]


async def test_none_yet(owner: Visitor) -> None:
    assert "no criteria of its own in use" in (await owner.get(LIST)).text


async def test_one_is_added_said_and_listed(owner: Visitor, viewer: Visitor, database: Database) -> None:
    item = (await factories.cell(database)).item_id
    page = (await owner.get(f"{LIST}/new")).text
    assert f'<option value="{item}">' in page
    typed = {"item": str(item), "text": WORDING.text, "guidance": WORDING.guidance}
    added = await owner.submit(f"{LIST}/new", typed)
    assert added.status_code == 303
    one = added.headers["location"]
    assert "nothing said" in (await owner.get(one)).text
    saved = await owner.submit(f"{one}/jurisdictions/XAA", said_form())
    assert saved.status_code == 303
    for person in (owner, viewer):
        page = (await person.get(one)).text
        assert "Eleven sites of fourteen" in page
        assert "Adopted in part" in page
    assert WORDING.text in (await viewer.get(LIST)).text
    assert "<button>" not in (await viewer.get(one)).text
    form = (await owner.get(f"{one}/jurisdictions/XAA")).text
    assert 'value="2026-03-02"' in form
    assert re.search(r'<option selected value="2">', form)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"text": ""}, "Say what the criterion asks."),
        ({"text": "x" * 301}, "Use at most 300 characters"),
        ({"guidance": "x" * 601}, "Use at most 600 characters"),
        ({"item": ""}, "Choose the item."),
        ({"item": "999999"}, "Not a valid choice"),
        ({"item": "x"}, "Not a valid choice"),
    ],
)
async def test_a_fault_stands_beside_its_field(
    owner: Visitor, database: Database, typed: dict[str, str], says: str
) -> None:
    item = (await factories.cell(database)).item_id
    whole = {"item": str(item), "text": WORDING.text, "guidance": "Kept as typed"} | typed
    answer = await owner.submit(f"{LIST}/new", whole)
    assert answer.status_code == 422
    assert says in answer.text
    assert whole["guidance"] in answer.text
    assert await texts(database) == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"commitment": "5"}, "Not a valid choice"),
        ({"note": "x" * 601}, "Use at most 600 characters"),
        ({"assessed_on": "last week"}, "Write the day as year-month-day"),
        ({"practice": "not_applicable", "note": ""}, "needs a reason"),
    ],
)
async def test_a_fault_of_a_value_is_told(
    owner: Visitor, database: Database, typed: dict[str, str], says: str
) -> None:
    author = await personas.actor(database, personas.OWNER)
    made = await checklists.criterion(database, author)
    answer = await owner.submit(value_path(made.id), said_form(**typed))
    assert answer.status_code == 422
    assert says in answer.text
    async with database.read(personas.bound(author)) as db:
        assert await queries.answers(db, made.id) == []


async def test_they_are_ordered_within_their_item(owner: Visitor, database: Database) -> None:
    author = await personas.actor(database, personas.OWNER)
    made = [await checklists.criterion(database, author, Wording(text)) for text in "abc"]
    await checklists.criterion(database, author, Wording("of another item"), item="HTCC-C1")
    await owner.submit(f"{LIST}/{made[2].id}/move", {"to": "up"})
    assert [t for t, _a in await texts(database)] == ["a", "c", "b", "of another item"]
    await owner.submit(f"{LIST}/{made[0].id}/move", {"to": "up"})  # it is the first
    await owner.submit(f"{LIST}/{made[0].id}/move", {"to": "down"})
    assert [t for t, _a in await texts(database)] == ["c", "a", "b", "of another item"]
    await owner.submit(f"{LIST}/{made[0].id}/archive", {"to": "archive"})
    await owner.submit(f"{LIST}/{made[2].id}/move", {"to": "down"})  # past the archived one
    assert [t for t, archived in await texts(database) if not archived] == ["b", "c", "of another item"]


async def test_an_archived_one_is_put_away_and_taken_up(owner: Visitor, database: Database) -> None:
    author = await personas.actor(database, personas.OWNER)
    made = await checklists.criterion(database, author)
    await checklists.said(database, author, made.id)
    await owner.submit(f"{LIST}/{made.id}/archive", {"to": "archive"})
    page = (await owner.get(LIST)).text
    assert "What was said and published of them stays." in page
    assert (await owner.submit(value_path(made.id), said_form(version="1"))).status_code == 409
    assert "Eleven sites" in (await owner.get(f"{LIST}/{made.id}")).text
    await owner.submit(f"{LIST}/{made.id}/archive", {"to": "use"})
    assert (await owner.submit(value_path(made.id), said_form(version="1"))).status_code == 303


async def test_two_at_once_lose_nothing(owner: Visitor, teammate: Visitor, database: Database) -> None:
    author = await personas.actor(database, personas.OWNER)
    made = await checklists.criterion(database, author)
    await checklists.said(database, author, made.id)
    late = await teammate.submit(value_path(made.id), said_form(version="0", note="Typed in vain?"))
    assert late.status_code == 409
    assert "Typed in vain?" in late.text
    assert "Eleven sites of fourteen" in late.text
    again = await teammate.submit(value_path(made.id), said_form(version="1", note="On purpose"))
    assert again.status_code == 303
    changed = await owner.submit(f"{LIST}/{made.id}", {"version": "1", "text": "New words"})
    assert changed.status_code == 303
    late = await owner.submit(f"{LIST}/{made.id}", {"version": "1", "text": "Old words"})
    assert late.status_code == 409
    assert "Old words" in late.text
    assert await texts(database) == [("New words", False)]


async def test_a_place_without_a_mandate_is_not_there(owner: Visitor, database: Database) -> None:
    author = await personas.actor(database, personas.OWNER)
    made = await checklists.criterion(database, author)
    for code in ("XAB", "KEN", "NOPE"):
        assert (await owner.get(value_path(made.id, code))).status_code == 404
        assert (await owner.submit(value_path(made.id, code), said_form())).status_code == 404
    led = await owner.get(f"{LIST}/{made.id}?code=xaa")
    assert led.headers["location"] == value_path(made.id)


async def test_only_who_writes_may_write(viewer: Visitor, database: Database) -> None:
    author = await personas.actor(database, personas.OWNER)
    made = await checklists.criterion(database, author)
    for path in (f"{LIST}/new", f"{LIST}/{made.id}", f"{LIST}/{made.id}/move", value_path(made.id)):
        assert (await viewer.submit(path, said_form())).status_code == 403
    assert (await viewer.get(f"{value_path(made.id)}/publish")).status_code == 403


async def test_an_outsider_finds_nothing(
    outsider: Visitor, ngo: Visitor, client: Visitor, database: Database
) -> None:
    """Neither by the path of the ministry nor by that of the outsider's own organisation."""
    author = await personas.actor(database, personas.OWNER)
    made = await checklists.criterion(database, author)
    await checklists.said(database, author, made.id)
    for person, own in ((outsider, "health-xab"), (ngo, "open-care-watch")):
        for path in (LIST, f"{LIST}/{made.id}", value_path(made.id)):
            assert (await person.get(path)).status_code == 404
            if path != LIST:
                theirs = path.replace("health-xaa", own).replace("/XAA", "/XAB")
                assert (await person.get(theirs)).status_code == 404
                assert (await person.submit(theirs, said_form())).status_code in (403, 404)
        assert WORDING.text not in (await person.get(f"/en/o/{own}/criteria")).text
    for page in ("/en/jurisdictions/XAA", "/en/jurisdictions/XAA/hhs-core-competencies/HTCC-UC/educator"):
        assert WORDING.text not in (await client.get(page)).text


async def test_too_many_are_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_CRITERIA", 1)
    author = await personas.actor(database, personas.OWNER)
    await checklists.criterion(database, author)
    with pytest.raises(service.Invalid, match="at most 1"):
        await checklists.criterion(database, author)


async def test_a_code_that_is_none_is_refused_by_the_service(database: Database) -> None:
    author = await personas.actor(database, personas.OWNER)
    made = await checklists.criterion(database, author)
    with pytest.raises(service.Invalid):
        await checklists.said(database, author, made.id, Said("5"))
    with pytest.raises(service.Invalid):
        await checklists.criterion(database, author, Wording(""))
    assert SAID.commitment == "2"
