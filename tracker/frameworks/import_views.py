"""Importing a framework: paste, check, import. For the operator."""

from litestar import Request, Response, get, post
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.frameworks import files, service
from tracker.frameworks.forms import ImportForm
from tracker.frameworks.plan import Plan
from tracker.frameworks.tree import Fault, FrameworkFile, Unreadable
from tracker.kit.i18n import gettext as _
from tracker.web.render import form_page, go
from tracker.web.requests import bound_of, database_of, form_data, organisation_of

PATH = "/{locale:str}/o/{organisation:str}/frameworks/import"
MOST_FAULTS = 100


@get(PATH, name="framework_import", access=member(Permission.OPERATE))
async def import_page(request: Request) -> Response[str]:
    """The empty form."""
    return _page(request, ImportForm())


def _page(
    request: Request, form: ImportForm, plan: Plan | None = None, faults: tuple[Fault, ...] = ()
) -> Response[str]:
    return form_page(
        request,
        "frameworks/import.html",
        form,
        status=422 if faults else 200,
        plan=plan,
        faults=faults[:MOST_FAULTS],
        faults_in_all=len(faults),
    )


@post(PATH, name="framework_import_do", access=member(Permission.OPERATE), status_code=200)
async def import_do(request: Request) -> Response[str] | Redirect:
    """Check the file, and with `do=import` take it in: all of it or nothing."""
    data = await form_data(request)
    form = ImportForm(data)
    if not form.validate():
        return _page(request, form)
    try:
        file = files.read(data.first("content").encode(), form.kind.data)
    except Unreadable as error:
        return _page(request, form, faults=error.faults)
    plan, done = await _carry_out(request, file, really=data.first("do") == "import")
    if plan.faults or not done:
        return _page(request, form, plan, plan.faults)
    say = _("%(name)s: %(new)s items added, %(changed)s changed.") % {
        "name": plan.name,
        "new": len(plan.new),
        "changed": len(plan.changed),
    }
    return go(request, "framework", key=plan.name, say=say)


async def _carry_out(request: Request, file: FrameworkFile, *, really: bool) -> tuple[Plan, bool]:
    actor, database = organisation_of(request), database_of(request)
    if not really:
        async with database.read(bound_of(request)) as db:
            return await service.plan_import(db, file), False
    async with database.write(bound_of(request)) as db:
        plan = await service.import_framework(db, file, tenant=actor.organisation_id, actor=actor.user_id)
        return plan, True
