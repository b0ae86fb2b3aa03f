"""A crosswalk as a file to download."""

import asyncio

from litestar import Request, Response, get
from litestar.params import FromPath

from tracker.access.guard import PUBLIC
from tracker.crosswalk_files import formats, queries
from tracker.crosswalks import queries as crosswalks
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.web.render import renderer_of
from tracker.web.requests import database_of


@get("/{locale:str}/crosswalks/{key:str}/file/{kind:str}", name="crosswalk_file", access=PUBLIC)
async def crosswalk_file(request: Request, key: FromPath[str], kind: FromPath[str]) -> Response[bytes]:
    """The whole set as SSSOM TSV, CSV or XLSX."""
    async with database_of(request).read() as db:
        line = await crosswalks.crosswalk(db, key) if kind in formats.FORMATS else None
        found = await queries.stored(db, line.id) if line else None
        if found is None:
            raise NotFound(_("There is no such crosswalk."))
        labels = await queries.labels(db, found.content.source, found.content.target)
    base_url = renderer_of(request).settings.base_url
    body = await asyncio.to_thread(formats.write, found.content, kind, labels, base_url)
    ending, media_type = formats.MEDIA_TYPES[kind]
    name = f"{found.crosswalk.key}-{found.crosswalk.version}.{ending}"
    return Response(
        body,
        media_type=media_type,
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
