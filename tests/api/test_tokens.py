"""Tokens: made by admins, shown once, kept as a hash; and a program with one may do what it says, and no more."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import personas
from tests.api.programs import BODY, CELL, NEW, key, program
from tests.api.test_problems import is_problem
from tests.entries.cells import drafts
from tests.pages import html
from tests.personas import Visitor
from tracker.access import tokens
from tracker.access.models import ApiToken, Membership
from tracker.access.tokens import Scope
from tracker.app import App
from tracker.audit.models import AuditEvent
from tracker.db.session import Bound, Database
from tracker.entries import publish
from tracker.kit import clock
from tracker.kit.errors import Forbidden
from tracker.settings import Settings

PAGE = "/en/o/health-xaa/tokens"
FORM: dict[str, Any] = {"name": "Nightly export", "scopes": [Scope.READ_DRAFTS.value]}


def form(days: int = 30, **changes: Any) -> dict[str, Any]:
    return FORM | {"expires_on": (clock.today() + timedelta(days=days)).isoformat()} | changes


async def rows(database: Database) -> list[ApiToken]:
    actor = await personas.actor(database, personas.ADMIN)
    async with database.read(personas.bound(actor)) as db:
        return list((await db.execute(sa.select(ApiToken))).scalars())


async def test_a_key_is_shown_once_and_kept_as_a_hash(
    app: App, admin: Visitor, database: Database, settings: Settings
) -> None:
    shown = await admin.submit(PAGE, form())
    made = html.words(shown.text).partition("cct_")[2].split()[0]
    token = f"cct_{made}"
    assert shown.headers["cache-control"] == "no-store"
    (row,) = await rows(database)
    assert token not in repr(row.model_dump())
    assert row.key_hash == tokens.key_hash(settings.secret_key, token)
    listed = await admin.get(PAGE)
    assert token not in listed.text
    assert token[:10] in listed.text
    async with program(app, settings, token) as client:
        assert (await client.get("/api/v1/organisations/health-xaa/entries")).status_code == 200
    (row,) = await rows(database)
    assert row.last_used_on == clock.today()
    async with database.read(Bound(tenant=row.tenant_id)) as db:
        actions = (await db.execute(sa.select(AuditEvent).order_by(col(AuditEvent.sequence)))).scalars().all()
    assert (actions[-1].action, actions[-1].subject) == ("token.made", f"token:{row.id}")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": " "}, "Give it a name"),
        ({"name": "x" * 81}, "at most 80"),
        ({"scopes": []}, "Choose what it may do"),
        ({"scopes": ["publish"]}, "choice"),
        ({"expires_on": ""}, "within a year"),
        ({"expires_on": "2020-01-01"}, "within a year"),
        ({"expires_on": "2099-01-01"}, "within a year"),
        ({"expires_on": "soon"}, "year-month-day"),
    ],
)
async def test_faults_are_told_beside_the_field(
    admin: Visitor, database: Database, changes: dict[str, Any], told: str
) -> None:
    answer = await admin.submit(PAGE, form(**changes))
    assert answer.status_code == 422
    assert told in html.words(answer.text)
    assert await rows(database) == []


async def test_there_is_an_end_to_how_many(
    admin: Visitor, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 1)
    await key(database, settings)
    answer = await admin.submit(PAGE, form())
    assert answer.status_code == 422
    assert len(await rows(database)) == 1


async def test_revoking_asks_first_and_ends_it_at_once(
    app: App, admin: Visitor, database: Database, settings: Settings
) -> None:
    token = await key(database, settings)
    (row,) = await rows(database)
    path = f"{PAGE}/{row.id}/revoke"
    assert "Revoke “A program”?" in html.words((await admin.get(path)).text)
    async with program(app, settings, token) as client:
        assert (await client.get(CELL)).status_code == 404  # it is let in
        assert (await admin.submit(path)).status_code == 303
        is_problem(await client.get(CELL), 401)
    assert (await admin.submit(path)).status_code == 409
    assert "revoked" in html.words((await admin.get(PAGE)).text).lower()
    async with database.read(personas.bound(await personas.actor(database, personas.ADMIN))) as db:
        told = (await db.execute(sa.select(AuditEvent.action))).scalars().all()
    assert told.count("token.revoked") == 1


async def test_it_ends_after_its_last_day(app: App, database: Database, settings: Settings) -> None:
    now = clock.now()
    with clock.at(now):
        token = await key(database, settings, days=1)
    async with program(app, settings, token) as client:
        for days, status in ((1, 404), (2, 401)):
            with clock.at(now + timedelta(days=days)):
                assert (await client.get(CELL)).status_code == status


HEADERS = [
    {},
    {"Authorization": ""},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer "},
    {"Authorization": "Bearer cct_wrong"},
    {"Authorization": "Bearer cct_" + "x" * 5000},
    {"Authorization": "Basic Y2N0Ongi"},
    {"Authorization": "Token {key}"},
    {"Authorization": "Bearer {key}x"},
    {"X-Api-Key": "{key}"},
    {"Cookie": "token={key}"},
]


@pytest.mark.parametrize("headers", HEADERS, ids=str)
async def test_nothing_else_lets_anybody_in(
    admin: Visitor, database: Database, settings: Settings, headers: dict[str, str]
) -> None:
    """Not even an admin's own session: cookies count for nothing here."""
    token = await key(database, settings)
    sent = {name: value.replace("{key}", token) for name, value in headers.items()}
    for method, path in (("GET", CELL), ("PUT", CELL), ("DELETE", CELL), ("POST", f"{CELL}/submit")):
        body = {"json": BODY} if method == "PUT" else {}
        answer = await admin.request(method, path, headers=NEW | sent, **body)
        is_problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer ")
    odd = await admin.get(CELL, headers=[(b"Authorization", b"Bearer cct_\xff\xe9")])
    is_problem(odd, 401)


