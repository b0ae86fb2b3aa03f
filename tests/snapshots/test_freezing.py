"""Freezing: the same state gives the same snapshot, on both databases, and later publications leave it alone."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import factories, personas
from tests.pages import html
from tests.personas import Visitor
from tests.snapshots.frozen import SALT, freeze, read
from tests.worlds import World
from tracker.access.models import Organisation
from tracker.app import App
from tracker.audit.models import SERVICE, AuditEvent
from tracker.compare.query import parse
from tracker.db.session import Bound, Database
from tracker.entries.publish import withdraw
from tracker.frameworks.models import FrameworkItem
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit import clock
from tracker.kit.errors import Invalid
from tracker.kit.vocabulary import MISSING_CODES
from tracker.settings import Settings
from tracker.snapshots import service
from tracker.snapshots.models import PublishedSnapshot
from tracker.snapshots.record import id_of, sha256_of

GOLDEN = Path(__file__).parents[1] / "data" / "snapshot.json"
LATER = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


async def count(database: Database) -> int:
    async with database.read() as db:
        return await db.scalar(sa.select(sa.func.count()).select_from(PublishedSnapshot)) or 0


async def test_a_change_of_code_that_would_change_what_was_frozen_is_noticed(database: Database) -> None:
    """The golden file holds format 1. When only the demo world's data changed, write it anew; when the code writes
    another thing of the same data, the snapshots that people cite would no longer stand: make a new format beside it.
    """
    made = await freeze(database, jurisdictions="US-TX,XAA,XAB,XAC,XAB.CPH", source="all")
    golden = GOLDEN.read_bytes()
    assert json.loads(made.canonical) == json.loads(golden)
    assert made.canonical == golden
    assert made.id == id_of(sha256_of(golden))


async def test_the_golden_one_has_something_of_everything() -> None:
    cells = json.loads(GOLDEN.read_bytes())["cells"]
    voices = [voice for cell in cells for voice in cell["voices"]]
    values = {voice[axis]["value"] for voice in voices for axis in ("commitment", "practice")}
    assert values == {*range(5), *MISSING_CODES}
    marks = {voice[axis]["verification"] for voice in voices for axis in ("commitment", "practice")}
    assert marks == {"none", "V0", "V1", "V2"}
    for member in ("texts", "citations", "reviews", "replies"):
        assert any(voice[member] for voice in voices), member
    assert {cell["contested"] for cell in cells} == {True, False}
    assert any(not cell["voices"] for cell in cells)


async def test_the_same_state_is_the_same_snapshot(database: Database) -> None:
    first = await freeze(database)
    assert first.stands
    with clock.at(LATER):
        assert (await freeze(database)).id == first.id, "the clock alone changes nothing"
        at = first.comparison.at
        dated = {"on": at.on.isoformat(), "as_of": at.as_of.isoformat().replace("+00:00", "Z")}
        assert (await freeze(database, framework="hhs-core-competencies", **dated)).id == first.id
    assert (await freeze(database, source="all")).id != first.id
    assert await count(database) == 2


async def test_today_is_frozen_as_far_as_it_has_come(database: Database) -> None:
    """A day that is not over would still change what had been published by its end."""
    with clock.at(LATER):
        made = await freeze(database, as_of=LATER.date().isoformat())
    assert made.comparison.at.as_of < LATER


async def test_later_publications_leave_it_alone_and_are_told(database: Database, client: Visitor) -> None:
    made = await freeze(database, jurisdictions="XAA,US-TX")
    before = {
        e: (await client.get(f"/en/snapshots/{made.id}.{e}")).content for e in ("csv", "json", "pdf", "xlsx")
    }
    assert "Nothing was published since" in (await client.get(f"/en/snapshots/{made.id}")).text
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    where = await factories.cell(database)
    with clock.at(LATER):
        await factories.published(database, author, reviewer, where, factories.content(commitment="1"))
        uids = [v.uid for c in made.comparison.rows() for v in c.voices if v.organisation_key == "health-xaa"]
        async with database.write(personas.bound(reviewer)) as db:
            await withdraw(db, reviewer, uids[0], reason="It was wrong.")
    with clock.at(LATER + timedelta(days=1)):
        assert (await read(database, made.id)).stands
        for ending, content in before.items():
            assert (await client.get(f"/en/snapshots/{made.id}.{ending}")).content == content, ending
        told = html.words((await client.get(f"/en/snapshots/{made.id}")).text)
        assert "There are newer data. 2 cells of this snapshot read differently today" in told
        since = told.partition("Cell Frozen Today Also")[2].partition("Compare the same today")[0]
        assert (
            "educator On paper: Adopted in full In practice: In use in part On paper: Proposed In practice: Not assessed"
            in since
        )
        assert "withdrawn" in since
        assert "Verification, on paper: V1 Documented → V1" not in since, "only what differs"
        assert "Basis: by name → equivalent measure" in since, "from what to what"
        assert (await freeze(database, jurisdictions="XAA,US-TX")).id != made.id


async def test_more_elsewhere_is_no_news_here(database: Database, client: Visitor) -> None:
    made = await freeze(database, jurisdictions="US-TX")
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    with clock.at(LATER):
        await factories.published(database, author, reviewer, await factories.cell(database))
        page = (await client.get(f"/en/snapshots/{made.id}")).text
    assert "nothing of it changes what is shown here" in page


async def test_names_stay_as_they_were(database: Database, client: Visitor) -> None:
    made = await freeze(database, jurisdictions="US-TX,XAA")
    csv = (await client.get(f"/en/snapshots/{made.id}.csv")).content
    async with database.write() as db:
        await db.execute(
            sa.update(Jurisdiction).where(col(Jurisdiction.code) == "US-TX").values(name="Tejas")
        )
        await db.execute(sa.update(Organisation).values(name="Another name"))
        item = (
            await db.execute(sa.select(FrameworkItem).where(col(FrameworkItem.key) == "HTCC-C1"))
        ).scalar_one()
        new = {"id": 9999, "key": "HTCC-NEW", "position": 999}
        db.add(FrameworkItem(**item.model_dump() | new))
        item.text = "Reworded"
    again = await read(database, made.id)
    assert again.stands
    assert again.comparison.places[0].name == "Texas"
    assert (await client.get(f"/en/snapshots/{made.id}.csv")).content == csv
    page = (await client.get(f"/en/snapshots/{made.id}")).text
    assert "Tejas" not in page
    assert "Reworded" not in page


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"jurisdictions": ""},
        {"jurisdictions": "NOPE"},
        {"jurisdictions": "US-TX", "through": "hhs-core-competencies--delta87-justice"},
        {"jurisdictions": "US-TX", "as_of": "2999-01-01"},
        {"jurisdictions": "US-TX", "axis": "x"},
    ],
)
async def test_what_cannot_be_frozen_is_told(
    client: Visitor, database: Database, query: dict[str, str]
) -> None:
    answer = await client.submit("/en/snapshots", query)
    assert answer.status_code == 422
    assert await count(database) == 0
    (back,) = [link for link in html.links(answer.text) if link.startswith("/en/compare")]
    asked = dict(parse_qsl(urlsplit(back).query))
    assert asked == {name: text for name, text in query.items() if text}, (
        "the form there has all that was asked"
    )


async def test_no_address_holds_what_is_too_long(client: Visitor) -> None:
    answer = await client.submit("/en/snapshots", {"jurisdictions": ",".join(f"X{n}" for n in range(5000))})
    assert answer.status_code == 422
    assert "/en/compare" in html.links(answer.text)


async def test_too_much_at_once_is_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_FROZEN", 27)
    with pytest.raises(Invalid, match="27 cells at most can be frozen at once; these are 28"):
        await service.freeze(database, parse({"jurisdictions": "US-TX"}), salt=SALT, sender="192.0.2.9")
    assert await count(database) == 0


async def test_the_size_is_known_before_a_cell_is_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    database, engine = Database(world.engine), world.engine.sync_engine

    def told(_c: object, _cursor: object, statement: str, *_: object) -> None:
        read.append(statement)

    monkeypatch.setattr(service, "MOST_FROZEN", 27)
    sa.event.listen(engine, "before_cursor_execute", told)
    try:
        with pytest.raises(Invalid):
            await service.freeze(database, parse({"jurisdictions": "US-TX"}), salt=SALT, sender="192.0.2.9")
    finally:
        sa.event.remove(engine, "before_cursor_execute", told)
    assert read
    assert not [s for s in read if "published_revision" in s]


async def test_all_addresses_together_have_a_bound(
    app: App, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_OF_ALL", 2)
    for n, status in ((1, 303), (2, 303), (3, 429)):
        person = personas.visitor(app, settings, f"192.0.2.{n}")
        asked = {"jurisdictions": "US-TX", "on": f"2026-01-0{n}"}
        assert (await person.submit("/en/snapshots", asked)).status_code == status
    assert await count(database) == 2


async def test_one_site_has_a_bound_whatever_its_networks(
    app: App, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_FROM_A_SITE", 2)
    for n, address, status in (
        (1, "2001:db8:1:1::1", 303),
        (2, "2001:db8:1:2::1", 303),
        (3, "2001:db8:1:3::1", 429),
        (4, "2001:db8:2:1::1", 303),
    ):
        person = personas.visitor(app, settings, address)
        asked = {"jurisdictions": "US-TX", "on": f"2026-01-0{n}"}
        assert (await person.submit("/en/snapshots", asked)).status_code == status, address
    assert await count(database) == 3


async def test_tries_are_counted_before_the_work(
    client: Visitor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_TRIES_AN_HOUR", 2)
    for status in (303, 303, 429):
        assert (await client.submit("/en/snapshots", {"jurisdictions": "US-TX"})).status_code == status
    assert await count(database) == 1


async def test_it_is_kept_small_and_old_ones_are_read(database: Database) -> None:
    made = await freeze(database, jurisdictions="US-TX,XAA")
    async with database.read() as db:
        kept = await db.scalar(sa.text("SELECT canonical FROM published_snapshot"))
    assert len(kept) < len(made.canonical) / 2
    old = sa.text(
        "INSERT INTO published_snapshot (id, sha256, salt, canonical, recorded_at) "
        "SELECT 'aaaaaaaaaa', :hash, salt, :plain, recorded_at FROM published_snapshot"
    )
    async with database.write() as db:
        await db.execute(old, {"hash": "ab" * 32, "plain": made.canonical.decode()})
    assert (await read(database, "aaaaaaaaaa")).canonical == made.canonical


async def slowly(
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[asyncio.Event, asyncio.Event]:
    """(set once a freeze has worked something out, what it then waits for before it goes on)"""
    reached, go_on = asyncio.Event(), asyncio.Event()
    real = service.canonical

    async def slow(*arguments: Any) -> Any:
        made = await real(*arguments)
        reached.set()
        await go_on.wait()
        return made

    monkeypatch.setattr(service, "canonical", slow)
    return reached, go_on


async def test_others_write_while_a_slow_one_is_worked_out(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(own_world.engine)
    actor = await personas.actor(database, personas.OWNER)
    where = await factories.cell(database)
    reached, go_on = await slowly(monkeypatch)
    frozen = asyncio.create_task(freeze(database, jurisdictions="US-TX"))
    try:
        await asyncio.wait_for(reached.wait(), 20)
        async with asyncio.timeout(5):
            await factories.draft(database, actor, where)
    finally:
        go_on.set()
    assert (await frozen).stands
    assert await count(database) == 1


async def test_what_is_published_meanwhile_is_not_left_out(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record moved between the work and the lock: it is worked out again."""
    database = Database(own_world.engine)
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    where = await factories.cell(database)
    reached, go_on = await slowly(monkeypatch)
    frozen = asyncio.create_task(freeze(database, jurisdictions="XAA"))
    try:
        await asyncio.wait_for(reached.wait(), 20)
        async with asyncio.timeout(5):
            told = await factories.published(database, author, reviewer, where)
    finally:
        go_on.set()
    made = await frozen
    assert made.stands
    assert told.uid in {v.uid for cell in made.comparison.rows() for v in cell.voices}


