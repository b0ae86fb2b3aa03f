"""`principle=`: it keeps the columns in which a cited instrument says so, marks its cells, and changes no reading."""

import csv
import io
from dataclasses import replace

import pytest

from tests import factories, personas
from tests.pages import html
from tests.personas import Visitor
from tracker.compare.principles import told
from tracker.compare.queries import compare
from tracker.compare.query import Query, parse
from tracker.db.session import Database
from tracker.entries.principles import Stated
from tracker.kit.vocabulary import Domain, Principle

STATED = (Stated(Principle.PREVENTION_SECONDARY, "Article 4"),)
SAYING = factories.content(citations=(replace(factories.CITATION, principles=STATED),))
ASKED = "jurisdictions=XAA,XAB&principle=prevention_secondary"


@pytest.fixture(autouse=True)
async def saying(anyio_backend: str, database: Database) -> None:
    """XAA says of two cells, of one of them on an instrument that tells of secondary prevention."""
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    where = await factories.cell(database)
    await factories.published(database, author, reviewer, where, SAYING)
    beside = replace(where, domain=Domain.RESEARCHER)
    await factories.published(database, author, reviewer, beside)


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


async def test_only_the_columns_that_say_so_stay(client: Visitor) -> None:
    whole = _rows((await client.get("/en/compare.csv?jurisdictions=XAA,XAB")).text)
    kept = _rows((await client.get(f"/en/compare.csv?{ASKED}")).text)
    assert [(r["jurisdiction"], r["item"], r["domain"]) for r in kept] == [
        ("XAA", "HTCC-UC", "educator"),
        ("XAB", "HTCC-UC", "educator"),
    ]
    assert all(row in whole for row in kept)  # no cell reads otherwise than without it
    assert len(next(iter(kept))) == 24


async def test_the_page_marks_the_cells_that_say_so(client: Visitor) -> None:
    page = (await client.get(f"/en/compare?{ASKED}")).text
    assert page.count("· secondary prevention</small>") == 1
    assert '<option value="prevention_secondary" selected>' in page
    unmarked = (await client.get("/en/compare?jurisdictions=XAA,XAB")).text
    assert "secondary prevention</small>" not in unmarked
    none = (await client.get("/en/compare?jurisdictions=XAA,XAB&principle=prevention_tertiary")).text
    assert "No instrument that is cited here says so: tertiary prevention." in none


async def test_the_page_says_what_the_filter_does_and_who_says_it(client: Visitor) -> None:
    page = (await client.get(f"/en/compare?{ASKED}")).text
    notice = html.words(page.split("Filtered by a principle")[1].split("</div>")[0])
    assert "a principle is never scored, so no score is shown" in notice
    assert "Quillmere: Ministry of Health of Quillmere" in notice
    assert "No instrument that is cited here says so of:" in notice
    assert page.index("Filtered by a principle") < page.index('<form class="filters')
    assert "Score, 0 to 100" not in page
    assert "suppressed" not in page
    assert "Score, 0 to 100" in (await client.get("/en/compare?jurisdictions=XAA,XAB")).text


async def test_the_briefing_tells_what_it_keeps(client: Visitor) -> None:
    page = (await client.get(f"/en/compare/briefing?{ASKED}")).text
    assert "only where a cited instrument says so: secondary prevention" in page
    assert "Secondary prevention: Article 4" in page


@pytest.mark.parametrize("path", ["compare", "compare.csv", "compare/briefing", "compare/briefing.pdf"])
async def test_an_unknown_principle_is_refused(client: Visitor, path: str) -> None:
    answer = await client.get(f"/en/{path}?jurisdictions=XAA&principle=good")
    assert answer.status_code == 422


async def test_the_lens_refuses_it(client: Visitor) -> None:
    lens = "/en/crosswalks/hhs-core-competencies--delta87-justice/lens"
    assert (await client.get(f"{lens}?{ASKED}")).status_code == 422


async def test_each_statement_is_told_once(database: Database) -> None:
    async with database.read() as db:
        comparison = await compare(db, Query(jurisdictions=("XAA",)))
    found = [line for line in told(comparison.rows()) if line.title == "Decree on training in health care"]
    assert [(line.principle, line.stated.locator) for line in found] == [
        (Principle.PREVENTION_SECONDARY, "Article 4")
    ]


def test_the_address_states_it() -> None:
    query = parse({"jurisdictions": "XAA", "principle": "people_at_risk"})
    assert query.principle is Principle.PEOPLE_AT_RISK
    assert parse(query.parameters()) == query