async def test_a_key_is_not_taken_from_the_address(
    client: Visitor, database: Database, settings: Settings
) -> None:
    token = await key(database, settings)
    is_problem(await client.get(f"{CELL}?access_token={token}&token={token}"), 401)


@pytest.mark.parametrize(
    ("scopes", "may"),
    [
        ((Scope.READ_DRAFTS,), ["GET"]),
        ((Scope.WRITE_DRAFTS,), ["GET", "PUT", "DELETE"]),
        ((Scope.SUBMIT,), ["POST"]),
        ((Scope.READ_DRAFTS, Scope.WRITE_DRAFTS, Scope.SUBMIT), ["GET", "PUT", "DELETE", "POST"]),
    ],
    ids=str,
)
async def test_scopes(
    app: App, database: Database, settings: Settings, scopes: tuple[Scope, ...], may: list[str]
) -> None:
    async with program(app, settings, await key(database, settings, *scopes)) as client:
        for method, path in (("GET", CELL), ("PUT", CELL), ("DELETE", CELL), ("POST", f"{CELL}/submit")):
            body = {"json": BODY} if method == "PUT" else {}
            status = (await client.request(method, path, **body)).status_code
            assert (status != 403) == (method in may), (method, status)


async def test_to_submit_is_not_to_read(app: App, database: Database, settings: Settings) -> None:
    """Whether there is a draft, what it says and its tag: nothing of it is told, wherever the act fails."""
    async with (
        program(app, settings, await key(database, settings)) as whole,
        program(app, settings, await key(database, settings, Scope.SUBMIT)) as other,
    ):

        async def refused(tag: str, status: int) -> tuple[bytes, str]:
            answer = await other.post(f"{CELL}/submit", headers={"If-Match": tag})
            assert answer.status_code == status, answer.text
            assert "etag" not in answer.headers
            assert "theirs" not in answer.json() and BODY["note"] not in answer.text
            return answer.content, str(sorted(answer.headers))

        without = await refused('"x"', 412)
        made = await whole.put(CELL, json=BODY, headers=NEW)
        assert await refused('"x"', 412) == without
        done = await other.post(f"{CELL}/submit", headers={"If-Match": made.headers["etag"]})
        assert (done.status_code, done.content, "etag" in done.headers) == (204, b"", False)
        sent = await whole.get(CELL)
        assert sent.json()["state"] == "submitted"
        await refused(made.headers["etag"], 412)
        await refused(sent.headers["etag"], 409)