async def test_a_few_at_a_time(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(own_world.engine)
    begun = 0
    go_on = asyncio.Event()
    real = service.canonical

    async def slow(*arguments: Any) -> Any:
        nonlocal begun
        begun += 1
        await go_on.wait()
        return await real(*arguments)

    monkeypatch.setattr(service, "canonical", slow)
    days = ("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04")
    tasks = [asyncio.create_task(freeze(database, jurisdictions="US-TX", on=day)) for day in days]
    async with asyncio.timeout(20):
        while begun < service.AT_ONCE:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    assert begun == service.AT_ONCE
    go_on.set()
    assert len({made.id for made in await asyncio.gather(*tasks)}) == len(days)


async def test_two_drafts_at_once_keep_one_snapshot(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither changes the stamp of the public record, by which other changes in between are noticed."""
    database, real = Database(own_world.engine), service._worked_out
    both = asyncio.Barrier(2)

    async def at_once(*arguments: Any) -> Any:
        made = await real(*arguments)
        await both.wait()
        return made

    monkeypatch.setattr(service, "_worked_out", at_once)
    query = parse({"jurisdictions": "US-TX"})
    async with asyncio.timeout(20):
        one, other = await asyncio.gather(
            *(service.freeze(database, query, salt=SALT, sender=who, listed=False) for who in ("a", "b"))
        )
    assert one == other


async def test_one_address_can_not_go_on_for_ever(client: Visitor, database: Database) -> None:
    for n in range(service.MOST_AN_HOUR):
        day = f"2026-{1 + n // 20:02}-{1 + n % 20:02}"
        assert (
            await client.submit("/en/snapshots", {"jurisdictions": "US-TX", "on": day})
        ).status_code == 303
    answer = await client.submit("/en/snapshots", {"jurisdictions": "US-FL"})
    assert answer.status_code == 429
    assert "Please try again later" in answer.text
    known = await client.submit("/en/snapshots", {"jurisdictions": "US-TX", "on": "2026-01-01"})
    assert known.status_code == 303, "what is frozen already costs nothing"
    assert await count(database) == service.MOST_AN_HOUR


async def test_from_the_button_to_the_page(client: Visitor, owner: Visitor, database: Database) -> None:
    for person in (client, owner):
        page = await person.get("/en/compare?jurisdictions=XAA,US-TX")
        form = html.form(page.text, "Freeze and cite")
        answer = await person.submit(form.action, form.fields)
        assert answer.status_code == 303, html.words(answer.text)
        page = await person.get(answer.headers["location"])
        assert page.status_code == 200
        links = [link for link in html.links(page.text) if "/snapshots/" in link]
        assert len(links) == 9
        for link in links:
            assert (await person.get(link)).status_code == 200, link
        cells = [link for link in html.links(page.text) if "/hhs-core-competencies@2021/HTCC-" in link]
        assert len(set(cells)) == 56 and all("?on=" in link and "as_of=" in link for link in cells)
        assert (await person.get(cells[0])).status_code == 200
        profiles = [link for link in html.links(page.text) if re.match(r"/en/jurisdictions/[^/]+$", link)]
        assert {link.partition("?")[2] for link in profiles} == {cells[0].partition("?")[2]}
        assert (await person.get(profiles[0])).status_code == 200
    assert await count(database) == 1
    async with database.read(Bound(tenant=SERVICE)) as db:
        events = await db.execute(sa.select(AuditEvent.action, AuditEvent.subject))
        made = links[0].rpartition("/")[2].partition(".")[0]
        assert ("snapshot.frozen", f"snapshot:{made}") in events.all()


@pytest.mark.parametrize(
    "path", ["aaaaaaaaaa", "AAAAAAAAAA", "a" * 500, "aaaaaaaaaa.csv", "aaaaaaaaaa.exe", ".csv"]
)
async def test_unknown_ones_are_not_found(client: Visitor, path: str) -> None:
    assert (await client.get(f"/en/snapshots/{path}")).status_code == 404


async def test_what_holds_a_text_is_asked_for_again(client: Visitor, database: Database) -> None:
    made = await freeze(database, jurisdictions="XAA")
    for ending in ("csv", "json", "xlsx", "pdf"):
        answer = await client.get(f"/en/snapshots/{made.id}.{ending}")
        assert answer.headers["cache-control"] == "no-cache"
        asked = {"If-None-Match": f'"other", {answer.headers["etag"]}'}
        same = await client.get(f"/en/snapshots/{made.id}.{ending}", headers=asked)
        assert (same.status_code, same.content) == (304, b"")
    lasting = await client.get(f"/en/snapshots/{made.id}.record.json")
    assert "immutable" in lasting.headers["cache-control"]
    assert sha256_of(lasting.content) == made.sha256
    assert json.loads(lasting.content) == made.record


async def test_how_the_tables_stand_is_no_part_of_it(client: Visitor) -> None:
    plain = await client.submit("/en/snapshots", {"jurisdictions": "US-TX"})
    turned = await client.submit("/en/snapshots", {"jurisdictions": "US-TX", "layout": "together,swapped"})
    assert turned.headers["location"] == plain.headers["location"] + "?layout=together,swapped"
    assert '<th scope="col">Item</th>' in (await client.get(turned.headers["location"])).text
    assert (await client.get(plain.headers["location"] + "?layout=x")).status_code == 422
