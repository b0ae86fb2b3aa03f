"""Requests that come at the same moment, on real connections: each thing happens once, and nobody sees an error of ours."""

import asyncio

import pytest

from tests.entries.cells import draft_ids, drafts, entry_path, own_instruments, revisions
from tests.factories import entry_form
from tests.pages import html
from tests.personas import ADMIN, OWNER, TEAMMATE, signed_in
from tests.worlds import World
from tracker.app import create_app
from tracker.db.session import Database
from tracker.settings import Settings

HERE = entry_path("health-xaa")
TIMES = 5


@pytest.mark.parametrize("do", ["save", "submit"])
async def test_one_form_sent_by_several_clicks_is_saved_once(
    own_world: World, settings: Settings, do: str
) -> None:
    database = Database(own_world.engine)
    app = create_app(settings, database)
    before, known = await draft_ids(database, OWNER), len(await own_instruments(database, OWNER))
    async with await signed_in(app, settings, database, OWNER) as owner:
        answers = await asyncio.gather(*(owner.submit(HERE, entry_form(do=do)) for _ in range(TIMES)))
    assert [a.status_code for a in answers] == [303] * TIMES
    assert len(await drafts(database, OWNER, before)) == 1
    assert len(await own_instruments(database, OWNER)) == known + 1


async def test_two_authors_at_once_lose_nothing_unseen(own_world: World, settings: Settings) -> None:
    database = Database(own_world.engine)
    app = create_app(settings, database)
    before = await draft_ids(database, OWNER)
    async with (
        await signed_in(app, settings, database, OWNER) as owner,
        await signed_in(app, settings, database, TEAMMATE) as teammate,
    ):
        texts = {owner: "By the owner.", teammate: "By the teammate."}
        answers = await asyncio.gather(*(p.submit(HERE, entry_form(note=text)) for p, text in texts.items()))
    assert sorted(a.status_code for a in answers) == [303, 409]
    (draft,) = await drafts(database, OWNER, before)
    (conflict,) = [a for a in answers if a.status_code == 409]
    told = html.words(conflict.text) + html.form(conflict.text, "Save draft").fields["note"]
    assert all(text in told for text in texts.values())
    assert draft.note in texts.values()


async def test_two_reviewers_publish_once(own_world: World, settings: Settings) -> None:
    database = Database(own_world.engine)
    app = create_app(settings, database)
    before, held = await draft_ids(database, OWNER), await revisions(database)
    async with (
        await signed_in(app, settings, database, OWNER) as owner,
        await signed_in(app, settings, database, TEAMMATE) as teammate,
        await signed_in(app, settings, database, ADMIN) as admin,
    ):
        await owner.submit(HERE, entry_form(do="submit"))
        (draft,) = await drafts(database, OWNER, before)
        at, form = f"/en/o/health-xaa/review/{draft.id}/publish", {"version": str(draft.version)}
        answers = await asyncio.gather(*(p.submit(at, form) for p in (teammate, admin, teammate, admin)))
    assert sorted(a.status_code for a in answers)[0] == 303
    assert {a.status_code for a in answers} <= {303, 404, 409}
    assert [a.status_code for a in answers].count(303) == 1
    assert await revisions(database) == held + 1
