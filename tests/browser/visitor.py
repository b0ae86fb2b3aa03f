"""Somebody at a browser: one context with its own cookies, who notes everything that goes wrong unseen."""

import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, ViewportSize

from tests.browser.site import ROOT, Site

SCREENSHOTS = ROOT / "tests" / "screenshots"
# The browser's own remark on a page that answers with an error page, which is what a form with faults does.
REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of (403|404|409|422)")


class Visitor:
    """`page` is the open tab; `troubles` what the console and the network reported."""

    def __init__(
        self, browser: Browser, site: Site, name: str, *, javascript: bool = True, width: int = 1280
    ) -> None:
        self.site, self.name = site, name
        self.javascript = javascript
        self.troubles: list[str] = []
        self._shots = 0
        self.context = browser.new_context(
            base_url=site.url,
            java_script_enabled=javascript,
            viewport=ViewportSize(width=width, height=900),
            accept_downloads=True,
        )
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not REFUSAL.match(message.text):
            self.troubles.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self.site.url):
            self.troubles.append(f"foreign request: {request.url}")

    def shot(self, what: str) -> None:
        """Keep a picture of the whole page, to be looked at by a person. Without JavaScript it looks the same."""
        if not self.javascript:
            return
        self._shots += 1
        SCREENSHOTS.mkdir(exist_ok=True)
        path = SCREENSHOTS / f"{self.name}-{self._shots:02}-{what}.png"
        self.page.screenshot(path=path, full_page=True)

    def sign_in(self, email: str) -> None:
        self.page.goto("/en/sign-in")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password").fill(self.site.passwords[email])
        self.page.get_by_role("main").get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/en/o**")

    def sign_out(self) -> None:
        self.page.locator(".account summary").click()
        self.page.get_by_role("button", name="Sign out").click()
        self.page.get_by_text("You are signed out.").wait_for()

    def flash(self) -> str:
        return self.page.locator(".flash").inner_text()

    def focused_id(self) -> str:
        return str(self.page.evaluate("document.activeElement.id"))

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(
            self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )

    def close(self) -> None:
        self.context.close()


def visitors(browser: Browser, site: Site, name: str, *, javascript: bool) -> Iterator[Visitor]:
    """One visitor, who at the end must have met no trouble, nor left a defect in the server's log."""
    visitor = Visitor(browser, site, name, javascript=javascript)
    yield visitor
    visitor.close()
    assert visitor.troubles == []
    assert "defect" not in site.printed()


def download(visitor: Visitor, link: str, folder: Path) -> Path:
    """The file behind a link of the page, as the browser saves it."""
    with visitor.page.expect_download() as waiting:
        visitor.page.get_by_role("link", name=link).first.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path
