"""Reading what was published as a whole: releases, snapshots, briefings, and where their files are."""

import asyncio
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import PUBLIC
from tracker.api.answers import ROOT, Listing, base_url, day, locale_of, moment, page_url, public, text
from tracker.api.paging import Page, paged
from tracker.briefings.twins.kinds import MEDIA_TYPES
from tracker.editions import queries as editions
from tracker.editions.content import FinalEdition
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.opendata import catalog, redaction_service
from tracker.opendata import queries as opendata
from tracker.opendata.package import media_type
from tracker.opendata.queries import Release
from tracker.opendata.store import Broken, ReleaseStore
from tracker.snapshots import list_queries as snapshot_lists
from tracker.snapshots import queries as snapshots
from tracker.snapshots.citations import reference, titled
from tracker.snapshots.files import kinds_of
from tracker.web.render import renderer_of
from tracker.web.requests import database_of, query_parameters, settings_of

Told = Mapping[str, Any]


@get(f"{ROOT}/releases", name="api_releases", access=PUBLIC)
async def releases_list(request: Request) -> Response[bytes]:
    """The releases of open data, the newest first."""
    return await public(request, _releases)


async def _releases(db: AsyncSession, request: Request) -> Listing:
    page = paged(query_parameters(request), (int,))
    found = [r for r in await opendata.releases(db) if page.after is None or r.number < page.after[0]]
    kept, cursor = page.of(found, lambda r: [r.number])
    return Listing([_release_line(r, request) for r in kept], cursor)


def _release_line(r: Release, request: Request) -> dict[str, Any]:
    return {
        "release": r.number,
        "published_at": moment(r.recorded_at),
        "on": day(r.on_day),
        "as_of": moment(r.as_of),
        "rows": r.row_count,
        "licence": r.licence,
        "note": text(r.note),
        "forced": text(r.forced),
        "redacted_at": moment(r.rewritten) if r.rewritten else "none",
        "url": page_url(request, "data_short", version=r.number),
    }


@get(f"{ROOT}/releases/{{number:int}}", name="api_release", access=PUBLIC)
async def release(request: Request) -> Response[bytes]:
    """One release with its files and their hashes."""
    database = database_of(request)
    async with database.read() as db:
        found = await opendata.release(db, request.path_params["number"])
    if found is None:
        raise NotFound(_("There is no release with this number."))
    await redaction_service.reach(database, settings_of(request), found)
    return await public(request, _release)


async def _release(db: AsyncSession, request: Request) -> Told:
    (found,) = await opendata.releases(db, request.path_params["number"])
    settings = settings_of(request)
    try:
        files = await asyncio.to_thread(ReleaseStore(settings.data_dir).listed, found.number)
    except Broken:
        raise NotFound(
            _("The files of this release are not on this machine. Ask whoever runs the service.")
        ) from None
    told = catalog.Told(settings.base_url, settings.service_name, locale_of(request), [found])
    return _release_line(found, request) | {
        "cite_as": catalog.citation(told, found),
        "files": [
            _file(
                f.name,
                page_url(request, "data_file", version=found.number, file=f.name),
                media_type(f.name),
                f.size,
                f.sha256,
            )
            for f in files
        ],
    }


def _file(name: str, url: str, media: str, size: int, sha256: str) -> dict[str, Any]:
    plain = media.partition(";")[0]
    return {"name": name, "url": url, "media_type": plain, "size": size, "sha256": sha256}


@get(f"{ROOT}/snapshots", name="api_snapshots", access=PUBLIC)
async def snapshots_list(request: Request) -> Response[bytes]:
    """The snapshots that stand in the public list, the newest first."""
    return await public(request, _snapshots)


async def _snapshots(db: AsyncSession, request: Request) -> Listing:
    page = paged(query_parameters(request), (str,))
    found = await snapshot_lists.listed_after(db, page.after[0] if page.after else None, page.limit + 1)
    kept, cursor = page.of(found, lambda f: [f.id])
    return Listing([_snapshot_line(f, request) for f in kept], cursor)


