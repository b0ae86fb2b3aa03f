"""Requests that change something are taken from our own forms only."""

import pytest

from tests import personas
from tests.personas import Visitor
from tests.web.paths import Call, Things, calls
from tracker.access.guard import Who
from tracker.access.permissions import Permission
from tracker.app import App
from tracker.db.session import Database
from tracker.settings import Settings

HERE = {"Sec-Fetch-Site": "same-origin"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def database(database_with_things: Database) -> Database:
    return database_with_things


@pytest.fixture
def unsafe(app: App, things: Things) -> list[Call]:
    found = [call for call in calls(app, things) if call.method != "GET"]
    found = [call for call in found if call.access.who is not Who.TOKEN]  # no forms: tests/api
    assert len(found) > 10
    return found


async def test_nothing_changes_without_the_sessions_token(
    app: App, database: Database, admin: Visitor, settings: Settings, unsafe: list[Call]
) -> None:
    other = await personas.signed_in(app, settings, database, personas.ADMIN)
    for call in unsafe:
        for token in (None, "", "0" * 64, other.csrf_token, "é\ud800"):
            content = b"" if token is None else f"csrf_token={token}".encode("utf-8", "surrogatepass")
            answer = await admin.post(call.path, content=content, headers=HERE | FORM)
            assert answer.status_code == 403, f"{call} with {token!r}"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://example.org"},
        {"Origin": "http://127.0.0.1:8000.example.org"},
        {"Origin": "http://example.org#127.0.0.1:8000"},
        {"Origin": "http://127.0.0.1:9000"},
        {"Origin": "https://127.0.0.1:8000"},
    ],
    ids=str,
)
async def test_nothing_changes_from_another_site(
    admin: Visitor, unsafe: list[Call], headers: dict[str, str]
) -> None:
    for call in unsafe:
        answer = await admin.post(call.path, data={"csrf_token": admin.csrf_token}, headers=headers)
        assert answer.status_code == 403, call
        assert "another site" in answer.text


async def test_an_old_browser_is_known_by_its_origin(admin: Visitor) -> None:
    answer = await admin.post(
        "/en/sign-out", data={"csrf_token": admin.csrf_token}, headers={"Origin": "http://127.0.0.1:8000"}
    )
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "",
        "text/plain",
        "application/json",
        "text/html",
        "application/x-www-form-urlencoded-not",
        "multipart/form-data; boundary=x",
    ],
    ids=str,
)
async def test_only_forms_are_taken(admin: Visitor, unsafe: list[Call], kind: str | None) -> None:
    headers = HERE | ({"Content-Type": kind} if kind is not None else {})
    body = f"csrf_token={admin.csrf_token}".encode()
    for call in unsafe:
        if call.access.permission is Permission.OPERATE and kind and kind.startswith("multipart/"):
            continue  # its form is not read before the caller is let in, and this caller is not
        refused = 400 if call.takes_files and kind and kind.startswith("multipart/") else 415
        assert (await admin.post(call.path, content=body, headers=headers)).status_code == refused, call


async def test_strangers_change_nothing_but_their_own_sign_in(client: Visitor, unsafe: list[Call]) -> None:
    for call in unsafe:
        answer = await client.submit(call.path)
        assert answer.status_code == (422 if call.access.who is Who.ANYONE else 303), call


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND", "GARBAGE"])
async def test_other_methods_do_nothing(admin: Visitor, method: str) -> None:
    answer = await admin.request(method, "/en/sign-out", data={"csrf_token": admin.csrf_token}, headers=HERE)
    assert answer.status_code in (204, 405)
    assert (await admin.get("/en/account")).status_code == 200
