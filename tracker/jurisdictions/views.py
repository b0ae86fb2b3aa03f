"""The list of jurisdictions, and the profile of one."""

from dataclasses import replace

from litestar import Request, Response, get
from litestar.params import FromPath

from tracker.access.guard import PUBLIC
from tracker.compare.aspects import aspects_told
from tracker.compare.cells import matrix_cell
from tracker.compare.changes import changes
from tracker.compare.comparison import coverage
from tracker.compare.files import cell_link
from tracker.compare.principles import told
from tracker.compare.queries import compare
from tracker.compare.query import DEFAULT_FRAMEWORK, Query, parse
from tracker.criteria import queries as criteria
from tracker.entries.version_queries import version_read
from tracker.frameworks import queries as frameworks
from tracker.jurisdictions import queries
from tracker.kit import clock
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.forms import not_among
from tracker.kit.i18n import format_date
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, JurisdictionKind
from tracker.organisations.queries import nearest_stewards, speakers
from tracker.web.render import context_of, page
from tracker.web.requests import database_of, query_parameters

LONGEST_LIST = 300


@get("/{locale:str}/jurisdictions", name="jurisdictions", access=PUBLIC)
async def jurisdictions_list(request: Request) -> Response[str]:
    """Countries, or what a search finds; a jurisdiction without data stays in the list."""
    text = request.query_params.get("q", "").strip()[:100]
    given = {name: request.query_params.get(name, "") for name in ("data", "kind")}
    takes = {"data": ("yes",), "kind": tuple(k.value for k in JurisdictionKind)}
    # Passed over, they would give a list that looks as if it were narrowed.
    faults = {n: not_among(v, takes[n]) for n, v in given.items() if v and v not in takes[n]}
    only, kind = given["data"] == "yes", "" if "kind" in faults else given["kind"]
    found = []
    if not faults:
        async with database_of(request).read() as db:
            found = await queries.listed(db, text=text, kind=kind, only_with_data=only, limit=LONGEST_LIST)
    return page(
        request,
        "jurisdictions/list.html",
        status=422 if faults else 200,
        faults=faults,
        found=found,
        text=text,
        only=only,
        kind=kind,
        kinds=list(JurisdictionKind),
        full=len(found) == LONGEST_LIST,
    )


@get("/{locale:str}/jurisdictions/{code:str}", name="jurisdiction", access=PUBLIC)
async def profile(request: Request, code: FromPath[str]) -> Response[str]:
    """What is recorded of a jurisdiction, by item and domain, and who may speak of it."""
    given = query_parameters(request) | {"jurisdictions": code}
    faults: dict[str, str] = {}
    try:
        query = parse(given)
    except Invalid as invalid:
        faults, query = invalid.faults, Query(jurisdictions=(code,))
    async with database_of(request).read() as db:
        place = await queries.by_code(db, code)
        if place is None:
            raise NotFound(_("There is no jurisdiction with this code."))
        comparison = await compare(db, query)
        own = await criteria.published(db, query.as_of or clock.now(), jurisdiction_id=place.id)
        versions = await frameworks.versions(db, comparison.framework.key)
        above = await queries.above(db, place)
        below = await queries.below(db, place)
        stewards = await nearest_stewards(db, place.id, clock.today())
        speaking = await speakers(db, place.id)
    locale = context_of(request).locale
    grid = [
        (
            item,
            {
                domain: matrix_cell(
                    comparison.cell(place, (item, domain)),
                    cell_link(comparison, comparison.cell(place, (item, domain)), locale),
                    query.axes,
                )
                for domain in item.domains
                if (place.id, item.id, domain) in comparison.cells
            },
        )
        for item in comparison.items
    ]
    return page(
        request,
        "jurisdictions/profile.html",
        status=422 if faults else 200,
        faults=faults,
        given=given,
        place=place,
        above=above,
        below=below,
        stewards=stewards,
        speaking=speaking,
        comparison=comparison,
        versions=versions,
        grid=grid,
        principles=told(comparison.rows()),
        own_criteria_published=own,
        coverage={axis: coverage(comparison, place, axis) for axis in Axis},
    )


@get("/{locale:str}/jurisdictions/{code:str}/changes", name="changes", access=PUBLIC)
async def changes_page(request: Request, code: FromPath[str]) -> Response[str]:
    """What reads differently between two days, each by what was published until then."""
    given = query_parameters(request)
    faults: dict[str, str] = {}
    moments = [_moment(given, name, code, faults) for name in ("from", "to")]
    changed = None
    async with database_of(request).read() as db:
        place = await queries.by_code(db, code)
        if place is None:
            raise NotFound(_("There is no jurisdiction with this code."))
        before, after = moments
        named = await version_read(
            db, given.get("framework") or DEFAULT_FRAMEWORK, [code], after.as_of if after else None
        )
        framework = await frameworks.framework(db, named)
        if framework is None:
            raise NotFound(_("There is no such framework."))
        if before and after and before.on and after.on and before.on > after.on:
            told = _("It must not be later than %(day)s, which is asked for below.")
            faults["from"] = told % {"day": format_date(after.on)}
        if before and after and not faults:
            was, now = (replace(m, framework=framework.name) for m in (before, after))
            changed = changes(await compare(db, was), await compare(db, now))
    return page(
        request,
        "jurisdictions/changes.html",
        status=422 if faults else 200,
        place=place,
        framework=framework,
        given=given,
        faults=faults,
        changed=[(c, aspects_told(c)) for c in changed] if changed is not None else None,
        days=[m.on if m else None for m in moments],
    )


def _moment(given: dict[str, str], name: str, code: str, faults: dict[str, str]) -> Query | None:
    """The comparison of one day: on that day, by what was published until then. Notes what is wrong with the day."""
    day = given.get(name, "")
    if not day:
        return None
    try:
        return parse(
            {"jurisdictions": code, "framework": given.get("framework", ""), "on": day[:10], "as_of": day}
        )
    except Invalid as invalid:
        faults[name] = next(iter(reversed(invalid.faults.values())))
        return None