async def test_another_organisation_is_not_there(app: App, database: Database, settings: Settings) -> None:
    """Whether it exists or not, whatever the scope."""
    async with program(app, settings, await key(database, settings, Scope.READ_DRAFTS)) as client:
        for method, rest in (("GET", ""), ("GET", "/XAB/hhs-core-competencies/HTCC-UC/educator")):
            there = await client.request(method, f"/api/v1/organisations/health-xab/entries{rest}")
            nowhere = await client.request(method, f"/api/v1/organisations/health-xxx/entries{rest}")
            assert is_problem(there, 404) == is_problem(nowhere, 404)
        is_problem(await client.delete(CELL.replace("health-xaa", "health-xab")), 404)


async def test_who_is_not_let_in_is_told_of_no_parameter(
    app: App, client: Visitor, database: Database, settings: Settings
) -> None:
    """A refusal for its parameters would say that there is something at the address."""
    strange = f"{CELL}?strange=1"
    is_problem(await client.get(strange), 401)
    async with program(app, settings, await key(database, settings, Scope.SUBMIT)) as other:
        is_problem(await other.get(strange), 403)
        is_problem(await other.get(strange.replace("health-xaa", "health-xab")), 404)
    async with program(app, settings, await key(database, settings)) as whole:
        assert "strange" in is_problem(await whole.get(strange), 422)["errors"][0]["field"]
        refused = await whole.put(strange, json=BODY, headers=NEW)
        assert is_problem(refused, 422) and (await whole.get(CELL)).status_code == 404


async def test_a_token_opens_no_page(app: App, database: Database, settings: Settings) -> None:
    async with program(app, settings, await key(database, settings)) as client:
        answer = await client.get("/en/o/health-xaa")
        assert answer.headers["location"].startswith("/en/sign-in")


async def test_the_log_tells_of_the_token(app: App, database: Database, settings: Settings) -> None:
    async with program(app, settings, await key(database, settings)) as client:
        await client.put(CELL, json=BODY, headers=NEW)
    (row,) = await rows(database)
    async with database.read(Bound(tenant=row.tenant_id)) as db:
        events = (
            (await db.execute(sa.select(AuditEvent).where(col(AuditEvent.action) == "draft.saved")))
            .scalars()
            .all()
        )
    last = max(events, key=lambda e: e.sequence)
    assert (last.actor_id, last.detail["token"]) == (row.id, str(row.id))


async def test_whoever_made_the_token_does_not_publish_what_it_submitted(
    app: App, database: Database, settings: Settings
) -> None:
    async with program(app, settings, await key(database, settings)) as client:
        made = await client.put(CELL, json=BODY, headers=NEW)
        sent = (await client.post(f"{CELL}/submit", headers={"If-Match": made.headers["etag"]})).json()
    admin, reviewer = [await personas.actor(database, p) for p in (personas.ADMIN, personas.TEAMMATE)]
    (draft,) = [d for d in await drafts(database, personas.OWNER) if str(d.id) == sent["draft"]]
    with pytest.raises(Forbidden, match="token that you made"):
        async with database.write(personas.bound(admin)) as db:
            await publish.publish(db, admin, draft.id, version=draft.version)
    async with database.write(personas.bound(reviewer)) as db:
        await publish.publish(db, reviewer, draft.id, version=draft.version)


async def test_it_goes_on_when_its_maker_leaves(app: App, database: Database, settings: Settings) -> None:
    token = await key(database, settings)
    admin = await personas.actor(database, personas.ADMIN)
    async with database.write(personas.bound(admin)) as db:
        await db.execute(sa.delete(Membership).where(col(Membership.user_id) == admin.user_id))
    async with program(app, settings, token) as client:
        assert (await client.put(CELL, json=BODY, headers=NEW)).status_code == 201


async def test_a_session_bound_to_a_key_sees_that_row_and_changes_nothing(
    database: Database, settings: Settings
) -> None:
    hashed = tokens.key_hash(settings.secret_key, await key(database, settings, name="One"))
    await key(database, settings, name="Two")
    await key(database, settings, admin=personas.OPERATOR, name="Theirs")
    async with database.write(Bound(token=hashed)) as db:
        assert [t.name for t in (await db.execute(sa.select(ApiToken))).scalars()] == ["One"]
        changed = await db.execute(sa.update(ApiToken).values(name="Taken"))
        assert changed.rowcount == 0  # type: ignore[attr-defined]
        assert (await db.execute(sa.delete(ApiToken))).rowcount == 0  # type: ignore[attr-defined]
    async with database.read(Bound(token="0" * 64)) as db:
        assert (await db.execute(sa.select(ApiToken))).all() == []
