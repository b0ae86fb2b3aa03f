"""Freezing a comparison, its page and its files."""

import asyncio
import hashlib
from dataclasses import replace
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import PUBLIC
from tracker.briefings import apart
from tracker.compare.asked import asked, item_labels
from tracker.compare.query import PARAMETERS, parse
from tracker.compare.reading import reading
from tracker.compare.tables import tables
from tracker.kit import licences
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.forms import page_number
from tracker.kit.i18n import gettext as _
from tracker.kit.senders import sender_of, site_of
from tracker.kit.vocabulary import LEVEL_CODES, MISSING_CODES, Axis, value
from tracker.snapshots import list_queries, queries, service, since_queries
from tracker.snapshots.citations import reference, titled
from tracker.snapshots.files import CITED_IN, KINDS, Desk, Kind, kinds_of
from tracker.snapshots.queries import Snapshot
from tracker.web import signposts
from tracker.web.errors import error_page, several
from tracker.web.render import context_of, page, renderer_of
from tracker.web.requests import client_address, database_of, form_data, query_parameters, settings_of
from tracker.web.signposts import Post

# What holds no free text can be kept; the rest is asked for again each time, so that a redaction reaches it at once.
LASTING = "public, max-age=31536000, immutable"
LONGEST_ADDRESS = 16_000  # of characters that browsers and proxies take


@post("/{locale:str}/snapshots", name="snapshot_do", access=PUBLIC, status_code=200)
async def freeze(request: Request) -> Response[str] | Response[bytes] | Redirect:
    """Freeze the comparison that the form states."""
    form, settings = await form_data(request), settings_of(request)
    given = {name: text for name in PARAMETERS if (text := form.first(name))}
    try:
        query = parse(given)
        made = await service.freeze(
            database_of(request),
            query,
            salt=service.salt_of(settings.secret_key),
            sender=sender_of(settings.secret_key, "snapshot", client_address(request)),
            site=sender_of(settings.secret_key, "snapshot site", site_of(client_address(request))),
        )
    except service.TooManySnapshots as wait:
        return error_page(request, 429, str(wait))
    except Invalid as invalid:
        return error_page(request, 422, str(invalid), several(invalid), form=_form_of(request, given))
    path = renderer_of(request).urls.path("snapshot", context_of(request).locale, snapshot=made)
    # How the tables stand is no part of what is frozen.
    asked = urlencode({"layout": ",".join(query.layout)}, safe=",") if query.layout else ""
    return Redirect(f"{path}?{asked}" if asked else path, status_code=303)


def _form_of(request: Request, given: dict[str, str]) -> str:
    """The compare page with what was to be frozen; without it where no address holds so much."""
    path = renderer_of(request).urls.path("compare", context_of(request).locale)
    asked = urlencode(given, safe=",@:")
    return f"{path}?{asked}" if len(asked) < LONGEST_ADDRESS else path


@get("/{locale:str}/snapshots", name="snapshots", access=PUBLIC)
async def snapshots_page(request: Request) -> Response[str]:
    """Every snapshot, the newest first, by pages."""
    number = page_number(query_parameters(request).get("page", ""))
    async with database_of(request).read() as db:
        found, pages = await list_queries.newest(db, number)
    if number > pages:
        raise NotFound(_("There is no such page of snapshots."))
    lines = [
        (f, titled(h.query, h.framework, h.version, h.places), asked(h.query, h.labels))
        for f in found
        if (h := f.headline)
    ]
    return page(request, "snapshots/list.html", lines=lines, number=number, pages=pages)


@get("/{locale:str}/snapshots/{snapshot:str}", name="snapshot", access=PUBLIC)
async def snapshot_page(request: Request, snapshot: FromPath[str]) -> Response[str] | Response[bytes]:
    """The page of a snapshot; with an ending such as .csv, one of its files."""
    snapshot_id, _dot, ending = snapshot.partition(".")
    if ending:
        return await _file(request, snapshot_id, ending)
    layout = parse({"layout": query_parameters(request).get("layout", "")}).layout
    async with database_of(request).read() as db:
        found = await queries.snapshot(db, snapshot_id)
        since = await since_queries.since(db, found)
    desk, comparison = _desk(request, found), found.comparison
    shown = replace(comparison, query=replace(comparison.query, layout=layout))
    licence = settings_of(request).data_licence
    response = page(
        request,
        "snapshots/snapshot.html",
        snapshot=found,
        comparison=comparison,
        query=comparison.query,
        reference=desk.reference,
        since=since,
        asked=asked(comparison.query, item_labels(comparison.framework.items)),
        has_pdf="pdf" in kinds_of(comparison),
        tables=tables(shown, desk.locale),
        reading=reading(comparison, desk.locale),
        levels={axis: [value(axis, code) for code in LEVEL_CODES] for axis in Axis},
        missing_values=[value(Axis.COMMITMENT, code) for code in MISSING_CODES],
        licence=licences.LICENCES[licence],
        remainder=licences.REMAINDER,
    )
    response.headers["link"] = _signposts(desk, licences.address(licence))
    return response


def _signposts(desk: Desk, licence: str) -> str:
    """The Link header of a snapshot's page: its files of data, and what describes them."""
    url, kinds = desk.reference.url, kinds_of(desk.snapshot.comparison)
    posts = {ending: Post(f"{url}.{ending}", kind.media_type) for ending, kind in kinds.items()}
    described = [posts.pop(ending) for ending in CITED_IN]
    described.append(Post(f"{desk.base_url}/api/v1/snapshots/{desk.snapshot.id}", "application/json"))
    return signposts.header(
        cite_as=url,
        kind="https://schema.org/Dataset",
        licence=licence,
        described_by=described,
        items=posts.values(),
    )


def _desk(request: Request, found: Snapshot) -> Desk:
    settings, locale = settings_of(request), context_of(request).locale
    cited = reference(found, service=settings.service_name, base_url=settings.base_url, locale=locale)
    return Desk(found, cited, settings.base_url, locale, settings.service_name, settings.data_licence)


async def _file(request: Request, snapshot_id: str, ending: str) -> Response[bytes]:
    kind = KINDS.get(ending)
    if kind is None:
        raise NotFound(_("A snapshot has no file of this kind."))
    with apart.in_line():
        async with database_of(request).read() as db:
            found = await queries.snapshot(db, snapshot_id)
        desk = _desk(request, found)
        made = await asyncio.to_thread(kind.make, desk)
        body = made if isinstance(made, bytes) else await apart.drawn("pdf", made)
    return _answer(request, kind, body, f"snapshot-{found.id}.{ending}", desk.reference.url)


def _answer(request: Request, kind: Kind, body: bytes, name: str, url: str) -> Response[bytes]:
    """The file, or 304 for whoever has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "etag": tag,
        "content-disposition": f'attachment; filename="{name}"',
        "link": signposts.collection(url),
    }
    if kind.lasting:
        headers["cache-control"] = LASTING
    given = [t.strip().removeprefix("W/") for t in request.headers.get("if-none-match", "").split(",")]
    if tag in given:
        return Response(b"", status_code=304, media_type=kind.media_type, headers=headers)
    return Response(body, media_type=kind.media_type, headers=headers)
