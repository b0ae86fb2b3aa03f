"""Reading crosswalks: the sets, their mappings, and the items that were found to have no counterpart."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import PUBLIC
from tracker.api.answers import ROOT, Listing, day, files_of, moment, public, text
from tracker.api.paging import paged
from tracker.crosswalk_files.formats import FORMATS
from tracker.crosswalks import queries as crosswalks
from tracker.crosswalks.queries import Checked, CrosswalkLine, MappingLine, StateLine
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.web.requests import query_parameters

Told = Mapping[str, Any]


@get(f"{ROOT}/crosswalks", name="api_crosswalks", access=PUBLIC)
async def crosswalks_list(request: Request) -> Response[bytes]:
    """The crosswalk sets, every version."""
    return await public(request, _crosswalks)


async def _crosswalks(db: AsyncSession, request: Request) -> Listing:
    page = paged(query_parameters(request), (str, str))
    found = sorted(await crosswalks.crosswalks(db), key=lambda c: (c.key, c.version))
    kept, cursor = page.within(found, lambda c: [c.key, c.version])
    return Listing([_line(c) for c in kept], cursor)


@get(f"{ROOT}/crosswalks/{{key:str}}", name="api_crosswalk", access=PUBLIC)
async def crosswalk(request: Request) -> Response[bytes]:
    """One set with its mappings."""
    return await public(request, _crosswalk)


async def _crosswalk(db: AsyncSession, request: Request) -> Told:
    found = await crosswalks.crosswalk(db, request.path_params["key"])
    if found is None:
        raise NotFound(_("There is no such crosswalk."))
    mapped = await crosswalks.mappings(db, found.id)
    name = f"{found.key}@{found.version}"
    files = files_of(request, "crosswalk_file", name, FORMATS)
    lone = await crosswalks.no_counterparts(db, found.id)
    told = {"mappings_list": [_mapping(m) for m in mapped], "no_counterparts_list": [_lone(s) for s in lone]}
    return _line(found) | told | files


def _line(c: CrosswalkLine) -> dict[str, Any]:
    return {
        "crosswalk": c.key,
        "crosswalk_version": c.version,
        "title": c.title,
        "state": c.state,
        "source": c.source_name,
        "source_title": c.source_title,
        "target": c.target_name,
        "target_title": c.target_title,
        "licence": text(c.licence),
        "comment": text(c.comment),
        "mappings": c.mappings,
        "reviewed": c.reviewed,
        "no_counterparts": c.states,
        "no_counterparts_reviewed": c.states_reviewed,
        "published_by": text(c.publisher),
        "published_at": moment(c.published_at) if c.published_at else "none",
        "superseded_at": moment(c.superseded_at) if c.superseded_at else "none",
    }


def _mapping(m: MappingLine) -> dict[str, Any]:
    return {
        "relation": m.relation.value,
        "sources": [side.key for side in m.sources],
        "targets": [side.key for side in m.targets],
        "domains": list(m.domains),
        "confidence": "unknown" if m.confidence is None else m.confidence,
        "strength": "unknown" if m.strength is None else m.strength,
    } | _checked(m)


def _lone(s: StateLine) -> dict[str, Any]:
    """An item that was looked at and has no counterpart, which is not the same as not looked at yet."""
    return {"side": s.side, "item": s.item.key} | _checked(s)


def _checked(c: Checked) -> dict[str, Any]:
    """Why, who says so, and who looked at it again. Names are as given for publication."""
    return {
        "rationale": text(c.rationale),
        "citation": text(c.citation),
        "justification": text(c.justification),
        "author": text(c.author, "unknown"),
        "authored_on": day(c.authored_on),
        "reviewed": c.reviewed,
        "reviewer": text(c.reviewer, "unknown" if c.reviewed else "none"),
        "reviewed_on": day(c.reviewed_on, "none"),
    }
