"""The workspace's instruments: the organisation's own, and the published ones of its jurisdictions."""

from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.instruments import cited_queries, own_queries, queries, service
from tracker.instruments.forms import AddInstrumentForm, AttachForm, InstrumentForm, instrument_values
from tracker.instruments.own_queries import OwnAttachment, OwnInstrument
from tracker.instruments.queries import Known
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit import clock
from tracker.kit.errors import Conflict, NotFound
from tracker.kit.forms import number_of
from tracker.kit.i18n import gettext as _
from tracker.organisations import queries as organisations
from tracker.web.render import form_page, go, page, renderer_of
from tracker.web.requests import bound_of, database_of, form_data, organisation_of

INSTRUMENTS = "/{locale:str}/o/{organisation:str}/instruments"
ONE = f"{INSTRUMENTS}/{{instrument_id:uuid}}"
MOST_LISTED = 200


@get(INSTRUMENTS, name="own_instruments", access=member(Permission.READ_DRAFTS))
async def own_instruments(request: Request) -> Response[str]:
    """The organisation's own instruments, those of its jurisdictions, and the cells that rest on repealed ones."""
    actor, text = (
        organisation_of(request),
        request.query_params.get("q", "").replace("\x00", "").strip()[:100],
    )
    async with database_of(request).read(bound_of(request)) as db:
        own = await own_queries.own_instruments(db)
        used = await own_queries.used(db)
        published = await own_queries.published_in_mandate(
            db, actor.organisation_id, text=text, limit=MOST_LISTED + 1
        )
        resting = await cited_queries.cells_resting_on_repealed(db, actor.organisation_id)
    return page(
        request,
        "instruments/own_list.html",
        own=own,
        used=used,
        quota_mb=renderer_of(request).settings.attachment_quota_mb,
        published=published[:MOST_LISTED],
        more=len(published) > MOST_LISTED,
        resting=resting,
        text=text,
        today=clock.today(),
    )


@get(f"{INSTRUMENTS}/new", name="add_instrument", access=member(Permission.WRITE_DRAFTS))
async def add_instrument(request: Request) -> Response[str]:
    """The empty form of a new instrument."""
    form = AddInstrumentForm(data={"jurisdiction": request.query_params.get("code", "")[:24]})
    form.prepare()
    return form_page(request, "instruments/add.html", form)


@post(f"{INSTRUMENTS}/new", name="add_instrument_do", access=member(Permission.WRITE_DRAFTS), status_code=200)
async def add_instrument_do(request: Request) -> Response[str] | Redirect:
    """Add an instrument before anything cites it, for instance to attach its text."""
    form, actor = AddInstrumentForm(await form_data(request)), organisation_of(request)
    form.prepare()
    if form.validate():
        code = form.jurisdiction.data[:24]
        async with database_of(request).write(bound_of(request)) as db:
            place = (await jurisdictions.by_codes(db, {code, code.upper()})).get(code.upper())
            day, key = clock.today(), actor.organisation_key
            if place and await organisations.covers(db, actor.organisation_id, place.id, day):
                made = await service.add(db, actor, place.id, form.content())
                say = _("The instrument is added.")
                return go(request, "own_instrument", organisation=key, instrument_id=made.id, say=say)
        form.add_faults(
            {"jurisdiction": _("Your organisation has no mandate for a jurisdiction with this code.")}
        )
    return form_page(request, "instruments/add.html", form)


@get(ONE, name="own_instrument", access=member(Permission.READ_DRAFTS))
async def own_instrument(request: Request, instrument_id: FromPath[UUID]) -> Response[str]:
    """An instrument of the organisation: its form until it is published, and its files."""
    async with database_of(request).read(bound_of(request)) as db:
        own, public, files = await load(db, request, instrument_id)
    form = InstrumentForm(data=instrument_values(own.content, own.version)) if own else None
    return show(request, own, public, files, form=form)


@post(ONE, name="own_instrument_do", access=member(Permission.WRITE_DRAFTS), status_code=200)
async def own_instrument_do(request: Request, instrument_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Save what is known of the instrument."""
    form, actor = InstrumentForm(await form_data(request)), organisation_of(request)
    form.prepare()
    if form.validate():
        try:
            async with database_of(request).write(bound_of(request)) as db:
                await service.change(
                    db, actor, instrument_id, form.content(), version=number_of(form.version.data or "")
                )
            say, key = _("The instrument is saved."), actor.organisation_key
            return go(request, "own_instrument", organisation=key, instrument_id=instrument_id, say=say)
        except Conflict as conflict:
            form.add_faults({"title": str(conflict)})
    async with database_of(request).read(bound_of(request)) as db:
        own, public, files = await load(db, request, instrument_id)
    return show(request, own, public, files, form=form)


@post(f"{ONE}/delete", name="own_instrument_delete", access=member(Permission.WRITE_DRAFTS), status_code=303)
async def own_instrument_delete(request: Request, instrument_id: FromPath[UUID]) -> Redirect:
    """Delete an instrument that nothing cites."""
    actor = organisation_of(request)
    try:
        async with database_of(request).write(bound_of(request)) as db:
            await service.delete(db, actor, instrument_id)
    except Conflict as conflict:
        key = actor.organisation_key
        return go(
            request,
            "own_instrument",
            organisation=key,
            instrument_id=instrument_id,
            say=str(conflict),
            kind="error",
        )
    return go(
        request, "own_instruments", organisation=actor.organisation_key, say=_("The instrument is deleted.")
    )


async def load(
    db: AsyncSession, request: Request, instrument_id: UUID
) -> tuple[OwnInstrument | None, Known | None, list[OwnAttachment]]:
    """The organisation's instrument, unpublished or published, with its files. Raises NotFound for any other."""
    own = await own_queries.own_instrument(db, instrument_id)
    public = None if own else await queries.instrument(db, instrument_id, clock.now())
    if own is None and (public is None or public.organisation_id != organisation_of(request).organisation_id):
        raise NotFound(_("Your organisation has no such instrument; it may have been deleted."))
    files = await own_queries.attachments_of(db, [instrument_id])
    return own, public, files[instrument_id]


def show(
    request: Request,
    own: OwnInstrument | None,
    public: Known | None,
    files: list[OwnAttachment],
    *,
    form: InstrumentForm | None = None,
    attach: AttachForm | None = None,
) -> Response[str]:
    """The page of an instrument of the organisation, with either of its forms as it was sent."""
    if form is None and own is not None:
        form = InstrumentForm(data=instrument_values(own.content, own.version))
    if form is not None:
        form.prepare()
    attach = attach or AttachForm()
    attach.prepare()
    faulty = attach if attach.errors else form
    return form_page(
        request,
        "instruments/own.html",
        faulty or attach,
        edit=form,
        attach=attach,
        own=own,
        public=public,
        files=files,
        instrument_id=own.id if own else public.id if public else None,
        title=own.content.title if own else public.title if public else "",
    )
