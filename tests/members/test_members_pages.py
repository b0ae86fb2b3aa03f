"""Members, their roles, and the rule that somebody always is left to administer."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import personas
from tests.personas import Persona, Visitor
from tracker.access.models import Membership, Organisation
from tracker.access.permissions import Role
from tracker.app import App
from tracker.audit.models import AuditEvent
from tracker.db.session import Bound, Database
from tracker.kit.errors import Forbidden, Invalid
from tracker.members import service
from tracker.settings import Settings

PAGE = "/en/o/health-xaa/members"


async def role_of(database: Database, persona: Persona) -> Role | None:
    who = await personas.actor(database, persona)
    async with database.read(personas.bound(who)) as db:
        mine = sa.select(Membership.role).where(
            col(Membership.tenant_id) == who.organisation_id, col(Membership.user_id) == who.user_id
        )
        return (await db.execute(mine)).scalar_one_or_none()


async def last_events(database: Database, persona: Persona, number: int) -> list[AuditEvent]:
    who = await personas.actor(database, persona)
    async with database.read(Bound(tenant=who.organisation_id)) as db:
        latest = sa.select(AuditEvent).order_by(col(AuditEvent.sequence).desc()).limit(number)
        return list(reversed((await db.execute(latest)).scalars().all()))


def told(events: Sequence[AuditEvent]) -> list[str]:
    return [event.action for event in events]


async def _page_of(database: Database, persona: Persona) -> str:
    return f"{PAGE}/{(await personas.actor(database, persona)).user_id}"


async def test_an_admin_sees_the_members_and_nobody_elses(admin: Visitor) -> None:
    shown = (await admin.get(PAGE)).text
    for persona in (personas.OWNER, personas.TEAMMATE, personas.VIEWER, personas.ADMIN):
        assert persona.email in shown
    assert "health.xab.example" not in shown
    assert "secretariat.example" not in shown


async def test_a_role_changes_at_once_and_is_audited(
    app: App, settings: Settings, database: Database, admin: Visitor, viewer: Visitor
) -> None:
    assert (await viewer.get("/en/o/health-xaa/instruments/new")).status_code == 403
    done = await admin.submit(await _page_of(database, personas.VIEWER), {"role": "contributor"})
    assert (done.status_code, done.headers["location"]) == (303, PAGE)
    assert await role_of(database, personas.VIEWER) is Role.CONTRIBUTOR
    assert (await viewer.get("/en/o/health-xaa/instruments/new")).status_code == 200
    (event,) = await last_events(database, personas.ADMIN, 1)
    someone = await personas.actor(database, personas.VIEWER)
    assert (event.action, event.subject) == ("member.role_changed", f"user:{someone.user_id}")
    assert event.actor_id == (await personas.actor(database, personas.ADMIN)).user_id
    assert event.detail == {"role": "contributor"}


async def test_a_removed_member_is_out_at_once(database: Database, admin: Visitor, owner: Visitor) -> None:
    page = await _page_of(database, personas.OWNER)
    assert (await owner.get("/en/o/health-xaa")).status_code == 200
    assert (await admin.submit(page, {"do": "remove"})).status_code == 303
    assert (await owner.get("/en/o/health-xaa")).status_code == 404
    assert (await owner.get("/en/account")).status_code == 200
    assert await role_of(database, personas.OWNER) is None
    assert told(await last_events(database, personas.ADMIN, 1)) == ["member.removed"]
    assert (await admin.submit(page, {"do": "remove"})).status_code == 404


@pytest.mark.parametrize("data", [{"do": "remove"}, {"role": "viewer"}])
async def test_the_last_admin_stays(database: Database, admin: Visitor, data: dict[str, str]) -> None:
    page = await _page_of(database, personas.ADMIN)
    refused = await admin.submit(page, data)
    assert refused.status_code == 422
    assert "last admin" in refused.text
    assert await role_of(database, personas.ADMIN) is Role.ADMIN
    assert (
        await admin.submit(await _page_of(database, personas.OWNER), {"role": "admin"})
    ).status_code == 303
    left = await admin.submit(page, data)
    assert (left.status_code, left.headers["location"]) == (303, "/en/o")
    assert (await admin.get(PAGE)).status_code in (403, 404)


@pytest.mark.parametrize("role", ["operator", "king", ""])
async def test_a_role_that_is_not_to_be_had(database: Database, admin: Visitor, role: str) -> None:
    refused = await admin.submit(await _page_of(database, personas.OWNER), {"role": role})
    assert refused.status_code == 422
    assert await role_of(database, personas.OWNER) is Role.CONTRIBUTOR


async def test_a_foreign_member_is_not_found(database: Database, admin: Visitor) -> None:
    page = await _page_of(database, personas.OUTSIDER)
    for answer in (await admin.get(page), await admin.submit(page, {"do": "remove"})):
        assert answer.status_code == 404
    assert await role_of(database, personas.OUTSIDER) is Role.CONTRIBUTOR


async def test_only_an_operator_makes_and_unmakes_operators(database: Database) -> None:
    operator = await personas.actor(database, personas.OPERATOR)
    mere_admin = replace(operator, role=Role.ADMIN)
    assert operator.user_id
    async with database.write(personas.bound(operator)) as db:
        for change in (
            service.change_role(db, mere_admin, operator.user_id, Role.ADMIN),
            service.remove(db, mere_admin, operator.user_id),
        ):
            with pytest.raises(Invalid, match="Only an operator"):
                await change
        with pytest.raises(Forbidden):
            await service.remove(db, replace(operator, role=Role.REVIEWER), operator.user_id)


async def test_the_last_operator_stays(database: Database) -> None:
    operator = await personas.actor(database, personas.OPERATOR)
    async with database.write(personas.bound(operator)) as db:
        found = await service.members(db)
        others = [m for m in found if m.user_id != operator.user_id]
        for other in others:
            await service.change_role(db, operator, other.user_id, Role.ADMIN)
        assert operator.user_id
        with pytest.raises(Invalid, match="last operator"):
            await service.change_role(db, operator, operator.user_id, Role.ADMIN)


async def test_settings_are_kept_and_audited(database: Database, admin: Visitor) -> None:
    page = "/en/o/health-xaa/settings"
    said = {"website": "https://health.example", "contact": "Office@Health.example", "language": "en"}
    assert (await admin.submit(page, said)).status_code == 303
    async with database.read() as db:
        row = (
            await db.execute(sa.select(Organisation).where(col(Organisation.key) == "health-xaa"))
        ).scalar_one()
    assert (row.website, row.contact, row.language) == (
        "https://health.example",
        "office@health.example",
        "en",
    )
    (event,) = await last_events(database, personas.ADMIN, 1)
    assert (event.action, event.detail) == (
        "organisation.changed",
        {"changed": ["website", "contact", "language"]},
    )
    for public in (page, "/en/jurisdictions/XAA", "/api/v1/organisations/health-xaa"):
        shown = (await admin.get(public)).text
        assert "office@health.example" in shown
        assert "https://health.example" in shown


@pytest.mark.parametrize(
    ("field", "value"),
    [("website", "javascript:alert(1)"), ("contact", "nobody"), ("language", "tlh"), ("contact", "a@b, c@d")],
)
async def test_settings_that_can_not_be(database: Database, admin: Visitor, field: str, value: str) -> None:
    refused = await admin.submit("/en/o/health-xaa/settings", {field: value})
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    async with database.read() as db:
        row = (
            await db.execute(sa.select(Organisation).where(col(Organisation.key) == "health-xaa"))
        ).scalar_one()
    assert getattr(row, field) != value
