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
from tracker.editions import file_service
from tracker.editions.assembly import Desk, speaking
from tracker.kit import clock
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.opendata import queries, redaction_service, static_compare
from tracker.opendata.asking import Answer, ask
from tracker.opendata.static_compare import Compared
from tracker.opendata.static_links import NOTE, Words, addresses_in, file_of, page_as_file
from tracker.opendata.store import Broken
from tracker.settings import Settings
from tracker.snapshots import list_queries as snapshots
from tracker.web.render import Renderer
from tracker.web.urls import Urls

# What goes into the files. All else (comparing, searching, forms, sign-in, workspaces, the API) needs the service.
PAGES = (
    "home how_to_read jurisdictions jurisdiction cell jurisdiction_instruments jurisdiction_instruments_csv instrument "
    "attachment frameworks framework framework_file crosswalks crosswalk crosswalk_file corrections correction "
    "snapshots snapshot briefings final_edition final_file data data_release data_file catalog_jsonld catalog_turtle static "
    "data_feed jurisdiction_feed corrections_feed briefings_feed"
).split()
STARTS = "home how_to_read jurisdictions frameworks crosswalks corrections snapshots briefings data".split()
OF_A_PLACE = {"jurisdiction", "jurisdiction_instruments", "jurisdiction_instruments_csv", "jurisdiction_feed"}
# Of a comparison in the files: its tables, and for so many jurisdictions its briefing, each of which has pages of its own.
OF_A_COMPARISON = "compare_csv compare_json compare_xlsx".split()
BRIEFING = "briefing briefing_pdf briefing_docx briefing_json briefing_zip".split()
MOST_BRIEFED = 40
_PARAMETER = re.compile(r"\{(\w+)\}")
_FURTHER = re.compile(r"page=(\d+)")  # of a list that has several pages: those of snapshots
_MOMENT = re.compile(r"(on|as_of)=[^&]*(&(on|as_of)=[^&]*)?")
Told = Callable[[str], None]


@dataclass
class _Site:
    """The answers by address. `places`, `cells`: what somebody has published on.

    `compared`: the comparisons, by language and query.
    """

    patterns: list[tuple[str, re.Pattern[str]]]
    places: set[str]
    cells: set[tuple[str, str, str, str]]
    answers: dict[str, Answer] = field(default_factory=dict)
    compared: dict[tuple[str, str], Compared] = field(default_factory=dict)

    def _route(self, path: str) -> tuple[str, dict[str, str]]:
        """(the route's name, "" where it is none of these; its parameters)."""
        for name, pattern in self.patterns:
            if found := pattern.fullmatch(unquote(path)):
                return name, found.groupdict()
        return "", {}

    def wanted(self, address: str) -> bool:
        path, _mark, query = address.partition("?")
        name, given = self._route(path)
        if name == "snapshots" and query:
            return bool(_FURTHER.fullmatch(query))
        return self._of_comparison(name, path, query) if query else self._has_data(name, given)

    def _of_comparison(self, name: str, path: str, query: str) -> bool:
        compared = self.compared.get((_locale(path), query))
        if compared is None:
            return False
        return name in OF_A_COMPARISON or (name in BRIEFING and compared.count <= MOST_BRIEFED)

    def _has_data(self, name: str, given: dict[str, str]) -> bool:
        if name in OF_A_PLACE:
            return given["code"] in self.places
        if name == "cell":
            return (given["code"], given["framework"], given["item"], given["domain"]) in self.cells
        return name in PAGES and given.get("version") != "latest"

    def file(self, address: str) -> str | None:
        path, _mark, query = address.partition("?")
        if _MOMENT.fullmatch(query) and self._route(path)[0] in ("cell", "jurisdiction"):
            address, query = (
                path,
                "",
            )  # the history of a cell, which a profile leads to, tells what it said at each moment
        answer = self.answers.get(address)
        if answer is None:
            return None
        if not query:
            return file_of(path, page=answer.is_page, name=answer.name)
        if further := _FURTHER.fullmatch(query):
            return file_of(f"{path}/page/{further[1]}", page=True)
        compared = self.compared[_locale(path), query]
        if address == compared.address:
            return f"{compared.folder}/index.html"
        return f"{compared.folder}/{'briefing/index.html' if answer.is_page else answer.name}"


