"""The page of the work list."""

from litestar import Request, Response, get

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.editions import changed_queries
from tracker.kit import clock
from tracker.web.render import page
from tracker.web.requests import bound_of, database_of, organisation_of
from tracker.worklist import queries


@get("/{locale:str}/o/{organisation:str}/work", name="work", access=member(Permission.READ_DRAFTS))
async def work(request: Request) -> Response[str]:
    """What needs this member."""
    async with database_of(request).read(bound_of(request)) as db:
        found = await queries.work(db, organisation_of(request))
        moved = await changed_queries.first_changes(db, found.new_editions)
    return page(request, "worklist/work.html", work=found, moved=moved, now=clock.now())
