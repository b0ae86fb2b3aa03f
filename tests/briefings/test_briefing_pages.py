"""The briefing as a page and as a PDF: the same words, every figure led back to its source, the same bytes each time."""

import asyncio
import re
import unicodedata
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from pypdf import PdfReader

from tests import factories, personas
from tests.pages import html
from tests.personas import Visitor
from tests.snapshots.frozen import freeze
from tracker.briefings import apart
from tracker.db.session import Database
from tracker.instruments.queries import attachments_of
from tracker.kit import clock
from tracker.kit.vocabulary import PublishAs
from tracker.loading import seed

STATES = "US-CT,US-FL,US-LA,US-MI,US-TX"


def flat(text: str) -> str:
    """Without white space, which line ends in a PDF make uncertain; ligatures as letters."""
    return "".join(unicodedata.normalize("NFKC", text).split())


async def pdf_of(client: Visitor, query: str) -> bytes:
    answer = await client.get(f"/en/compare/briefing.pdf?{query}")
    assert answer.status_code == 200, html.words(answer.text)
    assert answer.headers["content-type"] == "application/pdf"
    assert re.fullmatch(
        r'attachment; filename="briefing-[A-Z.-]+-\d{4}-\d\d-\d\d\.pdf"',
        answer.headers["content-disposition"],
    )
    return answer.content


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def addresses(pdf: bytes) -> set[str]:
    """What the PDF's links outside itself lead to."""
    notes = [a.get_object() for page in PdfReader(BytesIO(pdf)).pages for a in page.get("/Annots", [])]
    return {note["/A"]["/URI"] for note in notes if "/URI" in note.get("/A", {})}


async def test_it_names_the_question_the_moment_and_every_source(client: Visitor) -> None:
    page = (await client.get(f"/en/compare/briefing?jurisdictions={STATES}")).text
    told = html.words(page)
    assert re.search(r"<h1>How far have [^<]+ adopted the core competencies", page)
    for row in seed.rows("instruments-us-states"):
        assert row["citation"] in told
        assert row["source_url"] in html.links(page)
    for row in seed.rows("coding-us-states"):
        assert row["locator"] in told
    for wanted in (
        "As of",
        "1 July 2026",
        "Method",
        "How to find and cite it",
        "not affiliated with HHS, UNU, WHO, IOM or HEAL",
        "Not assessed",
        "claimed",
    ):
        assert wanted in told
    # Once only, in a source's own words.
    assert told.lower().count("victim") == 1


@pytest.mark.parametrize(
    "query", [f"jurisdictions={STATES}", "jurisdictions=XAA,XAB,XAC&source=all&show=differences"]
)
async def test_the_pdf_says_what_the_page_says(client: Visitor, query: str) -> None:
    page = (await client.get(f"/en/compare/briefing?{query}")).text
    article = page.partition('<article class="briefing"')[2].partition("</article>\n<")[0]
    # What a chart says as a table on the page is its alternative text in the PDF: test_twins.py.
    article = re.sub(r'<details class="more">.*?</details>', "", article, flags=re.S)
    pdf = flat(text_of(await pdf_of(client, query)))
    missing = []
    for kind in ("p", "li", "dd", "td", "h2", "h3"):
        for block in re.findall(rf"<{kind}\b[^>]*>(.*?)</{kind}>", article, re.S):
            words = re.sub(r"^(\[\d+\]) (\[[^\]]*\] )?", "", html.words(block))
            if words and "<ul" not in block and flat(words) not in pdf:
                missing.append(words)
    # Arabic is shaped and laid out right to left in the PDF, and a cell of several voices is drawn in another order.
    missing = [w for w in missing if not re.search(r"[\u0600-\u06ff]", w) and not w.startswith("paper 1 ")]
    assert set(missing) <= {"No level"}


async def test_the_same_state_gives_the_same_bytes_also_tomorrow(client: Visitor) -> None:
    query = "jurisdictions=US-FL,US-TX,XAA"
    first = await pdf_of(client, query)
    assert await pdf_of(client, query) == first
    with clock.at(clock.now().replace(year=2031)):
        assert await pdf_of(client, query) == first
    assert await pdf_of(client, query + "&axis=practice") != first


async def test_every_cell_of_it_leads_to_its_evidence(client: Visitor) -> None:
    page = (await client.get("/en/compare/briefing?jurisdictions=XAA,US-TX")).text
    ids = set(html.ids(page))
    inside = [link for link in html.links(page) if link.startswith("#") and link != "#main"]
    assert inside
    assert all(link[1:] in ids for link in inside)
    cells = {
        urlsplit(link).path
        for link in html.links(page)
        if "/jurisdictions/" in link and "/hhs-core-competencies@2021/" in link
    }
    assert cells
    for path in sorted(cells)[::7]:
        assert (await client.get(path)).status_code == 200, path
    assert cells <= {
        urlsplit(link).path for link in addresses(await pdf_of(client, "jurisdictions=XAA,US-TX"))
    }


