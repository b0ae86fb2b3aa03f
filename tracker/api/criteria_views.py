"""Reading what organisations have published of their own criteria, which are no part of any framework."""

from typing import Any

from litestar import Request, Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import PUBLIC
from tracker.api.answers import ROOT, Listing, day, moment, public, text
from tracker.api.paging import Page, paged
from tracker.api.reading import chosen_places
from tracker.compare.query import parse
from tracker.criteria import queries as criteria
from tracker.criteria.queries import Statement
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit import clock
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis
from tracker.web.requests import query_parameters


@get(f"{ROOT}/jurisdictions/{{code:str}}/criteria", name="api_criteria", access=PUBLIC)
async def criteria_list(request: Request) -> Response[bytes]:
    """What organisations publish of their own criteria for a jurisdiction: no part of any framework."""
    return await public(request, _criteria)


async def _criteria(db: AsyncSession, request: Request) -> Listing:
    given = query_parameters(request)
    page = paged(given, (int,), "as_of")
    as_of = parse({k: v for k, v in given.items() if k == "as_of"}).as_of or clock.now()
    place = await jurisdictions.by_code(db, request.path_params["code"])
    if place is None:
        raise NotFound(_("There is no jurisdiction with this code."))
    return _listed(await criteria.published(db, as_of, jurisdiction_id=place.id), page)


@get(f"{ROOT}/criteria", name="api_own_criteria", access=PUBLIC)
async def own_criteria_list(request: Request) -> Response[bytes]:
    """What organisations publish of their own criteria for any jurisdiction: no part of any framework."""
    return await public(request, _own_criteria)


async def _own_criteria(db: AsyncSession, request: Request) -> Listing:
    given = query_parameters(request)
    page = paged(given, (int,), "jurisdictions", "as_of")
    query = parse({name: given.get(name, "") for name in ("jurisdictions", "as_of")})
    places = await chosen_places(db, query)
    return _listed(await criteria.published_anywhere(db, query.as_of or clock.now(), places), page)


def _listed(found: list[Statement], page: Page) -> Listing:
    """In the order of publication."""
    kept, cursor = page.within(sorted(found, key=lambda s: s.id), lambda s: [s.id])
    return Listing([_statement(s) for s in kept], cursor)


def _statement(s: Statement) -> dict[str, Any]:
    """One that was withdrawn is told with its reason, and without what it said."""
    key, _at, version = s.framework.partition("@")
    gone = s.withdrawn_at is not None
    told: dict[str, Any] = {
        "uid": str(s.uid),
        "organisation": s.organisation_key,
        "organisation_name": s.organisation_name,
        "jurisdiction": s.jurisdiction_code,
        "jurisdiction_name": s.jurisdiction_name,
        "fictional": s.fictional,
        "framework": key,
        "framework_version": version,
        "item": s.item_key,
        "text": "withdrawn" if gone else s.text,
        "guidance": "withdrawn" if gone else text(s.guidance),
        "note": "withdrawn" if gone else text(s.note),
        "assessed_on": day(None if gone else s.assessed_on),
    }
    for axis in Axis:
        told[axis.value] = "withdrawn" if gone else s.on(axis).code
    return told | {
        "recorded_at": moment(s.recorded_at),
        "withdrawn_at": moment(s.withdrawn_at) if s.withdrawn_at else "none",
        "withdrawal_reason": text(s.withdrawal_reason),
    }
