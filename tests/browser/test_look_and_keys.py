"""What only a browser shows: small windows, the keyboard, paper, and that pages load nothing from elsewhere."""

import unicodedata
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

STATES = "US-CT,US-FL,US-LA,US-MI,US-TX"
PUBLIC = [
    "/en",
    "/en/how-to-read",
    "/en/sign-in",
    "/en/jurisdictions",
    "/en/jurisdictions?q=texas",
    "/en/jurisdictions/XAB",
    "/en/jurisdictions/US-TX",
    "/en/jurisdictions/XAB/hhs-core-competencies@2021/HTCC-C2/individual",
    "/en/jurisdictions/XAA/hhs-core-competencies@2021/HTCC-C2/organization",
    "/en/jurisdictions/FRA/delta87-justice@2021/D87J-HEALTH/all",
    "/en/frameworks",
    "/en/frameworks/hhs-core-competencies@2021",
    "/en/frameworks/eu-directive-2011-36",
    "/en/crosswalks",
    "/en/crosswalks/hhs-core-competencies--delta87-justice",
    "/en/compare",
    f"/en/compare?jurisdictions={STATES}",
    "/en/compare?jurisdictions=XAA,XAB,XAC&source=all&layout=together",
    "/en/compare?jurisdictions=XAA,NOPE&axis=sideways",
    "/en/compare/briefing?jurisdictions=US-FL,US-TX,XAB",
    "/en/there-is-no-such-page",
]
WORKSPACE = [
    "/en/o/health-xac",
    "/en/account",
    "/en/o/health-xac/jurisdictions/XAC",
    "/en/o/health-xac/jurisdictions/XAC?framework=delta87-justice@2021",
    "/en/o/health-xac/jurisdictions/XAC/apply",
    "/en/o/health-xac/jurisdictions/XAC/cells/hhs-core-competencies@2021/HTCC-C1/individual",
    "/en/o/health-xac/jurisdictions/XAC/cells/hhs-core-competencies@2021/HTCC-UC/organization",
    "/en/o/health-xac/jurisdictions/XAC/cells/hhs-core-competencies@2021/HTCC-C2/individual",
    "/en/o/health-xac/review",
]
FOCUS_SHOWN = """() => {
  const e = document.activeElement;
  const told = [getComputedStyle(e), getComputedStyle(e, '::after')];
  const shown = told.some(s => parseFloat(s.outlineWidth) > 0 && s.outlineStyle !== 'none');
  const box = e.getBoundingClientRect();
  return [e.tagName + ' ' + (e.id || e.getAttribute('href') || e.className || e.name), shown, box.width > 0];
}"""


def fits(visitor: Visitor, paths: list[str]) -> None:
    too_wide = []
    for width in (320, 360):
        visitor.page.set_viewport_size({"width": width, "height": 740})
        for path in paths:
            visitor.page.goto(path)
            expect(visitor.page.locator("h1")).to_have_count(1)
            if over := visitor.overflow():
                too_wide.append(f"{path} by {over} at {width}")
    assert not too_wide, "\n".join(too_wide)


def test_public_pages_fit_a_small_window(visitor: Visitor) -> None:
    fits(visitor, PUBLIC)
    for path, name in (("/en", "small-home"), (f"/en/compare?jurisdictions={STATES}", "small-compare")):
        visitor.page.goto(path)
        visitor.shot(name)


SMALLEST_WORD = """() => Math.min(...[...document.querySelectorAll('.briefing .drawing text')]
  .map(t => t.getBoundingClientRect().height).filter(h => h > 0))"""


def test_the_words_of_drawings_can_be_read_on_a_telephone(visitor: Visitor) -> None:
    page = visitor.page
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(f"/en/compare/briefing?jurisdictions={STATES}")
        assert page.evaluate(SMALLEST_WORD) >= 9
        expect(page.locator(".drawing.small").filter(visible=True)).to_have_count(
            page.locator(".drawing.small").count() if width == 360 else 0
        )
    ids = page.eval_on_selector_all("[id]", "all => all.map(e => e.id)")
    assert len(ids) == len(set(ids))


def test_workspace_pages_fit_a_small_window(visitor: Visitor) -> None:
    visitor.sign_in("reviewer@health.xac.example")
    fits(visitor, WORKSPACE)
    visitor.page.goto(WORKSPACE[4])
    visitor.shot("small-apply")
    visitor.page.get_by_role("button", name="Submit all for review").click()
    assert visitor.overflow() <= 0


def test_skip_link_comes_first_and_leads_to_the_content(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/en/frameworks")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert visitor.focused_id() == "main"
    page.keyboard.press("Tab")
    # The first thing in it: a region that can be scrolled by the keyboard comes before the links inside it.
    expect(page.locator("main").locator("a[href], [tabindex='0']").first).to_be_focused()


FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]"


def walk(page: Page) -> list[str]:
    """Tab through a page to its end; what had the focus. Each must show it, and none may come twice."""
    seen: list[str] = []
    for _ in range(page.locator(FOCUSABLE).count() + 1):
        page.keyboard.press("Tab")
        name, shown, has_size = page.evaluate(FOCUS_SHOWN)
        if name.startswith("BODY"):
            return seen
        assert shown, f"the focus does not show on {name} of {page.url}"
        assert has_size, f"the focus is on something without a size: {name} of {page.url}"
        seen.append(name)
    raise AssertionError(f"the keyboard does not get through {page.url}")


