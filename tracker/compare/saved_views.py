"""The workspace's own sets of jurisdictions: the list with the form of a new one, and one to change or delete."""

from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.compare import saved_service as service
from tracker.compare.saved_forms import SetForm
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.web.render import form_page, go
from tracker.web.requests import bound_of, database_of, form_data, organisation_of

SETS = "/{locale:str}/o/{organisation:str}/sets"
ONE = f"{SETS}/{{saved_id:uuid}}"


@get(SETS, name="saved_sets", access=member(Permission.READ_DRAFTS))
async def sets_page(request: Request) -> Response[str]:
    """The organisation's sets; the form of a new one holds the jurisdictions of the comparison one comes from."""
    codes = request.query_params.get("jurisdictions", "").replace("\x00", "")[:30_000]
    return await _list(request, SetForm(data={"codes": ", ".join(c for c in codes.split(",") if c)}))


async def _list(request: Request, form: SetForm) -> Response[str]:
    async with database_of(request).read(bound_of(request)) as db:
        found = await service.sets(db)
    return form_page(request, "compare/sets.html", form, sets=found)


@post(SETS, name="saved_sets_do", access=member(Permission.WRITE_DRAFTS), status_code=200)
async def sets_do(request: Request) -> Response[str] | Redirect:
    """Save a set."""
    form, actor = SetForm(await form_data(request)), organisation_of(request)
    try:
        if form.validate():
            async with database_of(request).write(bound_of(request)) as db:
                made = await service.save(db, actor, form.name.data, form.chosen())
            say = _("The set “%(name)s” is saved.") % {"name": made.name}
            return go(request, "saved_sets", organisation=actor.organisation_key, say=say)
    except Invalid as invalid:
        form.add_faults(invalid.faults)
    return await _list(request, form)


@get(ONE, name="saved_set", access=member(Permission.WRITE_DRAFTS))
async def set_page(request: Request, saved_id: FromPath[UUID]) -> Response[str]:
    """A set, to change or to delete."""
    async with database_of(request).read(bound_of(request)) as db:
        found = await service.one(db, saved_id)
    form = SetForm(data={"name": found.name, "codes": ", ".join(found.codes)})
    return form_page(request, "compare/set.html", form, set=found)


@post(ONE, name="saved_set_do", access=member(Permission.WRITE_DRAFTS), status_code=200)
async def set_do(request: Request, saved_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Change its name, its jurisdictions, or both."""
    form, actor = SetForm(await form_data(request)), organisation_of(request)
    async with database_of(request).read(bound_of(request)) as db:
        found = await service.one(db, saved_id)
    try:
        if form.validate():
            async with database_of(request).write(bound_of(request)) as db:
                await service.change(db, actor, saved_id, form.name.data, form.chosen())
            key, say = actor.organisation_key, _("The set is changed.")
            return go(request, "saved_sets", organisation=key, say=say)
    except Invalid as invalid:
        form.add_faults(invalid.faults)
    return form_page(request, "compare/set.html", form, set=found)


@post(f"{ONE}/delete", name="saved_set_delete", access=member(Permission.WRITE_DRAFTS), status_code=200)
async def set_delete(request: Request, saved_id: FromPath[UUID]) -> Redirect:
    """Delete it: the page before asked whether it is meant."""
    actor = organisation_of(request)
    async with database_of(request).write(bound_of(request)) as db:
        await service.delete(db, actor, saved_id)
    return go(request, "saved_sets", organisation=actor.organisation_key, say=_("The set is deleted."))
