"""What to be told by e-mail: on the own account, kept for the person, and in the log."""

import sqlalchemy as sa
from sqlmodel import col

from tests import personas
from tests.pages import html
from tests.personas import OWNER, Visitor
from tracker.audit.models import SERVICE, AuditEvent
from tracker.db.session import Bound, Database
from tracker.mail.models import MailKind
from tracker.mail.queries import switched_off

PAGE = "/en/account/mail"


async def _off(database: Database) -> set[MailKind]:
    who = await personas.actor(database, OWNER)
    assert who.user_id
    async with database.read() as db:
        return await switched_off(db, who.user_id)


async def test_each_kind_can_be_switched_off_and_on(
    owner: Visitor, teammate: Visitor, database: Database
) -> None:
    assert PAGE in html.links((await owner.get("/en/account")).text)
    assert (await owner.get(PAGE)).text.count(" checked") == len(MailKind)
    kept = [k.value for k in MailKind if k is not MailKind.STALE]
    assert (await owner.submit(PAGE, {"kinds": kept})).status_code == 303
    assert await _off(database) == {MailKind.STALE}
    assert (await owner.get(PAGE)).text.count(" checked") == len(MailKind) - 1
    assert (await teammate.get(PAGE)).text.count(" checked") == len(MailKind)
    assert (await owner.submit(PAGE, {})).status_code == 303
    assert await _off(database) == set(MailKind)
    assert (await owner.submit(PAGE, {"kinds": [k.value for k in MailKind]})).status_code == 303
    assert await _off(database) == set()


async def test_it_is_in_the_log(owner: Visitor, database: Database) -> None:
    await owner.submit(PAGE, {"kinds": [k.value for k in MailKind if k is not MailKind.STALE]})
    async with database.read(Bound(tenant=SERVICE)) as db:
        last = (
            await db.execute(sa.select(AuditEvent).order_by(col(AuditEvent.sequence).desc()).limit(1))
        ).scalar_one()
    assert (last.action, last.detail) == ("mail.chosen", {"off": ["stale"]})


async def test_an_unknown_kind_is_refused(owner: Visitor, database: Database) -> None:
    answer = await owner.submit(PAGE, {"kinds": ["stale", "no such kind"]})
    assert answer.status_code == 422
    assert await _off(database) == set()


async def test_it_says_that_no_mail_is_sent(owner: Visitor, client: Visitor) -> None:
    assert "sends no e-mail at present" in (await owner.get(PAGE)).text
    assert (await client.get(PAGE)).headers["location"].startswith("/en/sign-in")
