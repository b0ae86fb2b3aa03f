"""An invitation is worth what its maker may do: nothing, once that person no longer administers; and an operator's

brings an admin to an organisation that has none, but never to one that has.
"""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import personas
from tests.members.invited import KEY, invited
from tests.members.test_invitations import JOIN, LINK, NEW, accounts, rows
from tests.members.test_members_pages import PAGE, role_of
from tests.personas import Visitor
from tracker.access.actor import Actor
from tracker.access.models import Membership, User
from tracker.access.permissions import Role
from tracker.accounts.service import set_role
from tracker.db.session import Bound, Database
from tracker.kit import clock
from tracker.kit.errors import Conflict
from tracker.members.invitation_service import accept_known
from tracker.members.queries import offer
from tracker.settings import Settings

LINK_PATH = f"/en/invitations/{KEY}"
OPERATORS = "/en/o/secretariat/organisations/health-xaa/invite"


async def change(database: Database, *, to: Role | None) -> None:
    """What becomes of the admin who has invited, with a second admin to do it."""
    admin, heir = [await personas.actor(database, p) for p in (personas.ADMIN, personas.TEAMMATE)]
    assert heir.user_id and admin.user_id
    async with database.write(personas.bound(admin)) as db:
        await set_role(db, admin.organisation_id, heir.user_id, Role.ADMIN, by=None)
        if to is not None:
            await set_role(db, admin.organisation_id, admin.user_id, to, by=heir.user_id)
            return
        mine = (col(Membership.tenant_id) == admin.organisation_id, col(Membership.user_id) == admin.user_id)
        await db.execute(sa.delete(Membership).where(*mine))


@pytest.mark.parametrize("to", [None, Role.REVIEWER], ids=["removed", "lowered"])
async def test_who_no_longer_administers_has_invited_nobody(
    database: Database, client: Visitor, to: Role | None
) -> None:
    await invited(database, email=NEW.email, role=Role.ADMIN)
    assert (await client.get(LINK_PATH)).status_code == 200
    await change(database, to=to)
    assert (await client.get(LINK_PATH)).status_code == 404
    assert (await client.submit(LINK_PATH, JOIN)).status_code == 404
    assert await accounts(database, NEW.email) == 0


async def test_nor_has_who_ends_while_the_page_is_open(database: Database, settings: Settings) -> None:
    await invited(database, email=personas.OUTSIDER.email, role=Role.ADMIN)
    found = await offer(database, settings.secret_key, KEY)
    assert found
    await change(database, to=None)
    user = (await personas.actor(database, personas.OUTSIDER)).user_id
    assert user
    with pytest.raises(Conflict):
        await accept_known(database, found, Actor(user, "Outsider", personas.OUTSIDER.email, "", ()))
    assert await role_of(database, replace(personas.OUTSIDER, organisation="health-xaa")) is None


async def test_what_does_not_hold_is_not_listed_as_open(database: Database, teammate: Visitor) -> None:
    await invited(database, email=NEW.email)
    await change(database, to=Role.VIEWER)
    assert NEW.email not in (await teammate.get(PAGE)).text


async def test_an_operator_invites_nobody_where_there_is_an_admin(
    database: Database, operator: Visitor
) -> None:
    """Or the operator would read the drafts of any organisation, as an admin of it. And learns of no member."""
    answers = [await operator.submit(OPERATORS, {"email": e}) for e in (NEW.email, personas.OWNER.email)]
    assert [a.status_code for a in answers] == [422, 422]
    told = [a.text.replace(personas.OWNER.email, NEW.email).partition("<main")[2] for a in answers]
    assert told[0] == told[1]
    assert "has an admin" in told[0]
    assert await rows(database) == []


async def close(database: Database, *people: personas.Persona) -> None:
    async with database.write() as db:
        here = sa.update(User).where(col(User.email).in_([p.email for p in people]))
        await db.execute(here.values(disabled_at=clock.now()))


async def test_an_operator_brings_an_admin_back_and_then_no_second(
    database: Database, operator: Visitor, owner: Visitor, client: Visitor
) -> None:
    await close(database, personas.ADMIN)
    made = [await operator.submit(OPERATORS, {"email": e}) for e in (personas.OWNER.email, NEW.email)]
    mine, spare = [LINK.findall(m.text)[0] for m in made]
    # A member already: the operator is not told so, and it is as admin that they come back.
    assert (await owner.submit(mine)).status_code == 303
    assert await role_of(database, replace(personas.OWNER)) is Role.ADMIN
    assert (await client.submit(spare, JOIN)).status_code == 404
    assert await accounts(database, NEW.email) == 0


async def test_an_admin_s_invitation_leaves_the_role_that_somebody_has_meanwhile(
    database: Database, outsider: Visitor
) -> None:
    await invited(database, email=personas.OUTSIDER.email, role=Role.ADMIN)
    admin, joined = [await personas.actor(database, p) for p in (personas.ADMIN, personas.OUTSIDER)]
    assert joined.user_id
    async with database.write(Bound(tenant=admin.organisation_id)) as db:
        await set_role(db, admin.organisation_id, joined.user_id, Role.VIEWER, by=admin.user_id)
    assert (await outsider.submit(LINK_PATH)).status_code == 303
    assert await role_of(database, replace(personas.OUTSIDER, organisation="health-xaa")) is Role.VIEWER
