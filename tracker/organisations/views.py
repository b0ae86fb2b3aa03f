"""An organisation's workspace: what it speaks of, and what waits for whom."""

from litestar import Request, Response, get
from litestar.response import Redirect

from tracker.access.guard import SIGNED_IN, member
from tracker.access.permissions import Permission
from tracker.editions import draft_queries as edition_queries
from tracker.entries import draft_queries
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit import clock
from tracker.kit.i18n import gettext as _
from tracker.organisations import queries
from tracker.web.render import go, page
from tracker.web.requests import actor_of, bound_of, database_of, organisation_of


@get("/{locale:str}/o", name="workspaces", access=SIGNED_IN)
async def workspaces(request: Request) -> Response[str] | Redirect:
    """The user's organisations; with only one, straight there."""
    memberships = actor_of(request).memberships
    if len(memberships) == 1:
        return go(request, "workspace", organisation=memberships[0].organisation_key)
    return page(request, "organisations/workspaces.html", memberships=memberships)


@get("/{locale:str}/o/{organisation:str}", name="workspace", access=member(Permission.READ_DRAFTS))
async def workspace(request: Request) -> Response[str]:
    """The jurisdictions of the organisation with what is published, in draft, submitted and returned."""
    actor = organisation_of(request)
    async with database_of(request).read(bound_of(request)) as db:
        mandated = await queries.mandates(db, actor.organisation_id, clock.today())
        drafts = await draft_queries.counts(db)
        published = await draft_queries.published_counts(db, actor.organisation_id)
        submitted = await draft_queries.submitted(db)
        returned = await draft_queries.returned(db)
        editions = await edition_queries.submitted(db)
        held = {m.code for m in mandated}
        others = await jurisdictions.by_codes(db, (set(drafts) | set(published)) - held)
    return page(
        request,
        "organisations/workspace.html",
        mandated=mandated,
        others=sorted(others.values(), key=lambda place: place.name),
        drafts=drafts,
        published=published,
        submitted=submitted,
        returned=returned,
        editions=editions,
    )


@get(
    "/{locale:str}/o/{organisation:str}/open", name="open_jurisdiction", access=member(Permission.READ_DRAFTS)
)
async def open_jurisdiction(request: Request) -> Response[str] | Redirect:
    """From a typed code to the jurisdiction's grid, when the organisation may speak of it."""
    actor = organisation_of(request)
    code = request.query_params.get("code", "").strip()[:24]
    async with database_of(request).read(bound_of(request)) as db:
        found = await jurisdictions.by_codes(db, {code, code.upper()})
        place = found.get(code) or found.get(code.upper())
        voice = place and await queries.voice_of(db, actor.organisation_id, place.id, clock.today())
    key = actor.organisation_key
    if place is None:
        say = _("There is no jurisdiction with the code “%(code)s”.") % {"code": code}
        return go(request, "workspace", organisation=key, say=say, kind="error")
    if voice is None:
        say = _("Your organisation has no mandate for %(name)s.") % {"name": place.name}
        return go(request, "workspace", organisation=key, say=say, kind="error")
    return go(request, "grid", organisation=key, code=place.code)
