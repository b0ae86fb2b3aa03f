"""The page that tells what changed in a jurisdiction between two days."""

from datetime import UTC, datetime

import httpx

from tests import factories, personas
from tracker.db.session import Database
from tracker.kit import clock

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


async def test_a_day_that_can_not_be_is_told_beside_its_field(
    client: httpx.AsyncClient, database: Database
) -> None:
    answer = await client.get(PAGE, params={"from": "soon", "to": "2999-01-01"})
    assert answer.status_code == 422
    assert 'id="from-error"' in answer.text
    assert 'id="to-error"' in answer.text
    assert 'value="soon"' in answer.text
