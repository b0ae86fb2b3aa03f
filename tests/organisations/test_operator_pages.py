"""The operator admits and suspends organisations, and gives and ends mandates, with their history."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import factories, personas
from tests.members.test_members_pages import last_events, told
from tests.personas import Persona, Visitor
from tracker.access.models import Organisation
from tracker.access.permissions import Role
from tracker.access.tokens import Scope, bearer_of, new_key, new_token
from tracker.db.session import Bound, Database
from tracker.kit import clock
from tracker.kit.vocabulary import Voice
from tracker.mail.digest_service import prepare
from tracker.organisations import queries

HOME = "/en/o/secretariat/organisations"
NGO = f"{HOME}/open-care-watch"


async def organisation(database: Database, key: str) -> Organisation | None:
    async with database.read() as db:
        return await queries.organisation_by_key(db, key)


async def held(database: Database, key: str) -> list[queries.Held]:
    row = await organisation(database, key)
    assert row
    async with database.read() as db:
        return await queries.mandate_history(db, row.id)


async def test_the_list_tells_of_all_and_of_no_member(operator: Visitor) -> None:
    shown = (await operator.get(HOME)).text
    assert "Ministry of Health of Quillmere" in shown
    assert "Open Care Watch" in shown
    assert "@health.xaa.example" not in shown
    assert "@" not in (await operator.get(NGO)).text.partition("<main")[2]


async def test_an_organisation_is_admitted_and_given_a_mandate(database: Database, operator: Visitor) -> None:
    new = {"name": "Ministry of Health, Kenya <b>", "key": "health-ken", "kind": "ministry"}
    made = await operator.submit(HOME, new)
    assert (made.status_code, made.headers["location"]) == (303, f"{HOME}/health-ken")
    given = await operator.submit(f"{HOME}/health-ken/mandates", {"code": "ken", "kind": "steward"})
    assert given.status_code == 303
    (mandate,) = await held(database, "health-ken")
    assert (mandate.code, mandate.kind.value, mandate.valid_to) == ("KEN", "steward", None)
    row = await organisation(database, "health-ken")
    assert row
    them = Persona("them", personas.OPERATOR.email, "health-ken", Role.ADMIN)
    events = await last_events(database, them, 5)
    assert told(events) == ["organisation.added", "mandate.added"]
    who = await personas.actor(database, personas.OPERATOR)
    assert {event.actor_id for event in events} == {who.user_id}
    shown = (await operator.get(f"{HOME}/health-ken")).text
    assert "Kenya &lt;b&gt;" in shown


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"key": "Health KEN"}, "key"),
        ({"key": "health-xaa"}, "key"),
        ({"key": "../x"}, "key"),
        ({"kind": "king"}, "kind"),
        ({"kind": ""}, "kind"),
    ],
)
async def test_an_organisation_that_can_not_be(
    database: Database, operator: Visitor, changes: dict[str, str], field: str
) -> None:
    form = {"name": "Ministry", "key": "health-ken", "kind": "ministry"} | changes
    refused = await operator.submit(HOME, form)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert await organisation(database, "health-ken") is None


async def test_a_mandate_ends_and_may_be_given_anew(database: Database, operator: Visitor) -> None:
    (mandate,) = [m for m in await held(database, "health-xaa") if m.kind.value == "steward"]
    page = f"{HOME}/health-xaa/mandates/{mandate.id}"
    today = clock.today()
    assert (await operator.get(page)).status_code == 200
    again = {"code": "XAA", "kind": "steward", "valid_from": (today + timedelta(days=1)).isoformat()}
    assert (await operator.submit(f"{HOME}/health-xaa/mandates", again)).status_code == 422
    assert (await operator.submit(page, {"last_day": today.isoformat()})).status_code == 303
    assert (await operator.submit(page, {"last_day": today.isoformat()})).status_code == 409
    events = await last_events(database, personas.ADMIN, 1)
    assert told(events) == ["mandate.ended"]
    assert events[0].detail == {"jurisdiction": "XAA", "kind": "steward", "last_day": today.isoformat()}
    assert await _voice(database, today) is Voice.SELF
    assert await _voice(database, today + timedelta(days=1)) is None
    assert (await operator.submit(f"{HOME}/health-xaa/mandates", again)).status_code == 303
    assert await _voice(database, today + timedelta(days=1)) is Voice.SELF
    history = [m for m in await held(database, "health-xaa") if m.code == "XAA"]
    assert [(m.valid_from, m.valid_to) for m in history] == [
        (today + timedelta(days=1), None),
        (mandate.valid_from, today),
    ]


async def _voice(database: Database, on: date) -> Voice | None:
    """As what Quillmere's ministry speaks of Quillmere on a day."""
    who = await personas.actor(database, personas.OWNER)
    where = await factories.cell(database)
    async with database.read() as db:
        return await queries.voice_of(db, who.organisation_id, where.jurisdiction_id, on)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"code": "NOPE", "kind": "steward"}, "code"),
        ({"code": "", "kind": "steward"}, "code"),
        ({"code": "KEN"}, "kind"),
        ({"code": "KEN", "kind": "steward", "valid_from": "soon"}, "valid_from"),
        ({"code": "XAA", "kind": "assessor"}, "code"),
    ],
)
async def test_a_mandate_that_can_not_be(
    database: Database, operator: Visitor, form: dict[str, str], field: str
) -> None:
    before = await held(database, "open-care-watch")
    refused = await operator.submit(f"{NGO}/mandates", form)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert await held(database, "open-care-watch") == before


