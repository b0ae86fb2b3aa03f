"""Reading published entries, and the instruments that they cite."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import PUBLIC
from tracker.api import reading, shapes
from tracker.api.answers import ROOT, Listing, base_url, day, locale_of, moment, public
from tracker.api.paging import paged
from tracker.api.queries import as_uuid
from tracker.compare.query import PARAMETERS, parse
from tracker.entries import queries as entries
from tracker.entries.queries import Moment
from tracker.instruments import cited_queries, register_queries
from tracker.instruments import queries as instruments
from tracker.instruments.reading import asked
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit import clock
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.web.requests import query_parameters

Told = Mapping[str, Any]


@get(f"{ROOT}/entries", name="api_entries", access=PUBLIC)
async def entries_list(request: Request) -> Response[bytes]:
    """What organisations say of cells at a moment."""
    return await public(request, _entries)


async def _entries(db: AsyncSession, request: Request) -> Listing:
    given = query_parameters(request)
    query = parse(given)
    page = paged(given, reading.KEY, *PARAMETERS)
    found = await reading.read_entries(db, query, page, framework=given.get("framework", "").strip())
    meta = {"on": day(found.at.on), "as_of": moment(found.at.as_of), "source": query.source.value}
    return Listing([_entry(h, request, query.moment) for h in found.heard], found.next, meta)


def _entry(h: reading.Heard, request: Request, asked: str) -> dict[str, Any]:
    c = h.cell
    url = _cell_url(request, c.code, f"{c.framework}@{c.version}", c.item, c.domain.value)
    cell = {
        "jurisdiction": c.code,
        "jurisdiction_name": c.name,
        "fictional": c.fictional,
        "framework": c.framework,
        "framework_version": c.version,
        "item": c.item,
        "item_title": c.item_title,
        "domain": c.domain.value,
        "contested": h.contested,
        "cell_url": url + asked,
    }
    return cell | shapes.said(h.voice) | {"citations": [shapes.citation(e) for e in h.voice.evidence]}


def _cell_url(request: Request, *parts: str) -> str:
    path = "/".join(quote(part, safe="@.-") for part in parts)
    return f"{base_url(request)}/{locale_of(request)}/jurisdictions/{path}"


@get(f"{ROOT}/entries/{{uid:uuid}}", name="api_entry", access=PUBLIC)
async def entry(request: Request) -> Response[bytes]:
    """One published revision with all that was said about it, and the history of its cell."""
    return await public(request, _revision)


async def _revision(db: AsyncSession, request: Request) -> Told:
    query = parse({k: v for k, v in query_parameters(request).items() if k == "as_of"})
    as_of = query.as_of or clock.now()
    told = await entries.told(db, request.path_params["uid"])
    past = await entries.history(db, told.jurisdiction_id, told.item_id, told.domain, as_of) if told else []
    own = next((p for p in past if told and p.revision.uid == told.uid), None)
    if told is None or own is None:
        raise NotFound(_("There is no such revision, or it was not published by then."))
    cell = shapes.cell_of(told)
    url = _cell_url(request, told.jurisdiction_code, told.framework, told.item_key, told.domain.value)
    return (
        cell
        | {"cell_url": url + query.moment}
        | shapes.past(own)
        | shapes.supported(own.revision)
        | {"history": [shapes.past(p) for p in past]}
    )


@get(f"{ROOT}/instruments", name="api_register", access=PUBLIC)
async def register(request: Request) -> Response[bytes]:
    """The instruments of all jurisdictions, by jurisdiction and title."""
    return await public(request, _register)


async def _register(db: AsyncSession, request: Request) -> Listing:
    given = query_parameters(request)
    ask, faults = asked(given)
    if faults:
        raise Invalid(faults)
    page = paged(given, (str, str, str), "jurisdictions", "kind", "state", "q", "on", "as_of")
    chosen = await reading.chosen_places(db, parse({"jurisdictions": given.get("jurisdictions", "")}))
    number = as_uuid(page.after[2]) if page.after else None
    found = await register_queries.register_after(
        db,
        ask,
        jurisdictions=chosen,
        after=(page.after[0], page.after[1], number) if page.after and number else None,
        limit=page.limit + 1,
    )
    kept, cursor = page.of(found, lambda k: [*map(str, register_queries.place_of(k))])
    at = Moment(ask.on, ask.as_of, ask.on)
    return Listing([shapes.instrument(k, at) for k in kept], cursor, {"on": day(ask.on)})


@get(f"{ROOT}/jurisdictions/{{code:str}}/instruments", name="api_instruments", access=PUBLIC)
async def instruments_list(request: Request) -> Response[bytes]:
    """The instruments of a jurisdiction, by title."""
    return await public(request, _instruments)


async def _instruments(db: AsyncSession, request: Request) -> Listing:
    given = query_parameters(request)
    ask, faults = asked(given)
    if faults:
        raise Invalid(faults)
    page = paged(given, (str, str), "kind", "state", "q", "on", "as_of")
    place = await jurisdictions.by_code(db, request.path_params["code"])
    if place is None:
        raise NotFound(_("There is no jurisdiction with this code."))
    found = ask.keep(await instruments.register_of(db, place.id, ask.as_of, kind=ask.kind, text=ask.text))
    found.sort(key=_by_title)
    kept, cursor = page.within(found, _by_title)
    at = Moment(ask.on, ask.as_of, ask.on)
    return Listing([shapes.instrument(k, at) for k in kept], cursor, {"on": day(ask.on)})


def _by_title(known: instruments.Known) -> list[str]:
    return [known.title[:60], str(known.id)]


@get(f"{ROOT}/instruments/{{instrument_id:uuid}}", name="api_instrument", access=PUBLIC)
async def instrument(request: Request) -> Response[bytes]:
    """One instrument with what happened to it, its files, and the cells that cite it."""
    return await public(request, _instrument)


async def _instrument(db: AsyncSession, request: Request) -> Told:
    ask, faults = asked(query_parameters(request))
    if faults:
        raise Invalid(faults)
    at, number = Moment(ask.on, ask.as_of, ask.on), request.path_params["instrument_id"]
    known = await instruments.instrument(db, number, ask.as_of)
    if known is None:
        raise NotFound(_("There is no such instrument, or it was not published by then."))
    cells = await cited_queries.cells_citing(db, number, at)
    files = await instruments.attachments(db, number, ask.as_of)
    where = f"{base_url(request)}/{locale_of(request)}/attachments/"
    return shapes.instrument(known, at) | {
        "events": [shapes.event(e) for e in known.events],
        "attachments": [shapes.attachment(a, where + str(a.id)) for a in files],
        "cited_by": [shapes.citing(c) for c in cells[: cited_queries.MOST_CELLS]],
        "cited_by_more": len(cells) > cited_queries.MOST_CELLS,
    }


@get(f"{ROOT}/instruments/{{instrument_id:uuid}}/citations", name="api_instrument_citations", access=PUBLIC)
async def citations_list(request: Request) -> Response[bytes]:
    """Every passage of an instrument that a published revision cites, in the order of publication."""
    return await public(request, _citations)


async def _citations(db: AsyncSession, request: Request) -> Listing:
    given = query_parameters(request)
    ask, faults = asked(given)
    if faults:
        raise Invalid(faults)
    page = paged(given, (int,), "on", "as_of")
    at, number = Moment(ask.on, ask.as_of, ask.on), request.path_params["instrument_id"]
    if await instruments.instrument(db, number, ask.as_of) is None:
        raise NotFound(_("There is no such instrument, or it was not published by then."))
    after = page.after[0] if page.after else None
    found = await cited_queries.citations_after(db, number, at, after=after, limit=page.limit + 1)
    kept, cursor = page.of(found, lambda c: [c.citation_id])
    return Listing([shapes.instrument_citation(c) for c in kept], cursor, {"on": day(ask.on)})
