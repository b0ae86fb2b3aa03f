"""The compact matrix as JSON, and everything published as one long CSV."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

from litestar import Request, Response, get
from litestar.response import Stream

from tracker.access.guard import PUBLIC
from tracker.compare.query import parse
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.packed import queries
from tracker.packed.heads import known_head
from tracker.packed.long_file import pieces
from tracker.packed.models import FORMAT
from tracker.packed.reading import read
from tracker.web.etag import names
from tracker.web.requests import database_of, query_parameters, settings_of


@get("/api/v1/matrix", name="api_matrix", access=PUBLIC)
async def matrix(request: Request) -> Response[Any]:
    """Any jurisdictions by any cells, as compact JSON; 304 where the client has the very answer."""
    if "if-none-match" in request.headers:
        tag = _tag(request, await known_head(database_of(request)))
        if _matches(request, tag):
            return _unchanged(tag)
    async with database_of(request).read() as db:
        found = await read(db, parse(query_parameters(request)))
    tag = _tag(request, found.head)
    return Response(found.json(), media_type="application/json", headers={"etag": tag} if tag else {})


@get("/api/v1/adoption.csv", name="api_adoption", access=PUBLIC)
async def adoption(request: Request) -> Response[str] | Stream:
    """Everything published, every voice that holds now, as one long CSV; of one framework where it is named."""
    database, settings = database_of(request), settings_of(request)
    name = query_parameters(request).get("framework", "")
    async with database.read() as db:
        shape, _head = await queries.shape(db, name) if name else (None, None)
    if name and shape is None:
        raise Invalid({"framework": _("There is no framework “%(key)s”.") % {"key": name[:80]}})
    tag = _tag(request, await known_head(database))
    if _matches(request, tag):
        return _unchanged(tag)

    async def text() -> AsyncIterator[str]:
        async with database.read() as db:
            found = pieces(
                db,
                await queries.head(db),
                base_url=settings.base_url,
                locale=settings.locales[0],
                version_id=shape.id if shape else None,
            )
            async for piece in found:
                yield piece

    headers = {"content-disposition": 'attachment; filename="adoption.csv"'}
    return Stream(text(), media_type="text/csv", headers=headers | ({"etag": tag} if tag else {}))


def _unchanged(tag: str) -> Response[str]:
    return Response("", status_code=304, media_type="text/plain", headers={"etag": tag})


def _tag(request: Request, head: queries.Head | None) -> str:
    """Of the address and the state of the record: the same for the same bytes. Empty where packs can't be read."""
    if head is None:
        return ""
    state = f"{FORMAT}:{head.edition}:{head.on}:{request.url.query}"
    return f'"{hashlib.sha256(state.encode()).hexdigest()[:32]}"'


def _matches(request: Request, tag: str) -> bool:
    return bool(tag) and names(request.headers.get("if-none-match", ""), tag)
