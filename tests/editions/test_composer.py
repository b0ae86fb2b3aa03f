"""Changing what a draft compares, and key messages in own words."""

import json
import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from tests import factories, personas
from tests.editions import made
from tests.editions.test_editions import FORM, edit
from tests.editions.test_story import ORG, START, act, begin, finished, jobs, version_of
from tests.pages import html
from tests.personas import Visitor
from tracker.access.actor import OrganisationActor
from tracker.db.session import Database
from tracker.editions import draft_queries
from tracker.editions.content import watched

CELL, OTHER = "XAA/HTCC-C1/individual", "XAB/HTCC-C1/individual"
OWN = {
    "own-1-order": "1",
    "own-1-text": f"Both <b>train</b> nurses. [{CELL}] [{OTHER}]",
    "message-coverage-order": "2",
}


@pytest.fixture
async def author(database: Database) -> OrganisationActor:
    return await personas.actor(database, personas.OWNER)


async def select(person: Visitor, address: str, **changes: object) -> object:
    """The form of what is compared, as it is shown, with some of it changed."""
    page = (await person.get(f"{address}/selection")).text
    fields: dict[str, object] = {
        name: re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page)[0]
        for name in ("version", "framework", "on", "as_of")
    }
    return await person.submit(f"{address}/selection", fields | {"jurisdictions": "XAA, XAB"} | changes)


def snapshot_of(page: str) -> str:
    found = re.search(r"/en/snapshots/(\w+)", page)
    assert found
    return found[1]


async def test_what_is_compared_can_be_changed(
    owner: Visitor, teammate: Visitor, database: Database, author: OrganisationActor
) -> None:
    address = await begin(owner)
    before = (await owner.get(address)).text
    answer = await select(
        owner, address, jurisdictions="XAA, XAB, XAC", items=["HTCC-C1", "HTCC-C2"], axis="practice"
    )
    assert answer.status_code == 303
    after = (await owner.get(address)).text
    assert snapshot_of(after) != snapshot_of(before)
    assert "3: Quillmere, Solvante, Lumbrava" in after
    assert "2 items, 24 cells" in after
    form = (await owner.get(f"{address}/selection")).text
    assert re.search(r'value="HTCC-C1"[^>]*checked|checked[^>]*value="HTCC-C1"', form)
    # What follows asks the same.
    assert (await act(owner, address, "submit")).status_code == 303
    assert (await act(teammate, address, "final")).status_code == 303
    second = (await owner.submit(f"{address.rpartition('/')[0]}/next")).headers["location"]
    assert "2 items, 24 cells" in (await owner.get(second)).text
    assert (await owner.get(f"{address}/selection")).status_code == 409
    async with database.read(personas.bound(author)) as db:
        (briefing,) = {n.briefing_id for n in await draft_queries.own_lines(db)}
        stored = await draft_queries.briefing(db, briefing)
    assert stored is not None
    assert not {"on", "as_of"} & set(stored.query)


@pytest.mark.parametrize(
    ("fields", "say"),
    [
        ({"jurisdictions": ""}, "Name at least one jurisdiction"),
        ({"jurisdictions": "XAA, NOPE"}, "There is no jurisdiction with the code NOPE"),
        ({"items": ["HTCC-C9"]}, "HTCC-C9"),
        ({"domains": ["everybody"]}, "is not known here"),
        ({"axis": "sideways"}, "is not known here"),
        ({"source": "rumour"}, "is not known here"),
        ({"as_of": "soon"}, "is not a day or a moment"),
        ({"as_of": "2999-01-01"}, "is in the future"),
        ({"on": "1066-10-14"}, "between 1900 and 2100"),
        ({"framework": "none"}, "There is no framework"),
        ({"version": "7"}, "Somebody else has changed this edition"),
    ],
)
async def test_a_comparison_that_can_t_be_taken_changes_nothing(
    owner: Visitor, fields: dict[str, object], say: str
) -> None:
    address = await begin(owner)
    before = snapshot_of((await owner.get(address)).text)
    answer = await select(owner, address, **fields)
    assert answer.status_code == 422
    assert say in answer.text
    if isinstance(typed := next(iter(fields.values())), str) and typed and "framework" not in fields:
        assert typed in answer.text
    after = (await owner.get(address)).text
    assert (snapshot_of(after), version_of(after)) == (before, "1")


