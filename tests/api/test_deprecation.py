"""What callers are told of an operation that will end, a year ahead or more."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

import pytest
from litestar import Request, Response, get

from tests import personas
from tests.personas import Visitor
from tracker import app as app_module
from tracker.access.guard import PUBLIC
from tracker.api.answers import Listing, public
from tracker.api.deprecation import Deprecated
from tracker.api.openapi import document
from tracker.api.operations import OPERATIONS, Operation
from tracker.app import create_app
from tracker.db.session import Database
from tracker.settings import Settings

ENDS = Deprecated(date(2026, 11, 1), date(2027, 12, 1), "/en/api#frameworks")


async def _nothing(_db: object, _request: Request) -> Listing:
    return Listing([], next="WyI4")


@get("/api/v1/once", name="api_once", access=PUBLIC, ending=ENDS)
async def once(request: Request) -> Response[bytes]:
    """What there once was."""
    return await public(request, _nothing)


@pytest.fixture
async def caller(
    anyio_backend: str, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Visitor]:
    """A visitor of an application with an operation that will end."""
    monkeypatch.setattr(app_module, "ROUTES", [*app_module.ROUTES, once])
    async with personas.visitor(create_app(settings, database), settings) as person:
        yield person


async def test_the_headers_say_since_when_and_until_when(caller: Visitor) -> None:
    told = (await caller.get("/api/v1/once")).headers
    assert told["deprecation"] == f"@{int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())}"  # RFC 9745
    assert parsedate_to_datetime(told["sunset"]) == datetime(2027, 12, 1, tzinfo=UTC)  # RFC 8594
    assert '</en/api#frameworks>; rel="deprecation"; type="text/html"' in told.get_list("link")
    assert any(link.endswith('rel="next"') for link in told.get_list("link"))
    known = await caller.get("/api/v1/once", headers={"If-None-Match": told["etag"]})
    assert (known.status_code, known.headers["sunset"]) == (304, told["sunset"])
    stays = (await caller.get("/api/v1/frameworks")).headers
    assert not {"deprecation", "sunset"} & set(stays)


def test_the_document_says_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    ending = Operation(once, "Once", "FrameworkList")
    monkeypatch.setattr("tracker.api.openapi.OPERATIONS", (*OPERATIONS, ending))
    told = document("http://127.0.0.1:8000", "Tracker")["paths"]
    assert told["/api/v1/once"]["get"]["deprecated"] is True
    assert "deprecated" not in told["/api/v1/frameworks"]["get"]


def test_less_than_a_year_is_refused() -> None:
    with pytest.raises(ValueError, match="a year"):
        Deprecated(date(2026, 11, 1), date(2027, 10, 1), "/en/api")
