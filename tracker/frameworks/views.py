"""The framework library: a list, and one framework with its items."""

import asyncio

from litestar import Request, Response, get
from litestar.params import FromPath

from tracker.access.guard import PUBLIC
from tracker.frameworks import files, pinned_queries, queries
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.web.render import page, renderer_of
from tracker.web.requests import database_of


@get("/{locale:str}/frameworks", name="frameworks", access=PUBLIC)
async def frameworks_list(request: Request) -> Response[str]:
    """All framework versions."""
    async with database_of(request).read() as db:
        found = await queries.frameworks(db)
    return page(request, "frameworks/list.html", found=found)


@get("/{locale:str}/frameworks/{key:str}", name="framework", access=PUBLIC)
async def framework_page(request: Request, key: FromPath[str]) -> Response[str]:
    """A framework (`key` or `key@version`) with its items, their wording and provenance."""
    async with database_of(request).read() as db:
        found = await queries.framework(db, key)
        if found is None:
            raise NotFound(_("There is no such framework."))
        versions = await queries.versions(db, found.key)
        pins = await pinned_queries.pins(db, found.id)
    return page(request, "frameworks/framework.html", framework=found, versions=versions, pins=pins)


@get("/{locale:str}/frameworks/{key:str}/file/{kind:str}", name="framework_file", access=PUBLIC)
async def framework_file(request: Request, key: FromPath[str], kind: FromPath[str]) -> Response[bytes]:
    """The whole version as CSV, XLSX, CASE JSON or SKOS (Turtle, JSON-LD), with what its source allows."""
    async with database_of(request).read() as db:
        found = await queries.framework(db, key)
        if found is None or kind not in files.EXPORTS:
            raise NotFound(_("There is no such framework."))
        lineage = await queries.told_lineage(db, found)
    ending, media_type = files.MEDIA_TYPES[kind]
    base_url = renderer_of(request).settings.base_url
    return Response(
        await asyncio.to_thread(files.write, found, kind, base_url, lineage),
        media_type=media_type,
        headers={"content-disposition": f'attachment; filename="{found.key}-{found.version}.{ending}"'},
    )
