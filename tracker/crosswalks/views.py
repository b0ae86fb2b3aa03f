"""The list of crosswalks, and one set with its mappings."""

from litestar import Request, Response, get
from litestar.params import FromPath

from tracker.access.guard import PUBLIC
from tracker.crosswalks import queries
from tracker.crosswalks.workbench_queries import workbench_of
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.web.render import page
from tracker.web.requests import database_of


@get("/{locale:str}/crosswalks", name="crosswalks", access=PUBLIC)
async def crosswalks_list(request: Request) -> Response[str]:
    """All sets with their state and how far they are reviewed."""
    async with database_of(request).read() as db:
        found = await queries.crosswalks(db)
    return page(request, "crosswalks/list.html", found=found)


@get("/{locale:str}/crosswalks/{key:str}", name="crosswalk", access=PUBLIC)
async def crosswalk_page(request: Request, key: FromPath[str]) -> Response[str]:
    """One set: each mapping with its relation and rationale, what is left open, and its rivals."""
    async with database_of(request).read() as db:
        found = await queries.crosswalk(db, key)
        if found is None:
            raise NotFound(_("There is no such crosswalk."))
        bench = await workbench_of(db, found)
        others = await queries.rivals(db, found)
    return page(request, "crosswalks/crosswalk.html", crosswalk=found, bench=bench, others=others)
