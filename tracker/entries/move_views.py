"""The page that moves an organisation's entries of a jurisdiction on to a later version of their framework."""

from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.entries import moving_queries, moving_service
from tracker.entries.context import PlaceContext, mandated_place
from tracker.entries.moving import Moving, choice_of
from tracker.frameworks import diff_queries
from tracker.frameworks.diff_queries import Versions
from tracker.kit.errors import Conflict, Invalid
from tracker.kit.forms import FormData
from tracker.kit.i18n import gettext as _
from tracker.kit.i18n import ngettext
from tracker.kit.vocabulary import Axis
from tracker.web.render import go, page
from tracker.web.requests import bound_of, database_of, form_data, organisation_of, query_parameters

PATH = "/{locale:str}/o/{organisation:str}/jurisdictions/{code:str}/move/{key:str}"
MERGE = "merge:"


@get(PATH, name="move", access=member(Permission.WRITE_DRAFTS))
async def move_page(request: Request, key: FromPath[str]) -> Response[str]:
    """What is proposed for each entry on the earlier version."""
    return await _page(request, key)


async def _loaded(
    db: AsyncSession, request: Request, key: str
) -> tuple[PlaceContext, Versions, Moving | None]:
    """Raises NotFound, and Invalid for versions that are not there. No proposals while there is one version."""
    given = query_parameters(request)
    where = await mandated_place(db, request)
    versions = await diff_queries.chosen(db, key, given.get("from", ""), given.get("to", ""))
    if not versions.old:
        return where, versions, None
    own = organisation_of(request).organisation_id
    moving = await moving_queries.moving(db, own, where.place.id, key, versions.old, versions.new)
    return where, versions, moving


async def _page(
    request: Request, key: str, data: FormData | None = None, fault: str = "", status: int = 200
) -> Response[str]:
    """`data`: what was sent, to be kept."""
    async with database_of(request).read(bound_of(request)) as db:
        where, versions, moving = await _loaded(db, request, key)
    return page(
        request,
        "entries/move.html",
        status=status,
        place=where.place,
        versions=versions,
        moving=moving,
        axes=list(Axis),
        fault=fault,
        sent=None if data is None else _codes(data),
    )


def _codes(data: FormData) -> list[str]:
    """The choices of the form: ticks, and one of several where items were merged."""
    merged = [data.first(name) for name in data if name.startswith(MERGE)]
    return [code for code in (*data.getlist("move"), *merged) if code]


@post(PATH, name="move_do", access=member(Permission.WRITE_DRAFTS), status_code=200)
async def move_do(request: Request, key: FromPath[str]) -> Response[str] | Redirect:
    """Make the drafts that were chosen, all or none."""
    data = await form_data(request)
    choices = [choice for code in _codes(data) if (choice := choice_of(code))]
    actor = organisation_of(request)
    try:
        async with database_of(request).write(bound_of(request)) as db:
            where, versions, moving = await _loaded(db, request, key)
            number = 0
            if moving is not None:
                number = await moving_service.move(
                    db, actor, where.place, key, versions.old, versions.new, choices
                )
    except Invalid as invalid:
        if "move" not in invalid.faults:
            raise
        return await _page(request, key, data, invalid.faults["move"], 422)
    except Conflict as conflict:
        return await _page(request, key, data, str(conflict), 409)
    say = ngettext("%(n)s draft made.", "%(n)s drafts made.", number) % {"n": number}
    if not number:
        say = _("Nothing was to be done: all of them are there already.")
    there = {"organisation": actor.organisation_key, "code": where.place.code}
    return go(
        request, "grid", say=say, query=urlencode({"framework": f"{key}@{versions.new}"}, safe="@"), **there
    )
