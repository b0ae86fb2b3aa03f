"""Two times: what was in force on a day, by what had been published until a moment; and the default moment."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests import factories, personas
from tests.compare.test_csv_contract import Row, rows
from tests.pages import html
from tests.personas import NGO, NGO_REVIEWER, Visitor
from tracker.db.session import Database
from tracker.entries import publish
from tracker.entries.models import PublishedRevision
from tracker.kit import clock
from tracker.kit.vocabulary import Domain, RevisionKind

CELL = "/en/jurisdictions/US-CT/hhs-core-competencies@2021/HTCC-C5/educator"


def noon(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


async def say(database: Database, when: datetime, **changes: object) -> PublishedRevision:
    where = await factories.cell(database, "US-CT", "HTCC-C5", Domain.EDUCATOR)
    author = await personas.actor(database, NGO)
    reviewer = await personas.actor(database, NGO_REVIEWER)
    with clock.at(when):
        return await factories.published(database, author, reviewer, where, factories.content(**changes))


@pytest.fixture
async def history(database: Database) -> None:
    """Proposed; then adopted in full from September on; corrected to in part; and the correction withdrawn."""
    await say(database, noon(8, 1), commitment="1", valid_from=date(2026, 2, 1))
    await say(database, noon(8, 10), commitment="3", valid_from=date(2026, 9, 1))
    correction = await say(
        database, noon(8, 20), commitment="2", valid_from=date(2026, 9, 1), kind=RevisionKind.CORRECTION
    )
    reviewer = await personas.actor(database, NGO_REVIEWER)
    with clock.at(noon(9, 20)):
        async with database.write(personas.bound(reviewer)) as db:
            await publish.withdraw(db, reviewer, correction.uid, reason="The gazette was misread.")


async def level(client: Visitor, **moment: str) -> str:
    found = await rows(client, ["US-CT"], items="HTCC-C5", domains="educator", **moment)
    assert len(found) == 1
    return found[0]["commitment"]


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("on", "as_of", "expected"),
    [
        ("2026-01-31", "2026-08-01", "not_assessed"),  # not yet in force
        ("2026-02-01", "2026-07-31", "not_assessed"),  # not yet published
        ("2026-02-01", "2026-08-01", "1"),
        ("2026-02-01", "2026-08-01T11:59:59", "not_assessed"),
        ("2026-02-01", "2026-08-01T12:00:00", "1"),
        ("2026-02-01", "2026-08-01T14:00:00+02:00", "1"),
        ("2026-09-01", "2026-08-09", "1"),
        ("2026-08-31", "2026-08-10", "1"),  # before the change begins
        ("2026-09-01", "2026-08-10", "3"),
        ("2026-09-01", "2026-08-20", "2"),  # corrected, for every day
        ("2026-08-31", "2026-08-20", "1"),
        ("2026-09-01", "2026-09-19", "2"),
        ("2026-09-01", "2026-09-20", "1"),  # a withdrawn correction does not bring back what it corrected
        ("2026-09-01", "2026-08-15", "3"),  # what was known then is still told
    ],
)
async def test_before_and_after_each_publication(client: Visitor, on: str, as_of: str, expected: str) -> None:
    assert await level(client, on=on, as_of=as_of) == expected
    page = await client.get(CELL, params={"on": on, "as_of": as_of})
    assert page.status_code == 200
    told = html.words(page.text).partition("History")[0]
    words = {"1": "Proposed", "2": "Adopted in part", "3": "Adopted in full", "not_assessed": "Not assessed"}
    assert words[expected] in told


@pytest.mark.usefixtures("history")
async def test_the_history_of_the_cell_is_told_as_it_was_known(client: Visitor) -> None:
    whole = html.words((await client.get(CELL)).text).partition("History")[2]
    assert whole.count("change.") == 2
    assert whole.count("correction.") == 1
    for wanted in ("Withdrawn", "The gazette was misread.", "Corrected", "Holds"):
        assert wanted in whole
    early = html.words((await client.get(f"{CELL}?as_of=2026-08-10")).text).partition("History")[2]
    assert "correction." not in early
    assert "The gazette was misread." not in early
    assert early.count("change.") == 2


async def test_the_default_reads_the_same_tomorrow(client: Visitor, database: Database) -> None:
    """It stands at the last change, not at the clock; a validity that begins later is such a change."""
    await say(database, noon(8, 1), commitment="1", valid_from=date(2026, 2, 1))
    await say(database, noon(8, 10), commitment="3", valid_from=date(2026, 9, 1), valid_to=date(2026, 9, 30))

    async def at(when: datetime) -> tuple[bytes, str]:
        with clock.at(when):
            asked = "/en/compare.csv?jurisdictions=US-CT"
            answer = await client.get(asked)
            return answer.content, await level(client)

    first, before = await at(noon(8, 10) + timedelta(minutes=1))
    later, _same = await at(noon(8, 31))
    begun, during = await at(noon(9, 1))
    ended, after = await at(noon(10, 1))
    much_later, _same = await at(datetime(2031, 1, 1, tzinfo=UTC))
    assert (before, during, after) == ("1", "3", "1")
    assert first == later
    assert begun != later
    assert ended == much_later


async def test_an_unknown_start_counts_from_publication(client: Visitor, database: Database) -> None:
    await say(database, noon(8, 1), commitment="2", valid_from=None)
    assert await level(client, on="2026-07-31", as_of="2026-08-02") == "not_assessed"
    assert await level(client, on="2026-08-01", as_of="2026-08-02") == "2"
    found: Row = (await rows(client, ["US-CT"], items="HTCC-C5", domains="educator"))[0]
    assert (found["valid_from"], found["valid_to"]) == ("unknown", "open")


async def test_the_demo_worlds_falls_and_corrections(client: Visitor) -> None:
    """HTCC-C5 of Quillmere's organizations fell when its budget ended; HTCC-C2 was corrected."""

    async def quillmere(item: str, **moment: str) -> Row:
        return (await rows(client, ["XAA"], items=item, domains="organization", source="self", **moment))[0]

    full, fallen = await quillmere("HTCC-C5", on="2025-12-31"), await quillmere("HTCC-C5", on="2026-01-01")
    assert (full["commitment"], full["valid_to"]) == ("4", "2025-12-31")
    assert (fallen["commitment"], fallen["valid_to"]) == ("3", "open")
    assert (await quillmere("HTCC-C2", as_of="2025-09-17"))["valid_from"] == "2024-06-10"
    assert (await quillmere("HTCC-C2", as_of="2025-09-18"))["valid_from"] == "2024-10-01"


@pytest.mark.parametrize("as_of", ["2999-01-01", "2026-12-31T00:00:00"])
async def test_the_future_is_not_known(client: Visitor, as_of: str) -> None:
    with clock.at(noon(12, 1)):
        answer = await client.get(f"/en/compare?jurisdictions=US-CT&as_of={as_of}")
    assert answer.status_code == 422
    assert "is in the future" in html.words(answer.text)


@pytest.mark.parametrize(
    ("day", "status"), [("1900-01-01", 200), ("2100-12-31", 200), ("0001-01-01", 422), ("9999-12-31", 422)]
)
async def test_days_at_the_ends_of_the_calendar(client: Visitor, day: str, status: int) -> None:
    for path in ("/en/compare?jurisdictions=US-CT,XAA&", "/en/jurisdictions/XAA?", f"{CELL}?"):
        assert (await client.get(f"{path}on={day}")).status_code == status
    early = await client.get(f"{CELL}?as_of={day}T00:00:00%2B14:00")
    assert early.status_code == (200 if day.startswith("1900") else 422)
