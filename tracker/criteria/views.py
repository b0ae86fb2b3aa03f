"""The workspace's own criteria: the list, adding one, and one criterion with what is said of it."""

from dataclasses import dataclass
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.criteria import queries, service
from tracker.criteria.forms import AddCriterionForm, CriterionForm, criterion_values
from tracker.criteria.queries import Answer, Criterion, Statement
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.forms import number_of
from tracker.kit.i18n import gettext as _
from tracker.organisations import queries as organisations
from tracker.web.render import form_page, go, page
from tracker.web.requests import bound_of, database_of, form_data, organisation_of

CRITERIA = "/{locale:str}/o/{organisation:str}/criteria"
ONE = f"{CRITERIA}/{{criterion_id:uuid}}"


@get(CRITERIA, name="criteria", access=member(Permission.READ_DRAFTS))
async def criteria_list(request: Request) -> Response[str]:
    """The organisation's criteria by item; archived ones apart."""
    actor = organisation_of(request)
    async with database_of(request).read(bound_of(request)) as db:
        found = await queries.criteria(db)
        said = await queries.counts(db)
        public = await queries.own_published(db, clock.now(), actor.organisation_id)
    return page(
        request,
        "criteria/list.html",
        criteria=[c for c in found if c.archived_at is None],
        archived=[c for c in found if c.archived_at is not None],
        said=said,
        public=[p.criterion_id for p in public if p.withdrawn_at is None],
    )


@get(f"{CRITERIA}/new", name="add_criterion", access=member(Permission.WRITE_DRAFTS))
async def add_page(request: Request) -> Response[str]:
    """The empty form of a new criterion."""
    form = AddCriterionForm()
    async with database_of(request).read(bound_of(request)) as db:
        form.prepare(await queries.item_choices(db))
    return form_page(request, "criteria/add.html", form)


@post(f"{CRITERIA}/new", name="add_criterion_do", access=member(Permission.WRITE_DRAFTS), status_code=200)
async def add_do(request: Request) -> Response[str] | Redirect:
    """Add a criterion, the last one of its item."""
    form, actor = AddCriterionForm(await form_data(request)), organisation_of(request)
    async with database_of(request).read(bound_of(request)) as db:
        form.prepare(await queries.item_choices(db))
    try:
        if form.validate():
            async with database_of(request).write(bound_of(request)) as db:
                made = await service.add(db, actor, int(form.item.data), form.wording())
            key, say = actor.organisation_key, _("The criterion is added.")
            return go(request, "criterion", organisation=key, criterion_id=made.id, say=say)
    except Invalid as invalid:
        form.add_faults(invalid.faults)
    return form_page(request, "criteria/add.html", form)


@dataclass(frozen=True, slots=True)
class Row:
    """A jurisdiction of the criterion's page: what is said there, and what counts of what was published."""

    code: str
    name: str
    fictional: bool
    answer: Answer | None
    public: Statement | None


@get(ONE, name="criterion", access=member(Permission.READ_DRAFTS))
async def criterion_page(request: Request, criterion_id: FromPath[UUID]) -> Response[str] | Redirect:
    """The criterion's form, and what is said of it in each jurisdiction. `code` leads to another jurisdiction."""
    if code := request.query_params.get("code", "").strip()[:24]:
        key = organisation_of(request).organisation_key
        return go(request, "criterion_value", organisation=key, criterion_id=criterion_id, code=code.upper())
    async with database_of(request).read(bound_of(request)) as db:
        found, rows = await _load(db, request, criterion_id)
    return _page(request, found, rows, CriterionForm(data=criterion_values(found)))


def _page(
    request: Request, found: Criterion, rows: list[Row], form: CriterionForm, *, status: int = 200
) -> Response[str]:
    return form_page(request, "criteria/criterion.html", form, status=status, criterion=found, rows=rows)


async def _load(db: AsyncSession, request: Request, criterion_id: UUID) -> tuple[Criterion, list[Row]]:
    """The criterion, and its rows: the jurisdictions of a mandate, and others of which something is said."""
    actor = organisation_of(request)
    found = await known(db, criterion_id)
    said = {a.code: a for a in await queries.answers(db, criterion_id)}
    public = {
        s.jurisdiction_id: s
        for s in await queries.own_published(db, clock.now(), actor.organisation_id)
        if s.criterion_id == criterion_id
    }
    mandated = await organisations.mandates(db, actor.organisation_id, clock.today())
    places = {m.code: (m.jurisdiction_id, m.name, m.fictional) for m in mandated}
    places |= {a.code: (a.jurisdiction_id, a.name, a.fictional) for a in said.values()}
    rows = [
        Row(code, name, fictional, said.get(code), public.get(id_))
        for code, (id_, name, fictional) in sorted(places.items(), key=lambda place: place[1][1])
    ]
    return found, rows


async def known(db: AsyncSession, criterion_id: UUID) -> Criterion:
    """Raises NotFound for what is no criterion of the session's organisation."""
    found = await queries.criterion(db, criterion_id)
    if found is None:
        raise NotFound(_("Your organisation has no such criterion."))
    return found


@post(ONE, name="criterion_do", access=member(Permission.WRITE_DRAFTS), status_code=200)
async def criterion_do(request: Request, criterion_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Save its wording."""
    form, actor = CriterionForm(await form_data(request)), organisation_of(request)
    status = 200
    try:
        if form.validate():
            async with database_of(request).write(bound_of(request)) as db:
                await service.change(
                    db, actor, criterion_id, form.wording(), version=number_of(form.version.data)
                )
            key, say = actor.organisation_key, _("The criterion is saved.")
            return go(request, "criterion", organisation=key, criterion_id=criterion_id, say=say)
    except Conflict as conflict:
        form.form_errors, status = [str(conflict)], 409
    async with database_of(request).read(bound_of(request)) as db:
        found, rows = await _load(db, request, criterion_id)
    if status == 409:  # sent again, it knowingly replaces what is shown beside it
        form.version.data = str(found.version)
    return _page(request, found, rows, form, status=status)


@post(f"{ONE}/move", name="criterion_move", access=member(Permission.WRITE_DRAFTS), status_code=303)
async def move_do(request: Request, criterion_id: FromPath[UUID]) -> Redirect:
    """One place up, or down, under its item."""
    data, actor = await form_data(request), organisation_of(request)
    async with database_of(request).write(bound_of(request)) as db:
        await service.move(db, actor, criterion_id, up=data.first("to") == "up")
    return go(request, "criteria", organisation=actor.organisation_key)


@post(f"{ONE}/archive", name="criterion_archive", access=member(Permission.WRITE_DRAFTS), status_code=303)
async def archive_do(request: Request, criterion_id: FromPath[UUID]) -> Redirect:
    """Put it away, or take it up again (`to` is "use")."""
    data, actor = await form_data(request), organisation_of(request)
    archived = data.first("to") != "use"
    async with database_of(request).write(bound_of(request)) as db:
        await service.archive(db, actor, criterion_id, archived=archived)
    say = _("The criterion is archived.") if archived else _("The criterion is in use again.")
    return go(request, "criteria", organisation=actor.organisation_key, say=say)
