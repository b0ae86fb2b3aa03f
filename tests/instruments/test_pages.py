"""The public pages of instruments: the page of one, the register, its CSV, and the workspace's own."""

import csv
import io
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from tests import factories, personas
from tests.instruments.test_events import REPEALED, cite, published, tell
from tests.personas import Visitor
from tracker.db.session import Database
from tracker.entries import publish
from tracker.entries.queries import moment
from tracker.instruments.reading import COLUMNS
from tracker.kit import clock
from tracker.kit.vocabulary import Domain

REGISTER = "/en/jurisdictions/XAA/instruments"
OWN = "/en/o/health-xaa/instruments"
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
async def instrument(database: Database) -> UUID:
    return await published(database)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


async def test_every_cell_that_cites_it_is_told_those_that_hold_first(
    client: Visitor, database: Database, instrument: UUID
) -> None:
    await cite(database, instrument, Domain.RESEARCHER)
    await cite(database, None, Domain.EDUCATOR)
    taken_back = await cite(database, instrument, Domain.INDIVIDUAL)
    who = await personas.actor(database, personas.TEAMMATE)
    async with database.write(personas.bound(who)) as db:
        await publish.withdraw(db, who, taken_back.uid, reason="Wrong.")
    page = (await client.get(f"/en/instruments/{instrument}")).text
    places = [page.index(f"HTCC-UC/{domain}") for domain in ("researcher", "educator")]
    assert places == sorted(places)
    assert page.count("Staff are trained each year.") == 3
    assert page.count(">Holds<") == 1
    assert page.count(">Withdrawn<") == 1
    assert "Article 3" in page
    assert "Quillmere" in page


async def test_the_page_is_of_a_moment(client: Visitor, database: Database, instrument: UUID) -> None:
    await tell(database, instrument, REPEALED)
    page = f"/en/instruments/{instrument}"
    assert ">Repealed</span>" in (await client.get(page)).text
    assert ">Repealed</span>" not in (await client.get(f"{page}?on=2025-12-31")).text
    assert (await client.get(f"{page}?as_of=2024-01-01")).status_code == 404
    assert (await client.get(f"{page}?on=never")).status_code == 422
    assert (await client.get("/en/instruments/not-an-id")).status_code == 404


async def test_the_register_filters(client: Visitor, database: Database, instrument: UUID) -> None:
    await tell(database, instrument, REPEALED)
    link = f"/en/instruments/{instrument}"
    for query, there in (
        ("", True),
        ("kind=regulation", True),
        ("kind=budget", False),
        ("state=repealed", True),
        ("state=in_force", False),
        ("state=in_force&on=2025-12-31", True),
        ("q=DECREE+12", True),
        ("q=ministry+of+health", True),
        ("q=%25", False),
        ("q=no+such+words", False),
        ("kind=regulation&state=repealed&q=training", True),
    ):
        page = await client.get(f"{REGISTER}?{query}")
        assert page.status_code == 200
        assert (link in page.text) is there, query
        listed = rows((await client.get(f"{REGISTER}.csv?{query}")).text)
        assert (str(instrument) in {row["instrument"] for row in listed}) is there, query
    for bad in ("kind=nonsense", "state=nonsense", "on=2026-13-01", "as_of=2999-01-01"):
        assert (await client.get(f"{REGISTER}?{bad}")).status_code == 422
        assert (await client.get(f"{REGISTER}.csv?{bad}")).status_code == 422
    assert (await client.get("/en/jurisdictions/ZZZ/instruments")).status_code == 404
    assert (await client.get("/en/jurisdictions/ZZZ/instruments.csv")).status_code == 404
    assert link not in (await client.get("/en/jurisdictions/XAB/instruments")).text


