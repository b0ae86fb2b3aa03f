"""The site as files: every link of every file leads to a file, and to the right place in it."""

import re
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests import personas
from tests.editions import made as editions
from tests.opendata import released
from tests.opendata.released import data_folder
from tests.personas import visitor
from tests.snapshots import frozen
from tests.worlds import ON_SQLITE, World
from tracker.app import App
from tracker.compare.query import parse
from tracker.db.session import Database
from tracker.editions.files import KINDS
from tracker.kit.errors import Invalid
from tracker.opendata import static_compare, static_site
from tracker.opendata.service import Made
from tracker.opendata.static_links import NOTE, Words, addresses_in, file_of, page_as_file
from tracker.opendata.store import Broken
from tracker.settings import Settings
from tracker.snapshots import files as snapshot_files
from tracker.snapshots import list_queries, service


def quietly(_: str) -> None:
    pass


async def written(database: Database, site: App, here: Settings, folder: Path) -> int:
    renderer = site.litestar.state.renderer
    return await static_site.export(site, database, here, renderer, folder, quietly)


def broken_links(folder: Path, service: str = "http://127.0.0.1:8000") -> list[str]:
    """What does not lead anywhere, or to the service, which the files outlive, in any page of the folder."""
    pages = {p: p.read_text() for p in folder.rglob("*.html")}
    found = []
    for page, html in pages.items():
        for _name, href in re.findall(r'\b(href|src|action)="([^"]*)"', html):
            parts = urlsplit(unescape(href))
            if unescape(href).startswith(f"{service}/"):
                found.append(f"{page.relative_to(folder)}: {href} leads to the service")
            if parts.scheme or parts.netloc:
                continue
            there = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            where = f"{page.relative_to(folder)}: {href}"
            if (
                href.startswith("/")
                or parts.query
                or not there.is_file()
                or (parts.fragment and there in pages and f'id="{parts.fragment}"' not in pages[there])
            ):
                found.append(where)
    return found


CELL = re.compile(r'aria-label="[^"]+"|<use href="#s-\w+"')


def leftovers(folder: Path) -> list[Path]:
    return list(folder.glob(".site-*"))


async def final_edition(database: Database) -> str:
    """The path of a final edition with all its files."""
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    begun = await editions.begun(database, author)
    final = await editions.final(database, author, reviewer, begun)
    return f"en/briefings/{final.briefing_id}/{final.number}"


@dataclass(frozen=True)
class Exported:
    """The site as files, written once for the tests that only look at it, and what the service said at the same time."""

    folder: Path
    told: int
    release: Made
    snapshot: str
    final: str
    csv: str
    page: str


CODES = "US-CT,US-FL,US-LA,US-MI,US-TX,XAA,XAA.NVH,XAB,XAB.CPH,XAC"
COMPARED = f"jurisdictions={CODES}&framework=hhs-core-competencies@2021"