async def test_words_of_one_s_own_name_the_cells_they_rest_on(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database
) -> None:
    address = await begin(owner)
    assert (await edit(owner, address, **OWN)).status_code == 303
    form = (await owner.get(f"{address}/edit")).text
    assert f"[{CELL}]" in form
    assert re.search(r"Written by [^<]+<", form)
    shown = (await owner.get(f"{address}/preview")).text
    assert "Both &lt;b&gt;train&lt;/b&gt; nurses. (In the words of" in shown
    assert f"[{CELL}]" not in shown
    sentence = shown[shown.index("Both &lt;b&gt;") : shown.index("Coverage.")]
    links = re.findall(r'href="[^"]*/jurisdictions/(\w+)/[^"/]+/([\w-]+)/(\w+)', sentence)
    assert ["/".join(link) for link in links] == [CELL, OTHER]
    assert (await act(owner, address, "submit")).status_code == 303
    assert (await act(teammate, address, "final")).status_code == 303
    await jobs(database)
    public = re.search(r'href="(/en/briefings/[a-z2-7]{10}/1)"', (await owner.get(address)).text)
    assert public
    assert "no rule of this service gave them" in (await client.get(public[1])).text
    told = json.dumps((await client.get(f"{public[1]}/json")).json())
    assert "Both <b>train</b> nurses." in told


@pytest.mark.parametrize(
    ("fields", "say"),
    [
        ({"own-1-text": "All is well."}, "Name the cells that it rests on"),
        ({"own-1-text": "All is well. [XAA/HTCC-C1]"}, "There is no cell XAA/HTCC-C1 in this comparison."),
        ({"own-1-text": "All is well. [XAC/HTCC-C1/individual]"}, "There is no cell XAC/HTCC-C1/individual"),
        ({"own-1-text": f"[{CELL}]"}, "Write a sentence beside the names"),
        ({"own-1-order": "top"}, "whole number"),
        ({"own-1-text": f"{'x' * 1500} [{CELL}]"}, "at most 1500 characters"),
    ],
)
async def test_words_that_rest_on_nothing_are_refused(
    owner: Visitor, fields: dict[str, str], say: str
) -> None:
    address = await begin(owner)
    answer = await edit(owner, address, **(OWN | fields))
    assert answer.status_code == 422
    assert say in answer.text
    assert next(iter(fields.values())) in answer.text
    assert version_of((await owner.get(address)).text) == "1"


async def test_at_most_five_messages_with_the_own_ones(owner: Visitor) -> None:
    address = await begin(owner)
    keys = ("coverage", "differences", "gaps", "beside", "firmness", "common")
    ticked = {f"message-{key}-use": "yes" for key in keys} | {f"message-{key}-order": "3" for key in keys}
    page = (await owner.get(f"{address}/edit")).text
    offered = sum(f'name="message-{key}-use"' in page for key in keys)
    answer = await edit(owner, address, **(FORM | ticked | OWN))
    assert answer.status_code == 422
    assert f"Choose one to five key messages; these are {offered + 1}." in answer.text


async def test_a_cell_that_own_words_rest_on_stays_compared(owner: Visitor) -> None:
    address = await begin(owner)
    assert (await edit(owner, address, **OWN)).status_code == 303
    answer = await select(owner, address, jurisdictions="XAA, XAC")
    assert answer.status_code == 422
    assert f"rests on {OTHER}, which would be compared no longer" in answer.text
    assert (await select(owner, address, jurisdictions="XAA, XAB, XAC")).status_code == 303
    assert "Both &lt;b&gt;train&lt;/b&gt; nurses." in (await owner.get(f"{address}/preview")).text


async def test_a_register_has_more_cells_than_anyone_may_freeze(owner: Visitor, client: Visitor) -> None:
    """The limit of the public form holds for strangers alone."""
    listed = re.findall(r'/en/jurisdictions/([A-Z]{3})"', (await client.get("/en/jurisdictions")).text)
    codes = ",".join(dict.fromkeys(listed))
    many = {"jurisdictions": codes, "framework": "hhs-core-competencies"}
    assert len(codes.split(",")) * 28 > 6000, "the world of the tests has too few jurisdictions"
    offered = (await client.get(f"/en/compare?jurisdictions={codes}")).text
    assert "6000 cells at most can be frozen" in offered and "/en/data" in html.links(offered)
    assert not [f for f in html.forms(offered) if f.action == "/en/snapshots"], "no button that refuses"
    assert (await client.submit("/en/snapshots", many)).status_code == 422
    address = await begin(owner, jurisdictions=codes, parts=["matrix"])
    assert (await owner.get(address)).status_code == 200


@pytest.mark.parametrize(
    ("names", "heard"),
    [
        ((), True),
        (("XAA",), True),
        (("HTCC-C4",), True),
        (("HTCC-C4/educator",), True),
        (("XAA/HTCC-C4",), True),
        (("XAA/HTCC-C4/educator",), True),
        (("XAB", "XAA/HTCC-C5"), False),
        (("educator",), False),
        (("XA",), False),
    ],
)
def test_what_is_watched(names: tuple[str, ...], heard: bool) -> None:
    assert watched("XAA/HTCC-C4/educator", names) is heard


