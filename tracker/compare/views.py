"""The compare page, and the files of the same query."""

import asyncio
from dataclasses import dataclass, replace

from litestar import Request, Response, get
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import PUBLIC
from tracker.access.permissions import GRANTS, Permission
from tracker.compare import saved_service
from tracker.compare.comparison import Comparison
from tracker.compare.files import long_csv
from tracker.compare.json_file import comparison_json
from tracker.compare.queries import compare
from tracker.compare.query import DEFAULT_FRAMEWORK, LAYOUTS, MOST_JURISDICTIONS, SHOW, Query, parse
from tracker.compare.reading import reading
from tracker.compare.saved_service import Saved
from tracker.compare.tables import tables
from tracker.compare.workbook import XLSX, comparison_xlsx
from tracker.crosswalks import queries as crosswalks
from tracker.crosswalks import through
from tracker.crosswalks.lens_queries import reading_of
from tracker.crosswalks.queries import CrosswalkLine
from tracker.crosswalks.reading import Reading
from tracker.db.session import Bound
from tracker.frameworks import queries as frameworks
from tracker.frameworks.queries import Framework
from tracker.jurisdictions import queries as jurisdictions
from tracker.jurisdictions.queries import Listed
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import LEVEL_CODES, MISSING_CODES, Axis, Basis, Domain, Principle, Source, value
from tracker.packed.overview import overview
from tracker.web.render import context_of, page, renderer_of
from tracker.web.requests import database_of, query_parameters


@dataclass(frozen=True, slots=True)
class OwnSets:
    """The saved sets of an organisation that the reader is a member of."""

    organisation: str
    name: str
    may_save: bool
    sets: list[Saved]


@dataclass(frozen=True, slots=True)
class Options:
    """What the form of the compare page offers."""

    framework: Framework | None
    frameworks: list[frameworks.FrameworkLine]
    crosswalks: list[CrosswalkLine]
    with_data: list[Listed]
    found: list[Listed]
    searched: str
    peers: tuple[jurisdictions.PeerGroup, ...]
    own: list[OwnSets]


async def _own_sets(request: Request) -> list[OwnSets]:
    """Each read by a session bound to that organisation: nobody's where nobody is signed in."""
    actor, found = context_of(request).actor, []
    if actor is None:
        return []
    for m in actor.memberships:
        async with database_of(request).read(Bound(m.organisation_id, actor.user_id)) as db:
            sets = await saved_service.sets(db)
        may_save = Permission.WRITE_DRAFTS in GRANTS[m.role]
        found.append(OwnSets(m.organisation_key, m.organisation_name, may_save, sets))
    return found


async def _options(db: AsyncSession, given: dict[str, str], own: list[OwnSets]) -> Options:
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
        peers=await jurisdictions.peer_groups(db),
        own=own,
    )


@get("/{locale:str}/compare", name="compare", access=PUBLIC)
async def compare_page(request: Request) -> Response[str] | Redirect:
    """Any jurisdictions by any items; the whole state is in the URL."""
    given = query_parameters(request)
    comparison, faults, query = None, {}, Query()
    own = await _own_sets(request)
    async with database_of(request).read() as db:
        options = await _options(db, given, own)
        try:
            query = await _with_peers(db, parse(given), given.get("peers", ""), own)
            if query.through and query.jurisdictions:
                return _inferred(request, query, await reading_of(db, query))
            if query.through:
                return _lens(request, query)
            if query.jurisdictions:
                read = compare if query.principle else overview
                comparison = await read(db, query)
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
        tables=tables(comparison, context_of(request).locale) if comparison else [],
        reading=reading(comparison, context_of(request).locale) if comparison else None,
        shows=SHOW,
        layouts=LAYOUTS,
        sources=list(Source),
        bases=list(Basis),
        principles=list(Principle),
        all_domains=list(Domain),
        axes=list(Axis),
        levels={axis: [value(axis, code) for code in LEVEL_CODES] for axis in Axis},
        missing_values=[value(Axis.COMMITMENT, code) for code in MISSING_CODES],
    )


