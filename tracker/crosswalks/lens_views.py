"""The page of a crosswalk's lens, and its JSON twin."""

from dataclasses import replace

from litestar import Request, Response, get
from litestar.params import FromPath

from tracker.access.guard import PUBLIC
from tracker.compare.query import Query, parse
from tracker.crosswalks import queries
from tracker.crosswalks.derivation import Derivations
from tracker.crosswalks.lens import words
from tracker.crosswalks.lens_files import lens_json
from tracker.crosswalks.lens_queries import read_through
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, Source
from tracker.web.render import context_of, page, renderer_of
from tracker.web.requests import database_of, query_parameters


@get("/{locale:str}/crosswalks/{key:str}/lens", name="lens", access=PUBLIC)
async def lens_page(request: Request, key: FromPath[str]) -> Response[str]:
    """What follows for the items of the crosswalk's target, in the jurisdictions of the address."""
    given = query_parameters(request)
    reading, faults, query = None, {}, Query()
    async with database_of(request).read() as db:
        crosswalk = await queries.crosswalk(db, key)
        if crosswalk is None:
            raise NotFound(_("There is no such crosswalk."))
        offered = await jurisdictions.listed(db, only_with_data=True)
        try:
            query = replace(parse(given), through="")
            if query.jurisdictions:
                reading = await read_through(db, crosswalk, query)
        except Invalid as invalid:
            faults = invalid.faults
    locale = context_of(request).locale
    return page(
        request,
        "crosswalks/lens.html",
        status=422 if faults else 200,
        crosswalk=crosswalk,
        given_key=key,
        given=given,
        faults=faults,
        query=query,
        offered=offered,
        reading=reading,
        words=words,
        axes=list(Axis),
        sources=[s for s in Source if s is not Source.ALL],
        derivations=lambda place: Derivations(reading, place, locale) if reading else None,
    )


@get("/{locale:str}/crosswalks/{key:str}/lens.json", name="lens_json", access=PUBLIC)
async def lens_data(request: Request, key: FromPath[str]) -> Response[str]:
    """The same as JSON."""
    query = replace(parse(query_parameters(request)), through="")
    async with database_of(request).read() as db:
        crosswalk = await queries.crosswalk(db, key)
        if crosswalk is None:
            raise NotFound(_("There is no such crosswalk."))
        reading = await read_through(db, crosswalk, query)
    body = lens_json(reading, renderer_of(request).settings.base_url, context_of(request).locale)
    return Response(body, media_type="application/json; charset=utf-8")
