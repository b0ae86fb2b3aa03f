"""Comparing two rival sets, or two versions of one: in public those that are published, for the operator all."""

from litestar import Request, Response, get
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import PUBLIC, member
from tracker.access.permissions import Permission
from tracker.crosswalks import queries
from tracker.crosswalks.differences import Difference, differences
from tracker.crosswalks.models import KEY_LENGTH, VERSION_LENGTH
from tracker.crosswalks.queries import CrosswalkLine
from tracker.crosswalks.workbench_queries import workbench_of
from tracker.crosswalks.workbench_views import SET, load
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.web.render import page
from tracker.web.requests import bound_of, database_of, query_parameters


@get("/{locale:str}/crosswalks/{key:str}/compare", name="crosswalk_compare", access=PUBLIC)
async def compare_page(request: Request, key: FromPath[str]) -> Response[str]:
    """A published set beside another published one, `other` of the query, between the same two frameworks."""
    async with database_of(request).read() as db:
        left = await queries.crosswalk(db, key)
        if left is None:
            raise NotFound(_("There is no crosswalk of this name."))
        if left.is_draft:
            raise NotFound(
                _(
                    "This crosswalk is a draft, and may still change. Two crosswalks are compared here once both are published; "
                    "the operator compares drafts in the workbench."
                )
            )
        rivals = [c for c in await queries.rivals(db, left) if not c.is_draft]
        return await _page(request, db, "crosswalks/compare.html", left, rivals)


@get(f"{SET}/differences", name="crosswalk_differences", access=member(Permission.OPERATE))
async def differences_page(request: Request, set_id: FromPath[int]) -> Response[str]:
    """The same for the operator, with drafts."""
    left = (await load(request, set_id)).crosswalk
    async with database_of(request).read(bound_of(request)) as db:
        return await _page(request, db, "crosswalks/differences.html", left, await queries.rivals(db, left))


async def _page(
    request: Request, db: AsyncSession, template: str, left: CrosswalkLine, rivals: list[CrosswalkLine]
) -> Response[str]:
    given = query_parameters(request)
    name, only = given.get("other", ""), given.get("show") == "differences"
    right = next((c for c in rivals if c.name == name), None)
    found: list[Difference] = []
    if right:
        sides = [await workbench_of(db, c) for c in (left, right)]
        found = differences(*((side.mappings, side.states) for side in sides))
    return page(
        request,
        template,
        status=422 if name and right is None else 200,
        left=left,
        right=right,
        rivals=rivals,
        given_other=name[: KEY_LENGTH + VERSION_LENGTH],
        draft=bool(name) and right is None and await _is_draft(db, name),
        only=only,
        found=[d for d in found if not only or d.code != "same"],
        counts={
            code: sum(d.code == code for d in found)
            for code in ("same", "differs", "only_left", "only_right")
        },
    )


async def _is_draft(db: AsyncSession, name: str) -> bool:
    found = await queries.crosswalk(db, name)
    return found is not None and found.is_draft
