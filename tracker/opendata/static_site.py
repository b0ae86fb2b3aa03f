"""The public site as files, so that the record outlives the service: asked of the application itself, page by page."""

import asyncio
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from litestar.types import ASGIApp

from tracker.db.session import Database
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.opendata import queries, redaction_service
from tracker.opendata.static_links import NOTE, file_of, page_as_file, paths_in
from tracker.opendata.store import Broken
from tracker.settings import Settings
from tracker.snapshots import queries as snapshots
from tracker.web.render import Renderer
from tracker.web.urls import Urls

# What goes into the files. All else (comparing, searching, forms, sign-in, workspaces, the API) needs the service.
PAGES = (
    "home how_to_read jurisdictions jurisdiction cell jurisdiction_instruments jurisdiction_instruments_csv instrument "
    "attachment frameworks framework framework_file crosswalks crosswalk crosswalk_file corrections correction "
    "snapshot data data_release data_file catalog_jsonld catalog_turtle static"
).split()
OF_A_PLACE = {"jurisdiction", "jurisdiction_instruments", "jurisdiction_instruments_csv"}
_PARAMETER = re.compile(r"\{(\w+)\}")
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_page(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")

    @property
    def name(self) -> str:
        found = re.search(r'filename="([^"/]+)"', self.headers.get("content-disposition", ""))
        return found[1] if found else ""


async def ask(app: ASGIApp, path: str, host: str) -> Answer:
    """GET a path of the application in this process."""
    status, headers, body = 0, {}, bytearray()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", host.encode())],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
        "extensions": {},
    }

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = int(str(message["status"]))
            pairs: list[tuple[bytes, bytes]] = list(message.get("headers", []))  # type: ignore[call-overload]
            headers = {k.decode().lower(): v.decode("latin-1") for k, v in pairs}
        else:
            body.extend(message.get("body", b""))  # type: ignore[arg-type]

    await app(scope, receive, send)  # type: ignore[arg-type]
    return Answer(status, headers, bytes(body))


@dataclass
class _Site:
    """The pages that were asked for. `spoken`: codes and cells that somebody has published on."""

    patterns: list[tuple[str, re.Pattern[str]]]
    places: set[str]
    cells: set[tuple[str, str, str, str]]
    answers: dict[str, Answer] = field(default_factory=dict)

    def wanted(self, path: str) -> bool:
        plain = unquote(path)
        for name, pattern in self.patterns:
            found = pattern.fullmatch(plain)
            if found:
                return self._has_data(name, found.groupdict())
        return False

    def _has_data(self, name: str, given: dict[str, str]) -> bool:
        if name in OF_A_PLACE:
            return given["code"] in self.places
        if name == "cell":
            return (given["code"], given["framework"], given["item"], given["domain"]) in self.cells
        return given.get("version") != "latest"

    def file(self, path: str) -> str | None:
        answer = self.answers.get(path)
        return file_of(path, page=answer.is_page, name=answer.name) if answer else None


async def export(
    app: ASGIApp, database: Database, settings: Settings, renderer: Renderer, folder: Path, tell: Told
) -> int:
    """Write the site into a folder that must not be there or be empty: all of it or nothing. How many files.

    Raises Invalid where the folder has something in it, Broken where the service can't answer for a page.
    """
    if await asyncio.to_thread(_taken, folder):
        raise Invalid({"static": f"{folder} is there and not empty: name a new folder"})
    await redaction_service.rewrite_all(database, settings)
    site, seeds = await _begin(database, settings, renderer.urls)
    host = sorted(settings.allowed_hosts & {"127.0.0.1", "localhost"} or settings.allowed_hosts)[0]
    await _crawl(site, seeds, app, host, tell)
    return await asyncio.to_thread(_write, site, settings, renderer, folder)


def _taken(folder: Path) -> bool:
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


async def _begin(database: Database, settings: Settings, urls: Urls) -> tuple[_Site, list[str]]:
    async with database.read() as db:
        cells, places = await queries.cells_spoken_of(db), await queries.places_of_record(db)
        frozen = await snapshots.ids(db)
    patterns = [
        (name, _pattern(pattern, settings.locales))
        for name, pattern in urls.patterns.items()
        if name in PAGES
    ]
    # A path of fixed words comes before one with parameters that would take them for values.
    patterns.sort(key=lambda p: p[1].groups)
    starts = ["home", "how_to_read", "jurisdictions", "frameworks", "crosswalks", "corrections", "data"]
    seeds = [urls.path(name, locale) for locale in settings.locales for name in starts]
    for locale in settings.locales:
        seeds += [urls.path("jurisdiction", locale, code=code) for code in sorted(places)]
        seeds += [
            urls.path("cell", locale, code=c, framework=f, item=i, domain=d) for c, f, i, d in sorted(cells)
        ]
        seeds += [urls.path("snapshot", locale, snapshot=name) for name in frozen]
    return _Site(patterns, places, cells), seeds


def _pattern(path: str, locales: Sequence[str]) -> re.Pattern[str]:
    """What the paths of a route look like, from its path with {parameters}."""

    def one(found: re.Match[str]) -> str:
        held = "|".join(re.escape(locale) for locale in locales) if found[1] == "locale" else "[^/]+"
        return f"(?P<{found[1]}>{held})"

    return re.compile(_PARAMETER.sub(one, path.replace(".", r"\.")))


async def _crawl(site: _Site, seeds: list[str], app: ASGIApp, host: str, tell: Told) -> None:
    waiting, seen = list(reversed(seeds)), set(seeds)
    while waiting:
        path = waiting.pop()
        answer = await ask(app, path, host)
        if answer.status != 200:
            raise Broken(f"{path} was answered with {answer.status}: nothing was written")
        site.answers[path] = answer
        tell(path)
        if answer.is_page:
            new = [p for p in paths_in(answer.body.decode()) if p not in seen and site.wanted(p)]
            seen.update(new)
            waiting += new


def _write(site: _Site, settings: Settings, renderer: Renderer, folder: Path) -> int:
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    made.chmod(0o755)
    try:
        for path, answer in site.answers.items():
            file = site.file(path)
            assert file is not None
            body = _as_file(site, answer.body.decode(), file).encode() if answer.is_page else answer.body
            _put(made, file, body)
        locale = settings.locales[0]
        for file, template in (
            ("index.html", "opendata/static_index.html"),
            (NOTE, "opendata/static_note.html"),
        ):
            html = renderer.html(template, renderer.frame(locale) | {"base_url": settings.base_url})
            _put(made, file, _as_file(site, html, file).encode())
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return len(site.answers) + 2


def _as_file(site: _Site, html: str, file: str) -> str:
    note = _("There is a form here in the running service.")
    return page_as_file(html, file, site.file, note)


def _put(made: Path, file: str, body: bytes) -> None:
    path = made / file
    if not path.resolve().is_relative_to(made.resolve()):
        raise Broken(f"{file} would lie outside the folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
