"""Signing in: one answer for every failure, tries counted in the database, and nowhere else to be led to."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, extract_parameters
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from tests import personas
from tests.personas import Visitor
from tests.worlds import World
from tracker.access.models import SignInAttempt, UserSession
from tracker.access.permissions import Role
from tracker.accounts import passwords, service
from tracker.app import App, create_app
from tracker.db.session import Database
from tracker.kit import clock
from tracker.kit.senders import sender_of
from tracker.organisations.queries import organisation_by_key
from tracker.settings import Settings

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
EMAIL = personas.OWNER.email
WRONG = "not the password at all"


async def attempt(person: Visitor, email: str, password: str, **more: str) -> httpx.Response:
    return await person.submit("/en/sign-in", {"email": email, "password": password} | more)


def without(answer: httpx.Response, typed: str) -> str:
    """The page without the address that was typed, which it shows again."""
    return answer.text.replace(typed, "TYPED")


async def test_right_is_in(client: Visitor, world: World) -> None:
    answer = await attempt(client, f"  {EMAIL.upper()} ", world.passwords[EMAIL])
    assert answer.status_code == 303
    assert answer.headers["location"] == "/en/o"
    assert (await client.get("/en/sign-in")).headers["location"] == "/en/o"


async def test_wrong_and_unknown_look_alike(client: Visitor, world: World, database: Database) -> None:
    wrong = await attempt(client, EMAIL, WRONG)
    unknown = await attempt(client, "nobody@example.org", WRONG)
    assert wrong.status_code == unknown.status_code == 422
    assert without(wrong, EMAIL) == without(unknown, "nobody@example.org")
    assert dict(wrong.headers) | {"content-length": ""} == dict(unknown.headers) | {"content-length": ""}
    assert WRONG not in wrong.text


async def test_a_disabled_account_looks_alike(client: Visitor, world: World, database: Database) -> None:
    wrong = await attempt(client, EMAIL, WRONG)
    async with database.write() as db:
        await db.execute(sa.text("UPDATE user_account SET disabled_at = created_at"))
    answer = await attempt(client, EMAIL, world.passwords[EMAIL])
    assert (answer.status_code, answer.text) == (wrong.status_code, wrong.text)


class Counting(PasswordHash):
    """The real thing, which remembers what it was asked to verify against."""

    def __init__(self) -> None:
        super().__init__((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
        self.asked: list[str] = []

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:
        self.asked.append(str(hash))
        return super().verify(password, hash)


async def test_an_unknown_account_takes_the_same_work(
    client: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One verification each, against hashes of the same cost, so the time does not tell."""
    counting = Counting()
    monkeypatch.setattr(passwords, "_hasher", lambda: counting)
    await attempt(client, EMAIL, WRONG)
    await attempt(client, "nobody@example.org", WRONG)
    known, dummy = counting.asked
    assert known != dummy
    assert extract_parameters(known) == extract_parameters(dummy)


def test_the_products_cost_is_no_less_than_owasps() -> None:
    """The suite hashes cheaply; this is what people get. 19 MiB, 2 passes, 1 lane is the least."""
    parameters = extract_parameters(Argon2Hasher().hash("a password"))
    assert PasswordHasher().type == parameters.type
    assert parameters.memory_cost >= 19 * 1024
    assert parameters.time_cost >= 2


async def test_the_ninth_try_waits_even_when_right(client: Visitor, world: World) -> None:
    with clock.at(NOON):
        for _ in range(service.PER_ACCOUNT):
            assert "wrong" in (await attempt(client, EMAIL, WRONG)).text
        answer = await attempt(client, EMAIL, world.passwords[EMAIL])
        assert answer.status_code == 422
        assert "Wait 15 minutes" in answer.text
        assert client.session_token is None
    with clock.at(NOON + service.WINDOW - timedelta(seconds=1)):
        assert (await attempt(client, EMAIL, world.passwords[EMAIL])).status_code == 422
    with clock.at(NOON + service.WINDOW + timedelta(seconds=1)):
        assert (await attempt(client, EMAIL, world.passwords[EMAIL])).status_code == 303


