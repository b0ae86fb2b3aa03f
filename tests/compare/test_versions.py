"""A bare key reads the version that the chosen jurisdictions have entries under: docs/decisions/0028."""

import pytest
from sqlmodel import col, select

from tests import factories, personas
from tests.compare.test_csv_contract import rows
from tests.pages import html
from tests.personas import Visitor
from tests.snapshots.frozen import freeze
from tracker.db.session import Database
from tracker.entries.content import Cell
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.kit.vocabulary import Domain

KEY = "hhs-core-competencies"
IMPORT = "/en/o/secretariat/frameworks/import"


@pytest.fixture
async def newer(operator: Visitor) -> None:
    """Version 2030 of the competencies, under which nobody has published."""
    file = (await operator.get(f"/en/frameworks/{KEY}/file/csv")).content
    looked = await operator.submit(IMPORT, {"as_version": "2030"}, files={"file": ("a.csv", file)})
    assert (await operator.submit(looked.headers["location"])).status_code == 303


async def publish_newer(database: Database) -> None:
    """The first entry of Quillmere under the newer version."""
    async with database.read() as db:
        found = await db.execute(
            select(FrameworkItem.id)
            .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
            .where(FrameworkVersion.version == "2030", FrameworkItem.key == "HTCC-C1")
        )
        item = found.scalar_one()
    assert item is not None
    where = Cell((await factories.cell(database, item="D87J-CRIM")).jurisdiction_id, item, Domain.EDUCATOR)
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    await factories.published(database, author, reviewer, where)


async def read_by(client: Visitor, query: str) -> dict[str, str]:
    """The version that each place that takes the query reads."""
    told = (await client.get(f"/api/v1/compare?{query}")).json()
    table = (await client.get(f"/en/compare.csv?{query}")).text.splitlines()[1].split(",")
    packed = (await client.get(f"/api/v1/matrix?{query}")).json()
    page = (await client.get(f"/en/compare?{query}")).text
    shown = {
        link.partition("@")[2][:4] for link in html.links(page) if f"/{KEY}@" in link and "/HTCC-" in link
    }
    briefing = (await client.get(f"/en/compare/briefing?{query}")).text
    cited = {
        link.partition("@")[2][:4] for link in html.links(briefing) if f"/{KEY}@" in link and "/HTCC-" in link
    }
    (of_page,) = shown
    read = {
        "api": told["meta"]["framework"].partition("@")[2],
        "csv": table[3],
        "matrix": packed["framework"].partition("@")[2],
        "page": of_page,
    }
    assert len(cited) <= 1, "a briefing of nothing cites no cell"
    return read | {f"briefing of {version}": version for version in cited}


async def test_what_nobody_published_under_empties_no_view(client: Visitor, newer: None) -> None:
    before = await rows(client, ["XAA", "US-TX"], framework=f"{KEY}@2021")
    assert await rows(client, ["XAA", "US-TX"]) == before
    assert set((await read_by(client, "jurisdictions=XAA,US-TX")).values()) == {"2021"}
    assert f"/{KEY}@2021/" in (await client.get("/en/jurisdictions/XAA")).text
    assert f'value="{KEY}@2021"' in (await client.get("/en/compare/map")).text
    told = html.words((await client.get("/en/compare?jurisdictions=XAA,US-TX")).text)
    assert "This is version 2021 of the framework. The address names none" in told
    assert "Version 2021: 2 of these jurisdictions have entries under it" in told
    assert "Compare by version 2030 : 0 of these jurisdictions have entries under it" in told


async def test_the_version_of_most_is_read_and_of_equals_the_newest(
    client: Visitor, database: Database, newer: None
) -> None:
    await publish_newer(database)
    assert set((await read_by(client, "jurisdictions=XAA,US-TX")).values()) == {"2021"}, "two to one"
    assert set((await read_by(client, "jurisdictions=XAA")).values()) == {"2030"}, "one to one"
    assert set((await read_by(client, "jurisdictions=KEN")).values()) == {"2030"}, "none to none"
    page = (await client.get("/en/compare?jurisdictions=XAA,US-TX")).text
    assert "Compare by version 2030 : 1 of these jurisdictions has entries under it" in html.words(page)
    by_name = next(link for link in html.links(page) if f"framework={KEY}@2030" in link)
    named = html.words((await client.get(by_name)).text)
    assert "This is version 2030 of the framework. The address names it." in named


async def test_by_what_was_published_by_then(client: Visitor, database: Database, newer: None) -> None:
    await publish_newer(database)
    assert set((await read_by(client, "jurisdictions=XAA&as_of=2026-06-30")).values()) == {"2021"}
    assert (await freeze(database, jurisdictions="XAA")).comparison.framework.version == "2030"
    told = html.words((await client.get("/en/compare/changes?jurisdictions=XAA&since=2026-06-30")).text)
    assert "Core Competency 1" in told, "both days of one version: the new entry is what changed"
    assert "no level any more" not in told


async def test_one_version_alone_is_not_spoken_of(client: Visitor) -> None:
    page = (await client.get("/en/compare?jurisdictions=XAA")).text
    assert "of the framework." not in html.words(page)
    assert f'<option value="{KEY}" selected>' in page