@pytest.fixture(scope="module")
async def exported(
    anyio_backend: str,
    world: World,
    shared_app: App,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Exported:
    """With a release, a snapshot and a final edition, all of which the world has lost again when a test looks."""
    parent = tmp_path_factory.mktemp("exported")
    here, folder = replace(settings, data_dir=parent / "data"), parent / "site"
    async with world.engine.connect() as connection:
        transaction = await connection.begin()
        shared_app.database = database = Database(connection)
        release = await released.release(database, here)
        snapshot = (await frozen.freeze(database)).id
        final = await final_edition(database)
        with data_folder(shared_app, here):
            told = await written(database, shared_app, here, folder)
        async with visitor(shared_app, settings) as client:
            csv = (await client.get(f"/en/compare.csv?{COMPARED}")).text
            page = (await client.get(f"/en/compare?{COMPARED}")).text
        await transaction.rollback()
    return Exported(folder, told, release, snapshot, final, csv, page)


def test_no_link_is_broken(exported: Exported) -> None:
    folder, release, snapshot, final = exported.folder, exported.release, exported.snapshot, exported.final
    assert exported.told == len([p for p in folder.rglob("*") if p.is_file()])
    assert broken_links(folder) == []
    for path in (
        "index.html",
        NOTE,
        "en/index.html",
        "en/jurisdictions/XAA/index.html",
        "en/jurisdictions/US-CT/hhs-core-competencies@2021/HTCC-C1/individual/index.html",
        "en/jurisdictions/XAA/instruments/index.html",
        "en/frameworks/index.html",
        "en/corrections/index.html",
        "en/data/1/index.html",
        "data/1/adoption.csv",
        "data/1/SHA256SUMS",
        "en/snapshots/index.html",
        f"en/snapshots/{snapshot}/index.html",
        *(f"en/snapshots/{snapshot}.{kind}" for kind in snapshot_files.KINDS),
        "en/briefings/index.html",
        f"{final}/index.html",
        *(
            f"{final}/{kind}/{final.replace('/', '-')[3:].replace('briefings', 'briefing')}.{kind}"
            for kind in KINDS
        ),
        "data/catalog.jsonld",
        "data/catalog.ttl",
        "en/compare/index.html",
        "en/compare/hhs-core-competencies@2021/index.html",
        "en/compare/hhs-core-competencies@2021/briefing/index.html",
    ):
        assert (folder / path).is_file(), path
    assert {p.name: p.read_bytes() for p in (folder / "data/1").iterdir()} == release.files
    feeds = {p.parent.relative_to(folder).as_posix() for p in folder.rglob("*.atom")}
    assert feeds >= {"en/data/feed", "en/briefings/feed", "en/corrections/feed", "en/jurisdictions/XAA/feed"}
    for page, feed in (("data", "data/feed"), ("jurisdictions/XAA", "jurisdictions/XAA/feed")):
        head = (folder / "en" / page / "index.html").read_text()
        assert f'href="feed/en-{feed.replace("/", "-").removesuffix("-feed")}.atom"' in head
    html = " ".join(p.read_text() for p in folder.rglob("*.html"))
    assert "<form" not in html and "csrf_token" not in html
    assert not leftovers(folder.parent)


def test_the_comparison_in_the_files_is_the_one_of_the_service(exported: Exported) -> None:
    """With the same cells, and its own files beside it; what else could be asked leads to the note."""
    folder = exported.folder / "en/compare/hhs-core-competencies@2021"
    (table,) = folder.glob("*.csv")
    assert table.read_text() == exported.csv.replace("\r\n", "\n")
    page, served = (folder / "index.html").read_text(), exported.page
    assert CELL.findall(page) == CELL.findall(served) and len(CELL.findall(page)) > 100
    assert f'href="{table.name}"' in page and f'href="../../../{NOTE}"' in page


@ON_SQLITE
async def test_every_listed_snapshot_is_found_and_no_other(
    database: Database, site: App, here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the front page and that of the data, over the pages of their list; a draft's stays untold."""
    monkeypatch.setattr(list_queries, "PAGE", 1)
    listed = [(await frozen.freeze(database, jurisdictions=code)).id for code in ("XAA", "US-TX")]
    query = parse({"jurisdictions": "XAC"})
    untold = await service.freeze(database, query, salt=frozen.SALT, sender="192.0.2.9", listed=False)
    await written(database, site, here, tmp_path / "site")
    folder = tmp_path / "site/en/snapshots"
    assert broken_links(tmp_path / "site") == []
    pages = [folder / n / "index.html" for n in (".", "page/2")]
    for page, snapshot in zip(pages, reversed(listed), strict=True):  # the newest first
        assert f"{snapshot}/index.html" in page.read_text()
        assert (folder / snapshot / "index.html").is_file() and (folder / f"{snapshot}.json").is_file()
    assert 'href="page/2/index.html"' in pages[0].read_text()
    assert 'href="../../index.html"' in pages[1].read_text()
    assert not (folder / "page/3").exists() and not (folder / "page/1").exists()
    cell = "../../jurisdictions/US-TX/hhs-core-competencies@2021/HTCC-C1/individual/index.html"
    assert f'href="{cell}"' in (folder / listed[-1] / "index.html").read_text()  # not to the note
    assert untold not in " ".join(str(p) for p in (tmp_path / "site").rglob("*"))
    assert "en/snapshots/index.html" in (tmp_path / "site/index.html").read_text()
    assert "../snapshots/index.html" in (tmp_path / "site/en/data/index.html").read_text()


@ON_SQLITE
async def test_many_jurisdictions_are_compared_on_several_pages(
    database: Database, site: App, here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_compare, "MOST_COMPARED", 4)
    monkeypatch.setattr(static_site, "MOST_BRIEFED", 3)
    await written(database, site, here, tmp_path / "site")
    assert broken_links(tmp_path / "site") == []
    folder = tmp_path / "site/en/compare/hhs-core-competencies@2021"
    assert [(folder / n / "index.html").is_file() for n in (".", "2", "3", "4")] == [True, True, True, False]
    assert not (folder / "briefing").exists() and (folder / "3/briefing/index.html").is_file()


async def test_a_folder_in_use_is_refused(
    database: Database, site: App, here: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(Invalid):
        await written(database, site, here, folder)
    assert [p.name for p in folder.iterdir()] == ["mine.txt"]


async def test_a_page_that_fails_leaves_nothing(
    database: Database, site: App, here: Settings, tmp_path: Path
) -> None:
    await released.release(database, here)
    (here.data_dir / "releases/1/adoption.csv").unlink()
    with pytest.raises(Broken):
        await written(database, site, here, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_links_become_relative() -> None:
    files = {"/en/data": "en/data/index.html", "/static/1/a.css": "static/1/a.css"}
    html = (
        '<link href="/static/1/a.css"><a href="/en/data#top">x</a><a href="/en/compare?a=1&amp;b=2">y</a>'
        '<a href="#here">z</a><a href="https://example.org/?q=1">w</a><form action="/x"><input></form>'
        '<a href="https://tracker.example/en/data">v</a><a href="https://tracker.example/en/x">u</a>'
        '<a href="https://tracker.example.org/en/data">t</a>'
    )
    words = Words("Form & all", "No search")
    made = page_as_file(html, "en/jurisdictions/XAA/index.html", files.get, words, "https://tracker.example")
    assert f'href="../../data/index.html">v</a><a href="../../../{NOTE}">u</a>' in made
    assert 'href="https://tracker.example.org/en/data"' in made
    assert 'href="../../../static/1/a.css"' in made
    assert 'href="../../data/index.html#top"' in made
    assert f'href="../../../{NOTE}"' in made
    assert 'href="#here"' in made and 'href="https://example.org/?q=1"' in made
    assert "<form" not in made and "Form &amp; all" in made
    assert addresses_in(html) == ["/static/1/a.css", "/en/data", "/en/compare?a=1&b=2"]
    assert file_of("/en", page=True) == "en/index.html"
    assert file_of("/data/1/SHA256SUMS", page=False, name="SHA256SUMS") == "data/1/SHA256SUMS"
    assert file_of("/en/frameworks/x/file/csv", page=False, name="x.csv") == "en/frameworks/x/file/csv/x.csv"
