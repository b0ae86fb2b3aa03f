"""Entity tags for answers that follow from the public record: found before any work is done, at the cost of one read or none.

    named = await etag_of(request)
    if known := not_modified(request, named):
        return known
    ... make the answer, and put `headers_of(named)` on it

The tag is strong: it names the very bytes. It covers the record's stamp, the path and the query, today's date (what
holds may begin or end at midnight), the service's own address, and the version of the format.
"""

import hashlib

from litestar import Request, Response

from tracker.db.known import stamp_of
from tracker.kit import clock
from tracker.web.render import renderer_of
from tracker.web.requests import database_of

# Raise it when the same record is told in other bytes: answers kept by others are then asked for anew.
FORMAT = "6"


async def etag_of(request: Request) -> str:
    """The tag of the request's answer, quoted. Read it before what the answer is made of."""
    parts = (
        FORMAT,
        await stamp_of(database_of(request)),
        clock.today().isoformat(),
        renderer_of(request).settings.base_url,
        request.url.path,
        request.url.query,
    )
    digest = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f'"{digest[:32]}"'


def headers_of(etag: str) -> dict[str, str]:
    """Anyone may keep the answer, and has to ask each time whether it still holds."""
    return {"etag": etag, "cache-control": "no-cache"}


def not_modified(request: Request, etag: str) -> Response[bytes] | None:
    """304 when the caller holds the answer already, else None."""
    if names(request.headers.get("if-none-match", ""), etag):
        return Response(b"", status_code=304, headers=headers_of(etag))
    return None


def names(header: str, etag: str) -> bool:
    """Whether an If-None-Match names the tag. Weak comparison: a proxy that compresses weakens tags."""
    listed = [part.strip() for part in header.split(",")]
    return "*" in listed or etag in (part.removeprefix("W/") for part in listed)


def names_strongly(header: str, etag: str) -> bool:
    """Whether an If-Match names the tag: a weak tag is no promise that nothing changed."""
    return etag in (part.strip() for part in header.split(","))
