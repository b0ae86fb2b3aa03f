"""The matrix and the long file over HTTP: what they say, what they refuse, and when nothing needs to be sent."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import factories, personas
from tests.personas import Visitor, visitor
from tests.worlds import World
from tracker.app import create_app
from tracker.compare.query import MOST_JURISDICTIONS
from tracker.db.engine import create_engine
from tracker.db.session import Database
from tracker.entries import publish
from tracker.frameworks.models import FrameworkItem
from tracker.instruments.store import Store
from tracker.kit import clock
from tracker.privacy import operation
from tracker.settings import Settings

MATRIX, FILE = "/api/v1/matrix", "/api/v1/adoption.csv"
PLACES = "XAA,XAB,US-CT,KEN"


async def ask(client: Visitor, **parameters: str) -> Any:
    answer = await client.get(MATRIX, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def published(database: Database, **changes: Any) -> Any:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    where = await factories.cell(database)
    return await factories.published(database, author, reviewer, where, factories.content(**changes))


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"source": "all"},
        {"source": "self"},
        {"basis": "by_name"},
        {"domains": "educator", "axis": "practice"},
        {"items": "HTCC-C1,HTCC-UC", "on": "2026-01-01"},
        {"as_of": "2026-03-01"},
        {"on": "2025-12-01", "as_of": "2026-06-30", "source": "independent", "axis": "commitment"},
        {"framework": "delta87-justice@2021"},
    ],
)
async def test_the_matrix_says_what_the_file_of_the_compare_page_says(
    client: Visitor, asked: dict[str, str]
) -> None:
    told = await ask(client, jurisdictions=PLACES, **asked)
    text = (await client.get("/en/compare.csv", params={"jurisdictions": PLACES, **asked})).text
    found: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        key = (row["jurisdiction"], f"{row['item']}/{row['domain']}")
        found.setdefault(key, []).append(tuple(row[name] for name in told["columns"]))
    mine = {}
    for code, cells in told["jurisdictions"].items():
        for cell, rows in cells.items():
            many = rows if told["source"] == "all" else [rows]
            mine[code, cell] = [tuple(_text(v) for v in row) for row in many]
    assert mine == found
    assert list(told["jurisdictions"]) == PLACES.split(",")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def test_what_is_published_is_there_at_once_and_what_is_withdrawn_is_gone(
    client: Visitor, database: Database
) -> None:
    cell = "HTCC-UC/educator"
    revision = await published(database, commitment="1")
    told = await ask(client, jurisdictions="XAA", source="self")
    assert told["jurisdictions"]["XAA"][cell][:3] == ["1", False, "V1"]
    reviewer = await personas.actor(database, personas.TEAMMATE)
    async with database.write(personas.bound(reviewer)) as db:
        await publish.withdraw(db, reviewer, revision.uid, reason="A mistake.")
    told = await ask(client, jurisdictions="XAA", source="self")
    assert told["jurisdictions"]["XAA"][cell][0] != "1"


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({}, "jurisdictions"),
        ({"jurisdictions": "XAA,NOPE"}, "jurisdictions"),
        ({"jurisdictions": ",".join(f"X{n}" for n in range(MOST_JURISDICTIONS + 1))}, "jurisdictions"),
        ({"jurisdictions": ",".join(f"XZZ-{n:05}" for n in range(5000))}, "jurisdictions"),
        ({"jurisdictions": "XAA", "framework": "nope"}, "framework"),
        ({"jurisdictions": "XAA", "items": "NOPE"}, "items"),
        ({"jurisdictions": "XAA", "domains": "all"}, "domains"),
        ({"jurisdictions": "XAA", "as_of": "2099-01-01"}, "as_of"),
        ({"jurisdictions": "XAA", "on": "yesterday"}, "on"),
        ({"jurisdictions": "XAA", "source": "loudest"}, "source"),
        ({"jurisdictions": "XAA", "show": "gaps"}, "show"),
        ({"jurisdictions": "XAA", "through": "x"}, "through"),
        ({"jurisdictions": "XAA", "principle": "prevention_primary"}, "principle"),
    ],
)
async def test_what_can_t_be_taken_is_named(client: Visitor, asked: dict[str, str], named: str) -> None:
    answer = await client.get(MATRIX, params=asked)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert [e["field"] for e in told["errors"]] == [named]
    assert told["detail"]


@pytest.mark.parametrize("path", [f"{MATRIX}?jurisdictions={PLACES}", FILE])
async def test_the_same_answer_is_not_sent_twice(client: Visitor, database: Database, path: str) -> None:
    first = await client.get(path)
    known = {"If-None-Match": first.headers["etag"]}
    again = await client.get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert (await client.get(path, headers={"If-None-Match": '"another"'})).content == first.content
    await published(database, commitment="3")
    other = await client.get(path, headers=known)
    assert other.status_code == 200
    assert other.content != first.content


async def test_what_is_remembered_of_another_state_of_the_record_is_not_used(
    client: Visitor, database: Database
) -> None:
    """The framework's shape and the head are remembered between two readings, each under the record's stamp."""
    path = f"{MATRIX}?jurisdictions=XAA"
    first = await client.get(path)
    assert (await client.get(path)).content == first.content
    await published(database, commitment="3")
    other = await client.get(path)
    assert other.json()["as_of"] > first.json()["as_of"]
    assert (await client.get(path, headers={"If-None-Match": other.headers["etag"]})).status_code == 304
    async with database.write() as db:
        item = (
            await db.execute(sa.select(FrameworkItem).where(col(FrameworkItem.key) == "HTCC-UC"))
        ).scalar_one()
        item.key = "HTCC-NEW"
    cells = set((await ask(client, jurisdictions="XAA"))["jurisdictions"]["XAA"])
    assert {cell.split("/")[0] for cell in cells} >= {"HTCC-NEW", "HTCC-C1"}
    assert not any(cell.startswith("HTCC-UC/") for cell in cells)


async def test_a_redaction_changes_the_file_and_its_tag(
    client: Visitor, database: Database, settings: Settings
) -> None:
    revision = await published(database, owner="Somebody of Larkspur house")
    first = await client.get(FILE)
    assert "Somebody of Larkspur house" in first.text
    await operation.redact(database, Store(settings.data_dir), revision.uid, "owner", "It told of a person")
    other = await client.get(FILE, headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200
    assert "Somebody of Larkspur house" not in other.text


async def test_the_long_file_has_every_cell_of_whom_anybody_spoke_of(client: Visitor) -> None:
    answer = await client.get(FILE)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert all(value for row in rows for value in row.values())
    one = [r for r in rows if r["jurisdiction"] == "US-CT" and r["framework"] == "hhs-core-competencies"]
    assert len({(r["item"], r["domain"]) for r in one}) == 28
    assert "KEN" not in {r["jurisdiction"] for r in rows}
    named = await client.get(FILE, params={"framework": "hhs-core-competencies"})
    assert {r["framework"] for r in csv.DictReader(io.StringIO(named.text))} == {"hhs-core-competencies"}
    assert (await client.get(FILE, params={"framework": "nope"})).status_code == 422


async def test_what_another_process_commits_is_seen_and_so_is_a_new_day(
    own_world: World, settings: Settings
) -> None:
    """On real connections the head is remembered for as long as nobody commits; other connections commit here."""
    database = Database(own_world.engine)
    path = f"{MATRIX}?jurisdictions=XAA"
    async with visitor(create_app(settings, database), settings) as person:
        first = await person.get(path)
        known = {"If-None-Match": first.headers["etag"]}
        for _ in range(2):
            assert (await person.get(path, headers=known)).status_code == 304
        elsewhere = Database(create_engine(own_world.url))
        await published(elsewhere, commitment="1", valid_to=clock.today())
        after = await person.get(path, headers=known)
        assert after.status_code == 200
        known = {"If-None-Match": after.headers["etag"]}
        assert (await person.get(path, headers=known)).status_code == 304
        with clock.at(clock.now() + timedelta(days=1)):
            later = await person.get(path, headers=known)
        assert later.status_code == 200
        assert later.json()["jurisdictions"] != after.json()["jurisdictions"]
        await elsewhere.dispose()
    await database.dispose()


async def test_what_begins_and_ends_later_is_read_on_its_day_and_not_before(
    client: Visitor, database: Database
) -> None:
    """Nobody publishes in between: time alone changes what is read, in the matrix, on the page and in the file."""
    begins, ends = clock.today() + timedelta(days=10), clock.today() + timedelta(days=20)
    before = await ask(client, jurisdictions="XAA", source="self")
    await published(database, commitment="1", valid_from=begins, valid_to=ends)
    lines = {}
    for days in (0, 9, 10, 20, 21):
        with clock.at(clock.now() + timedelta(days=days)):
            told = await ask(client, jurisdictions="XAA")
            lines[days] = f",{begins.isoformat()},{ends.isoformat()}," in (await client.get(FILE)).text
            page = await client.get("/en/compare?jurisdictions=XAA&framework=hhs-core-competencies")
            assert page.status_code == 200
        reads = told["jurisdictions"]["XAA"]["HTCC-UC/educator"][0] == "1"
        assert reads is (10 <= days <= 20), days
    assert lines == {0: False, 9: False, 10: True, 20: True, 21: False}
    assert before["jurisdictions"]["XAA"]["HTCC-UC/educator"][0] != "1"
