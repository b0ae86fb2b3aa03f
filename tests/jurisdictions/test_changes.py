"""The page that tells what changed in a jurisdiction between two days."""

from datetime import UTC, datetime

import httpx

from tests import factories, personas
from tests.pages import html
from tracker.db.session import Database
from tracker.kit import clock
from tracker.kit.vocabulary import Scope

PAGE = "/en/jurisdictions/XAA/changes"


async def test_it_tells_the_levels_of_both_days_and_only_what_differs(
    client: httpx.AsyncClient, database: Database
) -> None:
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    cell = await factories.cell(database, "XAA", "HTCC-C2")
    with clock.at(datetime(2026, 8, 10, 9, tzinfo=UTC)):
        await factories.published(database, author, reviewer, cell)
    before = await client.get(PAGE, params={"from": "2026-08-01", "to": "2026-08-09"})
    assert "Nothing reads differently" in before.text
    across = await client.get(PAGE, params={"from": "2026-08-09", "to": "2026-08-10"})
    assert "1 cell reads differently" in across.text
    row = across.text.split("<tbody>")[1].split("</tbody>")[0]
    assert row.index("Adopted in full") < row.index("Adopted in part")
    assert "Risk, educator" in row
    assert "On 9 August 2026" in across.text
    assert "On 10 August 2026" in across.text
    assert "→" in row.split("Also changed")[1]


async def test_a_day_that_can_not_be_is_told_beside_its_field(
    client: httpx.AsyncClient, database: Database
) -> None:
    answer = await client.get(PAGE, params={"from": "soon", "to": "2999-01-01"})
    assert answer.status_code == 422
    assert 'id="from-error"' in answer.text
    assert 'id="to-error"' in answer.text
    assert 'value="soon"' in answer.text


async def test_days_the_wrong_way_round_are_told_beside_the_field(client: httpx.AsyncClient) -> None:
    answer = await client.get(PAGE, params={"from": "2026-08-10", "to": "2026-08-09"})
    assert answer.status_code == 422
    assert "It must not be later than 9 August 2026" in html.words(answer.text)
    assert 'id="from-error"' in answer.text
    assert 'value="2026-08-10"' in answer.text
    assert "reads differently" not in html.words(answer.text)


async def test_what_else_changed_is_told_from_what_to_what(
    client: httpx.AsyncClient, database: Database
) -> None:
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    cell = await factories.cell(database, "XAA", "HTCC-C2")
    for day, scope in ((10, Scope.GENERAL), (12, Scope.TARGETED)):
        with clock.at(datetime(2026, 8, day, 9, tzinfo=UTC)):
            await factories.published(database, author, reviewer, cell, factories.content(scope=scope))
    told = await client.get(PAGE, params={"from": "2026-08-11", "to": "2026-08-12"})
    assert "Scope: general → targeted" in told.text
    query = "jurisdictions=XAA&items=HTCC-C2&since=2026-08-11&on=2026-08-12&as_of=2026-08-12"
    whole = html.words((await client.get(f"/en/compare/changes?{query}")).text)
    assert "Its levels are the same. Scope: “general” before, now “targeted”." in whole
    assert "beside what was known on 11 August 2026" in whole
