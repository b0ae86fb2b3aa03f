"""Feeds of releases, of what is published on a jurisdiction, of corrections, and of final briefings."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from litestar import Request, Response, get
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import PUBLIC
from tracker.corrections import queries as corrections
from tracker.editions import queries as editions
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, RevisionKind, word
from tracker.opendata import feed_queries, queries
from tracker.opendata.feeds import MEDIA, Entry, Feed, written
from tracker.web.etag import etag_of, headers_of, not_modified
from tracker.web.render import context_of, renderer_of
from tracker.web.requests import database_of, settings_of
from tracker.web.sharing import OPEN

MOST = 50


@dataclass(frozen=True, slots=True)
class Told:
    """What a feed is made of. `page`: the path of what it is the feed of; `entries`: the newest first."""

    page: str
    title: str
    entries: list[Entry]


async def _answer(
    request: Request, make: Callable[[Request, AsyncSession], Awaitable[Told]]
) -> Response[bytes]:
    """The feed, or 304 for whoever has it: programs ask again and again."""
    etag = await etag_of(request)
    if known := not_modified(request, etag):
        known.headers.update(OPEN)
        return known
    async with database_of(request).read() as db:
        told = await make(request, db)
        newest = max((e.updated for e in told.entries), default=None) or await feed_queries.began(db)
    settings = settings_of(request)
    base, locale = settings.base_url, context_of(request).locale
    own = base + request.url.path
    feed = Feed(own, base + told.page, told.title, settings.service_name, locale, told.entries, newest)
    # Its path ends in no name of a file, and who saves it, or the whole site, needs one.
    name = f'inline; filename="{told.page.strip("/").replace("/", "-")}.atom"'
    headers = {**headers_of(etag), **OPEN, "content-disposition": name}
    return Response(written(feed), media_type=MEDIA, headers=headers)


def _path(request: Request, name: str, **parameters: object) -> str:
    return renderer_of(request).urls.path(name, context_of(request).locale, **parameters)


def _tag(request: Request, of: str) -> str:
    """A name that stays when the address changes (RFC 4151)."""
    host = urlsplit(settings_of(request).base_url).hostname
    return f"tag:{host},2026:{of}"


@get("/{locale:str}/data/feed", name="data_feed", access=PUBLIC)
async def data_feed(request: Request) -> Response[bytes]:
    """The releases of open data."""
    return await _answer(request, _releases)


async def _releases(request: Request, db: AsyncSession) -> Told:
    settings = settings_of(request)
    found = await queries.releases(db)
    entries = [
        Entry(
            _tag(request, f"release/{r.number}"),
            settings.base_url + _path(request, "data_release", number=r.number),
            _("Release %(number)s") % {"number": r.number},
            r.rewritten or r.recorded_at,
            settings.service_name,
            r.note,
        )
        for r in found[:MOST]
    ]
    return Told(_path(request, "data"), _("Releases of open data"), entries)


@get("/{locale:str}/jurisdictions/{code:str}/feed", name="jurisdiction_feed", access=PUBLIC)
async def jurisdiction_feed(request: Request, code: FromPath[str]) -> Response[bytes]:
    """What is published on a jurisdiction and what is withdrawn, the newest first."""

    async def made(request: Request, db: AsyncSession) -> Told:
        return await _of_place(request, db, code)

    return await _answer(request, made)


async def _of_place(request: Request, db: AsyncSession, code: str) -> Told:
    place = await jurisdictions.by_code(db, code)
    if place is None:
        raise NotFound(_("There is no jurisdiction with this code."))
    entries = await _changes(request, db, place.id)
    name = place.name + (f" ({_('Fictional')})" if place.fictional else "")
    title = _("%(place)s: what is published") % {"place": name}
    return Told(_path(request, "jurisdiction", code=code), title, entries)


async def _changes(request: Request, db: AsyncSession, jurisdiction_id: int) -> list[Entry]:
    base = settings_of(request).base_url
    entries = []
    for happened in await feed_queries.changes(db, jurisdiction_id, MOST):
        told = happened.told
        cell = f"{told.item_label} ({word('domain', told.domain)})"
        if happened.withdrawn:
            title, text = _("Withdrawn: %(cell)s") % {"cell": cell}, happened.reason
        else:
            corrects = happened.kind is RevisionKind.CORRECTION
            title = (_("Correction: %(cell)s") if corrects else _("Published: %(cell)s")) % {"cell": cell}
            levels = ((Axis.COMMITMENT, told.commitment), (Axis.PRACTICE, told.practice))
            text = "; ".join(f"{word('axis', axis)}: {value.word}" for axis, value in levels)
        kind = "withdrawal" if happened.withdrawn else "revision"
        link = base + _path(request, "cell", **told.path)
        tag = _tag(request, f"{kind}/{told.uid}")
        entries.append(Entry(tag, link, title, happened.at, told.organisation_name, text))
    return entries


@get("/{locale:str}/corrections/feed", name="corrections_feed", access=PUBLIC)
async def corrections_feed(request: Request) -> Response[bytes]:
    """Reports of mistakes, and how they were answered."""
    return await _answer(request, _reports)


async def _reports(request: Request, db: AsyncSession) -> Told:
    base = settings_of(request).base_url
    found = await corrections.reports(db, limit=MOST)
    entries = [
        Entry(
            _tag(request, f"report/{r.number}"),
            base + _path(request, "correction", number=r.number),
            _("Report %(number)s: %(place)s, %(item)s")
            % {"number": r.number, "place": r.told.jurisdiction_name, "item": r.told.item_label},
            r.closed_at or r.received_at,
            r.organisation,
            word("report", r.state),
        )
        for r in found
    ]
    entries.sort(key=lambda e: e.updated, reverse=True)
    return Told(_path(request, "corrections"), _("Reports of mistakes"), entries)


@get("/{locale:str}/briefings/feed", name="briefings_feed", access=PUBLIC)
async def briefings_feed(request: Request) -> Response[bytes]:
    """The final editions of briefings."""
    return await _answer(request, _editions)


async def _editions(request: Request, db: AsyncSession) -> Told:
    base = settings_of(request).base_url
    found = await editions.final_editions(db, limit=MOST)
    entries = [
        Entry(
            f"urn:uuid:{e.uid}",
            editions.final_url(base, e.locale, e.briefing, e.number),
            e.question + (f" ({_('Fictional')})" if e.fictional else ""),
            e.published_at,
            e.organisation,
            _("Edition %(n)s") % {"n": e.number},
        )
        for e in found
    ]
    return Told(_path(request, "briefings"), _("Final editions of briefings"), entries)