async def test_an_unknown_account_waits_as_well(client: Visitor) -> None:
    """Else waiting would tell which accounts there are."""
    for _ in range(service.PER_ACCOUNT):
        assert "wrong" in (await attempt(client, "nobody@example.org", WRONG)).text
    assert "Wait 15 minutes" in (await attempt(client, "nobody@example.org", WRONG)).text


async def test_other_spellings_are_the_same_account(client: Visitor, world: World) -> None:
    for n in range(service.PER_ACCOUNT):
        await attempt(client, [EMAIL, EMAIL.upper(), f" {EMAIL}", EMAIL.title()][n % 4], WRONG)
    assert "Wait" in (await attempt(client, EMAIL, world.passwords[EMAIL])).text


async def test_one_account_waits_alone(client: Visitor, world: World) -> None:
    for _ in range(service.PER_ACCOUNT + 1):
        await attempt(client, EMAIL, WRONG)
    other = personas.TEAMMATE.email
    assert (await attempt(client, other, world.passwords[other])).status_code == 303


async def test_an_address_that_tries_many_accounts_waits(app: App, settings: Settings, world: World) -> None:
    here = personas.visitor(app, settings, "192.0.2.1")
    elsewhere = personas.visitor(app, settings, "192.0.2.2")
    for n in range(service.PER_ADDRESS):
        assert "wrong" in (await attempt(here, f"somebody-{n}@example.org", WRONG)).text
    assert "Wait 15 minutes" in (await attempt(here, EMAIL, world.passwords[EMAIL])).text
    assert (await attempt(elsewhere, EMAIL, world.passwords[EMAIL])).status_code == 303


async def test_success_forgets_the_accounts_tries_but_not_the_addresss(
    client: Visitor, world: World, database: Database
) -> None:
    for _ in range(service.PER_ACCOUNT - 1):
        await attempt(client, EMAIL, WRONG)
    assert (await attempt(client, EMAIL, world.passwords[EMAIL])).status_code == 303
    async with database.read() as db:
        left = await db.scalar(sa.select(sa.func.count()).select_from(SignInAttempt))
    assert left == service.PER_ACCOUNT


async def test_the_table_names_nobody(client: Visitor, database: Database) -> None:
    await attempt(client, EMAIL, WRONG)
    async with database.read() as db:
        subjects = (await db.execute(sa.select(SignInAttempt.subject))).scalars().all()
    assert len(set(subjects)) == 2
    assert all(len(subject) == 64 for subject in subjects)
    # without the key: or all addresses there are could be tried
    plain = {hashlib.sha256(t.encode()).hexdigest() for t in (f"account:{EMAIL}", "address:127.0.0.1")}
    assert not plain & set(subjects)


async def test_tries_made_at_the_same_time_all_count(own_world: World, settings: Settings) -> None:
    database = Database(own_world.engine)
    app = create_app(settings, database)
    people = [personas.visitor(app, settings) for _ in range(20)]
    answers = await asyncio.gather(*(attempt(person, EMAIL, WRONG) for person in people))
    assert {answer.status_code for answer in answers} == {422}
    assert sum("wrong" in answer.text for answer in answers) == service.PER_ACCOUNT
    assert sum("Wait" in answer.text for answer in answers) == 20 - service.PER_ACCOUNT
    right = await attempt(people[0], EMAIL, own_world.passwords[EMAIL])
    assert "Wait" in right.text


async def test_right_passwords_at_the_same_time_all_pass(own_world: World, settings: Settings) -> None:
    database = Database(own_world.engine)
    app = create_app(settings, database)
    people = [personas.visitor(app, settings) for _ in range(6)]
    answers = await asyncio.gather(*(attempt(p, EMAIL, own_world.passwords[EMAIL]) for p in people))
    assert [answer.status_code for answer in answers] == [303] * 6
    async with database.read() as db:
        assert await db.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 6


PASSWORDS = {
    "plain": "correct horse battery staple",
    "cyrillic": "пароль на десять слов",
    "arabic": "كلمة سر طويلة جدا",
    "emoji": "🔑" * 20 + "abcdef",
    "longest": "p" * 251 + "äöüßé",
    "spaces": " spaces at both ends ",
}


