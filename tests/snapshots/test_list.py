"""The list of snapshots, the newest first, by pages; and what a frozen page says of how it was narrowed."""

import asyncio
import json
import time
from datetime import timedelta

import pytest

from tests.pages import html
from tests.personas import Visitor
from tests.snapshots.frozen import freeze
from tests.worlds import World
from tracker.db.session import Database
from tracker.kit import clock
from tracker.snapshots import list_queries


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    list_queries._known.clear()


async def test_an_empty_list_says_how_to_begin(client: Visitor) -> None:
    told = html.words((await client.get("/en/snapshots")).text)
    assert "Nothing is frozen yet." in told


async def test_the_newest_first_each_with_what_was_asked(client: Visitor, database: Database) -> None:
    first = await freeze(database, jurisdictions="XAA,US-TX")
    with clock.at(clock.now() + timedelta(hours=1)):
        second = await freeze(
            database,
            jurisdictions="US-CT",
            items="HTCC-C1",
            basis="equivalent",
            axis="practice",
            source="all",
        )
    for _again in ("read", "known"):
        page = (await client.get("/en/snapshots")).text
        assert page.index(second.id) < page.index(first.id)
        told = html.words(page)
        assert "Adoption in Quillmere and Texas, on paper and in practice" in told
        assert "(with fictional places)" in told
        assert "Items: Core Competency 1: Nature and epidemiology" in told
        assert "Scale: in practice · Whose voice: every voice · Basis: equivalent measure" in told
        cells = {s.id: str(len(json.loads(s.canonical)["cells"])) for s in (first, second)}
        for snapshot_id, count in cells.items():
            row = page[page.index(f"/snapshots/{snapshot_id}") :]
            assert f">{count}</td>" in row[: row.index("</tr>")]
    assert f'href="/en/snapshots/{first.id}"' in page
    assert "/en/snapshots" in html.links((await client.get("/en/compare?jurisdictions=XAA")).text)


async def test_many_who_ask_at_once_have_each_record_read_once(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, real, read = Database(own_world.engine), list_queries._headline, []
    made = [await freeze(database, jurisdictions=code) for code in ("US-CT", "US-TX")]

    def told(canonical: str) -> list_queries.Headline:
        read.append(canonical)
        time.sleep(0.3)  # until the others have come as far as this
        return real(canonical)

    async def asked() -> list[str]:
        async with database.read() as db:
            return [line.id for line in await list_queries.listed_after(db, None, 10)]

    monkeypatch.setattr(list_queries, "_headline", told)
    assert await asyncio.gather(*(asked() for _n in range(4))) == [[s.id for s in reversed(made)]] * 4
    assert len(read) == 2


async def test_it_goes_by_pages(client: Visitor, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_queries, "PAGE", 2)
    start = clock.now()
    for n, code in enumerate(("US-CT", "US-FL", "US-TX")):
        with clock.at(start + timedelta(hours=n)):
            await freeze(database, jurisdictions=code)
    first, second = [(await client.get(f"/en/snapshots?page={n}")).text for n in (1, 2)]
    assert ("Texas" in first, "Florida" in first, "Connecticut" in first) == (True, True, False)
    assert "Connecticut" in second
    assert "/en/snapshots?page=2" in html.links(first)
    assert "Page 2 of 2" in html.words(second)
    assert (await client.get("/en/snapshots?page=3")).status_code == 404
    assert "Texas" in (await client.get("/en/snapshots?page=x")).text


async def test_a_frozen_page_says_how_it_was_narrowed(client: Visitor, database: Database) -> None:
    made = await freeze(
        database, jurisdictions="XAA,US-TX", principle="survivor_informed", show="differences"
    )
    told = html.words((await client.get(f"/en/snapshots/{made.id}")).text)
    assert "Narrowed to: Shown: only where they differ · Principle: survivor-informed" in told
    assert "Filtered by a principle: survivor-informed." in told
    plain = await freeze(database, jurisdictions="XAA")
    assert "Narrowed to" not in (await client.get(f"/en/snapshots/{plain.id}")).text
