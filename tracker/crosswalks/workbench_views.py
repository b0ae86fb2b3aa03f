"""The operator's workbench: the sets, one set with its two frameworks side by side, and one item."""

from litestar import Request, Response, get
from litestar.params import FromPath

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.crosswalks import queries
from tracker.crosswalks.workbench import SHOW, SIDES, ItemLine, Workbench
from tracker.crosswalks.workbench_queries import workbench
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.web.render import page
from tracker.web.requests import bound_of, database_of, query_parameters

SETS = "/{locale:str}/o/{organisation:str}/crosswalks"
SET = f"{SETS}/{{set_id:int}}"
ITEM = f"{SET}/items/{{side:str}}/{{item_id:int}}"
LONGEST_FILTER = 100


async def load(request: Request, set_id: int) -> Workbench:
    """The set of the path. Raises NotFound."""
    async with database_of(request).read(bound_of(request)) as db:
        return await workbench(db, set_id)


def item_of(bench: Workbench, side: str, item_id: int) -> ItemLine:
    """The item of the path. Raises NotFound."""
    line = bench.line(side, item_id)
    if line is None:
        raise NotFound(_("There is no such item in this crosswalk."))
    return line


@get(SETS, name="crosswalk_sets", access=member(Permission.OPERATE))
async def sets_page(request: Request) -> Response[str]:
    """All sets with their state and how far they are."""
    async with database_of(request).read(bound_of(request)) as db:
        found = await queries.crosswalks(db)
    return page(request, "crosswalks/sets.html", found=found)


@get(SET, name="workbench", access=member(Permission.OPERATE))
async def workbench_page(request: Request, set_id: FromPath[int]) -> Response[str]:
    """Two frameworks side by side: what became of each item, filtered by text (`q`) and state (`show`)."""
    given = query_parameters(request)
    text = given.get("q", "").replace("\x00", "").strip()[:LONGEST_FILTER]
    show = given["show"] if given.get("show") in SHOW else "all"
    bench = await load(request, set_id)
    return page(
        request,
        "crosswalks/workbench.html",
        bench=bench,
        text=text,
        show=show,
        shows=SHOW,
        shown={side: [line for line in bench.lines[side] if line.fits(text, show)] for side in SIDES},
    )


@get(ITEM, name="workbench_item", access=member(Permission.OPERATE))
async def item_page(
    request: Request, set_id: FromPath[int], side: FromPath[str], item_id: FromPath[int]
) -> Response[str]:
    """An item with its mappings, or why it has none; and what might be its counterparts."""
    bench = await load(request, set_id)
    line = item_of(bench, side, item_id)
    return page(
        request,
        "crosswalks/item.html",
        bench=bench,
        line=line,
        suggestions=bench.suggestions(line) if bench.crosswalk.is_draft else [],
    )
