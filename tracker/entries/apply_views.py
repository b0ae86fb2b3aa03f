"""The form that applies one instrument to many cells."""

from litestar import Request, Response, get, post
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.compare.query import DEFAULT_FRAMEWORK
from tracker.entries import draft_queries
from tracker.entries.apply import Application, apply
from tracker.entries.content import Cell
from tracker.entries.context import (
    PlaceContext,
    framework_named,
    instrument_choices,
    item_and_domain,
    mandated_place,
)
from tracker.entries.forms import UNCHANGED, ApplyForm
from tracker.frameworks.queries import Framework
from tracker.kit.errors import Conflict, Invalid
from tracker.kit.i18n import gettext as _
from tracker.kit.i18n import ngettext
from tracker.kit.vocabulary import Axis, Basis, Scope, word
from tracker.web.render import form_page, go
from tracker.web.requests import bound_of, database_of, form_data, organisation_of

PATH = "/{locale:str}/o/{organisation:str}/jurisdictions/{code:str}/apply"


@get(PATH, name="apply", access=member(Permission.WRITE_DRAFTS))
async def apply_page(request: Request) -> Response[str]:
    """The empty form."""
    return await _page(request, ApplyForm())


async def _page(request: Request, form: ApplyForm, *, status: int = 200) -> Response[str]:
    async with database_of(request).read(bound_of(request)) as db:
        where = await mandated_place(db, request)
        framework = await framework_named(db, request.query_params.get("framework", DEFAULT_FRAMEWORK))
        choices = await instrument_choices(db, where.place)
        ids = [item.id for item in framework.items]
        drafts = await draft_queries.of_jurisdiction(db, where.place.id, ids)
        published = await draft_queries.own_latest(
            db, organisation_of(request).organisation_id, where.place.id, ids
        )
    if not form.instrument.choices:
        form.prepare(choices)
    keys = {item.id: item.key for item in framework.items}
    notes = {
        f"{keys[item_id]}:{domain}": _("published: %(paper)s / %(practice)s")
        % {
            "paper": own.value(Axis.COMMITMENT).word.lower(),
            "practice": own.value(Axis.PRACTICE).word.lower(),
        }
        for (item_id, domain), own in published.items()
    }
    notes |= {f"{keys[d.cell.item_id]}:{d.cell.domain}": word("state", d.state) for d in drafts}
    return form_page(
        request,
        "entries/apply.html",
        form,
        status=status,
        place=where.place,
        framework=framework,
        notes=notes,
        has_steward=where.has_steward,
    )


@post(PATH, name="apply_do", access=member(Permission.WRITE_DRAFTS), status_code=200)
async def apply_do(request: Request) -> Response[str] | Redirect:
    """Save a draft for every ticked cell, all or none; `do` says whether to submit them too."""
    data = await form_data(request)
    form = ApplyForm(data)
    async with database_of(request).read(bound_of(request)) as db:
        where = await mandated_place(db, request)
        framework = await framework_named(db, request.query_params.get("framework", DEFAULT_FRAMEWORK))
        form.prepare(await instrument_choices(db, where.place))
    if not form.validate():
        return await _page(request, form)
    submit = data.first("do") == "submit"
    try:
        number = await _apply(request, form, where, framework, submit=submit)
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        return await _page(request, form)
    except Conflict as conflict:
        form.add_faults({"cells": str(conflict)})
        return await _page(request, form, status=409)
    say = ngettext("%(n)s draft saved.", "%(n)s drafts saved.", number)
    if submit:
        say = ngettext("%(n)s entry submitted for review.", "%(n)s entries submitted for review.", number)
    path = {name: request.path_params[name] for name in ("organisation", "code")}
    return go(request, "grid", say=say % {"n": number}, **path)


async def _apply(
    request: Request, form: ApplyForm, where: PlaceContext, framework: Framework, *, submit: bool
) -> int:
    cells = []
    for ticked in dict.fromkeys(form.cells.data):
        key, _colon, domain = ticked.partition(":")
        item, known = item_and_domain(framework, key, domain)
        cells.append(Cell(where.place.id, item.id, known))
    application = Application(
        citation=form.citation(),
        commitment=None if form.commitment.data == UNCHANGED else form.commitment.data,
        practice=None if form.practice.data == UNCHANGED else form.practice.data,
        basis=None if form.basis.data == UNCHANGED else Basis(form.basis.data),
        scope=None if form.scope.data == UNCHANGED else Scope(form.scope.data),
        scope_note=form.scope_note.data,
        valid_from=form.valid_from.data,
    )
    async with database_of(request).write(bound_of(request)) as db:
        saved = await apply(db, organisation_of(request), where.place.id, cells, application, submit=submit)
    return len(saved)
