"""Reading the public record: jurisdictions, frameworks, organisations, corrections, comparisons."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from litestar import Request, Response, get
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.guard import PUBLIC
from tracker.api import queries, shapes
from tracker.api.answers import ROOT, Listing, base_url, day, files_of, locale_of, moment, public, text
from tracker.api.paging import paged
from tracker.compare.queries import compare
from tracker.corrections import queries as corrections
from tracker.corrections.models import PublishedReport
from tracker.crosswalks import through
from tracker.crosswalks.lens_queries import reading_of
from tracker.crosswalks.stated_queries import stated
from tracker.frameworks import files as framework_files
from tracker.frameworks import queries as frameworks
from tracker.jurisdictions import queries as tree
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.forms import not_among
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import JurisdictionKind
from tracker.web.requests import query_parameters

Told = Mapping[str, Any]


@get(f"{ROOT}/jurisdictions", name="api_jurisdictions", access=PUBLIC)
async def jurisdictions_list(request: Request) -> Response[bytes]:
    """The jurisdictions by code."""
    return await public(request, _jurisdictions)


async def _jurisdictions(db: AsyncSession, request: Request) -> Listing:
    given = query_parameters(request)
    names = ("kind", "parent", "region", "q", "data")
    page = paged(given, (str,), *names)
    kind = given.get("kind", "")
    if kind and kind not in tuple(JurisdictionKind):
        allowed = ", ".join(JurisdictionKind)
        raise Invalid({"kind": _("It can be %(allowed)s.") % {"allowed": allowed}})
    if given.get("data", "") not in ("", "yes"):  # passed over, it would give every jurisdiction there is
        raise Invalid({"data": _("It can be %(allowed)s.") % {"allowed": "yes"}})
    faults = {}
    parent, region = given.get("parent", ""), given.get("region", "")
    if parent and (strange := await tree.unknown(db, [parent])):
        faults["parent"] = strange
    if region and region not in (known := await tree.regions(db)):
        faults["region"] = not_among(region, known)
    if faults:
        raise Invalid(faults)
    found = await queries.places(
        db,
        after=page.after[0] if page.after else None,
        limit=page.limit + 1,
        kind=kind,
        parent=parent,
        region=region,
        text=given.get("q", "").strip()[:100],
        with_data=given.get("data") == "yes",
    )
    kept, cursor = page.of(found, lambda p: [p.code])
    return Listing([place(p, request) for p in kept], cursor)


def place(p: queries.PlaceLine, request: Request) -> dict[str, Any]:
    """A jurisdiction; `url` is its page."""
    return {
        "jurisdiction": p.code,
        "jurisdiction_name": p.name,
        "kind": p.kind.value,
        "parent": text(p.parent),
        "region": text(p.region),
        "subregion": text(p.subregion),
        "un_member": p.un_member,
        "income_group": text(p.income_group, "unknown"),
        "fictional": p.fictional,
        "cells": p.cells,
        "url": f"{base_url(request)}/{locale_of(request)}/jurisdictions/{p.code}",
    }


@get(f"{ROOT}/jurisdictions/{{code:str}}", name="api_jurisdiction", access=PUBLIC)
async def jurisdiction(request: Request) -> Response[bytes]:
    """One jurisdiction."""
    return await public(request, _jurisdiction)


async def _jurisdiction(db: AsyncSession, request: Request) -> Told:
    found = await queries.places(db, code=request.path_params["code"])
    if not found:
        raise NotFound(_("There is no jurisdiction with this code."))
    return place(found[0], request)


@get(f"{ROOT}/frameworks", name="api_frameworks", access=PUBLIC)
async def frameworks_list(request: Request) -> Response[bytes]:
    """Every version of every framework."""
    return await public(request, _frameworks)


async def _frameworks(db: AsyncSession, request: Request) -> Listing:
    page = paged(query_parameters(request), (str, str))
    found = sorted(await frameworks.frameworks(db), key=lambda f: (f.key, f.version))
    kept, cursor = page.within(found, lambda f: [f.key, f.version])
    return Listing([shapes.framework_line(f) for f in kept], cursor)


@get(f"{ROOT}/frameworks/{{key:str}}", name="api_framework", access=PUBLIC)
async def framework(request: Request) -> Response[bytes]:
    """One version with its items: key@version, or the newest of a bare key."""
    return await public(request, _framework)


async def _framework(db: AsyncSession, request: Request) -> Told:
    found = await frameworks.framework(db, request.path_params["key"])
    if found is None:
        raise NotFound(_("There is no such framework."))
    return shapes.framework(found) | files_of(request, "framework_file", found.name, framework_files.EXPORTS)


@get(f"{ROOT}/organisations", name="api_organisations", access=PUBLIC)
async def organisations_list(request: Request) -> Response[bytes]:
    """The organisations by key: what is public of them."""
    return await public(request, _organisations)


async def _organisations(db: AsyncSession, request: Request) -> Listing:
    page = paged(query_parameters(request), (str,))
    after = page.after[0] if page.after else None
    kept, cursor = page.of(
        await queries.organisations(db, after=after, limit=page.limit + 1), lambda o: [o.key]
    )
    return Listing([_body(o) for o in kept], cursor)


def _body(o: queries.Body) -> dict[str, Any]:
    return {
        "organisation": o.key,
        "organisation_name": o.name,
        "kind": o.kind,
        "website": shapes.link(o.website),
        "contact": o.contact or "none",
        "fictional": o.fictional,
        "revisions": o.revisions,
        "mandates": [
            {
                "jurisdiction": m.jurisdiction,
                "kind": m.kind,
                "valid_from": day(m.valid_from),
                "valid_to": day(m.valid_to, "open"),
            }
            for m in o.mandates
        ],
    }


@get(f"{ROOT}/organisations/{{key:str}}", name="api_organisation", access=PUBLIC)
async def organisation(request: Request) -> Response[bytes]:
    """One organisation."""
    return await public(request, _organisation)


async def _organisation(db: AsyncSession, request: Request) -> Told:
    found = await queries.organisations(db, key=request.path_params["key"])
    if not found:
        raise NotFound(_("There is no such organisation."))
    return _body(found[0])


@get(f"{ROOT}/corrections", name="api_corrections", access=PUBLIC)
async def corrections_list(request: Request) -> Response[bytes]:
    """The reports of mistakes, newest first."""
    return await public(request, _corrections)


async def _corrections(db: AsyncSession, request: Request) -> Listing:
    page = paged(query_parameters(request), (int,))
    before = [col(PublishedReport.number) < page.after[0]] if page.after else []
    found = await corrections.reports(db, *before, limit=page.limit + 1)
    kept, cursor = page.of(found, lambda r: [r.number])
    return Listing([shapes.correction(r) for r in kept], cursor)


@get(f"{ROOT}/corrections/{{number:int}}", name="api_correction", access=PUBLIC)
async def correction(request: Request) -> Response[bytes]:
    """One report."""
    return await public(request, _correction)


async def _correction(db: AsyncSession, request: Request) -> Told:
    number = request.path_params["number"]
    found = await corrections.report(db, number) if 0 < number < 2**31 else None
    if found is None:
        raise NotFound(_("There is no report with this number."))
    return shapes.correction(found)


@get(f"{ROOT}/compare", name="api_compare", access=PUBLIC)
async def compare_rows(request: Request) -> Response[bytes]:
    """The rows of the long CSV of a comparison."""
    return await public(request, _compare)


async def _compare(db: AsyncSession, request: Request) -> Told:
    query = await stated(db, query_parameters(request))
    if not query.jurisdictions:
        raise Invalid({"jurisdictions": _("Name at least one jurisdiction.")})
    found = await reading_of(db, replace(query, axis="both")) if query.through else None
    comparison = found.comparison if found else await compare(db, query)
    rows = (
        shapes.rows(through.long_rows(found, base_url(request), locale_of(request)))
        if found
        else shapes.compared(comparison, base_url(request), locale_of(request))
    )
    at = comparison.at
    meta = {
        "query": query.parameters(),
        "on": day(at.on),
        "as_of": moment(at.as_of),
        "dated": day(at.dated),
        "framework": found.target.name if found else comparison.framework.name,
        "through": f"{found.crosswalk.key}@{found.crosswalk.version}" if found else "none",
        "cells_filtered_out": comparison.filtered,
    }
    return {"meta": meta, "data": list(rows)}
