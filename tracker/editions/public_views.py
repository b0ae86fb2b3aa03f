"""Final editions, for anyone: the list, a briefing's page, and its files."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import PUBLIC
from tracker.briefings.twins.kinds import MEDIA_TYPES, file_word
from tracker.editions import file_service, queries
from tracker.editions.assembly import gathered
from tracker.editions.citations import FORMS, reference
from tracker.editions.content import MOST_SINCE
from tracker.editions.context import desk_of
from tracker.editions.files import KINDS
from tracker.editions.models import FinalFile, PublishedEdition
from tracker.jobs import service as jobs
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit import licences
from tracker.kit.errors import NotFound
from tracker.kit.forms import page_number
from tracker.kit.i18n import gettext as _
from tracker.snapshots import queries as snapshots
from tracker.snapshots import since_queries
from tracker.web import signposts
from tracker.web.render import go, page
from tracker.web.requests import database_of, query_parameters, settings_of
from tracker.web.signposts import Post

BRIEFINGS = "/{locale:str}/briefings"
PAGE = 25  # editions


@get(BRIEFINGS, name="briefings", access=PUBLIC)
async def briefings(request: Request) -> Response[str]:
    """Every final edition, the newest first."""
    given = query_parameters(request)
    by, code = given.get("organisation", "").strip(), given.get("jurisdiction", "").strip()
    number = page_number(given.get("page", ""))
    async with database_of(request).read() as db:
        place = await jurisdictions.by_code(db, code) if code else None
        organisation = await queries.organisation_of(db, by) if by else None
        faults = _faults(by, organisation is not None, code, place is not None)
        wanted: dict[str, Any] = {
            "organisation_id": organisation,
            "jurisdiction": place.id if place else None,
        }
        total = 0 if faults else await queries.final_count(db, **wanted)
        skip = (number - 1) * PAGE
        found = [] if faults else await queries.final_editions(db, **wanted, skip=skip, limit=PAGE)
        composers = await queries.composers(db)
    if number > 1 and not found:
        raise NotFound(_("There is no such page of briefings."))
    return page(
        request,
        "editions/briefings.html",
        status=422 if faults else 200,
        editions=found,
        faults=faults,
        asked={n: text for n, text in (("organisation", by), ("jurisdiction", code)) if text},
        place=place,
        composers=composers,
        number=number,
        pages=max(-(-total // PAGE), 1),
        total=total,
    )


def _faults(organisation: str, is_organisation: bool, code: str, is_place: bool) -> dict[str, str]:
    faults = {}
    if code and not is_place:
        faults["jurisdiction"] = _("There is no jurisdiction with the code %(code)s.") % {"code": code[:40]}
    if organisation and not is_organisation:
        faults["organisation"] = _("There is no organisation with the key %(key)s.") % {
            "key": organisation[:40]
        }
    return faults


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
        snapshot = await snapshots.snapshot(db, final.snapshot_id)
        told = await queries.told_final(db, final, desk.base_url)
        of = await gathered(db, told, desk, snapshot=snapshot)
        files = await queries.final_files(db, final.id)
        failed = not files and await jobs.has_failed(db, queries.files_key(final))
        few = len(snapshot.comparison.cells) <= MOST_SINCE
        since = await since_queries.since(db, snapshot) if few else None
    licence = settings_of(request).data_licence
    response = page(
        request,
        "editions/final.html",
        final=final,
        newest=newest,
        document=await of.composed(),
        since=since,
        reference=reference(final, of),
        snapshot=snapshot,
        files=files,
        failed=failed,
        file_word=file_word,
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
    """A file of a final edition: the same bytes each time, unless a redaction reached it. Or how it is cited."""
    if kind not in KINDS and kind not in FORMS:
        raise NotFound(_("A briefing has no file of this kind."))
    final, _newest = await _final(request, briefing, edition)
    if kind in FORMS:
        return await _citation(request, final, kind)
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


async def _citation(request: Request, final: PublishedEdition, kind: str) -> Response[bytes]:
    media_type, make = FORMS[kind]
    desk = desk_of(request)
    async with database_of(request).read() as db:
        of = await gathered(db, await queries.told_final(db, final, desk.base_url), desk)
    name = f"briefing-{final.briefing_id}-{final.number}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(make(reference(final, of).work).encode(), media_type=media_type, headers=headers)