@pytest.mark.parametrize(
    "path", ["/en", "/en/compare", "/en/compare?jurisdictions=XAA,XAB", "/en/jurisdictions/XAA"]
)
def test_the_focus_shows_everywhere(visitor: Visitor, path: str) -> None:
    visitor.page.goto(path)
    assert len(walk(visitor.page)) > 10


def test_an_entry_can_be_logged_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/en/sign-in")
    page.get_by_label("E-mail address").focus()
    page.keyboard.type("contributor@health.xac.example")
    page.keyboard.press("Tab")
    page.keyboard.type(visitor.site.passwords["contributor@health.xac.example"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/o/health-xac")
    page.goto("/en/o/health-xac/jurisdictions/XAC/cells/hhs-core-competencies@2021/HTCC-C4/educator")
    assert {"INPUT commitment-5", "INPUT note", "TEXTAREA note"} & set(walk(page))
    page.locator("#commitment-5").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#commitment-6")).to_be_checked()
    page.keyboard.press("ArrowDown")
    page.locator("#note").focus()
    page.keyboard.type("The sources do not settle it.")
    page.get_by_role("button", name="Submit for review").focus()
    page.keyboard.press("Enter")
    assert "Submitted for review." in visitor.flash()


def test_the_comparison_prints(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/en/compare?jurisdictions=XAA,XAB,US-TX&source=all")
    page.emulate_media(media="print")
    for unwanted in (".site-nav", ".filters", ".skip", ".breadcrumbs", "main a.button"):
        expect(page.locator(unwanted).first).to_be_hidden()
    expect(page.locator("table.matrix").first).to_be_visible()
    assert page.evaluate(
        "[...document.querySelectorAll('.scroll')].every(e => e.scrollWidth <= e.clientWidth + 1)"
    )
    visitor.shot("print")
    text = " ".join(p.extract_text() for p in PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages)
    text = unicodedata.normalize("NFKC", " ".join(text.split()))  # ligatures are one character there
    for wanted in ("Quillmere", "Texas", "Fictional", "Not assessed", "Not affiliated with HHS"):
        assert wanted in text
    assert "Sign in" not in text


def test_a_title_that_can_t_be_broken_leaves_the_other_columns_their_room(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/en/compare/briefing?jurisdictions=XAA,XAB")
    page.evaluate(
        """() => document.querySelectorAll('.told tbody tr').forEach(row => {
          const link = row.querySelector('td a'); if (link) link.textContent = 'x'.repeat(400); })"""
    )
    page.set_viewport_size({"width": 1016, "height": 688})  # A4, lying, within its margins
    page.emulate_media(media="print")
    assert page.evaluate("document.querySelectorAll('.told td a').length") > 20
    assert page.evaluate(
        "[...document.querySelectorAll('.scroll:has(.told)')].every(e => e.scrollWidth <= e.clientWidth + 1)"
    )


def test_sixty_jurisdictions_print_on_few_pages(visitor: Visitor) -> None:
    """Down and across: nothing is cut off, each page names its columns, and signs stand for words."""
    page = visitor.page
    told = page.request.get("/api/v1/jurisdictions?kind=country&limit=60").json()["data"]
    codes = ",".join(["XAA", *(c["jurisdiction"] for c in told if not c["fictional"])][:60])
    for layout, most in (("together", 12), ("together,swapped", 12)):
        page.goto(f"/en/compare?jurisdictions={codes}&domains=individual,educator&layout={layout}")
        page.emulate_media(media="print")
        assert page.evaluate(
            "[...document.querySelectorAll('.scroll')].every(e => e.scrollWidth <= e.clientWidth + 1)"
        )
        sheets = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
        texts = [unicodedata.normalize("NFKC", " ".join(s.extract_text().split())) for s in sheets]
        assert len(sheets) <= most, layout
        assert {round(float(s.mediabox.width)) for s in sheets} == {842}, "A4, lying"
        assert "n by name" in texts[0]
        end = next(n for n, text in enumerate(texts) if "How much is known" in text)
        heads = ("Core Competency 6",) if layout == "together" else ("Aruba", "Cyprus")
        assert end >= 2
        assert all(any(head in text for head in heads) for text in texts[1:end]), "the head is repeated"
        page.emulate_media(media="screen")


def test_dark_and_large_text(visitor: Visitor) -> None:
    page = visitor.page
    page.emulate_media(color_scheme="dark")
    page.goto("/en/compare?jurisdictions=XAA,XAB")
    visitor.shot("dark-compare")
    page.goto("/en/jurisdictions/XAB/hhs-core-competencies@2021/HTCC-C2/individual")
    visitor.shot("dark-cell")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(20, 24, 29)"


def test_a_page_runs_and_loads_nothing_from_elsewhere(visitor: Visitor) -> None:
    """The policy holds in a browser: what is slipped into a page neither runs nor loads."""
    page = visitor.page
    page.goto("/en")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"https://elsewhere.example/x.png\">'"
        " + '<p id=bait onclick=\"document.title = 1\">x</p>')"
    )
    page.evaluate(
        "{const s = document.createElement('script'); s.textContent = 'window.hurt = 1'; document.body.append(s)}"
    )
    page.locator("#bait").click()
    assert page.evaluate("window.hurt === undefined && document.title !== '1'")
    refused = [t for t in visitor.troubles if "Content Security Policy" in t]
    assert len(refused) == 3
    visitor.troubles.clear()
