"""The compare page, its CSV, and the briefing of the same query."""

from dataclasses import dataclass

from litestar import Request, Response, get
from litestar.response import Redirect
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import PUBLIC
from tracker.compare.cells import matrix_cell
from tracker.compare.comparison import Column, Comparison, coverage
from tracker.compare.files import cell_path, long_csv
from tracker.compare.queries import compare
from tracker.compare.query import DEFAULT_FRAMEWORK, LAYOUTS, SHOW, Query, parse
from tracker.crosswalks import queries as crosswalks
from tracker.crosswalks.queries import CrosswalkLine
from tracker.frameworks import queries as frameworks
from tracker.frameworks.queries import Framework
from tracker.jurisdictions import queries as jurisdictions
from tracker.jurisdictions.queries import Listed
from tracker.kit.errors import Invalid
from tracker.kit.vocabulary import LEVEL_CODES, MISSING_CODES, Axis, Basis, Domain, Source, value
from tracker.packed.overview import overview
from tracker.web.render import context_of, page, renderer_of
from tracker.web.requests import database_of, query_parameters


@dataclass(frozen=True, slots=True)
class Options:
    """What the form of the compare page offers."""

    framework: Framework | None
    frameworks: list[frameworks.FrameworkLine]
    crosswalks: list[CrosswalkLine]
    with_data: list[Listed]
    found: list[Listed]
    searched: str


async def _options(db: AsyncSession, given: dict[str, str]) -> Options:
    searched = given.get("find", "").strip()[:100]
    framework = await frameworks.framework(db, given.get("framework") or DEFAULT_FRAMEWORK)
    sets = await crosswalks.crosswalks(db)
    return Options(
        framework=framework,
        frameworks=await frameworks.frameworks(db),
        crosswalks=[c for c in sets if framework and c.source_name == framework.name],
        with_data=await jurisdictions.listed(db, only_with_data=True),
        found=await jurisdictions.listed(db, text=searched, limit=25) if searched else [],
        searched=searched,
    )


@get("/{locale:str}/compare", name="compare", access=PUBLIC)
async def compare_page(request: Request) -> Response[str] | Redirect:
    """Any jurisdictions by any items; the whole state is in the URL."""
    given = query_parameters(request)
    comparison, faults, query = None, {}, Query()
    async with database_of(request).read() as db:
        options = await _options(db, given)
        try:
            query = parse(given)
            if query.through:
                return _lens(request, query)
            if query.jurisdictions:
                comparison = await overview(db, query)
        except Invalid as invalid:
            faults = invalid.faults
    if not faults and not options.searched and query.url() != request.url.query:
        # Checkboxes repeat their name; the address that people share is the short one.
        path = renderer_of(request).urls.path("compare", context_of(request).locale)
        short = query.url()
        if _longer(request.url.query, short):
            return Redirect(f"{path}?{short}", status_code=303)
    return page(
        request,
        "compare/compare.html",
        status=422 if faults else 200,
        given=given,
        faults=faults,
        options=options,
        query=query,
        comparison=comparison,
        tables=_tables(comparison, context_of(request).locale) if comparison else [],
        coverage=_coverage(comparison) if comparison else {},
        shows=SHOW,
        layouts=LAYOUTS,
        sources=list(Source),
        bases=list(Basis),
        all_domains=list(Domain),
        axes=list(Axis),
        levels={axis: [value(axis, code) for code in LEVEL_CODES] for axis in Axis},
        missing_values=[value(Axis.COMMITMENT, code) for code in MISSING_CODES],
    )


def _lens(request: Request, query: Query) -> Redirect:
    """The page that reads the query through its crosswalk; it chooses items and domains by itself."""
    urls, locale = renderer_of(request).urls, context_of(request).locale
    whole = query.url(through="", framework="", items=(), domains=(), show="all", layout="by_domain")
    return Redirect(f"{urls.path('lens', locale, key=query.through)}?{whole}", status_code=303)


def _longer(given: str, short: str) -> bool:
    """Whether the query given has repeated or empty parameters that the short one does not."""
    names = [part.partition("=")[0] for part in given.split("&") if part]
    return (
        len(names) != len(set(names))
        or any(part.endswith("=") for part in given.split("&"))
        or ("find" in names and short != given)
    )


@dataclass(frozen=True, slots=True)
class MatrixTable:
    """One matrix of the page: all domains together, or one. `cells` by place, in the order of `columns`."""

    domain: Domain | None
    columns: tuple[Column, ...]
    rows: list[tuple[object, list[Markup]]]
    silent: bool


def _tables(comparison: Comparison, locale: str) -> list[MatrixTable]:
    together = comparison.query.layout == "together" and len(comparison.domains) > 1
    domains: list[Domain | None] = [None] if together else list(comparison.domains)
    return [_table(comparison, domain, locale) for domain in domains if comparison.columns]


def _table(comparison: Comparison, domain: Domain | None, locale: str) -> MatrixTable:
    columns = tuple(c for c in comparison.columns if domain is None or c[1] is domain)
    rows: list[tuple[object, list[Markup]]] = []
    silent = True
    for place in comparison.places:
        cells = [comparison.cell(place, column) for column in columns]
        silent = silent and not any(cell.voices for cell in cells)
        drawn = [matrix_cell(c, cell_path(comparison, c, locale), comparison.query.axes) for c in cells]
        rows.append((place, drawn))
    return MatrixTable(domain, columns, rows, silent)


def _coverage(comparison: Comparison) -> dict[str, dict[Axis, object]]:
    return {
        place.code: {axis: coverage(comparison, place, axis) for axis in Axis} for place in comparison.places
    }


@get("/{locale:str}/compare.csv", name="compare_csv", access=PUBLIC)
async def compare_csv(request: Request) -> Response[str]:
    """The long CSV of the same query."""
    query = parse(query_parameters(request))
    async with database_of(request).read() as db:
        comparison = await compare(db, query)
    settings = renderer_of(request).settings
    body = long_csv(comparison, settings.base_url, context_of(request).locale)
    name = f"adoption-{comparison.framework.key}-{comparison.at.dated.isoformat()}.csv"
    return Response(
        body,
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