async def test_a_last_day_before_the_first_and_a_foreign_mandate(
    database: Database, operator: Visitor
) -> None:
    new = {"code": "KEN", "kind": "assessor", "valid_from": "2026-01-01"}
    assert (await operator.submit(f"{NGO}/mandates", new)).status_code == 303
    (mandate,) = [m for m in await held(database, "open-care-watch") if m.code == "KEN"]
    refused = await operator.submit(f"{NGO}/mandates/{mandate.id}", {"last_day": "2025-12-31"})
    assert refused.status_code == 422
    elsewhere = f"{HOME}/health-xaa/mandates/{mandate.id}"
    assert (await operator.get(elsewhere)).status_code == 404
    assert (await operator.submit(elsewhere, {"last_day": "2026-12-31"})).status_code == 404


async def test_nobody_acts_for_a_suspended_organisation(
    database: Database, operator: Visitor, owner: Visitor, outsider: Visitor
) -> None:
    who = await personas.actor(database, personas.OWNER)
    key = new_key()
    async with database.write(personas.bound(who)) as db:
        db.add(new_token(who, "a secret", key, "A program", [Scope.READ_DRAFTS], clock.today()))
    assert await bearer_of(database, "a secret", key)
    assert (await operator.submit(f"{HOME}/health-xaa/state", {"do": "suspend"})).status_code == 303
    for path in ("/en/o/health-xaa", "/en/o/health-xaa/work"):
        refused = await owner.get(path)
        assert refused.status_code == 403
        assert "suspended" in refused.text
    assert (await outsider.get("/en/o/health-xaa")).status_code == 404
    assert await bearer_of(database, "a secret", key) is None
    assert (await owner.get("/en/jurisdictions/XAA")).status_code == 200
    before = await prepare(database)
    assert told(await last_events(database, personas.ADMIN, 1)) == ["organisation.suspended"]
    assert (await operator.submit(f"{HOME}/health-xaa/state", {"do": "suspend"})).status_code == 409
    assert (await operator.submit(f"{HOME}/health-xaa/state", {"do": "resume"})).status_code == 303
    assert told(await last_events(database, personas.ADMIN, 1)) == ["organisation.resumed"]
    assert (await owner.get("/en/o/health-xaa")).status_code == 200
    assert await bearer_of(database, "a secret", key)
    assert await prepare(database) > 0
    assert before > 0  # the others were told all the while


async def test_an_operator_does_not_shut_itself_out(database: Database, operator: Visitor) -> None:
    refused = await operator.submit(f"{HOME}/secretariat/state", {"do": "suspend"})
    assert refused.status_code == 409
    row = await organisation(database, "secretariat")
    assert row
    assert row.suspended_at is None
    assert (await operator.submit(f"{HOME}/health-xaa/state", {"do": "delete"})).status_code == 409
    assert (await operator.submit(f"{HOME}/nobody/state", {"do": "suspend"})).status_code == 404


async def test_admins_elsewhere_are_no_operators(database: Database, admin: Visitor) -> None:
    assert (await admin.get("/en/o/health-xaa/organisations")).status_code == 403
    assert (await admin.get(HOME)).status_code == 404
    async with database.read(Bound()) as db:
        assert (
            await db.scalar(sa.select(sa.func.count()).where(col(Organisation.suspended_at).is_not(None)))
            == 0
        )


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30])
async def test_a_number_that_no_mandate_has(operator: Visitor, number: int) -> None:
    for answer in (
        await operator.get(f"{NGO}/mandates/{number}"),
        await operator.submit(f"{NGO}/mandates/{number}", {"last_day": "2027-12-31"}),
    ):
        assert answer.status_code == 404
