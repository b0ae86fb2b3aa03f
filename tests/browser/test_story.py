"""A contested cell from self-report to correction: what was public at four moments, and that every surface tells it alike."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests import factories, personas
from tests.browser.site import Site, World
from tests.browser.visitor import Visitor
from tests.personas import NGO, NGO_REVIEWER, OWNER, TEAMMATE
from tracker.db.engine import create_engine
from tracker.db.session import Database
from tracker.entries import publish
from tracker.kit import clock
from tracker.kit.vocabulary import Domain

pytestmark = pytest.mark.browser

NOW = clock.now()
REPORTED, NOTIFIED, REPLIED, ASSESSED = (NOW - timedelta(days=n) for n in (70, 50, 45, 40))
MINISTRY, WATCH = "Ministry of Health of Quillmere", "Open Care Watch (demo NGO)"
REPLY = "The gazette of the northern region was not looked at. It holds the decree."
SEARCH = "Gazette of the southern region"
MISTAKE = "Article 3 asks for a plan; it adopts nothing yet."
ANSWER = "You are right. A correction is published."
CELL = "XAA/delta87-justice@2021/D87J-HEALTH/all"
QUERY = "jurisdictions=XAA&framework=delta87-justice&items=D87J-HEALTH&source=all"
NOTHING_FOUND = factories.content(
    commitment="0",
    citations=(),
    search_who="Research desk",
    search_where=SEARCH,
    search_when=date(2025, 3, 1),
    note="Nothing was found.",
)


async def happen(path: Path) -> None:
    """What happened before the browser opens, each thing at its day, by the services that the pages call."""
    database = Database(create_engine(f"sqlite+aiosqlite:///{path}"))
    owner, teammate, ngo, ngo_reviewer = [
        await personas.actor(database, p) for p in (OWNER, TEAMMATE, NGO, NGO_REVIEWER)
    ]
    where = await factories.cell(database, "XAA", "D87J-HEALTH", Domain.ALL)
    with clock.at(REPORTED):
        await factories.published(database, owner, teammate, where, factories.content(commitment="3"))
    with clock.at(NOTIFIED):
        draft = await factories.notified(database, ngo, ngo_reviewer, where, NOTHING_FOUND)
    with clock.at(REPLIED):
        await factories.replied(database, teammate, draft, REPLY)
    with clock.at(ASSESSED):
        async with database.write(personas.bound(ngo_reviewer)) as db:
            await publish.publish(db, ngo_reviewer, draft.id, version=draft.version)
    await database.dispose()


@pytest.fixture(scope="module")
def site(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server on the demo world with this story's past."""
    site = Site(world, tmp_path_factory.mktemp("site"))
    # In a thread of its own: while the browser runs, its event loop counts as running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, happen(site.data_dir / "tracker.sqlite3")).result()
    with site:
        yield site


@dataclass(frozen=True)
class Known:
    """What was public of the cell by the end of a day: level on paper by organisation, contest, reply."""

    day: date
    levels: dict[str, str]
    contested: bool = False
    reply: bool = False


WORDS = {"0": "None found", "1": "Proposed", "3": "Adopted in full"}
PAST = (
    Known(REPORTED.date(), {MINISTRY: "3"}),
    Known(REPLIED.date(), {MINISTRY: "3"}),
    Known(ASSESSED.date(), {MINISTRY: "3", WATCH: "0"}, contested=True, reply=True),
)
PRESENT = Known(NOW.date(), {MINISTRY: "1", WATCH: "0"}, reply=True)


def test_a_contested_cell_from_report_to_correction(visitor: Visitor) -> None:
    for known in PAST:
        assert_told_alike(visitor, known)
    number = report_a_mistake(visitor)
    correct_it(visitor)
    publish_the_correction_and_answer(visitor, number)
    read_the_answer(visitor, number)
    for known in (*PAST, PRESENT):  # what was public then has not changed
        assert_told_alike(visitor, known)


def assert_told_alike(visitor: Visitor, known: Known) -> None:
    page_tells(visitor, known)
    file_tells(visitor, known)
    json_tells(visitor, known)
    briefing_tells(visitor, known)


def page_tells(visitor: Visitor, known: Known) -> None:
    page = visitor.page
    page.goto(f"/en/jurisdictions/{CELL}?as_of={known.day}")
    visitor.shot(f"cell-{known.day}")
    voices = page.locator("main section")
    expect(voices).to_have_count(len(known.levels))
    for organisation, code in known.levels.items():
        voice = voices.filter(has=page.get_by_role("heading", name=organisation, level=2))
        expect(voice.locator(".figures dd").first).to_contain_text(WORDS[code])
    expect(page.locator("main .lead .tag-contested")).to_have_count(int(known.contested))
    expect(page.get_by_text(REPLY)).to_have_count(int(known.reply))
    expect(page.get_by_text(SEARCH)).to_have_count(int(WATCH in known.levels))


def get(visitor: Visitor, path: str) -> bytes:
    answer = visitor.page.request.get(path)
    assert answer.status == 200, path
    return answer.body()


def file_tells(visitor: Visitor, known: Known) -> None:
    text = get(visitor, f"/en/compare.csv?{QUERY}&as_of={known.day}").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {r["organisation"]: r["commitment"] for r in rows} == {
        KEYS[name]: code for name, code in known.levels.items()
    }
    assert {r["contested"] for r in rows} == {str(known.contested).lower()}
    assert {r["commitment_verification"] for r in rows} == {"V1"}


