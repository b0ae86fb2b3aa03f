"""Answers of the API: JSON with an entity tag, 304 where the caller holds it already, pages of lists."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.web.etag import etag_of, headers_of, not_modified
from tracker.web.render import renderer_of
from tracker.web.requests import database_of, query_parameters
from tracker.web.sharing import OPEN

MEDIA_TYPE = "application/json"
ROOT = "/api/v1"


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list. `next`: the cursor of the page after it, "" on the last one. `meta`: about the whole."""

    data: list[dict[str, Any]]
    next: str = ""
    meta: dict[str, Any] = field(default_factory=dict)


Maker = Callable[[AsyncSession, Request], Awaitable[Mapping[str, Any] | Listing]]


async def public(request: Request, make: Maker) -> Response[bytes]:
    """What `make` reads from the public record, unless the caller holds it already."""
    etag = await etag_of(request)
    if known := not_modified(request, etag):
        known.headers.update(OPEN)
        return known
    async with database_of(request).read() as db:
        made = await make(db, request)
    headers = headers_of(etag) | OPEN
    if isinstance(made, Listing):
        return _listed(request, made, headers)
    return answer(made, headers)


def answer(told: Mapping[str, Any], headers: Mapping[str, str], status: int = 200) -> Response[bytes]:
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers))


def _listed(request: Request, listing: Listing, headers: dict[str, str]) -> Response[bytes]:
    told, links = envelope(request, listing)
    if links:
        headers["link"] = links
    return answer(told, headers)


def envelope(request: Request, listing: Listing) -> tuple[dict[str, Any], str]:
    """(the body of a list, its Link header). `links.next` is absent on the last page."""
    given = dict(sorted(query_parameters(request).items()))  # the framework gives them in no order
    here = base_url(request) + request.url.path
    links = {"self": here + (f"?{urlencode(given, safe=',@:')}" if given else "")}
    if listing.next:
        links["next"] = f"{here}?{urlencode(given | {'cursor': listing.next}, safe=',@:')}"
    header = f'<{links["next"]}>; rel="next"' if listing.next else ""
    told: dict[str, Any] = {"data": listing.data, "links": links}
    return told | ({"meta": listing.meta} if listing.meta else {}), header


def base_url(request: Request) -> str:
    return renderer_of(request).settings.base_url


def locale_of(request: Request) -> str:
    """The language of the pages that answers link to: the API itself speaks the service's first."""
    return renderer_of(request).settings.locales[0]


def page_url(request: Request, name: str, **parameters: object) -> str:
    """The address of a page or file of the site."""
    return base_url(request) + renderer_of(request).urls.path(name, locale_of(request), **parameters)


def files_of(request: Request, route: str, name: str, kinds: tuple[str, ...]) -> dict[str, Any]:
    """Where the same is to be had as a file, by format."""
    return {"files": {kind: page_url(request, route, key=name, kind=kind) for kind in kinds}}


# Missing is typed: no value of an answer is null or "".
def day(value: date | None, absent: str = "unknown") -> str:
    return value.isoformat() if value else absent


def moment(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def text(value: str | None, absent: str = "none") -> str:
    return value or absent
