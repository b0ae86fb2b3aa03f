"""The framework library: a list, and one framework with its items."""

from litestar import Request, Response, get
from litestar.params import FromPath

from tracker.access.guard import PUBLIC
from tracker.frameworks import queries
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.web.render import page
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
    return page(request, "frameworks/framework.html", framework=found)
