"""The site as files: every link of every file leads to a file, and to the right place in it."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.opendata import released
from tests.snapshots import frozen
from tracker.app import App
from tracker.db.session import Database
from tracker.kit.errors import Invalid
from tracker.opendata import static_site
from tracker.opendata.static_links import NOTE, file_of, page_as_file, paths_in
from tracker.opendata.store import Broken
from tracker.settings import Settings


def quietly(_: str) -> None:
    pass


async def written(database: Database, site: App, here: Settings, folder: Path) -> int:
    renderer = site.litestar.state.renderer
    return await static_site.export(site, database, here, renderer, folder, quietly)


def broken_links(folder: Path) -> list[str]:
    """What does not lead anywhere, in any page of the folder."""
    pages = {p: p.read_text() for p in folder.rglob("*.html")}
    found = []
    for page, html in pages.items():
        for _name, href in re.findall(r'\b(href|src|action)="([^"]*)"', html):
            parts = urlsplit(unescape(href))
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


def leftovers(folder: Path) -> list[Path]:
    return list(folder.glob(".site-*"))


async def test_no_link_is_broken(database: Database, site: App, here: Settings, tmp_path: Path) -> None:
    await released.release(database, here)
    snapshot = (await frozen.freeze(database)).id
    folder = tmp_path / "site"
    assert await written(database, site, here, folder) == len([p for p in folder.rglob("*") if p.is_file()])
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
        f"en/snapshots/{snapshot}/index.html",
    ):
        assert (folder / path).is_file(), path
    html = " ".join(p.read_text() for p in folder.rglob("*.html"))
    assert "<form" not in html and "csrf_token" not in html
    assert not leftovers(tmp_path)


async def test_the_data_are_the_released_ones(
    database: Database, site: App, here: Settings, tmp_path: Path
) -> None:
    made = await released.release(database, here)
    await written(database, site, here, tmp_path / "site")
    assert {p.name: p.read_bytes() for p in (tmp_path / "site/data/1").iterdir()} == made.files


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
    )
    made = page_as_file(html, "en/jurisdictions/XAA/index.html", files.get, "Form & all")
    assert 'href="../../../static/1/a.css"' in made
    assert 'href="../../data/index.html#top"' in made
    assert f'href="../../../{NOTE}"' in made
    assert 'href="#here"' in made and 'href="https://example.org/?q=1"' in made
    assert "<form" not in made and "Form &amp; all" in made
    assert paths_in(html) == ["/static/1/a.css", "/en/data"]
    assert file_of("/en", page=True) == "en/index.html"
    assert file_of("/data/1/SHA256SUMS", page=False, name="SHA256SUMS") == "data/1/SHA256SUMS"
    assert file_of("/en/frameworks/x/file/csv", page=False, name="x.csv") == "en/frameworks/x/file/csv/x.csv"