@pytest.mark.parametrize("password", PASSWORDS.values(), ids=PASSWORDS)
async def test_long_and_foreign_passwords_work(client: Visitor, database: Database, password: str) -> None:
    async with database.read() as db:
        organisation = await organisation_by_key(db, "health-xaa")
    assert organisation
    await service.add_account(
        database,
        email="new@example.org",
        name="New",
        organisation=organisation,
        role=Role.VIEWER,
        password=password,
    )
    assert (await attempt(client, "new@example.org", password[:-1])).status_code == 422
    assert (await attempt(client, "new@example.org", password)).status_code == 303


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("", ""),
        (EMAIL, ""),
        ("", WRONG),
        (EMAIL, "x" * 100_000),
        (EMAIL, "\x00"),
        ("\x00", WRONG),
        ("x" * 100_000, WRONG),
        ("' OR 1=1 --", "' OR 1=1 --"),
        ("%", "%"),
        (EMAIL + "\n", "\r\n" + WRONG),
        ("İ@example.org", WRONG),
    ],
    ids=lambda value: repr(value[:12]),
)
async def test_odd_input_is_refused_in_words(client: Visitor, email: str, password: str) -> None:
    answer = await attempt(client, email, password)
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert client.session_token is None


NEXT = [
    ("/en/o/health-xaa", "/en/o/health-xaa"),
    ("/en/compare?jurisdictions=XAA,XAB", "/en/compare?jurisdictions=XAA,XAB"),
    ("/en/", "/en/"),
    ("", "/en/o"),
    ("/", "/en/o"),
    ("/english/", "/en/o"),
    ("//example.org", "/en/o"),
    ("//example.org/en/", "/en/o"),
    ("///example.org/en/", "/en/o"),
    ("/\\example.org/en/", "/en/o"),
    ("\\\\example.org/en/", "/en/o"),
    ("/en/\\example.org", "/en/o"),
    ("https://example.org/en/", "/en/o"),
    ("https:/en/", "/en/o"),
    ("http:example.org", "/en/o"),
    ("javascript:alert(1)//en/", "/en/o"),
    ("/en/\r\nSet-Cookie: a=b", "/en/o"),
    ("/en/\tx", "/en/o"),
    (" /en/", "/en/o"),
    ("/en/\x00", "/en/"),
    ("en/", "/en/o"),
    ("@example.org/en/", "/en/o"),
    ("/%2f/example.org", "/en/o"),
    ("/xx/o", "/en/o"),
]


@pytest.mark.parametrize(("wanted", "there"), NEXT, ids=[repr(w) for w, _there in NEXT])
async def test_sign_in_leads_nowhere_else(client: Visitor, world: World, wanted: str, there: str) -> None:
    answer = await attempt(client, EMAIL, world.passwords[EMAIL], next=wanted)
    assert answer.status_code == 303
    assert answer.headers["location"] == there


async def test_the_page_that_was_asked_for_comes_after(client: Visitor, world: World) -> None:
    asked = "/en/o/health-xaa/jurisdictions/XAA?framework=hhs-core-competencies"
    sent = await client.get(asked)
    form = await client.get(sent.headers["location"])
    assert form.status_code == 200
    assert 'value="/en/o/health-xaa/jurisdictions/XAA?framework=hhs-core-competencies"' in form.text
    answer = await attempt(client, EMAIL, world.passwords[EMAIL], next=asked)
    assert answer.headers["location"] == asked
    assert (await client.get(asked)).status_code == 200


async def test_a_proxy_is_believed_only_when_named(
    settings: Settings, world: World, database: Database
) -> None:
    """Else anyone would choose the address that their tries are counted for."""
    behind = replace(settings, trusted_proxies=frozenset({"192.0.2.1"}))
    for known, used in ((settings, "192.0.2.1"), (behind, "198.51.100.7")):
        person = personas.visitor(create_app(known, database), known, "192.0.2.1")
        await person.submit(
            "/en/sign-in",
            {"email": "nobody@example.org", "password": WRONG},
            headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"},
        )
        async with database.read() as db:
            subjects = (await db.execute(sa.select(SignInAttempt.subject))).scalars().all()
        assert sender_of(settings.secret_key, "address", used) in subjects
        assert sender_of(settings.secret_key, "address", "203.0.113.9") not in subjects
