"""What a documented level rests on where no document is cited: the owner whom the entry names, or a search note."""

import re

import pytest

from tests import factories, personas
from tests.pages import html
from tests.personas import Visitor
from tracker.db.session import Database

OWNED = factories.content(practice="1", owner="Directorate of Nursing")
ASKED = "jurisdictions=XAA,XAB&items=HTCC-UC&domains=educator&axis=practice"
CELL = "/en/jurisdictions/XAA/hhs-core-competencies@2021/HTCC-UC/educator"


@pytest.fixture(autouse=True)
async def owned(anyio_backend: str, database: Database) -> None:
    """XAA prepares the use of one item; the entry names the owner and cites nothing for practice."""
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    await factories.published(database, author, reviewer, await factories.cell(database), OWNED)


async def words(client: Visitor, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200
    return html.words(answer.text)


async def test_an_owner_alone_is_no_source_and_is_named_as_what_it_is(client: Visitor) -> None:
    page = (await client.get(f"/en/compare?{ASKED}")).text
    who = html.words(page.partition('id="who"')[2].partition("<h2")[0])
    assert "Preparing Quillmere V1, owner named" in who
    gaps = html.words(page.partition('id="gaps"')[2].partition("<h2")[0])
    assert "Preparing" in gaps
    assert not re.search(r"\b0 source", html.words(page))
    paper = await words(client, f"/en/compare?{ASKED.replace('practice', 'commitment')}")
    assert "Quillmere V1, 1 source" in paper


async def test_the_pages_of_the_cell_and_of_the_briefing_say_so_too(client: Visitor) -> None:
    cited = await words(client, CELL)
    assert "No document is cited" not in cited, "the decree is, for the level on paper"
    briefing = await words(client, f"/en/compare/briefing?{ASKED}")
    assert "Owner named: Directorate of Nursing" in briefing
    assert "Named in the entry itself; no document is cited for it." in briefing


async def test_a_cell_without_any_document_says_what_its_level_rests_on(
    client: Visitor, database: Database
) -> None:
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    alone = factories.content(
        commitment="not_assessed", practice="1", owner="Directorate of Nursing", citations=()
    )
    where = await factories.cell(database)
    await factories.published(database, author, reviewer, where, alone)
    told = await words(client, CELL)
    assert "No document is cited. In practice: the level rests on the owner named above." in told


async def test_claimed_levels_without_a_source_are_not_said_to_be_unrecorded(
    client: Visitor, database: Database
) -> None:
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    claimed = factories.content(citations=())
    await factories.published(database, author, reviewer, await factories.cell(database), claimed)
    told = await words(client, f"/en/compare/briefing?{ASKED.replace('practice', 'commitment')}")
    assert "No source is cited in what is shown here." in told
    assert "no level is recorded" not in told.partition("Evidence annex")[2]
