"""The main job from end to end: log, submit, publish as another, compare, download. With JavaScript and without."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from tests.browser.site import Site, World
from tests.browser.visitor import Visitor, download, visitors

pytestmark = pytest.mark.browser

CONTRIBUTOR, REVIEWER = "contributor@health.xac.example", "reviewer@health.xac.example"
GRID = "/en/o/health-xac/jurisdictions/XAC"
CELL = "/en/o/health-xac/jurisdictions/XAC/cells/hhs-core-competencies@2021/{}/{}"
REGULATION = "Regulation on Needs Evaluation in Emergency Care"
QUOTE = "Every emergency service evaluates needs before referral."
DECREE = "Decree on Prevention in Lumbrava"


@pytest.fixture(scope="module", params=[True, False], ids=["javascript", "no-javascript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def site(world: World, javascript: bool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of its own for each way, so that both start from the same world."""
    with Site(world, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def visitor(browser: Browser, site: Site, javascript: bool) -> Iterator[Visitor]:
    name = f"journey-{'js' if javascript else 'nojs'}"
    yield from visitors(browser, site, name, javascript=javascript)


def choose(page: Page, group: str, option: str) -> None:
    page.get_by_role("group", name=group, exact=True).get_by_label(option, exact=True).check()


def citation(page: Page, number: int) -> Locator:
    return page.get_by_role("group", name=f"Citation {number}", exact=True)


def unfold(within: Locator, summary: str) -> None:
    """Open a part that is folded away; one that a fault has opened stays open."""
    details = within.locator("details", has=within.page.locator("summary", has_text=summary)).last
    if details.get_attribute("open") is None:
        details.locator("summary").first.click()


def type_regulation(page: Page) -> None:
    block = citation(page, 1)
    unfold(block, "Add a new instrument")
    block.get_by_label("Title", exact=True).fill(REGULATION)
    block.get_by_label("Kind").select_option("regulation")
    block.get_by_label("Adopted or issued on").fill("2025-02-03")
    block.get_by_label("Link (optional)", exact=True).fill("https://documents.example/xac-needs")
    block.get_by_label("Where in it").fill("art. 7")
    block.locator("textarea[name$=quote]").fill(QUOTE)


def test_the_whole_journey(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    page.goto("/en")
    visitor.shot("home")
    page.get_by_role("link", name="Sign in to log adoption").click()
    visitor.shot("sign-in")
    visitor.sign_in(CONTRIBUTOR)
    visitor.shot("workspace")
    page.get_by_role("link", name="Lumbrava").click()
    expect(page.locator("table.matrix td.cell a")).to_have_count(28)
    visitor.shot("grid")

    page.locator(f"a[href='{CELL.format('HTCC-C3', 'individual')}']").click()
    visitor.shot("entry-empty")
    meet_every_fault(visitor)
    save_and_submit(visitor)
    apply_to_many(visitor)
    contributor_cannot_publish(visitor)
    visitor.sign_out()

    visitor.sign_in(REVIEWER)
    return_one_and_publish_the_rest(visitor)
    visitor.sign_out()

    read_as_anyone(visitor, tmp_path)

    visitor.sign_in(CONTRIBUTOR)
    page.goto(CELL.format("HTCC-C6", "researcher"))
    expect(page.get_by_text("Name the office that answers for it.")).to_be_visible()
    visitor.shot("entry-returned")


def meet_every_fault(visitor: Visitor) -> None:
    """All faults at once: the summary has the focus, each link leads to its field, what was typed stays."""
    page = visitor.page
    choose(page, "On paper", "0 – None found")
    page.get_by_label("In force from").fill("2025-05-05")
    page.get_by_label("In force until").first.fill("2024-01-01")
    type_regulation(page)
    page.get_by_label("Link (optional)", exact=True).fill("javascript:alert(1)")
    page.locator("#citations-0-quote").fill("q" * 100_000)
    page.locator("#note").fill("A note that must not be lost.")
    page.get_by_role("button", name="Submit for review").click()

    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    assert page.title().startswith("Error: ")
    visitor.shot("entry-faults")
    links = [link.get_attribute("href") or "" for link in summary.get_by_role("link").all()]
    wanted = {
        "search_who",
        "search_where",
        "search_when",
        "valid_to",
        "citations-0-new_url",
        "citations-0-quote",
    }
    assert {link.removeprefix("#") for link in links} == wanted | {"basis-0", "scope-0"}
    for link in links:
        summary.locator(f"a[href='{link}']").click()
        assert visitor.focused_id() == link.removeprefix("#")
    assert page.locator("#citations-0-quote").input_value() == "q" * 100_000
    assert page.locator("#note").input_value() == "A note that must not be lost."
    assert page.locator("#citations-0-new_url").input_value() == "javascript:alert(1)"
    assert page.get_by_label("In force until").first.input_value() == "2024-01-01"
    expect(page.locator("#commitment-0")).to_be_checked()
    assert visitor.overflow() <= 0
    page.goto(GRID)
    assert (
        page.locator(f"a[href='{CELL.format('HTCC-C3', 'individual')}']").get_by_text("Nothing yet").count()
    )


def save_and_submit(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(CELL.format("HTCC-C3", "individual"))
    choose(page, "On paper", "0 – None found")
    page.get_by_role("button", name="Submit for review").click()
    expect(page.locator(".error-summary")).to_be_focused()
    page.go_back()
    expect(page.locator(".error-summary")).to_have_count(0)

    choose(page, "On paper", "2 – Adopted in part")
    choose(page, "In practice", "1 – Preparing")
    choose(page, "Basis", "Equivalent measure")
    choose(page, "Scope", "Targeted")
    page.get_by_label("Which professions").fill("Emergency services")
    page.get_by_label("In force from").fill("2025-03-01")
    unfold(page.locator("main"), "owner and budget")
    page.get_by_label("Owner").fill("Hospital Directorate")
    type_regulation(page)
    page.get_by_role("button", name="Save draft").click()
    assert "Draft saved." in visitor.flash()
    visitor.shot("entry-saved")

    page.get_by_role("button", name="Add another citation").click()
    assert page.get_by_label("Which professions").input_value() == "Emergency services"
    second = citation(page, 2)
    second.locator("select[name$=instrument]").select_option(index=1)
    second.get_by_label("Where in it").fill("p. 12")
    second.get_by_label("In practice").check()
    page.get_by_role("button", name="Submit for review").click()
    assert "Submitted for review." in visitor.flash()
    cell = page.locator(f"a[href='{CELL.format('HTCC-C3', 'individual')}']")
    expect(cell.get_by_text("Submitted")).to_be_visible()
    visitor.shot("grid-submitted")
    cell.click()
    expect(page.get_by_text("It waits for a reviewer.")).to_be_visible()
    expect(page.get_by_text(REGULATION)).to_be_visible()
    expect(page.locator("main form textarea")).to_have_count(0)
    visitor.shot("entry-submitted")


def apply_to_many(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(GRID)
    page.get_by_role("link", name="Apply one instrument to many cells").click()
    page.get_by_role("button", name="Submit all for review").click()
    expect(page.locator(".error-summary")).to_be_focused()
    visitor.shot("apply-faults")
    unfold(page.locator("main"), "Add a new instrument")
    page.get_by_label("Title", exact=True).fill(DECREE)
    page.get_by_label("Kind").select_option("regulation")
    page.get_by_label("Adopted or issued on").fill("2025-04-04")
    page.get_by_label("Where in it").fill("art. 2")
    for domain in ("individual", "organization", "researcher", "educator"):
        page.locator(f"input[value='HTCC-C6:{domain}']").set_checked(domain != "individual")
    page.locator("#commitment").select_option("2")
    choose(page, "Basis", "Equivalent measure")
    choose(page, "Scope", "General")
    visitor.shot("apply-filled")
    page.get_by_role("button", name="Submit all for review").click()
    assert "3 entries submitted for review." in visitor.flash()


def contributor_cannot_publish(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/en/o/health-xac/review")
    expect(page.get_by_role("link", name="Lumbrava: Needs evaluation")).to_be_visible()
    expect(page.get_by_role("button", name="Publish the ticked entries")).to_have_count(0)
    expect(page.locator("main input[type=checkbox]")).to_have_count(0)
    visitor.shot("queue-contributor")


def return_one_and_publish_the_rest(visitor: Visitor) -> None:
    page = visitor.page
    visitor.shot("workspace-reviewer")
    page.get_by_role("link", name="wait for review").click()
    visitor.shot("queue")
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(5)  # one was submitted in the demo world already
    researcher = rows.filter(has_text="researcher")
    researcher.get_by_role("link").click()
    page.get_by_role("button", name="Return to the author").click()
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_label("Reason").fill("Name the office that answers for it.")
    visitor.shot("review-one")
    page.get_by_role("button", name="Return to the author").click()
    assert "returned to its author" in visitor.flash()
    page.get_by_role("button", name="Publish the ticked entries").click()
    assert "Tick what to publish first." in visitor.flash()
    for text in ("organization", "educator", "needs"):
        rows.filter(has_text=text).locator("input[type=checkbox]").first.check()
    page.get_by_role("button", name="Publish the ticked entries").click()
    assert "3 entries are published." in visitor.flash()
    expect(rows).to_have_count(1)


def read_as_anyone(visitor: Visitor, folder: Path) -> None:
    page = visitor.page
    page.goto("/en")
    page.get_by_role("link", name="Compare jurisdictions").click()
    visitor.shot("compare-empty")
    for name in ("Lumbrava (fictional)", "Quillmere (fictional)"):
        page.get_by_label(name).check()
    page.get_by_role("button", name="Compare", exact=True).click()
    assert page.url.endswith("/en/compare?jurisdictions=XAC,XAA&framework=hhs-core-competencies") or (
        page.url.endswith("/en/compare?jurisdictions=XAA,XAC&framework=hhs-core-competencies")
    )
    visitor.shot("compare")
    page.get_by_role("link", name="Only differences").click()
    assert "show=differences" in page.url
    visitor.shot("compare-differences")

    text = download(visitor, "Download CSV", folder).read_text(encoding="utf-8")
    records = list(csv.DictReader(io.StringIO(text)))
    mine = [
        r for r in records if (r["jurisdiction"], r["item"], r["domain"]) == ("XAC", "HTCC-C3", "individual")
    ]
    assert [r["commitment"] for r in mine] == ["2"]
    assert REGULATION in mine[0]["sources"]
    assert "art. 7" in mine[0]["sources"]
    pdf = "\n".join(p.extract_text() for p in PdfReader(download(visitor, "Briefing as PDF", folder)).pages)
    assert REGULATION in " ".join(pdf.split())
    assert DECREE in " ".join(pdf.split())

    page.get_by_role("link", name="Read the briefing").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lumbrava")
    expect(page.get_by_text(REGULATION).first).to_be_visible()
    visitor.shot("briefing")

    page.go_back()
    page.locator("td.cell a[href*='/XAC/'][href*='HTCC-C3/individual']").click()
    expect(page.get_by_role("heading", name=REGULATION)).to_be_visible()
    expect(page.get_by_text(QUOTE)).to_be_visible()
    expect(page.get_by_text("art. 7")).to_be_visible()
    expect(page.locator(".timeline li")).to_have_count(1)
    expect(page.locator(".timeline li")).to_contain_text("Ministry of Health of Lumbrava")
    visitor.shot("cell")


def test_a_double_click_makes_one_draft(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in(CONTRIBUTOR)
    page.goto(CELL.format("HTCC-C5", "educator"))
    choose(page, "On paper", "1 – Proposed")
    type_regulation(page)
    page.get_by_label("Title", exact=True).fill("Statement typed once")
    page.get_by_role("button", name="Save draft").dblclick()
    page.wait_for_load_state()
    expect(page.locator(".error-summary")).to_have_count(0)
    visitor.shot("double-click")
    page.goto(CELL.format("HTCC-C5", "researcher"))
    known = page.locator("#citations-0-instrument option").all_inner_texts()
    assert sum("Statement typed once" in text for text in known) == 1