def _locale(path: str) -> str:
    return path.split("/")[1]


async def export(
    app: ASGIApp, database: Database, settings: Settings, renderer: Renderer, folder: Path, tell: Told
) -> int:
    """Write the site into a folder that must not be there or be empty: all of it or nothing. How many files.

    Raises Invalid where the folder has something in it, Broken where the service can't answer for a page.
    """
    if await asyncio.to_thread(_taken, folder):
        raise Invalid({"static": f"{folder} is there and not empty: name a new folder"})
    await _reach(database, settings)
    site, seeds = await _begin(database, settings, renderer.urls)
    host = sorted(settings.allowed_hosts & {"127.0.0.1", "localhost"} or settings.allowed_hosts)[0]
    for locale in settings.locales:
        seeds += await _compare(site, database, renderer, locale)
    await _crawl(site, seeds, app, host, tell)
    return await asyncio.to_thread(_write, site, settings, renderer, folder)


async def _reach(database: Database, settings: Settings) -> None:
    """Redactions reach every file before it is copied, and before its hash is told."""
    await redaction_service.rewrite_all(database, settings)
    async with database.read() as db:
        behind = await file_service.unchecked(db)
    desk = Desk(settings.base_url, settings.service_name, settings.data_licence)
    for final in behind:
        await file_service.check_final(database, final, desk)


async def _compare(site: _Site, database: Database, renderer: Renderer, locale: str) -> list[str]:
    """Add the page that lists the comparisons; their addresses."""
    compared = await static_compare.comparisons(database, renderer.urls, locale)
    site.compared |= {(locale, c.query): c for c in compared}
    with speaking(locale):
        html = renderer.html(
            "opendata/static_compare.html", renderer.frame(locale) | {"comparisons": compared}
        )
    site.answers[renderer.urls.path("compare", locale)] = Answer(
        200, {"content-type": "text/html"}, html.encode()
    )
    return [c.address for c in compared]


def _taken(folder: Path) -> bool:
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


async def _begin(database: Database, settings: Settings, urls: Urls) -> tuple[_Site, list[str]]:
    async with database.read() as db:
        cells, places = await queries.cells_spoken_of(db), await queries.places_of_record(db)
        frozen = await snapshots.listed_ids(db)
    patterns = [
        (name, _pattern(pattern, settings.locales))
        for name, pattern in urls.patterns.items()
        if name in (*PAGES, *OF_A_COMPARISON, *BRIEFING)
    ]
    # A path of fixed words comes before one with parameters that would take them for values.
    patterns.sort(key=lambda p: p[1].groups)
    seeds = [urls.path(name, locale) for locale in settings.locales for name in STARTS]
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
            new = [a for a in addresses_in(answer.body.decode()) if a not in seen and site.wanted(a)]
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
            body = (
                _as_file(site, answer.body.decode(), file, settings).encode()
                if answer.is_page
                else answer.body
            )
            _put(made, file, body)
        locale = settings.locales[0]
        for file, template in (
            ("index.html", "opendata/static_index.html"),
            (NOTE, "opendata/static_note.html"),
        ):
            html = renderer.html(
                template, renderer.frame(locale) | {"base_url": settings.base_url, "today": clock.today()}
            )
            _put(made, file, _as_file(site, html, file, settings).encode())
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return len(site.answers) + 2


def _as_file(site: _Site, html: str, file: str, settings: Settings) -> str:
    words = Words(_("There is a form here in the running service."), _("These are files: no search here"))
    return page_as_file(html, file, site.file, words, settings.base_url)


def _put(made: Path, file: str, body: bytes) -> None:
    path = made / file
    if not path.resolve().is_relative_to(made.resolve()):
        raise Broken(f"{file} would lie outside the folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
