"""Adding, changing and removing a mapping; and saying that an item has no counterpart."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.crosswalks import mapping_service as service
from tracker.crosswalks.forms import (
    ConfirmForm,
    MappingForm,
    NoCounterpartForm,
    mapping_values,
    reason_values,
)
from tracker.crosswalks.queries import MappingLine
from tracker.crosswalks.workbench import ItemLine, Workbench
from tracker.crosswalks.workbench_views import ITEM, SET, item_of, load
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.forms import number_of
from tracker.kit.i18n import gettext as _
from tracker.web.render import form_page, go
from tracker.web.requests import bound_of, database_of, form_data, organisation_of, query_parameters

MAPPING = f"{SET}/mappings/{{mapping_id:int}}"
OPERATE = member(Permission.OPERATE)


async def load_draft(request: Request, set_id: int) -> Workbench:
    """The set of the path, for changing it. Raises NotFound; Conflict once it is published."""
    bench = await load(request, set_id)
    if not bench.crosswalk.is_draft:
        raise Conflict(_("This crosswalk is published and can't be changed. Start a new version of it."))
    return bench


def _mapping_of(bench: Workbench, mapping_id: int) -> MappingLine:
    found = bench.mapping(mapping_id)
    if found is None:
        raise NotFound(_("This is no longer in the crosswalk; somebody may have removed it."))
    return found


def _mapping_page(
    request: Request,
    bench: Workbench,
    form: MappingForm,
    *,
    mapping: MappingLine | None = None,
    stale: bool = False,
    removing: ConfirmForm | None = None,
) -> Response[str]:
    """`stale`: the form began with an older version, so what is stored is shown beside it."""
    form.prepare(bench.source, bench.target, mapping.justification if mapping else "")
    removing = removing or ConfirmForm(data={"version": str(mapping.version)} if mapping else None)
    removing.prepare(_("Yes, remove this mapping"))
    return form_page(
        request,
        "crosswalks/mapping.html",
        removing if removing.errors else form,
        status=409 if stale else 200,
        edit=form,
        bench=bench,
        mapping=mapping,
        stale=stale,
        removing=removing,
        suggested=_suggested(bench, form),
    )


def _suggested(bench: Workbench, form: MappingForm) -> dict[str, list[str]]:
    """The ids of items like those that are chosen on the other side."""
    found: dict[str, list[str]] = {}
    for side, field, other in (
        ("source", form.sources, "targets"),
        ("target", form.targets, "sources"),
    ):
        lines = [bench.line(side, number_of(number)) for number in field.data or ()]
        likely = [s.item.id for line in lines if line for s in bench.suggestions(line)]
        found[other] = [str(number) for number in dict.fromkeys(likely)]
    return found


@get(f"{SET}/new-mapping", name="mapping_new", access=OPERATE)
async def new_mapping(request: Request, set_id: FromPath[int]) -> Response[str]:
    """The empty form; `source` and `target` of the query are chosen already."""
    bench, given = await load_draft(request, set_id), query_parameters(request)
    chosen = {
        f"{side}s": [
            number for number in given.get(side, "").split(",") if bench.line(side, number_of(number))
        ][:20]
        for side in ("source", "target")
    }
    name = organisation_of(request).organisation_name
    return _mapping_page(
        request, bench, MappingForm(data=chosen | {"author": name, "authored_on": clock.today()})
    )


@post(f"{SET}/new-mapping", name="mapping_new_do", access=OPERATE, status_code=200)
async def new_mapping_do(request: Request, set_id: FromPath[int]) -> Response[str] | Redirect:
    """Add a mapping."""
    form, bench = MappingForm(await form_data(request)), await load_draft(request, set_id)
    form.prepare(bench.source, bench.target)
    if not form.validate():
        return _mapping_page(request, bench, form)
    try:
        async with database_of(request).write(bound_of(request)) as db:
            await service.add_mapping(db, organisation_of(request), set_id, form.content())
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        return _mapping_page(request, bench, form)
    return _to_item(request, bench, form, _("The mapping is added. A second person reviews it."))


def _to_item(request: Request, bench: Workbench, form: MappingForm, say: str) -> Redirect:
    """Back to the first source of what was saved."""
    path: dict[str, Any] = {
        "organisation": organisation_of(request).organisation_key,
        "set_id": bench.crosswalk.id,
    }
    item = int((form.sources.data or [0])[0])
    return go(request, "workbench_item", say=say, side="source", item_id=item, **path)


@get(MAPPING, name="mapping", access=OPERATE)
async def mapping_page(request: Request, set_id: FromPath[int], mapping_id: FromPath[int]) -> Response[str]:
    """The form of a mapping."""
    bench = await load_draft(request, set_id)
    mapping = _mapping_of(bench, mapping_id)
    form = MappingForm(data=mapping_values(mapping))
    form.author.data = form.author.data or organisation_of(request).organisation_name
    return _mapping_page(request, bench, form, mapping=mapping)


@post(MAPPING, name="mapping_do", access=OPERATE, status_code=200)
async def mapping_do(
    request: Request, set_id: FromPath[int], mapping_id: FromPath[int]
) -> Response[str] | Redirect:
    """Change a mapping, which voids its review."""
    form, bench = MappingForm(await form_data(request)), await load_draft(request, set_id)
    mapping = _mapping_of(bench, mapping_id)
    form.prepare(bench.source, bench.target, mapping.justification)
    if not form.validate():
        return _mapping_page(request, bench, form, mapping=mapping)
    try:
        async with database_of(request).write(bound_of(request)) as db:
            version = number_of(form.version.data or "")
            await service.change_mapping(
                db, organisation_of(request), set_id, mapping_id, form.content(), version=version
            )
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        return _mapping_page(request, bench, form, mapping=mapping)
    except Conflict as conflict:
        bench = await load_draft(request, set_id)
        mapping = _mapping_of(bench, mapping_id)
        _knowingly(form, mapping.version, str(conflict))
        return _mapping_page(request, bench, form, mapping=mapping, stale=True)
    return _to_item(request, bench, form, _("The mapping is saved. A second person reviews it."))


def _knowingly(form: MappingForm | NoCounterpartForm, version: int, text: str) -> None:
    """Sent again, the form replaces what is now shown beside it."""
    form.form_errors = [text]
    form.version.data = str(version)
    form.version.raw_data = [form.version.data]


@post(f"{MAPPING}/remove", name="mapping_remove", access=OPERATE, status_code=200)
async def remove_mapping(
    request: Request, set_id: FromPath[int], mapping_id: FromPath[int]
) -> Response[str] | Redirect:
    """Remove a mapping, once the box is ticked."""
    removing, bench = ConfirmForm(await form_data(request)), await load_draft(request, set_id)
    mapping = _mapping_of(bench, mapping_id)
    removing.prepare(_("Yes, remove this mapping"))
    if not removing.validate():
        form = MappingForm(data=mapping_values(mapping))
        return _mapping_page(request, bench, form, mapping=mapping, removing=removing)
    async with database_of(request).write(bound_of(request)) as db:
        version = number_of(removing.version.data or "")
        await service.remove_mapping(db, organisation_of(request), set_id, mapping_id, version=version)
    key = organisation_of(request).organisation_key
    return go(request, "workbench", organisation=key, set_id=set_id, say=_("The mapping is removed."))


def _state_page(
    request: Request,
    bench: Workbench,
    line: ItemLine,
    form: NoCounterpartForm,
    *,
    stale: bool = False,
    removing: ConfirmForm | None = None,
) -> Response[str]:
    form.prepare_reasons(line.state.justification if line.state else "")
    removing = removing or ConfirmForm(data={"version": str(line.state.version)} if line.state else None)
    removing.prepare(_("Yes, the item is open again"))
    return form_page(
        request,
        "crosswalks/no_counterpart.html",
        removing if removing.errors else form,
        status=409 if stale else 200,
        edit=form,
        bench=bench,
        line=line,
        stale=stale,
        removing=removing,
    )


@get(f"{ITEM}/no-counterpart", name="no_counterpart", access=OPERATE)
async def no_counterpart_page(
    request: Request, set_id: FromPath[int], side: FromPath[str], item_id: FromPath[int]
) -> Response[str]:
    """The form that says why an item has no counterpart."""
    bench = await load_draft(request, set_id)
    line, name = item_of(bench, side, item_id), organisation_of(request).organisation_name
    form = NoCounterpartForm(data=reason_values(line.state) if line.state else {"authored_on": clock.today()})
    form.author.data = form.author.data or name
    return _state_page(request, bench, line, form)


@post(f"{ITEM}/no-counterpart", name="no_counterpart_do", access=OPERATE, status_code=200)
async def no_counterpart_do(
    request: Request, set_id: FromPath[int], side: FromPath[str], item_id: FromPath[int]
) -> Response[str] | Redirect:
    """Say it, or change why; either voids the review."""
    form, bench = NoCounterpartForm(await form_data(request)), await load_draft(request, set_id)
    line = item_of(bench, side, item_id)
    form.prepare_reasons(line.state.justification if line.state else "")
    if not form.validate():
        return _state_page(request, bench, line, form)
    try:
        await _say_none(request, set_id, line, form)
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        return _state_page(request, bench, line, form)
    except Conflict as conflict:
        bench = await load_draft(request, set_id)
        line = item_of(bench, side, item_id)
        _knowingly(form, line.state.version if line.state else 0, str(conflict))
        return _state_page(request, bench, line, form, stale=True)
    path: dict[str, Any] = {"organisation": organisation_of(request).organisation_key, "set_id": set_id}
    say = _("Saved. A second person reviews it.")
    return go(request, "workbench_item", say=say, side=side, item_id=item_id, **path)


async def _say_none(request: Request, set_id: int, line: ItemLine, form: NoCounterpartForm) -> None:
    actor, version = organisation_of(request), number_of(form.version.data or "")
    async with database_of(request).write(bound_of(request)) as db:
        if line.state is None or version == 0:
            await service.add_no_counterpart(db, actor, set_id, line.side, line.item.id, form.content())
        else:
            await service.change_no_counterpart(
                db, actor, set_id, line.state.id, form.content(), version=version
            )


@post(f"{ITEM}/no-counterpart/remove", name="no_counterpart_remove", access=OPERATE, status_code=200)
async def remove_no_counterpart(
    request: Request, set_id: FromPath[int], side: FromPath[str], item_id: FromPath[int]
) -> Response[str] | Redirect:
    """Take it back, once the box is ticked: the item is then not yet reviewed."""
    removing, bench = ConfirmForm(await form_data(request)), await load_draft(request, set_id)
    line = item_of(bench, side, item_id)
    if line.state is None:
        raise NotFound(_("This is no longer in the crosswalk; somebody may have removed it."))
    removing.prepare(_("Yes, the item is open again"))
    if not removing.validate():
        form = NoCounterpartForm(data=reason_values(line.state))
        return _state_page(request, bench, line, form, removing=removing)
    async with database_of(request).write(bound_of(request)) as db:
        version = number_of(removing.version.data or "")
        await service.remove_no_counterpart(
            db, organisation_of(request), set_id, line.state.id, version=version
        )
    path: dict[str, Any] = {"organisation": organisation_of(request).organisation_key, "set_id": set_id}
    return go(request, "workbench_item", say=_("The item is open again."), side=side, item_id=item_id, **path)
