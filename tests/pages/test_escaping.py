"""Text that means something to HTML, to a spreadsheet or to a PDF stays text on every page and in every file."""

import csv
import io
import unicodedata
from io import BytesIO
from urllib.parse import quote

import pytest
from pypdf import PdfReader

from tests import factories
from tests.briefings.structure import unpacked
from tests.entries.cells import FRESH, cell_path, draft_ids, drafts, entry_path
from tests.pages import html
from tests.personas import OWNER, Visitor
from tracker.db.session import Database

HOSTILE = """=1+1 <b>"'&amp;</b> <script>alert(1)</script> {{ 7*7 }} %s %(name)s"""
RIGHT_TO_LEFT = "=cmd \u202eevil\u202c \u200fمرحبا\u200e -SUM"
TEXTS = [
    "note",
    "scope_note",
    "owner",
    "budget",
    "search_who",
    "search_where",
    "not_applicable_reason",
    "citations-0-quote",
    "citations-0-translation",
    "citations-0-locator",
    "citations-0-new_title",
    "citations-0-new_title_original",
    "citations-0-new_issuer",
    "citations-0-new_citation",
]
BRIEFING = "jurisdictions=XAA&framework=delta87-justice"


def harmless(page: str, path: str) -> None:
    for live in ("<script>alert", '<b>"', "<b>&#34;", "&amp;amp;amp;", ">49<", " 49 "):
        assert live not in page, f"{live} in {path}"
    assert "onerror=" not in page


@pytest.mark.parametrize("text", [HOSTILE, RIGHT_TO_LEFT], ids=["markup", "direction"])
async def test_it_stays_text_from_the_form_to_the_files(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database, text: str
) -> None:
    before = await draft_ids(database, OWNER)
    here = entry_path("health-xaa")
    typed = dict.fromkeys(TEXTS, text) | {"citations-0-quote_language": "<i>", "search_when": "2025-01-01"}
    answer = await owner.submit(here, factories.entry_form(do="save", practice="0", **typed))
    assert answer.status_code == 303, html.words(answer.text)
    form = html.form((await owner.get(here)).text, "Save draft")
    for name in TEXTS:
        if "new_" not in name:
            assert form.fields[name] == text, name
    await owner.submit(here, form.filled(do="submit"))
    (draft,) = await drafts(database, OWNER, before)
    for path in (here, "/en/o/health-xaa/review", f"/en/o/health-xaa/review/{draft.id}"):
        page = (await teammate.get(path)).text
        harmless(page, path)
    assert html.words(page).count(" ".join(text.split())) >= 8
    await teammate.submit("/en/o/health-xaa/review", {"drafts": f"{draft.id}:{draft.version}"})
    await public_pages_keep_it(client, text)
    await files_keep_it(client, text)


async def public_pages_keep_it(client: Visitor, text: str) -> None:
    for path in (
        cell_path(FRESH),
        f"/en/compare?{BRIEFING}",
        "/en/jurisdictions/XAA?framework=delta87-justice",
        "/en",
        f"/en/compare/briefing?{BRIEFING}",
    ):
        page = (await client.get(path)).text
        harmless(page, path)
        if path == cell_path(FRESH) or "briefing" in path:
            assert " ".join(text.split()) in html.words(page), path


async def files_keep_it(client: Visitor, text: str) -> None:
    answer = await client.get(f"/en/compare.csv?{BRIEFING}")
    found = [r for r in csv.DictReader(io.StringIO(answer.text, newline="")) if r["commitment"] == "2"]
    assert len(found) == 1
    assert text in found[0]["sources"]
    assert None not in found[0], "a row has as many cells as the head"
    pdf = await client.get(f"/en/compare/briefing.pdf?{BRIEFING}")
    assert pdf.status_code == 200
    told = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages)
    told = "".join(unicodedata.normalize("NFKC", told).split())
    if text is HOSTILE:
        assert "".join(text.split()) in told
    else:
        assert "=cmd" in told
        assert "-SUM" in told
    inside = unpacked(pdf.content)
    assert b"/URI" in inside
    assert b"/JavaScript" not in inside
    assert b"/Launch" not in inside


@pytest.mark.parametrize(
    "path",
    [
        "/en/jurisdictions?q={}",
        "/en/compare?find={}",
        "/en/compare?jurisdictions={}",
        "/en/compare?jurisdictions=US-TX&on={}",
        "/en/compare?jurisdictions=US-TX&framework={}",
        "/en/compare?jurisdictions=US-TX&items={}",
        "/en/compare?jurisdictions=US-TX&show={}",
        "/en/jurisdictions/XAA?on={}",
        "/en/jurisdictions/XAA?as_of={}",
        "/en/sign-in?next={}",
        "/en/jurisdictions/{}",
        "/en/frameworks/{}",
    ],
)
async def test_what_an_address_says_is_shown_as_text(client: Visitor, path: str) -> None:
    hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    answer = await client.get(path.format(quote(hostile, safe="")))
    assert answer.status_code in (200, 404, 422)
    assert "<script" not in answer.text
    assert "<img" not in answer.text


async def test_a_link_that_is_none_is_not_drawn(client: Visitor) -> None:
    """Only http and https, and never with a referrer to who published it."""
    page = (await client.get("/en/jurisdictions/XAB/hhs-core-competencies@2021/HTCC-C2/individual")).text
    for link in html.links(page):
        if not link.startswith(("/", "#", "?")):
            assert link.startswith(("http://", "https://"))
            assert f'href="{link}" rel="noreferrer' in page
