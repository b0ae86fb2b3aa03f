"""The security headers are on every answer, whoever gives it: a page, an error, a file, a refusal."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from litestar import get

from tests import personas
from tests.personas import Visitor
from tests.worlds import World
from tracker import app as app_module
from tracker.access.guard import PUBLIC
from tracker.app import App, create_app
from tracker.db.engine import create_engine
from tracker.db.session import Database
from tracker.settings import Settings
from tracker.web.static_files import static_url

ALWAYS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
SECRET = "a detail that only the log may hold"


@get("/{locale:str}/defect", name="defect", access=PUBLIC)
async def defect() -> None:
    raise RuntimeError(SECRET)


@pytest.fixture
async def failing(
    anyio_backend: str, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Visitor]:
    """A visitor of an application that has one page with a defect."""
    monkeypatch.setattr(app_module, "ROUTES", [*app_module.ROUTES, defect])
    async with personas.visitor(create_app(settings, database), settings) as person:
        yield person


def assert_headers(answer: httpx.Response) -> None:
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert not {"server", "x-powered-by"} & set(answer.headers)
    assert len(answer.headers.get_list("content-security-policy")) == 1
    assert answer.headers["vary"] == "Cookie"


ANSWERS = [
    (200, "GET", "/en", {}),
    (200, "HEAD", "/en", {}),
    (200, "GET", "/health/live", {}),
    (200, "GET", "/health/ready", {}),
    (200, "GET", static_url("app.css"), {}),
    (200, "HEAD", static_url("favicon.svg"), {}),
    (200, "GET", "/en/compare.csv?jurisdictions=XAA", {}),
    (200, "GET", "/en/compare/briefing.pdf?jurisdictions=XAA", {}),
    (204, "OPTIONS", "/en", {}),
    (303, "GET", "/", {}),
    (303, "GET", "/en/o/health-xaa", {}),
    (400, "GET", "/en", {"Host": "example.org"}),
    (400, "GET", "/en", {"Host": ""}),
    (400, "GET", "/en", {"Host": "127.0.0.1.example.org"}),
    (400, "GET", "/en", {"Host": "[::1"}),
    (403, "POST", "/en/sign-in", {"Content-Type": "application/x-www-form-urlencoded"}),
    (404, "GET", "/en/nothing/here", {}),
    (404, "HEAD", "/en/nothing/here", {}),
    (404, "GET", "/static/none/app.css", {}),
    (404, "GET", "/xx", {}),
    (405, "TRACE", "/en", {}),
    (405, "PROPFIND", "/en", {}),
    (
        405,
        "POST",
        "/en/compare",
        {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"},
    ),
    (415, "POST", "/en/sign-in", {"Content-Type": "application/json"}),
    (422, "GET", "/en/compare?on=yesterday", {}),
]


@pytest.mark.parametrize(("status", "method", "path", "headers"), ANSWERS, ids=lambda value: str(value)[:40])
async def test_every_answer_has_them(
    client: Visitor, status: int, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = await client.request(method, path, headers=headers)
    assert answer.status_code == status
    assert_headers(answer)
    assert "strict-transport-security" not in answer.headers
    if method == "HEAD":
        assert answer.content == b""


async def test_head_says_what_get_says(client: Visitor) -> None:
    for path in ("/en", static_url("app.css"), "/en/nothing/here", "/en/jurisdictions"):
        full, head = await client.get(path), await client.head(path)
        assert head.status_code == full.status_code
        assert head.headers["content-length"] == full.headers["content-length"] == str(len(full.content))


async def test_a_defect_is_told_by_a_reference_only(
    failing: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="tracker"):
        answer = await failing.get("/en/defect")
    assert answer.status_code == 500
    assert_headers(answer)
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    (logged,) = [r for r in caplog.records if r.name == "tracker"]
    assert str(logged.args[0]) in answer.text  # type: ignore[index]
    assert SECRET in str(logged.exc_info)


async def test_a_database_that_is_gone_is_a_plain_error(
    anyio_backend: str, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Who is signed in is looked up before the framework sees the request: its errors are ours."""
    gone = Database(create_engine(f"sqlite+aiosqlite:///{tmp_path}/nothing.sqlite3"))
    try:
        async with personas.visitor(create_app(settings, gone), settings) as person:
            person.use_session(settings, "a token of better days")
            answer = await person.get("/en")
    finally:
        await gone.dispose()
    assert answer.status_code == 500
    assert_headers(answer)
    assert "user_account" not in answer.text
    assert any("user_account" in str(record.exc_info) for record in caplog.records)


async def test_what_a_member_sees_is_kept_nowhere(client: Visitor, owner: Visitor) -> None:
    for path in ("/en", "/en/o", "/en/o/health-xaa", "/en/o/health-xab", "/en/nothing", "/en/o/nothing"):
        assert (await owner.get(path)).headers["cache-control"] == "no-store", path
        assert (await client.get(path)).headers["cache-control"] == "no-cache", path
    for person in (client, owner):
        answer = await person.get(static_url("app.css"))
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_cookies_are_for_the_browser_alone(
    client: Visitor, world: World, database: Database, settings: Settings
) -> None:
    cookies = await _cookies_of_sign_in(client, world)
    for name, cookie in cookies.items():
        assert "HttpOnly" in cookie, name
        assert "SameSite=lax" in cookie, name
        assert "Path=/" in cookie, name
        assert "domain" not in cookie.lower(), name
    assert set(cookies) == {"tracker_session"}


async def test_by_https_cookies_demand_it(world: World, database: Database, settings: Settings) -> None:
    secure = replace(settings, base_url="https://127.0.0.1:8443")
    async with personas.visitor(create_app(secure, database), secure) as person:
        cookies = await _cookies_of_sign_in(person, world)
        cookie = cookies["__Host-tracker_session"]
        for attribute in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
            assert attribute in cookie
        assert "domain" not in cookie.lower()
        answer = await person.get("/en/account")
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert_headers(answer)


async def _cookies_of_sign_in(person: Visitor, world: World) -> dict[str, str]:
    email = personas.OWNER.email
    answer = await person.submit(
        "/en/sign-in",
        {"email": email, "password": world.passwords[email]},
    )
    assert answer.status_code == 303
    return {text.partition("=")[0]: text for text in answer.headers.get_list("set-cookie")}


async def test_the_message_cookie_is_for_the_browser_alone(app: App, owner: Visitor) -> None:
    answer = await owner.submit("/en/sign-out")
    flash = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("tracker_flash="))
    assert "HttpOnly" in flash
    assert "SameSite=lax" in flash
    assert answer.headers["clear-site-data"] == '"cache"'
