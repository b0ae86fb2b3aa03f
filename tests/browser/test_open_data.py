"""Open data in Chromium: the page under its strict policy, and the site as files, browsed from the disk."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, expect

from tests import personas
from tests.browser.site import Site, tracker
from tests.browser.visitor import Visitor
from tests.editions import made as editions
from tracker.db.engine import create_engine
from tracker.db.session import Database

pytestmark = pytest.mark.browser


def test_the_page_of_data_keeps_the_policy(site: Site, visitor: Visitor) -> None:
    tracker(site.data_dir, "release", "--note", "For the browser.")
    visitor.page.goto(f"{site.url}/en/data")
    expect(visitor.page.get_by_role("heading", name="Newest: release 1")).to_be_visible()
    # JSON-LD is a data block: the policy has nothing against it, and it can be read.
    embedded = visitor.page.locator("script[type='application/ld+json']")
    assert '"@type": "Dataset"' in (embedded.text_content() or "")
    assert visitor.troubles == []
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name="adoption.csv", exact=True).first.click()
    assert download.value.suggested_filename == "adoption.csv"


async def _final_edition(path: Path) -> None:
    """A briefing with its files, and the snapshot under it."""
    database = Database(create_engine(f"sqlite+aiosqlite:///{path}"))
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    await editions.final(database, author, reviewer, await editions.begun(database, author))
    await database.dispose()


@pytest.fixture(scope="module")
def folder(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as files, with a release and a final edition."""
    with ThreadPoolExecutor(
        1
    ) as thread:  # while the browser runs, its event loop counts as running in this one
        thread.submit(asyncio.run, _final_edition(site.data_dir / "tracker.sqlite3")).result()
    tracker(site.data_dir, "release", "--note", "For the files.")
    folder = tmp_path_factory.mktemp("files") / "site"
    tracker(site.data_dir, "release", "--static", str(folder))
    return folder


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def bare(folder: Path) -> Iterator[str]:
    """The address of the files on a server that knows nothing of them, below a path of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder.parent)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{folder.name}/"
    server.shutdown()
    server.server_close()
    thread.join()


# All that a page leads to or loads, feeds and files included, as the browser resolves it; and its own ids.
LOOK = """() => ({
  to: [...document.querySelectorAll('[href], [src]')].map(e => e.href?.baseVal ?? e.href ?? e.src)
      .map(to => new URL(to, document.baseURI).href),
  ids: [...document.querySelectorAll('[id]')].map(e => e.id),
  forms: document.forms.length,
})"""


def test_no_link_of_the_files_is_broken(bare: str, folder: Path, browser: Browser) -> None:
    """Every page is opened and every link followed; all that is there is reached, snapshots too."""
    page = browser.new_page()
    failed: list[str] = []
    # What is still on its way when the next page opens is let go, the icon as a rule.
    let_go = "net::ERR_ABORTED"
    page.on("requestfailed", lambda request: request.failure == let_go or failed.append(request.url))
    page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)
    waiting, seen = [f"{bare}index.html"], {f"{bare}index.html"}
    ids: dict[str, set[str]] = {}
    leads: set[tuple[str, str, str]] = set()
    while waiting:
        address = waiting.pop()
        if not address.endswith(".html"):
            answer = page.request.get(address)
            assert answer.status == 200 and answer.body(), address
            continue
        opened = page.goto(address, wait_until="domcontentloaded")
        assert opened is not None and opened.status == 200, address
        told = page.evaluate(LOOK)
        assert told["forms"] == 0, address
        ids[address] = set(told["ids"])
        for to in told["to"]:
            there, _sign, place = to.partition("#")
            if there.startswith(bare):
                leads.add((address, there, place))
                if there not in seen:
                    seen.add(there)
                    waiting.append(there)
            else:  # the rest is elsewhere, or the address that the service had
                assert not there.startswith((bare.rpartition("/site/")[0], "file:")), f"{address}: {to}"
    page.close()
    assert failed == []
    lost = [lead for lead in leads if lead[2] and lead[1] in ids and unquote(lead[2]) not in ids[lead[1]]]
    assert lost == []
    reached = {unquote(address.removeprefix(bare)) for address in seen}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert reached == there
    for kind in ("pdf", "docx", "csv", "xlsx", "json", "parquet", "atom", "jsonld", "ttl", "tsv", "md"):
        assert any(path.endswith(f".{kind}") for path in reached), kind


def test_the_files_are_browsed_from_the_disk(folder: Path, browser: Browser) -> None:
    page = browser.new_page()
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.goto(folder.joinpath("index.html").as_uri())
    page.get_by_role("link", name="Jurisdictions").first.click()
    page.get_by_role("main").get_by_role("link", name="Quillmere", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Quillmere")
    assert page.evaluate("getComputedStyle(document.querySelector('.site-head')).display") == "block"
    assert page.evaluate("document.styleSheets.length") == 1
    page.get_by_role("link", name="Open data").first.click()
    expect(page.get_by_role("link", name="adoption.csv", exact=True).first).to_be_visible()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Compare").click()
    page.get_by_role("main").get_by_role("link", name="hhs-core-competencies@2021").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare jurisdictions")
    expect(page.get_by_role("table").get_by_text("Quillmere").first).to_be_visible()
    page.get_by_role("link", name="These are files: no search here").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This is not in these files")
    assert failed == []
    page.close()
