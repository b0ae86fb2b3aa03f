"""Invitations: one use, seven days, hashed, by mail where there is a mail server; for new people and known ones."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import personas
from tests.mail.postbox import Postbox, open_postbox, text
from tests.members.invited import KEY, SECRET, invited
from tests.members.test_members_pages import PAGE, last_events, role_of, told
from tests.personas import Persona, Visitor
from tracker.access.actor import Actor
from tracker.access.models import Invitation, Organisation, User
from tracker.access.permissions import Role
from tracker.app import App
from tracker.db.session import Bound, Database
from tracker.kit import clock
from tracker.kit.errors import Conflict
from tracker.mail.send_service import run
from tracker.members.invitation_service import accept_known, accept_new, key_of
from tracker.members.queries import offer
from tracker.settings import Settings

NEW = Persona("new", "new@health.example", "health-xaa", Role.CONTRIBUTOR)
INVITE = {"email": NEW.email, "role": "contributor"}
JOIN = {"name": "N. Ewcomer", "new": "correct horse battery"}
LINK = re.compile(r"http://127\.0\.0\.1:8000(/en/invitations/[\w-]{43})")


async def rows(database: Database) -> list[Invitation]:
    actor = await personas.actor(database, personas.ADMIN)
    async with database.read(personas.bound(actor)) as db:
        return list((await db.execute(sa.select(Invitation).order_by(col(Invitation.created_at)))).scalars())


async def accounts(database: Database, email: str) -> int:
    async with database.read() as db:
        return len((await db.execute(sa.select(User.id).where(col(User.email) == email))).all())


async def test_a_new_person_joins_by_a_link_that_works_once(
    app: App, settings: Settings, database: Database, admin: Visitor, client: Visitor
) -> None:
    made = await admin.submit(PAGE, INVITE | {"email": " New@Health.example "})
    (path,) = LINK.findall(made.text)
    assert made.headers["cache-control"] == "no-store"
    (row,) = await rows(database)
    assert row.key_hash not in path
    assert path.rpartition("/")[2] not in repr(row.model_dump())
    assert path not in (await admin.get(PAGE)).text
    for _look in range(2):  # looking uses nothing up
        looked = await client.get(path)
        assert looked.status_code == 200
        assert looked.headers["referrer-policy"] == "no-referrer"
        assert looked.headers["cache-control"] == "no-store"
        assert "Ministry of Health of Quillmere" in looked.text
    joined = await client.submit(path, JOIN)
    assert (joined.status_code, joined.headers["location"]) == (303, "/en/sign-in")
    assert await role_of(database, NEW) is Role.CONTRIBUTOR
    assert told(await last_events(database, personas.ADMIN, 3)) == [
        "invitation.sent",
        "invitation.accepted",
        "member.added",
    ]
    for again in (await client.get(path), await client.submit(path, JOIN)):
        assert again.status_code == 404
    assert await accounts(database, NEW.email) == 1
    signed = await client.submit("/en/sign-in", {"email": NEW.email, "password": JOIN["new"]})
    assert signed.status_code == 303


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"new": "short"}, "new"),
        ({"new": NEW.email}, "new"),
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
    ],
)
async def test_what_a_new_person_can_not_say(
    database: Database, client: Visitor, changes: dict[str, str], field: str
) -> None:
    await invited(database, email=NEW.email)
    refused = await client.submit(f"/en/invitations/{KEY}", JOIN | changes)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert await accounts(database, NEW.email) == 0
    assert (await client.submit(f"/en/invitations/{KEY}", JOIN)).status_code == 303


async def test_who_has_an_account_joins_signed_in_with_it(
    database: Database, client: Visitor, outsider: Visitor, ngo: Visitor
) -> None:
    await invited(database, email=personas.OUTSIDER.email, role=Role.REVIEWER)
    path = f"/en/invitations/{KEY}"
    for person in (client, ngo):  # a password can't be set anew by a link
        answer = await person.submit(path, JOIN)
        assert answer.status_code in (200, 403)
    assert await role_of(database, replace(personas.OUTSIDER, organisation="health-xaa")) is None
    assert (await outsider.get("/en/o/health-xaa")).status_code == 404
    assert (await outsider.submit(path)).status_code == 303
    assert await role_of(database, replace(personas.OUTSIDER, organisation="health-xaa")) is Role.REVIEWER
    assert await role_of(database, personas.OUTSIDER) is Role.CONTRIBUTOR
    assert (await outsider.get("/en/o/health-xaa")).status_code == 200


async def test_an_invitation_ends_by_time_by_an_admin_and_by_another(
    database: Database, admin: Visitor, client: Visitor
) -> None:
    path = f"/en/invitations/{KEY}"
    made = await invited(database)
    with clock.at(clock.now() + timedelta(days=7, seconds=1)):
        assert (await client.submit(path, JOIN)).status_code == 404
    assert (await admin.submit(f"{PAGE}/invitations/{made}/revoke")).status_code == 303
    (event,) = await last_events(database, personas.ADMIN, 1)
    assert (event.action, event.subject, event.detail) == ("invitation.revoked", f"invitation:{made}", {})
    assert (await admin.submit(f"{PAGE}/invitations/{made}/revoke")).status_code == 409
    assert (await client.get(path)).status_code == 404
    assert await accounts(database, NEW.email) == 0


async def test_a_new_invitation_to_the_same_address_ends_the_old(
    database: Database, admin: Visitor, client: Visitor
) -> None:
    path = f"/en/invitations/{KEY}"
    first = await invited(database, email=NEW.email)
    assert (await client.get(path)).status_code == 200
    await admin.submit(PAGE, INVITE)
    assert (await client.submit(path, JOIN)).status_code == 404
    assert [row.id for row in await rows(database) if row.revoked_at] == [first]
    assert await accounts(database, NEW.email) == 0


@pytest.mark.parametrize("key", ["", "x", "a" * 43, "é", "a" * 300])
async def test_a_key_that_is_none(client: Visitor, key: str) -> None:
    assert (await client.get(f"/en/invitations/{key}")).status_code == 404
    assert (await client.submit(f"/en/invitations/{key}", JOIN)).status_code in (404, 405)


@pytest.mark.parametrize(
    "form",
    [
        {"email": "nobody", "role": "viewer"},
        {"email": NEW.email, "role": "operator"},
        {"email": NEW.email},
        {"email": personas.OWNER.email, "role": "viewer"},
        {"email": "a@b.example\r\nBcc: c@d.example", "role": "viewer"},
    ],
)
async def test_who_can_not_be_invited(database: Database, admin: Visitor, form: dict[str, str]) -> None:
    assert (await admin.submit(PAGE, form)).status_code == 422
    assert await rows(database) == []


async def test_another_organisation_learns_nothing(database: Database, outsider: Visitor) -> None:
    made = await invited(database)
    theirs = await personas.actor(database, personas.OUTSIDER)
    async with database.read(personas.bound(theirs)) as db:
        assert (await db.execute(sa.select(Invitation))).all() == []
    revoked = await outsider.submit(f"/en/o/health-xab/members/invitations/{made}/revoke")
    assert revoked.status_code == 403  # a contributor; and for their admin there is no such row
    assert (await rows(database))[0].revoked_at is None


async def _send(database: Database, settings: Settings, box: Postbox) -> int:
    mailing = replace(settings, smtp=box.smtp)
    return (await run(database, mailing)).sent


async def test_with_a_mail_server_the_key_is_in_the_mail_alone(
    app: App, database: Database, admin: Visitor, settings: Settings, client: Visitor
) -> None:
    with open_postbox() as box:
        renderer = app.litestar.state.renderer
        app.litestar.state.renderer = replace(renderer, settings=replace(settings, smtp=box.smtp))
        try:
            made = await admin.submit(PAGE, INVITE)
        finally:
            app.litestar.state.renderer = renderer
        assert (made.status_code, LINK.findall(made.text)) == (303, [])
        await _send(database, settings, box)
        (message,) = box.to(NEW.email)
        assert message["Subject"] == "An invitation to join Ministry of Health of Quillmere"
        (path,) = LINK.findall(text(message))
        assert "e-mail sent on" in (await admin.get(PAGE)).text
        box.empty()
        await _send(database, settings, box)
        assert box.to(NEW.email) == []
    assert (await client.submit(path, JOIN)).status_code == 303


async def test_a_mail_that_is_refused_is_tried_again_or_told(
    database: Database, settings: Settings, admin: Visitor
) -> None:
    actor = await personas.actor(database, personas.ADMIN)
    await invited(database, actor, email=NEW.email, mails=True)
    with open_postbox() as box:
        box.refusals[NEW.email] = "451 later"
        await _send(database, settings, box)
        assert "it is tried again" in (await admin.get(PAGE)).text
        box.refusals[NEW.email] = "550 no such person"
        with clock.at(clock.now() + timedelta(minutes=6)):
            await _send(database, settings, box)
        assert "check the address" in (await admin.get(PAGE)).text
        assert (await rows(database))[0].fault == "SMTPRecipientsRefused 550"


async def test_a_suspended_organisation_takes_nobody_in(database: Database, client: Visitor) -> None:
    await invited(database)
    async with database.write() as db:
        here = sa.update(Organisation).where(col(Organisation.key) == "health-xaa")
        await db.execute(here.values(suspended_at=clock.now()))
    assert (await client.get(f"/en/invitations/{KEY}")).status_code == 404


async def test_the_operator_invites_a_first_admin(
    database: Database, operator: Visitor, client: Visitor
) -> None:
    home = "/en/o/secretariat/organisations"
    await operator.submit(home, {"name": "Ministry of Kenya", "key": "health-ken", "kind": "ministry"})
    made = await operator.submit(f"{home}/health-ken/invite", {"email": NEW.email})
    (path,) = LINK.findall(made.text)
    assert (await client.submit(path, JOIN)).status_code == 303
    assert await role_of(database, replace(NEW, organisation="health-ken")) is Role.ADMIN
    assert (await operator.get("/en/o/health-ken/members")).status_code == 404


async def test_a_key_follows_from_the_secret(database: Database) -> None:
    made = await invited(database, await personas.actor(database, personas.ADMIN))
    assert key_of(SECRET, made) != key_of("another secret, of 32 characters or more", made)
    async with database.read(Bound()) as db:
        assert (await db.execute(sa.select(Invitation))).all() == []


async def test_what_ended_while_the_page_was_open(
    database: Database, admin: Visitor, settings: Settings
) -> None:
    """Looked at, then ended, then accepted: the last look is the one within the change."""
    made = await invited(database, email=personas.OUTSIDER.email)
    found = await offer(database, settings.secret_key, KEY)
    assert found
    await admin.submit(f"{PAGE}/invitations/{made}/revoke")
    user = (await personas.actor(database, personas.OUTSIDER)).user_id
    assert user
    person = Actor(user, "Outsider", personas.OUTSIDER.email, "", ())
    with pytest.raises(Conflict):
        await accept_known(database, found, person)
    with pytest.raises(Conflict):
        await accept_new(database, replace(found, email=NEW.email), name="N.", password=JOIN["new"])
    assert await role_of(database, replace(personas.OUTSIDER, organisation="health-xaa")) is None
    assert await accounts(database, NEW.email) == 0