async def _with_peers(db: AsyncSession, query: Query, key: str, own: list[OwnSets]) -> Query:
    """The query with a set of peers, or one of the reader's own, among its jurisdictions. Raises Invalid where there is no such set."""
    if not key:
        return query
    saved = [s for o in own for s in o.sets if s.key == key]
    codes = list(saved[0].codes) if saved else await jurisdictions.peers(db, key)
    if not codes:
        raise Invalid({"peers": _("There is no group “%(key)s”.") % {"key": key[:60]}})
    whole = tuple(dict.fromkeys((*query.jurisdictions, *codes)))
    if len(whole) > MOST_JURISDICTIONS:
        raise Invalid({"peers": _("With it there would be more than can be compared at once.")})
    return replace(query, jurisdictions=whole)


def _inferred(request: Request, query: Query, found: Reading) -> Response[str]:
    """The comparison over the items of the crosswalk's target: what follows, and nothing that was reported."""
    locale = context_of(request).locale
    columns, rows = through.matrix(found, locale)
    return page(request, "compare/through.html", query=query, found=found, columns=columns, rows=rows)


def _lens(request: Request, query: Query) -> Redirect:
    """The lens page, which offers the jurisdictions to choose from."""
    urls, locale = renderer_of(request).urls, context_of(request).locale
    whole = query.url(through="", framework="", items=(), domains=(), show="all", layout=(), principle=None)
    return Redirect(f"{urls.path('lens', locale, key=query.through)}?{whole}", status_code=303)


def _longer(given: str, short: str) -> bool:
    """Whether the query given has repeated or empty parameters that the short one does not."""
    names = [part.partition("=")[0] for part in given.split("&") if part]
    return (
        len(names) != len(set(names))
        or any(part.endswith("=") for part in given.split("&"))
        or (bool({"find", "peers"} & set(names)) and short != given)
    )


@get("/{locale:str}/compare.csv", name="compare_csv", access=PUBLIC)
async def compare_csv(request: Request) -> Response[str]:
    """The long CSV of the same query."""
    query = parse(query_parameters(request))
    base_url, locale = renderer_of(request).settings.base_url, context_of(request).locale
    async with database_of(request).read() as db:
        if query.through:
            found = await reading_of(db, replace(query, axis="both"))
            comparison, body = found.comparison, through.long_csv(found, base_url, locale)
            of = f"{found.target.key}-through-{found.crosswalk.key}"
        else:
            comparison = await compare(db, query)
            of, body = comparison.framework.key, long_csv(comparison, base_url, locale)
    return Response(body, media_type="text/csv", headers=_named(of, comparison, "csv"))


def _named(of: str, comparison: Comparison, extension: str) -> dict[str, str]:
    """The header that names a file."""
    name = f"adoption-{of}-{comparison.at.dated.isoformat()}.{extension}"
    return {"content-disposition": f'attachment; filename="{name}"'}


@get("/{locale:str}/compare.json", name="compare_json", access=PUBLIC)
async def compare_json(request: Request) -> Response[bytes]:
    """The rows of the CSV as canonical JSON."""
    query = parse(query_parameters(request))
    async with database_of(request).read() as db:
        comparison = await compare(db, query)
    body = comparison_json(comparison, renderer_of(request).settings.base_url, context_of(request).locale)
    return Response(
        body,
        media_type="application/json; charset=utf-8",
        headers=_named(comparison.framework.key, comparison, "json"),
    )


@get("/{locale:str}/compare.xlsx", name="compare_xlsx", access=PUBLIC)
async def compare_xlsx(request: Request) -> Response[bytes]:
    """The rows of the CSV as a workbook."""
    query = parse(query_parameters(request))
    async with database_of(request).read() as db:
        comparison = await compare(db, query)
    base_url, locale = renderer_of(request).settings.base_url, context_of(request).locale
    body = await asyncio.to_thread(comparison_xlsx, comparison, base_url, locale)
    return Response(body, media_type=XLSX, headers=_named(comparison.framework.key, comparison, "xlsx"))
