"""A real Chromium at a real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.site import Site, World, make_world
from tests.browser.visitor import Visitor, visitors
from tests.services.browser import launch


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The demo world, loaded once by the commands a person uses."""
    return make_world(tmp_path_factory.mktemp("world") / "data")


# By module: while playwright runs, its event loop counts as running for every other test.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=20_000)  # a machine may be busy; a page that is right answers at once
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def site(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(world, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def visitor(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    yield from visitors(browser, site, Path(request.node.path).stem.removeprefix("test_"), javascript=True)