async def test_the_csv_leaves_no_cell_blank(client: Visitor, database: Database, instrument: UUID) -> None:
    await tell(database, instrument, REPEALED)
    answer = await client.get(f"{REGISTER}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    found = rows(answer.text)
    assert list(found[0]) == COLUMNS
    assert all(value for row in found for value in row.values())
    mine = next(row for row in found if row["instrument"] == str(instrument))
    assert mine["state"] == "repealed"
    assert mine["repealed_on"] == "2026-01-01"
    assert mine["adopted_on"] == "2024-03-27"
    assert mine["cells"] == "1"
    assert mine["jurisdiction_name"].endswith("(fictional)")
    assert mine["instrument_url"].endswith(f"/en/instruments/{instrument}")


async def test_reference_instruments_have_pages(client: Visitor, database: Database) -> None:
    florida = await factories.published_instrument(database, "US-FL")
    assert (await client.get(f"/en/instruments/{florida}")).status_code == 200
    page = (await client.get("/en/jurisdictions/US-FL")).text
    assert "/en/jurisdictions/US-FL/instruments" in page


async def test_a_cell_leads_to_its_instruments(client: Visitor, database: Database, instrument: UUID) -> None:
    cell = "/en/jurisdictions/XAA/hhs-core-competencies/HTCC-UC/educator"
    assert f"/en/instruments/{instrument}" in (await client.get(cell)).text
    await tell(database, instrument, REPEALED)
    assert ">Repealed</span>" in (await client.get(cell)).text
    before = (await client.get(f"{cell}?on=2025-01-01")).text
    assert ">Repealed</span>" not in before


async def test_an_instrument_is_added_changed_and_published(
    owner: Visitor, client: Visitor, database: Database
) -> None:
    fields = {"jurisdiction": "xaa", "kind": "policy", "title": HOSTILE, "note": "A note"}
    bad = await owner.submit(f"{OWN}/new", fields | {"archived_url": "javascript:alert(1)"})
    assert bad.status_code == 422
    assert "A note" in bad.text
    assert (await owner.submit(f"{OWN}/new", fields | {"jurisdiction": "XAB"})).status_code == 422
    dates = {"in_force_on": "2025-01-02", "in_force_until": "2025-01-01"}
    assert (await owner.submit(f"{OWN}/new", fields | dates)).status_code == 422
    made = await owner.submit(f"{OWN}/new", fields | {"archived_url": "https://archive.example/1"})
    assert made.status_code == 303
    path = made.headers["location"]
    assert "<script>alert" not in (await owner.get(path)).text
    assert "<script>alert" not in (await owner.get(OWN)).text
    changed = fields | {
        "title": "Plan for training",
        "version": "1",
        "archived_url": "https://archive.example/1",
    }
    assert (await owner.submit(path, changed)).status_code == 303
    stale = await owner.submit(path, changed | {"title": "Typed too late"})
    assert stale.status_code == 422
    assert "Typed too late" in stale.text
    instrument = UUID(path.rpartition("/")[2])
    await cite(database, instrument)
    page = (await client.get(f"/en/instruments/{instrument}")).text
    assert "Plan for training" in page
    assert "https://archive.example/1" in page


async def test_the_published_ones_of_its_jurisdictions_are_listed(
    owner: Visitor, outsider: Visitor, ngo: Visitor, instrument: UUID
) -> None:
    link = f"/en/instruments/{instrument}"
    assert link in (await owner.get(OWN)).text
    assert link in (await ngo.get("/en/o/open-care-watch/instruments?q=training+in+health")).text
    assert link not in (await outsider.get("/en/o/health-xab/instruments")).text


async def test_the_moment_of_the_record_counts_what_happened_to_instruments(
    client: Visitor, database: Database, instrument: UUID
) -> None:
    """The current record is dated by its last change, and a repeal is one."""
    async with database.read() as db:
        before = await moment(db)
    with clock.at(clock.now()):
        await tell(database, instrument, replace(REPEALED, effective_on=date(2026, 1, 1)))
        recorded = clock.now()
    async with database.read() as db:
        after = await moment(db)
    assert before.as_of < after.as_of == recorded
