"""The pages of open data, the files of releases, and the catalogue."""

import asyncio
import json
import re
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import ETag
from litestar.params import FromPath
from litestar.response import File, Redirect

from tracker.access.guard import PUBLIC
from tracker.kit import licences
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.opendata import catalog, queries, redaction_service, schema
from tracker.opendata.build import CHANGELOG, PACKAGE
from tracker.opendata.catalog import Told
from tracker.opendata.package import media_type
from tracker.opendata.queries import Release
from tracker.opendata.store import REDACTIONS, SUMS, Broken, ReleaseStore, StoredFile
from tracker.web import signposts
from tracker.web.render import context_of, page
from tracker.web.requests import database_of, settings_of
from tracker.web.sharing import OPEN

# A file is handed over, never shown: not even a browser that insists may run what is in it.
SANDBOX = {"content-security-policy": "sandbox; default-src 'none'", "x-content-type-options": "nosniff"}
# Files that a redaction may change are asked for again each day, the others never.
_FOR_EVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"
_CHANGING = {r.path for r in schema.TABLES if any(f.text for f in r.fields)} | {PACKAGE, SUMS, REDACTIONS}
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_ABOUT = {r.path: r.title for r in schema.TABLES} | {
    **schema.BINARIES,
    PACKAGE: "Description of all tables for programs (Data Package, version 2)",
    SUMS: "Checksums of all files",
    CHANGELOG: "What changed since the release before",
    REDACTIONS: "Texts that were taken out after publication, with the checksums before and after",
}


@get("/{locale:str}/data", name="data", access=PUBLIC)
async def data_page(request: Request) -> Response[str]:
    """All releases; what the newest holds, how to cite it, and how to read its files."""
    async with database_of(request).read() as db:
        found = await queries.releases(db)
    return await _page(request, found[0] if found else None, found)


@get("/{locale:str}/data/{number:int}", name="data_release", access=PUBLIC)
async def release_page(request: Request, number: FromPath[int]) -> Response[str]:
    """One release."""
    async with database_of(request).read() as db:
        release, found = await queries.release(db, number), await queries.releases(db)
    if release is None:
        raise NotFound(_("There is no release with this number."))
    return await _page(request, release, found, one=True)


async def _page(
    request: Request, release: Release | None, found: list[Release], *, one: bool = False
) -> Response[str]:
    files = await _files(request, release) if release else []
    told = _told(request, found)
    response = page(
        request,
        "opendata/release.html" if one else "opendata/data.html",
        release=release,
        releases=found,
        files=[(file, _ABOUT[file.name]) for file in sorted(files, key=lambda f: list(_ABOUT).index(f.name))],
        licence=licences.LICENCES[release.licence] if release else None,
        citation=catalog.citation(told, release) if release else "",
        dataset=_embedded(catalog.dataset(told, release, files)) if release else "",
        remainder=licences.REMAINDER,
    )
    if release:
        response.headers["link"] = catalog.link_header(told, release, files)
    return response


def _embedded(told: dict[str, Any]) -> str:
    """JSON that can stand in a page's script element: no text of it can end the element."""
    text = json.dumps(told, ensure_ascii=False, indent=1)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _told(request: Request, found: list[Release]) -> Told:
    settings = settings_of(request)
    return Told(settings.base_url, settings.service_name, context_of(request).locale, found)


async def _files(request: Request, release: Release) -> list[StoredFile]:
    settings = settings_of(request)
    await redaction_service.reach(database_of(request), settings, release)
    store = ReleaseStore(settings.data_dir)
    try:
        return await asyncio.to_thread(store.listed, release.number)
    except Broken:
        raise NotFound(
            _("The files of this release are not on this machine. Ask whoever runs the service.")
        ) from None


@get("/data/{version:str}", name="data_short", access=PUBLIC)
async def data_short(request: Request, version: FromPath[str]) -> Redirect:
    """The address to cite: leads to the release's page."""
    release = await _release(request, version)
    return Redirect(f"/{context_of(request).locale}/data/{release.number}", status_code=302)


@get("/data/{version:str}/{file:str}", name="data_file", access=PUBLIC)
async def data_file(
    request: Request, version: FromPath[str], file: FromPath[str]
) -> File | Redirect | Response[None]:
    """A file of a release; of `latest` a redirect to it."""
    release = await _release(request, version)
    found = {f.name: f for f in await _files(request, release)}.get(file)
    if found is None:
        raise NotFound(_("The release has no such file."))
    if version == "latest":
        return Redirect(f"/data/{release.number}/{file}", status_code=302, headers=OPEN)
    base = settings_of(request).base_url
    headers = {
        **OPEN,
        **SANDBOX,
        "cache-control": _A_DAY if file in _CHANGING else _FOR_EVER,
        "vary": "Accept-Encoding",
        "link": signposts.collection(f"{base}/data/{release.number}"),
    }
    tag = f'"{found.sha256}"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers={**headers, "etag": tag})
    return File(
        ReleaseStore(settings_of(request).data_dir).path(release.number) / file,
        filename=file,
        media_type=media_type(file),
        etag=ETag(value=found.sha256),
        headers=headers,
    )


async def _release(request: Request, version: str) -> Release:
    async with database_of(request).read() as db:
        if version == "latest":
            found = (await queries.releases(db))[:1]
        else:
            found = await queries.releases(db, int(version)) if _NUMBER.fullmatch(version) else []
    if not found:
        raise NotFound(_("There is no such release."))
    return found[0]


@get("/data/catalog.jsonld", name="catalog_jsonld", access=PUBLIC)
async def catalog_jsonld(request: Request) -> Response[str]:
    """The catalogue (DCAT 3) as JSON-LD."""
    return await _catalog(request, "json-ld", "application/ld+json")


@get("/data/catalog.ttl", name="catalog_turtle", access=PUBLIC)
async def catalog_turtle(request: Request) -> Response[str]:
    """The same as Turtle."""
    return await _catalog(request, "turtle", "text/turtle")


async def _catalog(request: Request, kind: str, media: str) -> Response[str]:
    async with database_of(request).read() as db:
        found = await queries.releases(db)
    files = {r.number: await _files(request, r) for r in found}
    text = await asyncio.to_thread(catalog.written, _told(request, found), files, kind)
    return Response(text, media_type=media, headers=OPEN)