def json_tells(visitor: Visitor, known: Known) -> None:
    """The comparison's JSON, the API's, and the API's entries with their replies."""
    told = {KEYS[name]: code for name, code in known.levels.items()}
    for path, rows in (("/en/compare.json", "rows"), ("/api/v1/compare", "data")):
        answer = json.loads(get(visitor, f"{path}?{QUERY}&as_of={known.day}"))
        assert {r["organisation"]: str(r["commitment"]) for r in answer[rows]} == told, path
        assert {r["contested"] for r in answer[rows]} == {known.contested}, path
    answer = json.loads(get(visitor, f"/api/v1/entries?{QUERY}&as_of={known.day}"))
    assert {e["organisation"]: str(e["commitment"]) for e in answer["data"]} == told
    uid = next(e["uid"] for e in answer["data"] if e["organisation"] == KEYS[MINISTRY])
    assert json.loads(get(visitor, f"/api/v1/entries/{uid}"))["jurisdiction"]
    if known.reply:
        uid = next(e["uid"] for e in answer["data"] if e["organisation"] == KEYS[WATCH])
        assert REPLY in get(visitor, f"/api/v1/entries/{uid}").decode()


KEYS = {MINISTRY: "health-xaa", WATCH: "open-care-watch"}


def briefing_tells(visitor: Visitor, known: Known) -> None:
    body = get(visitor, f"/en/compare/briefing.pdf?{QUERY}&as_of={known.day}")
    text = " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(body)).pages).split())
    for organisation in (MINISTRY, WATCH):
        assert (organisation in text) == (organisation in known.levels), known.day
    for code, word in WORDS.items():
        if code in known.levels.values():
            assert word in text, known.day
    assert ("contested" in text.lower().replace("not contested", "")) or not known.contested
    assert (REPLY in text) == known.reply
    assert (SEARCH in text) == (WATCH in known.levels)
    page = visitor.page
    page.goto(f"/en/compare/briefing?{QUERY}&as_of={known.day}")
    expect(page.get_by_text(REPLY)).to_have_count(int(known.reply))


def report_a_mistake(visitor: Visitor) -> str:
    page = visitor.page
    page.goto(f"/en/jurisdictions/{CELL}")
    page.get_by_role("link", name=f"Report a mistake in what {MINISTRY} published").click()
    expect(page.get_by_text("It is not a place to tell what happened to you")).to_be_visible()
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator(".error-summary")).to_be_focused()
    visitor.shot("report-faults")
    page.get_by_label("What is wrong, and what would be right").fill(MISTAKE)
    page.get_by_label("A link to the evidence").fill("https://example.org/decree-12-2024")
    page.get_by_label("This is about policy only").check()
    page.get_by_role("button", name="Send the report").click()
    assert "Your report has the number" in visitor.flash()
    expect(page.get_by_text("stays unpublished until")).to_be_visible()
    expect(page.get_by_text(MISTAKE)).to_have_count(0)
    visitor.shot("report")
    return page.url.rpartition("/")[2]


def correct_it(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in(OWNER.email)
    page.get_by_role("link", name="What needs you").click()
    contested = page.get_by_role("heading", name="Contested", exact=True).locator(
        "xpath=following-sibling::ul[1]"
    )
    expect(contested).to_contain_text("Quillmere: Health policy and practice")
    visitor.shot("work-contributor")
    page.goto(f"/en/o/health-xaa/jurisdictions/XAA/cells/{CELL.removeprefix('XAA/')}")
    page.get_by_role("group", name="On paper", exact=True).get_by_label("1 – Proposed", exact=True).check()
    page.get_by_label("Correction", exact=False).first.check()
    page.locator("#note").fill("Article 3 announces a plan.")
    page.get_by_role("button", name="Submit for review").click()
    assert "Submitted for review." in visitor.flash()
    visitor.sign_out()


def publish_the_correction_and_answer(visitor: Visitor, number: str) -> None:
    page = visitor.page
    visitor.sign_in(TEAMMATE.email)
    page.get_by_role("link", name="What needs you").click()
    visitor.shot("work-reviewer")
    page.get_by_role("link", name="Quillmere: Health policy and practice").first.click()
    page.get_by_role("button", name="Publish", exact=True).click()
    assert "The entry is published." in visitor.flash()
    page.goto("/en/o/health-xaa/work")
    page.get_by_role("link", name=f"No. {number}").click()
    expect(page.get_by_text(MISTAKE)).to_be_visible()
    page.get_by_label("Accepted: we correct it").check()
    page.get_by_label("Answer").fill(ANSWER)
    visitor.shot("answer")
    page.get_by_role("button", name="Close the report").click()
    assert "The report is closed." in visitor.flash()
    visitor.sign_out()


def read_the_answer(visitor: Visitor, number: str) -> None:
    page = visitor.page
    page.goto("/en")
    page.get_by_role("link", name="Corrections").click()
    page.get_by_role("link", name=number, exact=True).click()
    for text in (MISTAKE, ANSWER):
        expect(page.get_by_text(text)).to_be_visible()
    expect(page.locator("main .summary")).to_contain_text("Accepted")
    visitor.shot("report-answered")


def test_the_steward_finds_the_notice_and_replies(visitor: Visitor) -> None:
    """The demo world's own notice, by the browser."""
    page = visitor.page
    visitor.sign_in(TEAMMATE.email)
    page.get_by_role("link", name="Notices").click()
    visitor.shot("notices")
    page.get_by_role("link", name="Quillmere: Legal/ethical standards, organization").click()
    expect(page.get_by_text("An assessment by")).to_be_visible()
    page.get_by_role("button", name="Lodge the reply").click()
    expect(page.locator(".error-summary")).to_be_focused()
    visitor.shot("notice-fault")
    page.get_by_label("Your reply").fill("First paragraph.\n\nSecond paragraph.")
    page.get_by_role("button", name="Lodge the reply").click()
    assert "Your reply is lodged." in visitor.flash()
    assert visitor.overflow() <= 0
