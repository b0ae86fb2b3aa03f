"""What the handlers of editions load first."""

import asyncio
from dataclasses import replace
from uuid import UUID

from litestar import Request

from tracker.editions import draft_queries
from tracker.editions.assembly import Desk, Gathered, gathered
from tracker.editions.carrying import Earlier, before_this
from tracker.editions.draft_queries import Own
from tracker.editions.notes import Notes
from tracker.editions.suggested import suggestions
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.web.requests import bound_of, database_of, organisation_of, settings_of

OWN = "/{locale:str}/o/{organisation:str}/briefings"
EDITION = OWN + "/{briefing_id:uuid}/{edition:int}"


def desk_of(request: Request) -> Desk:
    settings = settings_of(request)
    return Desk(settings.base_url, settings.service_name, settings.data_licence)


async def own_edition(request: Request, briefing_id: UUID, number: int) -> Own:
    """The organisation's edition. Raises NotFound."""
    async with database_of(request).read(bound_of(request)) as db:
        found = await draft_queries.own(db, briefing_id, number)
    if found is None:
        raise NotFound(_("There is no such edition."))
    return found


async def own_gathered(request: Request, found: Own, *, snapshot_id: str = "") -> Gathered:
    """All that the edition is composed of; of another snapshot, where one is named. Raises Invalid where it can't be."""
    organisation = organisation_of(request).organisation_name
    desk = desk_of(request)
    async with database_of(request).read(bound_of(request)) as db:
        told = await draft_queries.told_of(db, found, organisation, desk.base_url)
        return await gathered(db, replace(told, snapshot_id=snapshot_id or told.snapshot_id), desk)


async def notes_of(request: Request, found: Own, of: Gathered) -> Notes:
    """What is told beside the messages of an edition, which was gathered."""
    return await _notes(of, await _earlier(request, found, of))


async def notes_if_worded(request: Request, found: Own, of: Gathered) -> Notes | None:
    """The same, where people worded a message of it or of the one before."""
    earlier = await _earlier(request, found, of)
    worded = any(m.text for m in found.content.messages or ())
    return await _notes(of, earlier) if worded or earlier else None


async def _earlier(request: Request, found: Own, of: Gathered) -> Earlier | None:
    organisation = organisation_of(request).organisation_name
    async with database_of(request).read(bound_of(request)) as db:
        return await before_this(db, desk_of(request), organisation, found, of)


async def _notes(of: Gathered, earlier: Earlier | None) -> Notes:
    return Notes(earlier, await asyncio.to_thread(suggestions, of), of.snapshot.comparison)
