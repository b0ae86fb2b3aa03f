"""The log of an organisation, for its admins; for the operator also that of the service itself."""

from uuid import UUID

from litestar import Request, Response, get

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.audit.models import SERVICE
from tracker.audit.record import Action
from tracker.db.session import Bound
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.log import files, queries
from tracker.log.queries import Event
from tracker.web.render import page
from tracker.web.requests import bound_of, database_of, organisation_of, query_parameters

PATH = "/{locale:str}/o/{organisation:str}/log"
OF = ("own", "service")


class _Asked:
    """What the query asks for. Raises Invalid by parameter."""

    def __init__(self, request: Request) -> None:
        given = query_parameters(request)
        self.action, of, before = given.get("action", ""), given.get("of") or "own", given.get("before", "")
        faults = {}
        if self.action and self.action not in tuple(Action):
            faults["action"] = _("There is no such action.")
        if of not in OF or (of == "service" and not organisation_of(request).may(Permission.OPERATE)):
            faults["of"] = _("There is no such log.")
        try:
            self.before = UUID(before) if before else None
        except ValueError:
            faults["before"] = _("There is no such event in this log.")
        if faults:
            raise Invalid(faults)
        self.of = of


async def _events(request: Request, asked: _Asked, most: int) -> tuple[list[Event], list[str], int]:
    """(events, the actions that there are, how many events in all)."""
    database = database_of(request)
    async with database.read(bound_of(request)) as db:
        known = await queries.who_is_who(db)
    async with database.read(Bound(tenant=SERVICE) if asked.of == "service" else bound_of(request)) as db:
        found = await queries.events(db, known, action=asked.action, before=asked.before, most=most)
        return found, await queries.actions(db), await queries.count(db, asked.action)


@get(PATH, name="log", access=member(Permission.ADMINISTER))
async def log_page(request: Request) -> Response[str]:
    """Who changed what and when, the latest first; by `action`, and before an event."""
    asked = _Asked(request)
    found, actions, in_all = await _events(request, asked, queries.ON_A_PAGE + 1)
    return page(
        request,
        "log/log.html",
        events=found[: queries.ON_A_PAGE],
        older=found[queries.ON_A_PAGE - 1].id if len(found) > queries.ON_A_PAGE else None,
        asked=asked,
        actions=[(code, queries.action_word(code)) for code in actions],
        in_all=in_all,
    )


@get(f"{PATH}.csv", name="log_csv", access=member(Permission.ADMINISTER))
async def log_csv(request: Request) -> Response[str]:
    """The same as CSV: the last hundred thousand events."""
    asked = _Asked(request)
    found, _actions, _in_all = await _events(request, asked, queries.IN_A_FILE)
    name = "service" if asked.of == "service" else organisation_of(request).organisation_key
    return Response(
        files.write(found),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="log-{name}.csv"'},
    )
