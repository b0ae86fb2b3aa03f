"""Notices and replies at the same moment, on real connections: each happens once, and none is lost."""

import asyncio

import pytest

from tests import factories, personas
from tests.notices.assessments import NOTICES, REVIEW, notices_of, notified, published, replies
from tests.personas import NGO, NGO_REVIEWER, TEAMMATE, Persona, signed_in
from tests.worlds import World
from tracker.access.permissions import Role
from tracker.app import create_app
from tracker.db.session import Database
from tracker.kit.vocabulary import Domain
from tracker.settings import Settings

NGO_ADMIN = Persona("ngo_admin", "admin@open-care-watch.example", "open-care-watch", Role.ADMIN)
ROUNDS = 4


async def test_two_reviewers_notify_once(own_world: World, settings: Settings) -> None:
    database = Database(own_world.engine)
    app = create_app(settings, database)
    author = await personas.actor(database, NGO)
    where = await factories.cell(database, "XAA", "D87J-HEALTH", Domain.ALL)
    draft = await factories.draft(database, author, where, submitted=True)
    async with (
        await signed_in(app, settings, database, NGO_REVIEWER) as one,
        await signed_in(app, settings, database, NGO_ADMIN) as other,
    ):
        at, form = f"{REVIEW}/{draft.id}/notify", {"version": str(draft.version)}
        answers = await asyncio.gather(*(p.submit(at, form) for p in (one, other, one, other)))
    assert sorted(a.status_code for a in answers) == [303, 409, 409, 409]
    assert len(await notices_of(database, draft.id)) == 1


async def test_two_replies_are_one(own_world: World, settings: Settings) -> None:
    database = Database(own_world.engine)
    app = create_app(settings, database)
    draft = await notified(database)
    notice = await factories.notice_to(database, await personas.actor(database, TEAMMATE), draft)
    async with (
        await signed_in(app, settings, database, TEAMMATE) as one,
        await signed_in(app, settings, database, personas.ADMIN) as other,
    ):
        answers = await asyncio.gather(
            *(p.submit(f"{NOTICES}/{notice.id}", {"text": "A reply."}) for p in (one, other, one, other))
        )
    assert sorted(a.status_code for a in answers) == [303, 409, 409, 409]


@pytest.mark.parametrize("after", range(ROUNDS))
async def test_a_reply_and_a_publication_at_once_lose_no_reply(
    own_world: World, settings: Settings, after: int
) -> None:
    """The period is over, so that both may happen: whichever is first, the reply stands beside the assessment."""
    database = Database(own_world.engine)
    app = create_app(settings, database)
    note, text = "Published in that moment.", "Replied in that moment."
    draft = await notified(database, note)
    notice = await factories.notice_to(database, await personas.actor(database, TEAMMATE), draft)
    async with (
        await signed_in(app, settings, database, NGO_REVIEWER) as author,
        await signed_in(app, settings, database, TEAMMATE) as steward,
    ):

        async def lodge() -> int:
            await asyncio.sleep(0.01 * after)
            return (await steward.submit(f"{NOTICES}/{notice.id}", {"text": text})).status_code

        async def publish() -> int:
            form = {"version": str(draft.version)}
            return (await author.submit(f"{REVIEW}/{draft.id}/publish", form)).status_code

        assert await asyncio.gather(publish(), lodge()) == [303, 303]
    (revision,) = await published(database, note)
    assert [r.revision_id for r in await replies(database, text)] == [revision.id]
