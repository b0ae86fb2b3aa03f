"""Open data in Chromium: the page under its strict policy, and the site as files, browsed from the disk."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import Site, tracker
from tests.browser.visitor import Visitor

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


def test_the_site_as_files_is_whole(site: Site, browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    tracker(site.data_dir, "release", "--static", str(folder))
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
    page.get_by_role("link", name="Compare").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This is not in these files")
    assert failed == []
    page.close()
