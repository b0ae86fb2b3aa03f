"""Final editions, for anyone: the list, a briefing's page, and its files."""

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import PUBLIC
from tracker.briefings.twins.kinds import MEDIA_TYPES
from tracker.editions import file_service, queries
from tracker.editions.assembly import gathered
from tracker.editions.context import desk_of
from tracker.editions.files import KINDS
from tracker.editions.models import FinalFile, PublishedEdition
from tracker.kit import licences
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.web import signposts
from tracker.web.render import go, page
from tracker.web.requests import database_of, settings_of
from tracker.web.signposts import Post

BRIEFINGS = "/{locale:str}/briefings"


@get(BRIEFINGS, name="briefings", access=PUBLIC)
async def briefings(request: Request) -> Response[str]:
    """Every final edition, the newest first."""
    async with database_of(request).read() as db:
        found = await queries.final_editions(db)
    return page(request, "editions/briefings.html", editions=found)


async def _finals(request: Request, briefing: str) -> list[PublishedEdition]:
    async with database_of(request).read() as db:
        found = await queries.finals_of(db, briefing)
    if not found:
        raise NotFound(_("There is no briefing with this id."))
    return found


@get(f"{BRIEFINGS}/{{briefing:str}}", name="briefing_latest", access=PUBLIC)
async def latest(request: Request, briefing: FromPath[str]) -> Redirect:
    """To the newest final edition, whose address lasts."""
    newest = (await _finals(request, briefing))[0]
    return go(request, "final_edition", briefing=newest.briefing_id, edition=newest.number)


async def _final(request: Request, briefing: str, number: int) -> tuple[PublishedEdition, int]:
    """(the edition, the number of the newest)."""
    finals = await _finals(request, briefing)
    found = next((f for f in finals if f.number == number), None)
    if found is None:
        raise NotFound(_("This briefing has no final edition of this number."))
    return found, finals[0].number


@get(f"{BRIEFINGS}/{{briefing:str}}/{{edition:int}}", name="final_edition", access=PUBLIC)
async def final_edition(request: Request, briefing: FromPath[str], edition: FromPath[int]) -> Response[str]:
    """A final edition as a page, with the same parts and numbers as its files."""
    final, newest = await _final(request, briefing, edition)
    desk = desk_of(request)
    async with database_of(request).read() as db:
        of = await gathered(db, await queries.told_final(db, final, desk.base_url), desk)
        files = await queries.final_files(db, final.id)
    licence = settings_of(request).data_licence
    response = page(
        request,
        "editions/final.html",
        final=final,
        newest=newest,
        document=of.document(),
        snapshot=of.snapshot,
        organisation_name=of.told.organisation,
        files=files,
        kinds=list(KINDS),
        licence=licences.LICENCES[licence],
        remainder=licences.REMAINDER,
    )
    response.headers["link"] = _signposts(desk.base_url, of.told.url, final, files, licences.address(licence))
    return response


def _signposts(base_url: str, url: str, final: PublishedEdition, files: list[FinalFile], licence: str) -> str:
    """The Link header of a final edition: its files, the snapshot under it, and what describes both."""
    snapshot = f"{base_url}/{final.locale}/snapshots/{final.snapshot_id}"
    return signposts.header(
        cite_as=url,
        kind="https://schema.org/Report",
        licence=licence,
        described_by=[
            Post(f"{base_url}/api/v1/briefings/{final.briefing_id}/{final.number}", "application/json"),
            Post(snapshot, "text/html"),
        ],
        items=[Post(f"{url}/{f.kind}", MEDIA_TYPES[f.kind]) for f in files],
    )


@get(f"{BRIEFINGS}/{{briefing:str}}/{{edition:int}}/{{kind:str}}", name="final_file", access=PUBLIC)
async def final_file(
    request: Request, briefing: FromPath[str], edition: FromPath[int], kind: FromPath[str]
) -> Response[bytes]:
    """A file of a final edition: the same bytes each time, unless a redaction reached it."""
    if kind not in KINDS:
        raise NotFound(_("A briefing has no file of this kind."))
    final, _newest = await _final(request, briefing, edition)
    file = await file_service.final_body(database_of(request), final, kind, desk_of(request))
    tag = f'"{file.sha256[:32]}"'
    headers = {
        "etag": tag,
        "content-disposition": f'attachment; filename="briefing-{briefing}-{edition}.{kind}"',
        "link": signposts.collection(
            queries.final_url(desk_of(request).base_url, final.locale, briefing, edition)
        ),
    }
    given = [t.strip().removeprefix("W/") for t in request.headers.get("if-none-match", "").split(",")]
    if tag in given:
        return Response(b"", status_code=304, media_type=MEDIA_TYPES[kind], headers=headers)
    return Response(file.body, media_type=MEDIA_TYPES[kind], headers=headers)
