"""The public pages: an instrument, the register of a jurisdiction, and a published attachment."""

import asyncio
import logging
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import File

from tracker.access.guard import PUBLIC
from tracker.entries.queries import Moment
from tracker.instruments import cited_queries, queries
from tracker.instruments.media import download_name
from tracker.instruments.reading import asked, filters, register_csv
from tracker.instruments.store import Store
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import InstrumentKind, InstrumentState
from tracker.web.render import context_of, page, renderer_of
from tracker.web.requests import database_of, query_parameters

log = logging.getLogger("tracker")
# A file is handed over, never shown: not even a browser that insists may run what is in it.
SANDBOX = {"content-security-policy": "sandbox; default-src 'none'", "x-content-type-options": "nosniff"}
REGISTER = "/{locale:str}/jurisdictions/{code:str}/instruments"


@get("/{locale:str}/instruments/{instrument_id:uuid}", name="instrument", access=PUBLIC)
async def instrument_page(request: Request, instrument_id: FromPath[UUID]) -> Response[str]:
    """What is known of an instrument, what happened to it, and every cell that rests on it."""
    given = query_parameters(request)
    ask, faults = asked(given)
    at = Moment(ask.on, ask.as_of, ask.on)
    async with database_of(request).read() as db:
        known = await queries.instrument(db, instrument_id, ask.as_of)
        if known is None:
            raise NotFound(_("There is no such instrument, or it was not published by then."))
        cells = await cited_queries.cells_citing(db, instrument_id, at)
        attachments = await queries.attachments(db, instrument_id, ask.as_of)
    return page(
        request,
        "instruments/instrument.html",
        status=422 if faults else 200,
        known=known,
        state=known.situation.on(ask.on),
        cells=cells[: cited_queries.MOST_CELLS],
        more=len(cells) > cited_queries.MOST_CELLS,
        attachments=attachments,
        at=at,
        given=given,
        faults=faults,
    )


@get(REGISTER, name="jurisdiction_instruments", access=PUBLIC)
async def register(request: Request, code: FromPath[str]) -> Response[str]:
    """The instruments of a jurisdiction, by kind, state and text."""
    given = query_parameters(request)
    ask, faults = asked(given)
    async with database_of(request).read() as db:
        place = await jurisdictions.by_code(db, code)
        if place is None:
            raise NotFound(_("There is no jurisdiction with this code."))
        above = await jurisdictions.above(db, place)
        found = await queries.register_of(db, place.id, ask.as_of, kind=ask.kind, text=ask.text)
    return page(
        request,
        "instruments/register.html",
        status=422 if faults else 200,
        place=place,
        above=above,
        found=ask.keep(found),
        ask=ask,
        given=given,
        faults=faults,
        query=filters(given),
        kinds=list(InstrumentKind),
        states=list(InstrumentState),
    )


@get(f"{REGISTER}.csv", name="jurisdiction_instruments_csv", access=PUBLIC)
async def register_file(request: Request, code: FromPath[str]) -> Response[str]:
    """The same as CSV."""
    ask, faults = asked(query_parameters(request))
    if faults:
        raise Invalid(faults)
    async with database_of(request).read() as db:
        place = await jurisdictions.by_code(db, code)
        if place is None:
            raise NotFound(_("There is no jurisdiction with this code."))
        found = await queries.register_of(db, place.id, ask.as_of, kind=ask.kind, text=ask.text)
    base_url = renderer_of(request).settings.base_url
    return Response(
        register_csv(ask.keep(found), ask, base_url, context_of(request).locale),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="instruments-{place.code}.csv"'},
    )


@get("/{locale:str}/attachments/{attachment_id:uuid}", name="attachment", access=PUBLIC)
async def attachment_file(request: Request, attachment_id: FromPath[UUID]) -> File:
    """A published file."""
    async with database_of(request).read() as db:
        found = await queries.public_file(db, attachment_id)
    if found is None:
        raise NotFound(_("There is no such file."))
    return await handed_over(request, found.title, found.sha256, found.size, found.media_type)


async def handed_over(request: Request, title: str, sha256: str, size: int, media_type: str) -> File:
    """The stored file as a download. Raises NotFound where what is stored is not what was attached."""
    store = Store(renderer_of(request).settings.data_dir)
    fault = await asyncio.to_thread(store.fault, sha256, size)
    if fault:
        log.error("attachment %s is %s", sha256, fault)
        raise NotFound(_("The stored file is not the one that was attached, so it is not handed out."))
    return File(
        store.path(sha256),
        filename=download_name(title, sha256, media_type),
        media_type=media_type,
        headers=SANDBOX,
    )
