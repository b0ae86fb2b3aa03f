"""Two people take the seed's draft crosswalk from draft to published, one mapping by keyboard only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import Site, World
from tests.browser.visitor import Visitor, visitors

pytestmark = pytest.mark.browser

WRITER, REVIEWER = "operator@secretariat.example", "editor@secretariat.example"
SETS = "/en/o/secretariat/crosswalks"
GUIDE = "Delta 8.7 Justice Policy Guide"
WHY = "The report names international cooperation as a part of prevention."


@pytest.fixture(scope="module", params=[True, False], ids=["javascript", "no-javascript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def site(world: World, javascript: bool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of its own for each way, so that both start from the same world."""
    with Site(world, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def visitor(browser: Browser, site: Site, javascript: bool, tmp_path: Path) -> Iterator[Visitor]:
    yield from visitors(browser, site, f"crosswalk-{'js' if javascript else 'nojs'}", javascript=javascript)


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus is on what the selector means."""
    target = page.locator(wanted).first
    for _step in range(120):
        page.keyboard.press("Tab")
        if page.locator(":focus").count() and target.and_(page.locator(":focus")).count():
            return
    raise AssertionError(f"the keyboard does not reach {wanted}")


def add_a_mapping_by_keyboard(page: Page) -> None:
    """From the workbench: open an item, take a suggestion, fill in the form, save."""
    tab_to(page, "a:text('International justice')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Suggestions")).to_be_visible()
    tab_to(page, "li:has-text('HTCC-C6') a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="International justice (D87J-INT)")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Prevention (HTCC-C6)")).to_be_checked()
    # one radio of a group is reached by Tab, the others by arrows
    tab_to(page, "input[name=relation]")
    for _step in range(4):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_label("supports", exact=True)).to_be_checked()
    tab_to(page, "textarea[name=rationale]")
    page.keyboard.type(WHY)
    tab_to(page, "input[name=confidence]")
    page.keyboard.type("0.6")
    tab_to(page, "input[name=strength]")
    page.keyboard.type("3")
    page.keyboard.press("Enter")


def test_from_draft_to_published(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in(WRITER)
    page.get_by_role("link", name="Crosswalks: workbench").click()
    visitor.shot("sets")
    page.get_by_role("link", name=GUIDE).click()
    expect(page.get_by_role("heading", level=2)).to_have_count(2)
    visitor.shot("workbench")
    add_a_mapping_by_keyboard(page)
    assert "The mapping is added." in visitor.flash()
    visitor.shot("item")
    # what has no counterpart, and what nobody looks at
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name=GUIDE).click()
    page.get_by_role("link", name="Needs evaluation", exact=True).click()
    page.get_by_role("link", name="It has no counterpart").click()
    page.get_by_label("Why", exact=True).fill("The guide is about justice systems only.")
    page.get_by_role("button", name="Save").click()
    assert "A second person reviews it." in visitor.flash()
    # the writer can't review the own two, nor publish
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name=GUIDE).click()
    page.get_by_role("link", name="Review (6 wait)").click()
    expect(page.get_by_role("heading", name="You edited these last")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(4)
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name=GUIDE).click()
    page.get_by_role("link", name="Publish", exact=True).click()
    expect(page.get_by_role("button", name="Publish and freeze")).to_have_count(0)
    visitor.sign_out()

    visitor.sign_in(REVIEWER)
    page.goto(SETS)
    page.get_by_role("link", name=GUIDE).click()
    page.get_by_role("link", name="Review (6 wait)").click()
    expect(page.get_by_text(WHY).first).to_be_visible()
    for box in page.get_by_role("checkbox").all():
        box.check()
    visitor.shot("review")
    page.get_by_role("button", name="I have looked at what is ticked: review it").click()
    assert "Reviewed: 6." in visitor.flash()
    page.get_by_role("link", name="Publish", exact=True).click()
    visitor.shot("publish")
    expect(page.locator("summary", has_text="were not looked at")).to_be_visible()
    page.get_by_role("button", name="Publish and freeze").click()
    assert "frozen from now on" in visitor.flash()
    expect(page.locator(".tag", has_text="Published").first).to_be_visible()
    expect(page.get_by_text(WHY)).to_be_visible()
    visitor.shot("published")
    assert visitor.overflow() == 0 if visitor.javascript else True
    page.goto(SETS)
    page.get_by_role("link", name=GUIDE).click()
    expect(page.get_by_text("This crosswalk is frozen")).to_be_visible()
    expect(page.get_by_role("link", name="Add a mapping")).to_have_count(0)