async def test_what_is_withdrawn_after_freezing_is_told(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database, author: OrganisationActor
) -> None:
    """The edition says what was frozen, is still made, and says beside it what happened since."""
    from tracker.entries import publish

    reviewer = await personas.actor(database, personas.TEAMMATE)
    where = await factories.cell(database, "XAA", "HTCC-C4")
    entry = await factories.published(database, author, reviewer, where, factories.content(commitment="3"))
    _address, public = await finished(owner, teammate, database)
    draft, other = [await made.begun(database, author) for _n in range(2)]
    before = await client.get(public)
    assert "The record has moved on." not in before.text
    files = (await client.get(f"{public}/json")).content
    async with database.write(personas.bound(reviewer)) as db:
        await publish.withdraw(db, reviewer, entry.uid, reason="It was the wrong decree.")
    await rename(database, "XAB", "New Solvante")
    for page in (await client.get(public), await owner.get(f"{ORG}/briefings/{draft.briefing_id}/1")):
        assert page.status_code == 200
        assert "The record has moved on." in page.text
        assert "an entry that 1 of them rests on was withdrawn" in page.text
        assert "“Solvante” is now called “New Solvante”." in page.text
    assert "The snapshot under this edition does not stand" not in (await client.get(public)).text
    assert (await client.get(f"{public}/json")).content == files
    assert (await owner.get(f"{ORG}/briefings/{draft.briefing_id}/1/preview")).status_code == 200
    await act(owner, f"{ORG}/briefings/{draft.briefing_id}/1", "files")
    await jobs(database)
    again = await owner.get(f"{ORG}/briefings/{draft.briefing_id}/1/file/pdf")
    told = "an entry was withdrawn that 1 cell rests on"
    assert told in " ".join(
        " ".join(p.extract_text() for p in PdfReader(BytesIO(again.content)).pages).split()
    )
    assert told in (await owner.get(f"{ORG}/briefings/{draft.briefing_id}/1/preview")).text
    assert told not in (await client.get(public)).text, (
        "what is final says what was known when it was made so"
    )
    assert (await act(owner, f"{ORG}/briefings/{draft.briefing_id}/1", "submit")).status_code == 303
    assert (await act(teammate, f"{ORG}/briefings/{draft.briefing_id}/1", "final")).status_code == 303
    await jobs(database)
    final = re.search(
        r'href="(/en/briefings/[a-z2-7]{10}/1)"',
        (await owner.get(f"{ORG}/briefings/{draft.briefing_id}/1")).text,
    )
    assert final
    assert told in (await client.get(final[1])).text
    assert told in json.dumps((await client.get(f"{final[1]}/json")).json())
    # To read the record as it is now, the dates are emptied.
    fresh = f"{ORG}/briefings/{other.briefing_id}/1"
    assert (await select(owner, fresh, on="", as_of="")).status_code == 303
    assert "The record has moved on." not in (await owner.get(fresh)).text


async def rename(database: Database, code: str, name: str) -> None:
    from sqlmodel import col

    from tracker.db.base import select as statement
    from tracker.jurisdictions.models import Jurisdiction

    async with database.write() as db:
        place = (await db.execute(statement(Jurisdiction).where(col(Jurisdiction.code) == code))).scalar_one()
        place.name = name
        await db.flush()


async def test_the_next_edition_of_an_unchanged_record_can_be_opened(
    owner: Visitor, teammate: Visitor
) -> None:
    address = await begin(owner, parts=["change"])
    assert (await act(owner, address, "submit")).status_code == 303
    assert (await act(teammate, address, "final")).status_code == 303
    second = (await owner.submit(f"{address.rpartition('/')[0]}/next")).headers["location"]
    for page in ("", "/edit", "/preview"):
        assert (await owner.get(f"{second}{page}")).status_code == 200, page
    assert "No reading has changed." in (await owner.get(f"{second}/preview")).text


async def test_an_edition_of_a_later_day_is_no_earlier_one(owner: Visitor, teammate: Visitor) -> None:
    address = await begin(owner, parts=["change"])
    assert (await act(owner, address, "submit")).status_code == 303
    assert (await act(teammate, address, "final")).status_code == 303
    second = (await owner.submit(f"{address.rpartition('/')[0]}/next")).headers["location"]
    assert (await select(owner, second, on="2024-01-31", as_of="")).status_code == 303
    page = await owner.get(f"{second}/preview")
    assert page.status_code == 200
    assert "Readings that changed" not in page.text


async def test_none_is_begun_that_could_not_be_opened(owner: Visitor) -> None:
    answer = await owner.submit(f"{ORG}/briefings/new", START | {"parts": ["change"], "since": "2099-01-01"})
    assert answer.status_code == 422
    assert "The day must lie before the one that the comparison is of." in answer.text
    assert 'value="2099-01-01"' in answer.text
    assert "Where do" not in (await owner.get(f"{ORG}/briefings")).text
