"""A set from its start to its end: start, copy, change its head, discard, supersede."""

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.actor import OrganisationActor
from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.crosswalks import service
from tracker.crosswalks.forms import ConfirmForm, CopyForm, HeadForm, StartForm, head_values
from tracker.crosswalks.workbench import Workbench
from tracker.crosswalks.workbench_views import SET, SETS, load
from tracker.frameworks import queries as frameworks
from tracker.kit.errors import Conflict, Invalid
from tracker.kit.forms import number_of
from tracker.kit.i18n import gettext as _
from tracker.web.render import form_page, go
from tracker.web.requests import bound_of, database_of, form_data, organisation_of

OPERATE = member(Permission.OPERATE)
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@get(f"{SETS}/new", name="crosswalk_start", access=OPERATE)
async def start_page(request: Request) -> Response[str]:
    """The empty form of a new set."""
    form = StartForm(data={"version": "0.1", "licence": LICENCE})
    return await _start_page(request, form)


async def _start_page(request: Request, form: StartForm) -> Response[str]:
    async with database_of(request).read(bound_of(request)) as db:
        form.prepare(await frameworks.frameworks(db))
    return form_page(request, "crosswalks/start.html", form)


@post(f"{SETS}/new", name="crosswalk_start_do", access=OPERATE, status_code=200)
async def start_do(request: Request) -> Response[str] | Redirect:
    """Start a set between two framework versions."""
    form, actor = StartForm(await form_data(request)), organisation_of(request)
    async with database_of(request).read(bound_of(request)) as db:
        form.prepare(await frameworks.frameworks(db))
    if form.validate():
        try:
            async with database_of(request).write(bound_of(request)) as db:
                sides = [await frameworks.framework(db, f.data) for f in (form.source, form.target)]
                ids = [side.id if side else 0 for side in sides]
                made = await service.start(
                    db,
                    actor,
                    key=form.key.data,
                    version=form.version.data,
                    source_version_id=ids[0],
                    target_version_id=ids[1],
                    head=form.content(),
                )
            say, key = _("The crosswalk is started. It is a draft."), actor.organisation_key
            return go(request, "workbench", organisation=key, set_id=made.id, say=say)
        except Invalid as invalid:
            form.add_faults(invalid.faults)
    return form_page(request, "crosswalks/start.html", form)


def _about_page(
    request: Request,
    bench: Workbench,
    form: HeadForm,
    *,
    stale: bool = False,
    ending: ConfirmForm | None = None,
) -> Response[str]:
    ending = ending or ConfirmForm()
    ending.prepare(_ending(bench))
    return form_page(
        request,
        "crosswalks/about.html",
        ending if ending.errors else form,
        status=409 if stale else 200,
        edit=form,
        bench=bench,
        stale=stale,
        ending=ending,
    )


def _ending(bench: Workbench) -> str:
    if bench.crosswalk.is_draft:
        return _("Yes, delete this draft with all its mappings")
    return _("Yes, this crosswalk is no longer to be used")


@get(f"{SET}/about", name="crosswalk_about", access=OPERATE)
async def about_page(request: Request, set_id: FromPath[int]) -> Response[str]:
    """Title, licence and remark of a set; and how it may end."""
    bench = await load(request, set_id)
    return _about_page(request, bench, HeadForm(data=head_values(bench.crosswalk)))


@post(f"{SET}/about", name="crosswalk_about_do", access=OPERATE, status_code=200)
async def about_do(request: Request, set_id: FromPath[int]) -> Response[str] | Redirect:
    """Change what a draft says of itself."""
    form, bench, actor = (
        HeadForm(await form_data(request)),
        await load(request, set_id),
        organisation_of(request),
    )
    if not form.validate():
        return _about_page(request, bench, form)
    try:
        async with database_of(request).write(bound_of(request)) as db:
            number = number_of(form.edit_number.data or "")
            await service.change_head(db, actor, set_id, form.content(), edit_number=number)
    except Conflict as conflict:
        bench = await load(request, set_id)
        form.form_errors = [str(conflict)]
        form.edit_number.data = str(bench.crosswalk.edit_number)
        form.edit_number.raw_data = [form.edit_number.data]
        return _about_page(request, bench, form, stale=True)
    return go(request, "workbench", organisation=actor.organisation_key, set_id=set_id, say=_("Saved."))


@post(f"{SET}/discard", name="crosswalk_discard", access=OPERATE, status_code=200)
async def discard(request: Request, set_id: FromPath[int]) -> Response[str] | Redirect:
    """Delete a draft, once the box is ticked."""
    ending, bench, actor = await _ticked(request, set_id)
    if ending.errors:
        return _about_page(request, bench, HeadForm(data=head_values(bench.crosswalk)), ending=ending)
    async with database_of(request).write(bound_of(request)) as db:
        await service.discard(db, actor, set_id)
    return go(
        request, "crosswalk_sets", organisation=actor.organisation_key, say=_("The draft is discarded.")
    )


@post(f"{SET}/supersede", name="crosswalk_supersede", access=OPERATE, status_code=200)
async def supersede(request: Request, set_id: FromPath[int]) -> Response[str] | Redirect:
    """Mark a published set as no longer to be used, once the box is ticked."""
    ending, bench, actor = await _ticked(request, set_id)
    if ending.errors:
        return _about_page(request, bench, HeadForm(data=head_values(bench.crosswalk)), ending=ending)
    async with database_of(request).write(bound_of(request)) as db:
        await service.supersede(db, actor, set_id)
    say = _("The crosswalk is superseded.")
    return go(request, "workbench", organisation=actor.organisation_key, set_id=set_id, say=say)


async def _ticked(request: Request, set_id: int) -> tuple[ConfirmForm, Workbench, OrganisationActor]:
    ending, bench = ConfirmForm(await form_data(request)), await load(request, set_id)
    ending.prepare(_ending(bench))
    ending.validate()
    return ending, bench, organisation_of(request)


@get(f"{SET}/copy", name="crosswalk_copy", access=OPERATE)
async def copy_page(request: Request, set_id: FromPath[int]) -> Response[str]:
    """The form that starts a draft as a copy."""
    bench = await load(request, set_id)
    form = CopyForm(data={"key": bench.crosswalk.key})
    return form_page(request, "crosswalks/copy.html", form, bench=bench)


@post(f"{SET}/copy", name="crosswalk_copy_do", access=OPERATE, status_code=200)
async def copy_do(request: Request, set_id: FromPath[int]) -> Response[str] | Redirect:
    """Start a new version of a set, or under another key a rival."""
    form, bench, actor = (
        CopyForm(await form_data(request)),
        await load(request, set_id),
        organisation_of(request),
    )
    if form.validate():
        try:
            async with database_of(request).write(bound_of(request)) as db:
                made = await service.start_copy(
                    db, actor, set_id, key=form.key.data, version=form.version.data
                )
            say, key = _("The draft is started as a copy."), actor.organisation_key
            return go(request, "workbench", organisation=key, set_id=made.id, say=say)
        except Invalid as invalid:
            form.add_faults(invalid.faults)
        except Conflict as conflict:
            form.add_faults({"key": str(conflict)})
    return form_page(request, "crosswalks/copy.html", form, bench=bench)
