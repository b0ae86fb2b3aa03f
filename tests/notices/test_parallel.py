"""Notices and replies at the same moment, on real connections: each happens once, and none is lost."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests import factories, personas
from tests.notices.assessments import REVIEW, notices_of, notified, published, replies
from tests.personas import NGO, NGO_REVIEWER, TEAMMATE, Persona, signed_in
from tests.worlds import World
from tracker.access.permissions import Role
from tracker.app import create_app
from tracker.db.session import Database
from tracker.entries import publish
from tracker.kit.errors import Conflict
from tracker.kit.vocabulary import Domain
from tracker.notices import service
from tracker.settings import Settings

NGO_ADMIN = Persona("ngo_admin", "admin@open-care-watch.example", "open-care-watch", Role.ADMIN)
# for the other transaction to read all that it reads before it has to wait
LONG_ENOUGH = 0.5


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


async def test_a_second_reply_waits_and_is_refused(own_world: World) -> None:
    database = Database(own_world.engine)
    draft = await notified(database)
    steward = await personas.actor(database, TEAMMATE)
    notice = await factories.notice_to(database, steward, draft)

    async def lodge() -> None:
        async with database.write(personas.bound(steward)) as db:
            await service.reply(db, steward, notice.id, text="The second reply.")

    async with database.write(personas.bound(steward)) as db:
        await service.reply(db, steward, notice.id, text="The first reply.")
        second = asyncio.create_task(lodge())
        await asyncio.sleep(LONG_ENOUGH)
        assert not second.done()
    with pytest.raises(Conflict, match="a reply is not changed"):
        await second


@pytest.mark.parametrize("first", ["publication", "reply"])
async def test_a_reply_and_a_publication_at_once_lose_no_reply(own_world: World, first: str) -> None:
    """The period is over, so that both may happen: whichever begins first, the reply stands beside the assessment."""
    database = Database(own_world.engine)
    note, text = "Published in that moment.", "Replied in that moment."
    draft = await notified(database, note)
    steward, author = [await personas.actor(database, p) for p in (TEAMMATE, NGO_REVIEWER)]
    notice = await factories.notice_to(database, steward, draft)

    async def reply(db: AsyncSession) -> None:
        await service.reply(db, steward, notice.id, text=text)

    async def publication(db: AsyncSession) -> None:
        await publish.publish(db, author, draft.id, version=draft.version)

    both = [(steward, reply), (author, publication)]
    (one, does), (other, does_too) = both if first == "reply" else reversed(both)

    async def meanwhile() -> None:
        async with database.write(personas.bound(other)) as db:
            await does_too(db)

    async with database.write(personas.bound(one)) as db:
        await does(db)
        waiting = asyncio.create_task(meanwhile())
        await asyncio.sleep(LONG_ENOUGH)
        assert not waiting.done()
    await waiting
    (revision,) = await published(database, note)
    assert [r.revision_id for r in await replies(database, text)] == [revision.id]
