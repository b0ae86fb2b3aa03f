"""Changing a password."""

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import personas
from tests.personas import Visitor
from tests.worlds import World
from tracker.access.models import User
from tracker.accounts import passwords, service
from tracker.db.session import Database
from tracker.kit.errors import Invalid

EMAIL = personas.OWNER.email
GOOD = "a quite new password of mine"


@pytest.mark.parametrize(
    ("current", "new", "says"),
    [
        ("not mine at all", GOOD, "not your current password"),
        ("", GOOD, "Enter your current password"),
        (None, "", "Enter a new password"),
        (None, "short", "at least 12"),
        (None, "x" * 257, "at most 256"),
        (None, "aaaaaaaaaaaa", "too easy"),
        (None, EMAIL, "too easy"),
        (None, EMAIL.upper(), "too easy"),
    ],
    ids=["wrong", "no-current", "no-new", "short", "long", "same-letter", "email", "EMAIL"],
)
async def test_a_bad_change_changes_nothing(
    owner: Visitor, world: World, database: Database, current: str | None, new: str, says: str
) -> None:
    before = await _hash(database)
    given = world.passwords[EMAIL] if current is None else current
    answer = await owner.submit("/en/account/password", {"current": given, "new": new})
    assert answer.status_code == 422
    assert says in answer.text
    assert await _hash(database) == before
    assert (await owner.get("/en/account")).status_code == 200


async def _hash(database: Database) -> str:
    async with database.read() as db:
        return (await db.execute(sa.select(User.password_hash).where(col(User.email) == EMAIL))).scalar_one()


async def test_a_good_change_is_the_password_from_then_on(
    owner: Visitor, client: Visitor, world: World
) -> None:
    old = world.passwords[EMAIL]
    assert (await owner.submit("/en/account/password", {"current": old, "new": GOOD})).status_code == 303
    assert (await client.submit("/en/sign-in", {"email": EMAIL, "password": old})).status_code == 422
    assert (await client.submit("/en/sign-in", {"email": EMAIL, "password": GOOD})).status_code == 303


async def test_a_reset_makes_a_new_one(client: Visitor, owner: Visitor, database: Database) -> None:
    new = await service.reset_password(database, EMAIL.upper())
    assert (await owner.get("/en/account")).status_code == 303
    assert (await client.submit("/en/sign-in", {"email": EMAIL, "password": new})).status_code == 303
    with pytest.raises(Invalid):
        await service.reset_password(database, "nobody@example.org")


def test_generated_passwords_are_long_and_never_the_same() -> None:
    made = {passwords.generate() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(password) == 23 for password in made)
    assert not set("".join(made)) & set("0O1lI")
