"""One decree, one act of typing: the form that applies one instrument to many cells."""

from typing import Any

import pytest

from tests.entries.cells import draft_ids, drafts, own_instruments
from tests.factories import published_instrument
from tests.pages import html
from tests.personas import NGO, OWNER, Visitor, actor, bound
from tracker.db.session import Database
from tracker.entries import draft_queries
from tracker.kit.vocabulary import DraftState

CT = "/en/o/open-care-watch/jurisdictions/US-CT/apply"
XAA = "/en/o/health-xaa/jurisdictions/XAA/apply"
ITEMS = ("HTCC-UC", *(f"HTCC-C{n}" for n in range(1, 7)))
DOMAINS = ("individual", "organization", "researcher", "educator")
ALL = [f"{item}:{domain}" for item in ITEMS for domain in DOMAINS]


def sent(cells: list[str], **changes: Any) -> dict[str, Any]:
    fields = {
        "axis": "commitment",
        "instrument": "",
        "new_kind": "regulation",
        "new_title": "One decree",
        "new_adopted_on": "2025-03-01",
        "locator": "art. 1",
        "cells": cells,
        "commitment": "2",
        "practice": "unchanged",
        "basis": "equivalent",
        "scope": "general",
        "do": "save",
    }
    return fields | changes


async def test_one_post_fills_28_cells(ngo: Visitor, database: Database) -> None:
    before, known = await draft_ids(database, NGO), len(await own_instruments(database, NGO))
    page = (await ngo.get(CT)).text
    assert page.count('type="checkbox" name="cells"') == 28

    answer = await ngo.submit(CT, sent(ALL, do="submit"))

    assert (answer.status_code, answer.headers["location"]) == (303, CT.removesuffix("/apply"))
    made = await drafts(database, NGO, before)
    assert len(made) == 28
    assert {(d.state, d.commitment, d.scope) for d in made} == {(DraftState.SUBMITTED, "2", "general")}
    assert len(await own_instruments(database, NGO)) == known + 1, "a new instrument is registered once"
    assert "28 entries submitted for review." in html.words((await ngo.get(CT.removesuffix("/apply"))).text)
    # One waits in the demo world already.
    assert "29 entries wait for review" in html.words((await ngo.get("/en/o/open-care-watch")).text)


async def test_it_starts_from_what_is_published_and_keeps_its_evidence(
    ngo: Visitor, database: Database
) -> None:
    before = await draft_ids(database, NGO)
    await ngo.submit(CT, sent(["HTCC-C1:individual", "HTCC-C2:individual"], commitment="unchanged"))
    made = {d.item_id: d for d in await drafts(database, NGO, before)}
    who = await actor(database, NGO)
    async with database.read(bound(who)) as db:
        views = [await draft_queries.draft(db, d.id) for d in made.values()]
    by_item = {v.item_key: v for v in views if v}
    assert by_item["HTCC-C1"].content.commitment == "2", "the level that was published is left as it is"
    assert [c.title for c in by_item["HTCC-C1"].cited] == ["Conn. Gen. Stat. § 17a-106h", "One decree"]
    assert by_item["HTCC-C2"].content.commitment == "not_assessed"
    assert [c.title for c in by_item["HTCC-C2"].cited] == ["One decree"]


async def test_a_draft_keeps_its_citations_and_the_same_one_is_not_added_twice(
    owner: Visitor, database: Database
) -> None:
    cited = str(await published_instrument(database, "XAA"))
    form = sent(["HTCC-UC:educator"], instrument=cited, new_title="", locator="s. 9")
    before = await draft_ids(database, OWNER)
    for locator in ("s. 9", "s. 9", "s. 10"):
        assert (await owner.submit(XAA, form | {"locator": locator})).status_code == 303
    (draft,) = await drafts(database, OWNER, before)
    who = await actor(database, OWNER)
    async with database.read(bound(who)) as db:
        view = await draft_queries.draft(db, draft.id)
    assert view
    assert [c.locator for c in view.cited if str(c.instrument_id) == cited] == ["s. 9", "s. 10"]
    assert len(view.cited) > 2, "the citations of what is published are kept"


async def test_a_submitted_cell_refuses_all(owner: Visitor, database: Database) -> None:
    """The ministry has submitted HTCC-C1 for researchers in the demo world."""
    before, known = await draft_ids(database, OWNER), len(await own_instruments(database, OWNER))
    ticked = ["HTCC-UC:educator", "HTCC-C1:researcher", "HTCC-C6:researcher"]
    answer = await owner.submit(XAA, sent(ticked))
    assert answer.status_code == 409
    assert "waits for its reviewer" in html.words(answer.text)
    assert "#cells" in html.links(answer.text)
    form = html.form(answer.text, "Save as drafts")
    assert form.fields["cells"] == sorted(ticked, key=ALL.index)
    assert form.fields["new_title"] == "One decree"
    assert await drafts(database, OWNER, before) == []
    assert len(await own_instruments(database, OWNER)) == known


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cells": []}, "cells"),
        ({"new_title": ""}, "new_title"),
        ({"basis": ""}, "basis-0"),
        ({"scope": "everywhere"}, "scope-0"),
        ({"commitment": "0"}, "commitment"),
        ({"new_url": "ftp://x"}, "new_url"),
        ({"quote": "q" * 601}, "quote"),
        ({"valid_from": "soon"}, "valid_from"),
    ],
)
async def test_faults_are_told_and_nothing_is_saved(
    owner: Visitor, database: Database, changes: dict[str, Any], field: str
) -> None:
    before = await draft_ids(database, OWNER)
    answer = await owner.submit(XAA, sent(["HTCC-UC:educator"]) | changes)
    assert answer.status_code == 422
    assert f"#{field}" in html.links(answer.text)
    assert field in html.ids(answer.text)
    assert await drafts(database, OWNER, before) == []


@pytest.mark.parametrize("ticked", ["HTCC-C9:educator", "HTCC-UC:all", "HTCC-UC", ":", "D87J-HEALTH:all"])
async def test_a_cell_that_is_none_is_not_found(owner: Visitor, database: Database, ticked: str) -> None:
    before = await draft_ids(database, OWNER)
    answer = await owner.submit(XAA, sent(["HTCC-UC:educator", ticked]))
    assert answer.status_code == 404
    assert await drafts(database, OWNER, before) == []


async def test_nobody_applies_without_a_mandate_or_the_role(
    owner: Visitor, viewer: Visitor, outsider: Visitor
) -> None:
    form = sent(["HTCC-UC:educator"])
    assert (await owner.submit("/en/o/health-xaa/jurisdictions/XAB/apply", form)).status_code == 404
    assert (await viewer.submit(XAA, form)).status_code == 403
    assert (await viewer.get(XAA)).status_code == 403
    assert (await outsider.submit(XAA, form)).status_code == 404
