"""Sessions: issued at sign-in only, kept as a hash, ended by the server, and judged anew at each request."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col

from tests import personas
from tests.personas import Visitor
from tests.worlds import World
from tracker.access import sessions
from tracker.access.models import Membership, User, UserSession
from tracker.access.permissions import Role
from tracker.access.sessions import Lifetime, actor_of, hash_of
from tracker.app import App, create_app
from tracker.db.session import Database
from tracker.kit import clock
from tracker.settings import Settings

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
LIFETIME = Lifetime(idle=timedelta(minutes=120), absolute=timedelta(hours=12))


async def rows(database: Database) -> list[UserSession]:
    async with database.read() as db:
        return list((await db.execute(sa.select(UserSession))).scalars())


async def user_of(database: Database, persona: personas.Persona) -> User:
    async with database.read() as db:
        return (await db.execute(sa.select(User).where(col(User.email) == persona.email))).scalar_one()


async def enter(client: Visitor, world: World, persona: personas.Persona = personas.OWNER) -> str:
    """Sign in by the page and return the token that came back."""
    answer = await client.submit(
        "/en/sign-in", {"email": persona.email, "password": world.passwords[persona.email]}
    )
    assert answer.status_code == 303
    assert client.session_token
    return client.session_token


async def test_strangers_leave_no_row(client: Visitor, database: Database) -> None:
    for path in ("/en", "/en/sign-in", "/en/o/health-xaa", "/en/nothing"):
        answer = await client.get(path)
        assert "tracker_session" not in answer.headers.get("set-cookie", "")
    await client.submit("/en/sign-in", {"email": "nobody@example.org", "password": "no such person"})
    assert await rows(database) == []


async def test_the_table_holds_no_token(client: Visitor, world: World, database: Database) -> None:
    token = await enter(client, world)
    (row,) = await rows(database)
    assert row.id_hash == hash_of(token)
    assert token not in str(row.model_dump())
    assert len(token) >= 43  # 256 bits
    assert row.id_hash not in (await client.get("/en/account")).text


async def test_a_session_chosen_before_sign_in_is_never_adopted(
    client: Visitor, world: World, database: Database, app: App, settings: Settings
) -> None:
    chosen = "a-session-that-somebody-else-planted"
    client.use_session(settings, chosen)
    answer = await client.submit(
        "/en/sign-in",
        {"email": personas.OWNER.email, "password": world.passwords[personas.OWNER.email]},
    )
    assert answer.status_code == 303
    issued = client.session_token or ""
    assert issued != chosen
    assert [row.id_hash for row in await rows(database)] == [hash_of(issued)]
    planter = personas.visitor(app, settings).use_session(settings, chosen)
    assert (await planter.get("/en/account")).status_code == 303


async def test_each_sign_in_is_a_session_of_its_own(
    app: App, settings: Settings, world: World, database: Database
) -> None:
    first, second = personas.visitor(app, settings), personas.visitor(app, settings)
    assert await enter(first, world) != await enter(second, world)
    first.use_session(settings, first.session_token or "")
    await first.submit("/en/sign-out")
    assert (await first.get("/en/account")).status_code == 303
    assert (await second.get("/en/account")).status_code == 200


async def test_signing_out_ends_it_on_the_server(
    owner: Visitor, database: Database, settings: Settings
) -> None:
    token = owner.session_token or ""
    answer = await owner.submit("/en/sign-out")
    assert answer.status_code == 303
    assert owner.session_token is None
    owner.use_session(settings, token)
    assert (await owner.get("/en/account")).status_code == 303
    assert (await rows(database))[0].revoked_at is not None


async def test_a_slow_request_cannot_undo_a_sign_out(database: Database) -> None:
    with clock.at(NOON):
        token = await personas.new_session(database, personas.OWNER)
    with clock.at(NOON + timedelta(minutes=5)):
        assert await actor_of(database, token, LIFETIME)  # the slow request has read who it is
        async with database.write() as db:
            await sessions.revoke(db, hash_of(token))
    with clock.at(NOON + timedelta(minutes=10)):
        assert await actor_of(database, token, LIFETIME) is None
    (row,) = await rows(database)
    assert row.revoked_at == NOON + timedelta(minutes=5)
    assert row.seen_at == NOON + timedelta(minutes=5)


async def test_a_session_ends_when_unused(database: Database) -> None:
    with clock.at(NOON):
        token = await personas.new_session(database, personas.OWNER)
    moment = NOON
    for _ in range(3):  # each use puts the end off
        moment += timedelta(minutes=119)
        with clock.at(moment):
            assert await actor_of(database, token, LIFETIME)
    with clock.at(moment + timedelta(minutes=120)):
        assert await actor_of(database, token, LIFETIME) is None
    with clock.at(moment + timedelta(minutes=1)):
        assert await actor_of(database, token, LIFETIME)


async def test_a_session_ends_in_any_case(database: Database) -> None:
    with clock.at(NOON):
        token = await personas.new_session(database, personas.OWNER)
    for hour in range(1, 12):
        with clock.at(NOON + timedelta(hours=hour)):
            assert await actor_of(database, token, LIFETIME)
    with clock.at(NOON + timedelta(hours=12)):
        assert await actor_of(database, token, LIFETIME) is None


async def test_the_settings_say_how_long(database: Database, settings: Settings) -> None:
    brief = replace(settings, session_idle_minutes=5, session_hours=1)
    app = create_app(brief, database)
    with clock.at(NOON):
        person = await personas.signed_in(app, brief, database, personas.OWNER)
    with clock.at(NOON + timedelta(minutes=4)):
        assert (await person.get("/en/account")).status_code == 200
    with clock.at(NOON + timedelta(minutes=9)):
        assert (await person.get("/en/account")).status_code == 303


async def test_an_epoch_ends_all_sessions_of_one_user(database: Database) -> None:
    mine = [await personas.new_session(database, personas.OWNER) for _ in range(3)]
    other = await personas.new_session(database, personas.TEAMMATE)
    user = await user_of(database, personas.OWNER)
    async with database.write() as db:
        await sessions.revoke_all(db, user.id)
    assert [await actor_of(database, token, LIFETIME) for token in mine] == [None] * 3
    assert await actor_of(database, other, LIFETIME)


async def test_a_disabled_user_is_out_at_once(owner: Visitor, database: Database) -> None:
    assert (await owner.get("/en/account")).status_code == 200
    user = await user_of(database, personas.OWNER)
    async with database.write() as db:
        await db.execute(sa.update(User).where(col(User.id) == user.id).values(disabled_at=clock.now()))
    assert (await owner.get("/en/account")).status_code == 303


async def test_a_role_counts_from_the_next_request_on(owner: Visitor, database: Database) -> None:
    actor = await personas.actor(database, personas.OWNER)
    assert (await owner.get("/en/o/health-xaa/jurisdictions/XAA/apply")).status_code == 200
    async with database.write(personas.bound(actor)) as db:
        await db.execute(
            sa.update(Membership).where(col(Membership.user_id) == actor.user_id).values(role=Role.VIEWER)
        )
    assert (await owner.get("/en/o/health-xaa/jurisdictions/XAA/apply")).status_code == 403
    async with database.write(personas.bound(actor)) as db:
        await db.execute(sa.delete(Membership).where(col(Membership.user_id) == actor.user_id))
    assert (await owner.get("/en/o/health-xaa")).status_code == 404


async def test_a_password_change_ends_the_others_and_goes_on_with_a_new_one(
    app: App, settings: Settings, world: World, database: Database
) -> None:
    here, there = personas.visitor(app, settings), personas.visitor(app, settings)
    before, _other = await enter(here, world), await enter(there, world)
    here.use_session(settings, before)
    answer = await here.submit(
        "/en/account/password",
        {"current": world.passwords[personas.OWNER.email], "new": "a quite new password of mine"},
    )
    assert answer.status_code == 303
    assert here.session_token != before
    assert (await here.get("/en/account")).status_code == 200
    assert (await there.get("/en/account")).status_code == 303
    here.use_session(settings, before)
    assert (await here.get("/en/account")).status_code == 303


async def test_tokens_of_other_shapes_are_nobody(client: Visitor, database: Database) -> None:
    token = await personas.new_session(database, personas.OWNER)
    for wrong in ("", " ", token[:-1], token + "=", token.swapcase(), hash_of(token), "é" * 40, "x" * 8000):
        answer = await client.get(
            "/en/account", headers={"Cookie": f"tracker_session={wrong}".encode("latin-1")}
        )
        assert answer.status_code == 303, wrong[:50]
