"""What no browser sends and every scanner does: never a 500, never half a page."""

from urllib.parse import quote

import pytest

from tests.personas import Visitor
from tests.web.paths import Things, calls
from tracker.app import LARGEST_BODY, App
from tracker.compare.query import PARAMETERS
from tracker.db.session import Database

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
SIGN_IN = "/en/sign-in"

# percent-encoded, as they stand in a path or a query
ODD = {
    "nul": "%00",
    "nul inside": "XA%00A",
    "bad utf-8": "%FF%FE",
    "cut utf-8": "%E2%82",
    "overlong": "%C0%AF",
    "surrogate": "%ED%A0%80",
    "half a percent": "%",
    "no hex": "%zz",
    "twice": "%2500",
    "slash": "%2F%2F",
    "up": "..%2F..%2Fetc%2Fpasswd",
    "backslash": "..%5C..%5C",
    "newline": "%0D%0ASet-Cookie:%20a=b",
    "quote": "%27%20OR%201=1%20--",
    "like": "%25%25_",
    "braces": "%7B%7B7*7%7D%7D",
    "script": "%3Cscript%3Ealert(1)%3C/script%3E",
    "arabic": quote("كلمة"),
    "emoji": quote("🔑"),
    "rtl mark": "%E2%80%AE",
    "huge number": "9" * 400,
    "negative": "-1",
    "long": "x" * 3000,
    "format": "%25(name)s%25n{0}",
    "list": ",,,,",
    "at": "@@@",
    "empty version": "hhs-core-competencies@",
}
odd = pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
DAYS = [
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "10000-01-01",
    "2026-W10-1",
    "20260301",
    "today",
]
MOMENTS = [
    "0001-01-01T00:00:00%2B23:59",
    "9999-12-31T23:59:59-23:59",
    "2026-01-01T00:00:00%2B99:00",
    "2026-01-01T24:00:00",
    "2026-01-01T00:00",
    "2026-01-01T00:00:00.123456789Z",
]


@pytest.fixture
def database(database_with_things: Database) -> Database:
    return database_with_things


async def survives(person: Visitor, path: str) -> int:
    """The status of a GET, which must not be a server error nor show what went wrong inside."""
    answer = await person.get(path)
    assert answer.status_code < 500, f"{answer.status_code} at {path[:200]}"
    assert "Traceback" not in answer.text
    assert "<script>alert" not in answer.text
    assert "set-cookie: a=b" not in str(answer.headers).lower()
    return answer.status_code


async def test_odd_paths(app: App, things: Things, admin: Visitor) -> None:
    """Each parameter of each page in turn is odd, below an organisation and a language that are not."""
    found = calls(app, things)
    for odd in ODD.values():
        for call in found:
            if call.method == "GET":
                for position in call.parameters:
                    parts = call.path.split("/")
                    await survives(admin, "/".join([*parts[:position], odd, *parts[position + 1 :]]))
        for path in (f"/{odd}", f"/{odd}/compare", f"/en/o/{odd}", f"/en/{odd}", f"/en/{odd}/{odd}/{odd}"):
            await survives(admin, path)


@odd
async def test_odd_queries(admin: Visitor, odd: str) -> None:
    for name in [*PARAMETERS, "find"]:
        rest = "" if name == "jurisdictions" else "jurisdictions=XAC&"
        await survives(admin, f"/en/compare?{rest}{name}={odd}")
    for page in ("compare.csv", "compare/briefing", "compare/briefing.pdf"):
        await survives(admin, f"/en/{page}?jurisdictions={odd}")
        await survives(admin, f"/en/{page}?jurisdictions=XAC&framework={odd}")
    await survives(admin, f"/en/jurisdictions/XAC?framework={odd}")
    await survives(admin, f"/en/jurisdictions?q={odd}&data={odd}")
    for page in ("instruments", "instruments.csv"):
        for name in ("kind", "state", "q", "on", "as_of"):
            await survives(admin, f"/en/jurisdictions/XAA/{page}?{name}={odd}")
    await survives(admin, f"/en/o/health-xaa/instruments?q={odd}")
    await survives(admin, f"/en/o/health-xaa/instruments/new?code={odd}")
    await survives(admin, f"/en/o/health-xaa/open?code={odd}")
    await survives(admin, f"/en/o/health-xaa/jurisdictions/XAA?framework={odd}")
    await survives(admin, f"/en/o/health-xaa/jurisdictions/XAA/apply?framework={odd}")
    await survives(
        admin, f"/en/jurisdictions/XAA/hhs-core-competencies/HTCC-UC/educator?on={odd}&as_of={odd}"
    )
    await survives(admin, f"/en/how-to-read?{odd}={odd}")


@pytest.mark.parametrize("text", [*DAYS, *MOMENTS])
async def test_odd_times(client: Visitor, text: str) -> None:
    for page in ("compare", "compare.csv", "compare/briefing"):
        for name in ("on", "as_of"):
            await survives(client, f"/en/{page}?jurisdictions=XAC&{name}={text}")
    cell = "/en/jurisdictions/XAA/hhs-core-competencies/HTCC-UC/educator"
    await survives(client, f"{cell}?on={text}")
    await survives(client, f"{cell}?as_of={text}")