async def test_its_links_show_what_it_says_also_after_the_record_has_moved(
    client: Visitor, database: Database
) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    query = "jurisdictions=XAA,XAB&items=HTCC-UC"
    page = (await client.get(f"/en/compare/briefing?{query}")).text
    drawn = addresses(await pdf_of(client, query))
    later = replace(factories.CITATION, quote="Said only afterwards.")
    with clock.at(clock.now() + timedelta(days=40)):
        where = await factories.cell(database)
        await factories.published(database, author, reviewer, where, factories.content(citations=(later,)))
        cell = "/en/jurisdictions/XAA/hhs-core-competencies@2021/HTCC-UC/educator"
        for path in (cell, "/en/jurisdictions/XAA"):
            links = {link for link in html.links(page) if urlsplit(link).path == path}
            assert links and links <= drawn
            assert all(re.fullmatch(r"on=[\d-]+&as_of=[\d:.TZ-]+", urlsplit(link).query) for link in links)
            now, then = await client.get(path), await client.get(links.pop())
            assert (now.status_code, then.status_code) == (200, 200)
            assert now.text != then.text
            assert "Said only afterwards." not in then.text
        assert "Said only afterwards." in (await client.get(cell)).text


async def test_the_pdf_can_be_read_aloud(client: Visitor) -> None:
    pdf = PdfReader(BytesIO(await pdf_of(client, f"jurisdictions={STATES}")))
    catalogue = pdf.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en"
    assert "/StructTreeRoot" in catalogue
    assert pdf.metadata
    assert (pdf.metadata.title or "").startswith("How far have")


async def test_fictional_stands_on_each_page_of_the_pdf(client: Visitor) -> None:
    for page in PdfReader(BytesIO(await pdf_of(client, "jurisdictions=XAB"))).pages:
        assert "Fictional" in page.extract_text()
    real = text_of(await pdf_of(client, "jurisdictions=US-TX"))
    assert "ictional" not in flat(real).replace("Realorfictional", "")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "needs at least one jurisdiction"),
        ("jurisdictions=", "needs at least one jurisdiction"),
        ("jurisdictions=NOPE", "There is no jurisdiction with the code NOPE"),
        ("jurisdictions=US-TX&axis=x", "is not known here"),
        ("jurisdictions=US-TX&as_of=2999-01-01", "in the future"),
        ("jurisdictions=" + ",".join(f"US-{n}" for n in range(201)), "takes 200 jurisdictions at most"),
    ],
)
async def test_what_cannot_be_briefed_is_told_plainly(client: Visitor, query: str, told: str) -> None:
    for kind in ("briefing", "briefing.pdf"):
        answer = await client.get(f"/en/compare/{kind}?{query}")
        assert answer.status_code == 422
        assert told in html.words(answer.text)


async def test_nothing_to_tell_is_told(client: Visitor) -> None:
    for query in (
        "jurisdictions=KEN",
        "jurisdictions=US-CT,US-FL&show=gaps",
        "jurisdictions=US-CT&show=differences",
    ):
        page = await client.get(f"/en/compare/briefing?{query}")
        assert page.status_code == 200
        assert (await pdf_of(client, query)).startswith(b"%PDF-")


async def test_a_long_line_for_files_is_refused_and_ends(
    client: Visitor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for a file to be drawn holds a whole document in memory."""
    frozen = (await freeze(database, jurisdictions="XAA")).id
    addresses = ["/en/compare/briefing.json?jurisdictions=XAA", f"/en/snapshots/{frozen}.csv"] * 3
    monkeypatch.setattr(apart, "MOST_IN_LINE", 2)
    answers = await asyncio.gather(*(client.get(address) for address in addresses))
    assert sorted({a.status_code for a in answers}) == [200, 429]
    assert "Many files are being made" in next(a for a in answers if a.status_code == 429).text
    for address in addresses[:2]:
        assert (await client.get(address)).status_code == 200


async def test_the_annex_names_the_files_of_a_source_by_their_hash(
    client: Visitor, database: Database
) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    instrument = await factories.instrument(database, author)
    for as_ in (PublishAs.FILE, PublishAs.HASH):
        await factories.attached(database, author, instrument, published_as=as_)
    cited = factories.content(citations=(replace(factories.CITATION, instrument=instrument),))
    await factories.published(database, author, reviewer, await factories.cell(database), cited)
    async with database.read() as db:
        files = (await attachments_of(db, [instrument], clock.now()))[instrument]
    assert files
    page = html.words((await client.get("/en/compare/briefing?jurisdictions=XAA")).text)
    pdf = flat(text_of(await pdf_of(client, "jurisdictions=XAA")))
    for file in files:
        told = f"File: {file.title} · SHA-256 {file.sha256}"
        assert told in page
        assert flat(told) in pdf
