"""What happened to a published instrument: told by an organisation whose mandate covers its jurisdiction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.instruments import own_queries, queries, service
from tracker.instruments.forms import EventForm, RetractForm
from tracker.instruments.own_views import ONE
from tracker.instruments.queries import Known
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.privacy.findings import Finding, read_in, signs_of
from tracker.web.render import form_page, go
from tracker.web.requests import bound_of, database_of, form_data, organisation_of

EVENTS = f"{ONE}/events"


async def _load(request: Request, instrument_id: UUID, form: EventForm) -> Known:
    """The instrument, with the form's choices filled in. Raises NotFound without a mandate."""
    async with database_of(request).read(bound_of(request)) as db:
        row = await service.published(db, organisation_of(request), instrument_id)
        known = await queries.instrument(db, instrument_id, clock.now())
        choices = await own_queries.citable(db, row.jurisdiction_id)
    if known is None:
        raise NotFound(_("There is no such instrument."))
    form.prepare([choice for choice in choices if choice[0] != instrument_id])
    return known


def _page(
    request: Request,
    known: Known,
    form: EventForm,
    retract: RetractForm | None = None,
    event_id: int = 0,
    signs: Sequence[Finding] = (),
) -> Response[str]:
    retract = retract or RetractForm()
    retract.reason.id = f"reason-{event_id}"  # each event has such a form
    return form_page(
        request,
        "instruments/events.html",
        retract if event_id else form,
        event=form,
        retract=retract,
        retract_id=event_id,
        known=known,
        gone={e.retracts_id for e in known.events if e.retracts_id},
        today=clock.today(),
        signs=signs,
    )


@get(EVENTS, name="instrument_events", access=member(Permission.REVIEW))
async def events_page(request: Request, instrument_id: FromPath[UUID]) -> Response[str]:
    """What is recorded of the instrument, and the form for more."""
    form = EventForm()
    return _page(request, await _load(request, instrument_id, form), form)


@post(EVENTS, name="instrument_events_do", access=member(Permission.REVIEW), status_code=200)
async def events_do(request: Request, instrument_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Publish what happened."""
    data, actor = await form_data(request), organisation_of(request)
    form, signs = EventForm(data), list[Finding]()
    known = await _load(request, instrument_id, form)
    try:
        if form.validate():
            async with database_of(request).write(bound_of(request)) as db:
                await service.record_event(
                    db, actor, instrument_id, form.happening(), confirmed_hits=read_in(data)
                )
            say = _("It is recorded, and published with the instrument.")
            return go(
                request,
                "instrument_events",
                organisation=actor.organisation_key,
                instrument_id=instrument_id,
                say=say,
            )
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        signs = signs_of(invalid)
    return _page(request, known, form, signs=signs)


@post(
    f"{EVENTS}/{{event_id:int}}/retract",
    name="instrument_event_retract",
    access=member(Permission.REVIEW),
    status_code=200,
)
async def retract_do(
    request: Request, instrument_id: FromPath[UUID], event_id: FromPath[int]
) -> Response[str] | Redirect:
    """Take back what was recorded by mistake."""
    data, actor = await form_data(request), organisation_of(request)
    form, signs = RetractForm(data), list[Finding]()
    there: dict[str, Any] = {"organisation": actor.organisation_key, "instrument_id": instrument_id}
    try:
        if form.validate():
            async with database_of(request).write(bound_of(request)) as db:
                await service.retract(
                    db,
                    actor,
                    instrument_id,
                    event_id,
                    note=form.reason.data,
                    confirmed_hits=read_in(data),
                )
            say = _("It is taken back; both stay to be read.")
            return go(request, "instrument_events", say=say, **there)
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        signs = signs_of(invalid)
    except Conflict as conflict:
        return go(request, "instrument_events", say=str(conflict), kind="error", **there)
    event = EventForm()
    return _page(request, await _load(request, instrument_id, event), event, form, event_id, signs)
