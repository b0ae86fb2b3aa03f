"""One cell of many jurisdictions: of all countries on a map, or over time in small multiples; the table beside it."""

from dataclasses import replace

from litestar import Request, Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import PUBLIC
from tracker.charts.layout import key_codes
from tracker.compare.asked import asked
from tracker.compare.comparison import Comparison
from tracker.compare.files import cell_link
from tracker.compare.one_column import kept, one_column
from tracker.compare.queries import compare
from tracker.compare.query import DEFAULT_FRAMEWORK, Query, codes_in, parse, what_can_be_read
from tracker.compare.time_queries import timelines
from tracker.compare.world import world_map
from tracker.entries.version_queries import version_read
from tracker.frameworks import queries as frameworks
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import LEVEL_CODES, MISSING_CODES, Axis, Basis, Source, value
from tracker.web.render import context_of, page
from tracker.web.requests import database_of, query_parameters


@get("/{locale:str}/compare/map", name="compare_map", access=PUBLIC)
async def map_page(request: Request) -> Response[str]:
    """One item, domain and axis over the world; the first of each where the address names none."""
    given, locale = query_parameters(request), context_of(request).locale
    faults: dict[str, str] = {}
    drawn = None
    async with database_of(request).read() as db:
        framework = await _framework(db, given)
        query = kept(what_can_be_read(given), framework)
        try:
            countries = tuple(await jurisdictions.countries(db))
            drawn = await compare(db, replace(_query(given, framework), jurisdictions=countries))
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
        href=lambda cell: cell_link(_some(drawn), cell, locale),
        axes=list(Axis),
        asked=_narrowed(query),
        sources=[s for s in Source if s is not Source.ALL],
        bases=list(Basis),
        levels=[value(axis, code) for code in LEVEL_CODES],
        missing_values=[value(axis, code) for code in MISSING_CODES],
    )


async def _framework(db: AsyncSession, given: dict[str, str]) -> frameworks.Framework:
    """The version that is read, also where another parameter can't be taken; for the form's sake the default one where
    there is none of the name. Raises NotFound where there is none at all.
    """
    try:
        as_of = parse({"as_of": given.get("as_of", "")}).as_of
    except Invalid:
        as_of = None
    for named in (given.get("framework", "").strip() or DEFAULT_FRAMEWORK, DEFAULT_FRAMEWORK):
        name = await version_read(db, named, codes_in(given.get("jurisdictions", "")), as_of)
        if framework := await frameworks.framework(db, name):
            return framework
    raise NotFound(_("There is no such framework."))


def _some(drawn: Comparison | None) -> Comparison:
    if drawn is None:
        raise LookupError("there is no comparison to link into")
    return drawn


def _query(given: dict[str, str], framework: frameworks.Framework) -> Query:
    """One column of what is asked. Raises Invalid."""
    query = parse({**given, "framework": given.get("framework", "").strip() or framework.name})
    if query.framework not in (framework.key, framework.name):
        raise Invalid({"framework": _("There is no framework “%(key)s”.") % {"key": query.framework[:80]}})
    return replace(one_column(query, framework), framework=framework.name)


def _narrowed(query: Query) -> tuple[tuple[str, str], ...]:
    """What is left out of what is shown, in words; the heading names the item, the domain and the scale."""
    return asked(replace(query, items=(), domains=(), axis="both"), {})


@get("/{locale:str}/compare/time", name="compare_time", access=PUBLIC)
async def time_page(request: Request) -> Response[str]:
    """One item, domain and axis over time, a small panel for each jurisdiction."""
    given, locale = query_parameters(request), context_of(request).locale
    faults: dict[str, str] = {}
    drawn, course = None, None
    async with database_of(request).read() as db:
        framework = await _framework(db, given)
        query = kept(what_can_be_read(given), framework)
        try:
            asks = _query(given, framework)
            if not asks.jurisdictions:
                raise Invalid({"jurisdictions": _("Choose jurisdictions on the compare page first.")})
            drawn, course = await timelines(db, asks)
        except Invalid as invalid:
            faults = invalid.faults
    return page(
        request,
        "compare/time.html",
        status=422 if faults else 200,
        given=given,
        faults=faults,
        framework=framework,
        query=query,
        axis=query.axes[0],
        comparison=drawn,
        course=course,
        # A drawing for each, so that a narrow page sets them below each other instead of drawing them small.
        panels=[replace(course, title=p.label, panels=(p,)) for p in course.panels] if course else [],
        marks=[value(axis, code) for axis, code in key_codes(course)] if course else [],
        href=lambda cell: cell_link(_some(drawn), cell, locale),
        axes=list(Axis),
        asked=_narrowed(query),
        sources=[s for s in Source if s is not Source.ALL],
        bases=list(Basis),
    )
