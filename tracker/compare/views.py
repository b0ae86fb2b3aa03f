"""The compare page, and the files of the same query."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from litestar import Request, Response, get
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import PUBLIC
from tracker.access.permissions import GRANTS, Permission
from tracker.compare import saved_service
from tracker.compare.asked import asked, item_labels
from tracker.compare.comparison import Comparison
from tracker.compare.files import long_csv
from tracker.compare.json_file import comparison_json
from tracker.compare.offered import Options, OwnSets, options, shorter
from tracker.compare.one_column import around
from tracker.compare.queries import compare
from tracker.compare.query import MOST_FROZEN, MOST_JURISDICTIONS, SHOW, Query, parse, what_can_be_read
from tracker.compare.reading import reading
from tracker.compare.tables import tables
from tracker.compare.workbook import XLSX, comparison_xlsx
from tracker.crosswalks import through_files, through_page
from tracker.crosswalks.lens_queries import reading_of
from tracker.crosswalks.stated_queries import stated, unknown
from tracker.db.session import Bound
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import LEVEL_CODES, MISSING_CODES, Axis, Basis, Principle, Source, value
from tracker.packed.overview import overview
from tracker.web.render import context_of, page, renderer_of
from tracker.web.requests import database_of, query_parameters


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


@get("/{locale:str}/compare", name="compare", access=PUBLIC)
async def compare_page(request: Request) -> Response[str] | Redirect:
    """Any jurisdictions by any items; the whole state is in the URL."""
    given = query_parameters(request)
    faults, query, comparison, found = {}, Query(), None, None
    own = await _own_sets(request)
    async with database_of(request).read() as db:
        try:
            query = await _with_peers(db, parse(given), given.get("peers", ""), own)
            if query.jurisdictions and query.through:
                found = await reading_of(db, query)
            elif query.jurisdictions:
                comparison = await (compare if query.principle else overview)(db, query)
        except Invalid as invalid:
            query = what_can_be_read(given) if query == Query() else query
            faults = await _all_faults(db, query, given.get("peers", ""), own) | invalid.faults
        offered = await options(db, given, query, own)
    if not faults and not offered.searched and shorter(request.url.query, query.url()):
        # Checkboxes repeat their name; the address that people share is the short one.
        path = renderer_of(request).urls.path("compare", context_of(request).locale)
        return Redirect(f"{path}?{query.url()}", status_code=303)
    form = _form(given, faults, query, offered)
    locale = context_of(request).locale
    if found:  # over the items of the crosswalk's target: what follows, and nothing that was reported
        parts = list(through_page.parts(found, locale))
        return page(
            request, "compare/through.html", found=found, parts=parts, signs=through_page.signs(), **form
        )
    return page(
        request,
        "compare/compare.html",
        status=422 if faults else 200,
        comparison=comparison,
        asked=asked(query, item_labels(comparison.framework.items)) if comparison else (),
        address=_address(request, comparison) if comparison else "",
        most_frozen=MOST_FROZEN,
        one=around(query, comparison.framework) if comparison else query,
        tables=tables(comparison, locale) if comparison else [],
        reading=reading(comparison, locale) if comparison else None,
        levels={axis: [value(axis, code) for code in LEVEL_CODES] for axis in Axis},
        missing_values=[value(Axis.COMMITMENT, code) for code in MISSING_CODES],
        **form,
    )


def _address(request: Request, comparison: Comparison) -> str:
    """Where what is printed can be read again: with both dates and the framework's version."""
    renderer = renderer_of(request)
    path = renderer.urls.path("compare", context_of(request).locale)
    return f"{renderer.settings.base_url}{path}?{comparison.dated.url()}"


def _form(given: dict[str, str], faults: dict[str, str], query: Query, offered: Options) -> dict[str, Any]:
    """What the form of the page needs."""
    return {
        "given": given,
        "faults": faults,
        "query": query,
        "options": offered,
        "shows": SHOW,
        "sources": list(Source),
        "bases": list(Basis),
        "principles": list(Principle),
        "axes": list(Axis),
    }


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


async def _all_faults(db: AsyncSession, query: Query, peers: str, own: list[OwnSets]) -> dict[str, str]:
    """What else can't be taken of a comparison that is refused, so that it is all told in one round."""
    faults = await unknown(db, query)
    try:
        await _with_peers(db, query, peers, own)
    except Invalid as invalid:
        faults |= invalid.faults
    return faults


@get("/{locale:str}/compare.csv", name="compare_csv", access=PUBLIC)
async def compare_csv(request: Request) -> Response[bytes]:
    """The long CSV of the same query."""
    return await _file(request, "csv")


@get("/{locale:str}/compare.json", name="compare_json", access=PUBLIC)
async def compare_json(request: Request) -> Response[bytes]:
    """The rows of the CSV as canonical JSON."""
    return await _file(request, "json")


@get("/{locale:str}/compare.xlsx", name="compare_xlsx", access=PUBLIC)
async def compare_xlsx(request: Request) -> Response[bytes]:
    """The rows of the CSV as a workbook."""
    return await _file(request, "xlsx")


async def _file(request: Request, kind: str) -> Response[bytes]:
    """The query's file: of what was reported, or with `through` of what follows."""
    base_url, locale = renderer_of(request).settings.base_url, context_of(request).locale
    async with database_of(request).read() as db:
        query = await stated(db, query_parameters(request))
        if not query.jurisdictions:
            raise Invalid({"jurisdictions": _("Choose at least one jurisdiction.")})
        if query.through:
            found = await reading_of(db, replace(query, axis="both"))
            comparison, of = found.comparison, through_files.name_of(found)
        else:
            found, comparison = None, await compare(db, query)
            of = comparison.framework.key
    if found:
        body = await asyncio.to_thread(through_files.write, found, query, kind, base_url, locale)
    else:
        body = await asyncio.to_thread(_WRITERS[kind], comparison, base_url, locale)
    name = f"adoption-{of}-{comparison.at.dated.isoformat()}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=_MEDIA_TYPES[kind], headers=headers)


_MEDIA_TYPES = {
    "csv": "text/csv",  # its charset is added to a text
    "json": "application/json; charset=utf-8",
    "xlsx": XLSX,
}
_WRITERS: dict[str, Callable[[Comparison, str, str], bytes]] = {
    "csv": lambda comparison, base_url, locale: long_csv(comparison, base_url, locale).encode(),
    "json": comparison_json,
    "xlsx": comparison_xlsx,
}