def _snapshot_line(f: snapshot_lists.Frozen, request: Request) -> dict[str, Any]:
    h = f.headline
    return {
        "snapshot": f.id,
        "sha256": f.sha256,
        "frozen_at": moment(f.frozen_at),
        "title": titled(h.query, h.framework, h.version, h.places),
        "query": h.query.parameters(),
        "on": day(f.on),
        "as_of": moment(f.as_of),
        "framework": h.query.framework,
        "cells": h.cells,
        "url": page_url(request, "snapshot", snapshot=f.id),
    }


@get(f"{ROOT}/snapshots/{{snapshot:str}}", name="api_snapshot", access=PUBLIC)
async def snapshot(request: Request) -> Response[bytes]:
    """One snapshot: what it froze, whether it stands, and its files."""
    return await public(request, _snapshot)


async def _snapshot(db: AsyncSession, request: Request) -> Told:
    found = await snapshots.snapshot(db, request.path_params["snapshot"])
    settings, comparison = settings_of(request), found.comparison
    cited = reference(
        found, service=settings.service_name, base_url=settings.base_url, locale=locale_of(request)
    )
    return {
        "snapshot": found.id,
        "sha256": found.sha256,
        "frozen_at": moment(found.frozen_at),
        "title": cited.title,
        "query": comparison.query.parameters(),
        "on": day(comparison.at.on),
        "as_of": moment(comparison.at.as_of),
        "framework": comparison.framework.name,
        "cells": len(comparison.cells),
        "stands": found.stands,
        "cite_as": cited.text(),
        "url": cited.url,
        "files": [
            {
                "name": f"snapshot-{found.id}.{ending}",
                "url": page_url(request, "snapshot", snapshot=f"{found.id}.{ending}"),
                "media_type": kind.media_type.partition(";")[0],
            }
            for ending, kind in kinds_of(comparison).items()
        ],
    }


@get(f"{ROOT}/briefings", name="api_briefings", access=PUBLIC)
async def briefings_list(request: Request) -> Response[bytes]:
    """The final editions of briefings, the newest first."""
    return await public(request, _briefings)


async def _briefings(db: AsyncSession, request: Request) -> Listing:
    page = paged(query_parameters(request), (str, str))
    kept, cursor = _after(page, await editions.final_editions(db))
    return Listing([_edition_line(e, request) for e in kept], cursor)


def _after(page: Page, found: list[FinalEdition]) -> Any:
    """The page's part of a list that is sorted by day, and on one day as it was published."""
    places = [[e.published_at.isoformat(), str(e.uid)] for e in found]
    begin = places.index(page.after) + 1 if page.after in places else 0
    return page.of(found[begin:], lambda e: [e.published_at.isoformat(), str(e.uid)])


def _edition_line(e: FinalEdition, request: Request) -> dict[str, Any]:
    return {
        "briefing": e.briefing,
        "edition": e.number,
        "uid": str(e.uid),
        "question": e.question,
        "organisation": e.organisation_key,
        "organisation_name": e.organisation,
        "organisation_fictional": e.fictional,
        "language": e.locale,
        "snapshot": e.snapshot_id,
        "published_at": moment(e.published_at),
        "superseded": e.superseded,
        "url": editions.final_url(base_url(request), e.locale, e.briefing, e.number),
    }


@get(f"{ROOT}/briefings/{{briefing:str}}/{{edition:int}}", name="api_briefing", access=PUBLIC)
async def briefing(request: Request) -> Response[bytes]:
    """One final edition with its files and their hashes."""
    return await public(request, _briefing)


async def _briefing(db: AsyncSession, request: Request) -> Told:
    given = request.path_params
    finals = await editions.finals_of(db, given["briefing"])
    kept = next((f for f in finals if f.number == given["edition"]), None)
    if kept is None:
        raise NotFound(_("This briefing has no final edition of this number."))
    told = await editions.final_editions(db, briefing=kept.briefing_id)
    (found,) = [e for e in told if e.number == kept.number]
    files = await editions.final_files(db, kept.id)
    urls, locale = renderer_of(request).urls, found.locale
    return _edition_line(found, request) | {
        "files": [
            _file(
                f"briefing-{found.briefing}-{found.number}.{f.kind}",
                base_url(request)
                + urls.path("final_file", locale, briefing=found.briefing, edition=found.number, kind=f.kind),
                MEDIA_TYPES[f.kind],
                len(f.body),
                f.sha256,
            )
            for f in files
        ],
    }
