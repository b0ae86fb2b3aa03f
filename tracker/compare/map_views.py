"""The map of one cell of all countries, with the table beside it."""

from dataclasses import replace

from litestar import Request, Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import PUBLIC
from tracker.compare.comparison import Comparison
from tracker.compare.files import cell_path
from tracker.compare.queries import compare
from tracker.compare.query import Query, parse
from tracker.compare.world import world_map
from tracker.frameworks import queries as frameworks
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import LEVEL_CODES, MISSING_CODES, Axis, Source, value
from tracker.web.render import context_of, page
from tracker.web.requests import database_of, query_parameters


@get("/{locale:str}/compare/map", name="compare_map", access=PUBLIC)
async def map_page(request: Request) -> Response[str]:
    """One item, domain and axis over the world; the first of each where the address names none."""
    given, locale = query_parameters(request), context_of(request).locale
    faults: dict[str, str] = {}
    drawn, query = None, Query(axis=Axis.COMMITMENT.value)
    async with database_of(request).read() as db:
        framework = await frameworks.framework(db, given.get("framework") or query.framework)
        if framework is None:
            raise NotFound(_("There is no such framework."))
        try:
            query = await _query(db, given, framework)
            drawn = await compare(db, query)
        except Invalid as invalid:
            faults = invalid.faults
    axis = query.axes[0]
    return page(
        request,
        "compare/map.html",
        status=422 if faults else 200,
        given=given,
        faults=faults,
        framework=framework,
        query=query,
        axis=axis,
        comparison=drawn,
        map=world_map(drawn, axis) if drawn else None,
        said=[c for c in drawn.rows() if c.voices] if drawn else [],
        href=lambda cell: cell_path(_some(drawn), cell, locale),
        axes=list(Axis),
        sources=[s for s in Source if s is not Source.ALL],
        levels=[value(axis, code) for code in LEVEL_CODES],
        missing_values=[value(axis, code) for code in MISSING_CODES],
    )


def _some(drawn: Comparison | None) -> Comparison:
    if drawn is None:
        raise LookupError("there is no comparison to link into")
    return drawn


async def _query(db: AsyncSession, given: dict[str, str], framework: frameworks.Framework) -> Query:
    """One column of all countries. Raises Invalid where more than one item or domain is asked for."""
    query = parse({**given, "jurisdictions": "", "show": "", "layout": "", "through": ""})
    faults = {}
    if len(query.items) > 1:
        faults["items"] = _("A map shows one item.")
    if len(query.domains) > 1:
        faults["domains"] = _("A map shows one domain.")
    if query.source is Source.ALL:
        faults["source"] = _("A map shows one voice of each country: choose which.")
    if not framework.items:
        faults["framework"] = _("This framework has no items yet.")
    if faults:
        raise Invalid(faults)
    key = query.items[0] if query.items else framework.items[0].key
    item = next((i for i in framework.items if i.key == key), framework.items[0])
    domain = query.domains[0] if query.domains and query.domains[0] in item.domains else item.domains[0]
    axis = query.axis if query.axis != "both" else Axis.COMMITMENT.value
    countries = await jurisdictions.countries(db)
    return replace(query, jurisdictions=tuple(countries), items=(key,), domains=(domain,), axis=axis)