@odd
async def test_odd_sign_in_forms(client: Visitor, odd: str) -> None:
    for name in ("email", "password", "next"):
        fields = {"email": "a", "password": "b", "next": "c"} | {name: odd}
        body = "&".join(f"{key}={value}" for key, value in fields.items()).encode()
        answer = await client.post(SIGN_IN, content=body, headers=FORM)
        assert answer.status_code in (400, 422)


@odd
async def test_odd_fields_in_every_form(app: App, things: Things, admin: Visitor, odd: str) -> None:
    names = [
        "version",
        "do",
        "commitment",
        "basis",
        "valid_from",
        "note",
        "drafts",
        "cells",
        "reason",
        "instrument",
    ]
    names += [
        "citations-0-axis",
        "citations-0-instrument",
        "citations-0-locator",
        "citations-9999-locator",
        "current",
        "kind",
        "title",
        "jurisdiction",
        "archived_url",
        "effective_on",
        "by_instrument",
        "attach-title",
        "attach-published_as",
    ]
    body = "&".join([f"csrf_token={admin.csrf_token}", *(f"{name}={odd}" for name in names)]).encode()
    for call in calls(app, things):
        if call.method == "GET" or call.name == "sign_out":
            continue
        answer = await admin.post(call.path, content=body, headers=FORM)
        assert answer.status_code < 500, call
        assert "Traceback" not in answer.text


BODIES = {
    "nothing": b"",
    "only signs": b"&&&===&&",
    "bad utf-8": b"email=\xff\xfe&password=\x80",
    "latin-1": "email=ä&password=ö".encode("latin-1"),
    "nul": b"email=\x00&password=\x00",
    "deep names": b"a[b]" + b"[c]" * 5000 + b"=1",
    "many names": b"&".join(b"n%d=1" % n for n in range(20_000)),
    "one name often": b"&".join([b"email=a"] * 20_000),
    "json": b'{"email": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "binary": bytes(range(256)) * 100,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_odd_bodies(client: Visitor, owner: Visitor, body: bytes) -> None:
    assert (await client.post(SIGN_IN, content=body, headers=FORM)).status_code in (400, 413, 422)
    answer = await owner.post("/en/o/health-xaa/review", content=body, headers=FORM)
    assert answer.status_code in (400, 403, 413)
    for kind in ("application/json", "text/plain", "application/msgpack"):
        headers = FORM | {"Content-Type": kind}
        assert (await client.post(SIGN_IN, content=body, headers=headers)).status_code == 415


CHARSETS = ["utf-16", "nonsense", "utf-7", "utf-8; charset=utf-16", '"', "utf\x00", "ascii", "", "=" * 1000]


@pytest.mark.parametrize("charset", CHARSETS, ids=repr)
async def test_odd_charsets(client: Visitor, owner: Visitor, charset: str) -> None:
    kind = f"application/x-www-form-urlencoded; charset={charset}".encode()
    headers = [(b"Content-Type", kind), (b"Sec-Fetch-Site", b"same-origin")]
    for person, path in ((client, SIGN_IN), (owner, "/en/account/password")):
        answer = await person.post(path, content=b"email=a&password=b", headers=headers)
        assert answer.status_code in (400, 403, 415, 422)


@pytest.mark.parametrize("told", [True, False], ids=["with its length", "in pieces"])
async def test_a_body_that_is_too_large_is_refused(client: Visitor, told: bool) -> None:
    """A length that is told is refused at once; else while it arrives."""
    taken = 0

    async def pieces():  # type: ignore[no-untyped-def]
        nonlocal taken
        yield b"email="
        while taken < 50 * LARGEST_BODY:
            taken += 65536
            yield b"x" * 65536

    headers = FORM | ({"Content-Length": str(50 * LARGEST_BODY)} if told else {})
    answer = await client.post(SIGN_IN, content=pieces(), headers=headers)
    assert answer.status_code == 413
    assert taken <= 2 * LARGEST_BODY
    assert "too large" in answer.text


async def test_a_large_body_that_is_just_allowed_is_read(client: Visitor) -> None:
    body = b"email=a&password=" + b"x" * (LARGEST_BODY - 100)
    assert (await client.post(SIGN_IN, content=body, headers=FORM)).status_code == 422


@pytest.mark.parametrize(
    "cookie",
    ["", ";", "=", "tracker_session", "tracker_session=;" * 1000, "a" * 60_000, "tracker_flash=a.b", "tracker_flash=.", 'x="\xff"'],
    ids=lambda c: repr(c[:20]),
)  # fmt: skip
async def test_odd_cookies(client: Visitor, cookie: str) -> None:
    for path in ("/en", SIGN_IN, "/en/nothing"):
        answer = await client.get(path, headers=[(b"Cookie", cookie.encode("latin-1"))])
        assert answer.status_code in (200, 404)


@pytest.mark.parametrize(
    "path", ["//", "/en//", "/en/%2e%2e/", "/en/./compare", "/en/compare/", "/EN/compare", "*", "/\\"]
)
async def test_odd_shapes_of_a_path(client: Visitor, path: str) -> None:
    answer = await client.get(f"http://127.0.0.1:8000/{path.removeprefix('/')}")
    assert answer.status_code in (200, 303, 404)
    assert "example" not in answer.headers.get("location", "")
