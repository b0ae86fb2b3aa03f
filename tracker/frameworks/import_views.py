"""Importing a framework: upload, look, take in. For the operator."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.frameworks import files, import_service, queries, service
from tracker.frameworks.forms import ImportForm
from tracker.frameworks.plan import Plan
from tracker.frameworks.tree import Fault, Unreadable
from tracker.kit.errors import Conflict
from tracker.kit.i18n import gettext as _
from tracker.web.render import form_page, go, page
from tracker.web.requests import bound_of, database_of, form_data, organisation_of, upload_of
from tracker.web.uploads import Upload

PATH = "/{locale:str}/o/{organisation:str}/frameworks/import"
ONE = f"{PATH}/{{import_id:uuid}}"
MOST_FAULTS = 100
# A file somewhat too large is read to its end and thrown away, so that its sender is told, and not cut off.
LARGEST_BODY = 8 * files.MOST_BYTES


@get(PATH, name="framework_import", access=member(Permission.OPERATE))
async def import_page(request: Request) -> Response[str]:
    """The empty form."""
    return await _form_page(request, ImportForm())


async def _form_page(
    request: Request,
    form: ImportForm,
    faults: tuple[Fault, ...] = (),
    *,
    filename: str = "",
    frozen: str = "",
) -> Response[str]:
    async with database_of(request).read(bound_of(request)) as db:
        known = await queries.frameworks(db)
    older = {line.key for line in known if not line.newest}
    return form_page(
        request,
        "frameworks/import.html",
        form,
        status=422 if faults else 200,
        faults=faults[:MOST_FAULTS],
        faults_in_all=len(faults),
        filename=filename,
        frozen=frozen,
        several=[line for line in known if line.newest and line.key in older],
    )


@post(
    PATH,
    name="framework_import_do",
    access=member(Permission.OPERATE),
    status_code=200,
    largest_file=files.MOST_BYTES,
    request_max_body_size=LARGEST_BODY,
)
async def upload(request: Request) -> Response[str] | Redirect:
    """Look at a file: a report of its faults, or what it would do. Nothing of it is stored in the library."""
    form, found = ImportForm(await form_data(request)), upload_of(request, "file")
    form.validate()
    kind = form.kind.data or (files.format_of(found.name) if found else "")
    if found is None or not found.size:
        form.add_faults({"file": _("Choose a file that is not empty.")})
    elif not kind:
        form.add_faults({"kind": _("The file's name does not tell its format: choose it.")})
    if form.errors:
        return await _form_page(request, form)
    assert found is not None
    try:
        given = {"as_version": form.as_version.data or "", "licence": form.licence.data or ""}
        plan, kept = await _examined(request, found, kind, given)
    except Unreadable as refusal:
        return await _form_page(request, form, refusal.faults, filename=found.name)
    if plan.faults:
        if plan.new_version and not plan.head.get("licence"):
            form.add_faults({"licence": _("The file states no licence. Write it here.")})
        return await _form_page(request, form, plan.faults, filename=found.name, frozen=plan.frozen)
    key = organisation_of(request).organisation_key
    return go(request, "framework_import_preview", organisation=key, import_id=kept)


async def _examined(
    request: Request, found: Upload, kind: str, given: Mapping[str, str]
) -> tuple[Plan, UUID | None]:
    """What the file would do, and the id by which it is kept when it has no faults."""
    actor, database, bound = organisation_of(request), database_of(request), bound_of(request)
    if found.too_large:
        files.check_size(found.size)
    content = await asyncio.to_thread(found.path.read_bytes)
    file = await import_service.read(content, kind, **given)
    async with database.read(bound) as db:
        plan = await service.plan_import(db, file)
    if plan.faults:
        return plan, None
    async with database.write(bound) as db:
        about = {"filename": found.name, "kind": kind, **given}
        return plan, await import_service.keep(db, actor, plan, **about, content=content)


@get(ONE, name="framework_import_preview", access=member(Permission.OPERATE))
async def preview(request: Request, import_id: FromPath[UUID]) -> Response[str]:
    """What a file that was uploaded would do."""
    return await _preview_page(request, import_id)


async def _preview_page(request: Request, import_id: UUID, stale: str = "") -> Response[str]:
    async with database_of(request).read(bound_of(request)) as db:
        found, file = await import_service.kept(db, import_id)
        plan = await service.plan_import(db, file)
    if plan.faults or import_service.basis_of(plan) != found.basis:
        stale = stale or _("The framework has changed since you looked at this file: upload it again.")
    return page(
        request,
        "frameworks/preview.html",
        status=409 if stale else 200,
        found=found,
        plan=plan,
        stale=stale,
    )


@post(ONE, name="framework_import_apply", access=member(Permission.OPERATE), status_code=200)
async def take_in(request: Request, import_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take in what was looked at, all of it or nothing."""
    try:
        async with database_of(request).write(bound_of(request)) as db:
            plan = await import_service.take_in(db, organisation_of(request), import_id)
    except Conflict as conflict:
        return await _preview_page(request, import_id, str(conflict))
    told = {"name": plan.name, "new": len(plan.new), "changed": len(plan.changed)}
    say = _("%(name)s: %(new)s items added, %(changed)s changed.") % told
    return go(request, "framework", key=plan.name, say=say)
