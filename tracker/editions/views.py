"""An organisation's editions: the list, one edition, its preview and its files under way."""

from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.briefings.twins.kinds import MEDIA_TYPES
from tracker.editions import draft_queries, file_service
from tracker.editions.content import state_word
from tracker.editions.context import EDITION, OWN, own_edition, own_gathered
from tracker.editions.edition_page import shown
from tracker.web.render import page
from tracker.web.requests import bound_of, database_of

READ = member(Permission.READ_DRAFTS)


@get(OWN, name="own_briefings", access=READ)
async def own_briefings(request: Request) -> Response[str]:
    """The organisation's briefings with their editions."""
    async with database_of(request).read(bound_of(request)) as db:
        lines = await draft_queries.own_lines(db)
        running = {s.briefing_id for s in await draft_queries.running_subscriptions(db)}
    return page(request, "editions/own.html", lines=lines, running=running, state_word=state_word)


@get(EDITION, name="edition", access=READ)
async def edition_page(
    request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]
) -> Response[str]:
    """One edition: its state, its files and how far they are, what changed, and what may be done."""
    return await shown(request, await own_edition(request, briefing_id, edition))


@get(f"{EDITION}/preview", name="edition_preview", access=READ)
async def preview(request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]) -> Response[str]:
    """The edition as a page, as it would be if it were final."""
    found = await own_edition(request, briefing_id, edition)
    of = await own_gathered(request, found)
    return page(request, "editions/preview.html", own=found, document=await of.composed())


@get(f"{EDITION}/file/{{kind:str}}", name="edition_file", access=READ)
async def edition_file(
    request: Request, briefing_id: FromPath[UUID], edition: FromPath[int], kind: FromPath[str]
) -> Response[bytes]:
    """A file of an edition under way."""
    found = await own_edition(request, briefing_id, edition)
    async with database_of(request).read(bound_of(request)) as db:
        file = await file_service.draft_body(db, found, kind)
    name = f"briefing-{found.briefing.public_id}-{edition}-draft.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(file.body, media_type=MEDIA_TYPES[kind], headers=headers)
