"""Moving entries on to a later version: a proposal for each, drafts all or none, and what is published stays."""

import html as escaping
import re
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from tests import factories, personas
from tests.frameworks import samples
from tests.frameworks.test_import import take_in
from tests.frameworks.test_versions import KEY, OLD, new_csv
from tests.pages import html
from tests.personas import Visitor, bound
from tracker.access.actor import OrganisationActor
from tracker.audit.models import AuditEvent
from tracker.db.session import Database
from tracker.entries import service
from tracker.entries.content import Cell
from tracker.entries.models import Draft, EntryMove, PublishedRevision
from tracker.frameworks import files
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit.vocabulary import Domain

MOVE = f"/en/o/health-xaa/jurisdictions/XAA/move/{KEY}?from=1&to=2"
ON_OLD = [item[0] for item in OLD if item[0] not in ("A", "B", "A1")]


async def cell(database: Database, item: str, version: str = "1") -> Cell:
    async with database.read() as db:
        place = await db.scalar(select(Jurisdiction.id).where(col(Jurisdiction.code) == "XAA"))
        number = await db.scalar(
            select(FrameworkItem.id)
            .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
            .where(
                col(FrameworkVersion.key) == KEY,
                col(FrameworkVersion.version) == version,
                col(FrameworkItem.key) == item,
            )
        )
    assert place is not None
    assert number is not None
    return Cell(place, number, Domain.ALL)


async def world_of_two_versions(database: Database) -> OrganisationActor:
    """Published on each item of the old version but A1, which has only a draft, and the themes."""
    await take_in(database, files.read(samples.as_csv(OLD), "csv"))
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    for item in ON_OLD:
        what = factories.content(note=f"Said of {item}.")
        await factories.published(database, author, reviewer, await cell(database, item), what)
    await factories.draft(database, author, await cell(database, "A1"), factories.content(note="Said of A1."))
    await take_in(database, files.read(new_csv(), "csv"))
    return author


def choices(page: str) -> list[str]:
    """The values of the boxes that are ticked."""
    ticked = re.findall(r'<input type="checkbox"[^>]* name="move" value="([^"]+)"[^>]* checked>', page)
    return [escaping.unescape(value) for value in ticked]


def merges(page: str) -> list[str]:
    return [escaping.unescape(v) for v in re.findall(r'name="merge:N5:all" value="([^"]+)"', page)]


async def drafts(database: Database, who: OrganisationActor) -> dict[str, str]:
    """The notes of the organisation's drafts on version 2, by item."""
    async with database.read(bound(who)) as db:
        rows = await db.execute(
            select(FrameworkItem.key, Draft.note)
            .join(Draft, col(Draft.item_id) == FrameworkItem.id)
            .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
            .where(col(FrameworkVersion.key) == KEY, col(FrameworkVersion.version) == "2")
        )
        return dict(rows.all())


async def state(database: Database, who: OrganisationActor) -> tuple[int, ...]:
    async with database.read(bound(who)) as db:
        tables: tuple[Any, ...] = (Draft, EntryMove, AuditEvent, PublishedRevision)
        return tuple([await db.scalar(select(sa.func.count()).select_from(t)) or 0 for t in tables])


async def test_each_entry_is_moved_as_it_is_proposed(owner: Visitor, database: Database) -> None:
    who = await world_of_two_versions(database)
    grid = (await owner.get(f"/en/o/health-xaa/jurisdictions/XAA?framework={KEY}@1")).text
    assert f"/move/{KEY}" in grid
    page = await owner.get(MOVE)
    assert page.status_code == 200
    told = html.words(page.text)
    assert "Entries that stay where they are" in told
    assert "A7" in told
    ticked = choices(page.text)
    assert sorted(code.split("|")[:2] for code in ticked) == [
        ["A1", "A1"],
        ["A2", "N2"],
        ["A3", "A3"],
        ["A4", "A4"],
        ["A4", "N4"],
        ["A8", "A8"],
    ]
    one, other = merges(page.text)[:2]
    before = await state(database, who)
    done = await owner.submit(MOVE, {"move": ticked, "merge:N5:all": other})
    assert done.status_code == 303
    assert done.headers["location"].endswith(f"XAA?framework={KEY}@2")
    made = {"A1": "A1", "N2": "A2", "A3": "A3", "A4": "A4", "N4": "A4", "A8": "A8", "N5": "A6"}
    assert await drafts(database, who) == {new: f"Said of {old}." for new, old in made.items()}
    after = await state(database, who)
    assert after[3] == before[3]  # what is published stays as it is
    async with database.read(bound(who)) as db:
        event = (
            await db.execute(select(AuditEvent).where(col(AuditEvent.action) == "entries.moved_on"))
        ).scalar_one()
    assert (event.subject, event.detail["from"], event.detail["jurisdiction"]) == (
        f"{KEY}@2",
        f"{KEY}@1",
        "XAA",
    )
    assert ["A4", "N4", "all", "split"] in event.detail["cells"]
    assert ["A2", "N2", "all", "renamed"] in event.detail["cells"]
    # twice changes nothing, nor does choosing the other of two that were merged
    for sent in ({"move": ticked, "merge:N5:all": other}, {"merge:N5:all": one}):
        again = await owner.submit(MOVE, sent)
        assert again.status_code == 303
        assert await state(database, who) == after
    assert "Already in the newer version (7)" in html.words((await owner.get(MOVE)).text)
    entry = f"/en/o/health-xaa/jurisdictions/XAA/cells/{KEY}@2/N4/all"
    told = html.words((await owner.get(entry)).text)
    assert f"Begun from your entry on A4 of {KEY}@1" in told
    assert "split" in told


async def test_all_or_none_and_only_as_it_was_shown(owner: Visitor, database: Database) -> None:
    who = await world_of_two_versions(database)
    page = (await owner.get(MOVE)).text
    ticked, (one, other) = choices(page), merges(page)[:2]
    before = await state(database, who)
    assert (await owner.submit(MOVE, {})).status_code == 422
    assert (await owner.submit(MOVE, {"move": [one, other]})).status_code == 422
    for wrong in ("A7|A7|all|x", "A1|A1|individual|x", ticked[0] + "x", "A1|B|all|x"):
        refused = await owner.submit(MOVE, {"move": [*ticked, wrong]})
        assert refused.status_code == 409
        assert "Nothing was moved" in refused.text
    assert await state(database, who) == before
    # somebody changes the entry on the old version meanwhile
    where = await cell(database, "A2")
    await factories.draft(database, who, where, factories.content(note="Said anew."))
    changed = await state(database, who)
    kept = await owner.submit(MOVE, {"move": ticked})
    assert kept.status_code == 409
    assert len(choices(kept.text)) == len(ticked) - 1  # the one that changed is to be chosen anew
    assert await state(database, who) == changed
    assert (await owner.submit(MOVE, {"move": choices((await owner.get(MOVE)).text)})).status_code == 303
    assert (await drafts(database, who))["N2"] == "Said anew."


async def test_a_draft_of_ones_own_is_not_overwritten(owner: Visitor, database: Database) -> None:
    who = await world_of_two_versions(database)
    ticked = choices((await owner.get(MOVE)).text)
    there = await cell(database, "N2", "2")
    await factories.draft(database, who, there, factories.content(note="My own."))
    assert (await owner.submit(MOVE, {"move": ticked})).status_code == 303
    found = await drafts(database, who)
    assert (found["N2"], found["A3"]) == ("My own.", "Said of A3.")


async def test_what_was_discarded_may_be_moved_again_and_what_was_published_not(
    owner: Visitor, teammate: Visitor, database: Database
) -> None:
    who = await world_of_two_versions(database)
    assert (await owner.submit(MOVE, {"move": choices((await owner.get(MOVE)).text)})).status_code == 303
    where = await cell(database, "N2", "2")
    async with database.write(bound(who)) as db:
        made = await service.open_draft(db, where)
        assert made is not None
        await service.discard(db, who, made.id, version=made.version)
    (again,) = choices((await owner.get(MOVE)).text)
    assert again.startswith("A2|N2|")
    assert (await owner.submit(MOVE, {"move": [again]})).status_code == 303
    reviewer = await personas.actor(database, personas.TEAMMATE)
    await factories.published(database, who, reviewer, where, factories.content(note="Said of N2."))
    assert choices((await owner.get(MOVE)).text) == []
    # each version has its own
    for version, item in (("1", "A2"), ("2", "N2")):
        told = await owner.get(f"/en/compare?jurisdictions=XAA&framework={KEY}@{version}&items={item}")
        assert told.status_code == 200
        assert f"{KEY}@{version}/{item}/all" in told.text


async def test_who_may_move(
    viewer: Visitor, outsider: Visitor, ngo: Visitor, owner: Visitor, database: Database
) -> None:
    await world_of_two_versions(database)
    assert (await viewer.get(MOVE)).status_code == 403
    assert (await outsider.get(MOVE)).status_code == 404
    assert (await owner.get(MOVE.replace("XAA/move", "XAB/move"))).status_code == 404
    theirs = await ngo.get(MOVE.replace("health-xaa", "open-care-watch"))
    assert theirs.status_code == 200
    assert choices(theirs.text) == []
    assert (await owner.get(MOVE.replace("to=2", "to=9"))).status_code == 422
    assert (await owner.get(MOVE.replace(KEY, "nope"))).status_code == 404
    single = await owner.get("/en/o/health-xaa/jurisdictions/XAA/move/who-lives")
    assert "only one version" in single.text


async def said(database: Database, who: OrganisationActor, where: Cell) -> None:
    """A draft of the cell, if the demo world has none."""
    async with database.read(bound(who)) as db:
        there = await service.open_draft(db, where)
    if there is None:
        await factories.draft(database, who, where)


async def test_a_domain_that_falls_away_keeps_its_entry(owner: Visitor, database: Database) -> None:
    """The competencies apply by domain: a later version in which an item applies to fewer."""
    file = (await owner.get("/en/frameworks/hhs-core-competencies/file/csv")).text
    lines = [line.replace(",2021,", ",2099,", 1) for line in file.splitlines()]
    at = next(n for n, line in enumerate(lines) if ",HTCC-C1," in line)
    assert lines[at].endswith(",,,,,")
    lines[at] = lines[at][: -len(",,,,,")] + ",individual,,,,"
    plan = await take_in(database, files.read("\n".join(lines).encode(), "csv"))
    assert plan.faults == ()
    who = await personas.actor(database, personas.OWNER)
    for domain in (Domain.INDIVIDUAL, Domain.EDUCATOR):
        await said(database, who, await first_competency(database, domain))
    page = (await owner.get("/en/o/health-xaa/jurisdictions/XAA/move/hhs-core-competencies")).text
    assert [c for c in choices(page) if c.startswith("HTCC-C1|HTCC-C1|individual")] != []
    assert [c for c in choices(page) if c.startswith("HTCC-C1|HTCC-C1|educator")] == []
    assert "Entries that stay where they are" in html.words(page)


async def first_competency(database: Database, domain: Domain) -> Cell:
    """A cell of the first core competency in 2021."""
    async with database.read() as db:
        number = await db.scalar(
            select(FrameworkItem.id)
            .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
            .where(col(FrameworkItem.key) == "HTCC-C1", col(FrameworkVersion.version) == "2021")
        )
    assert number is not None
    return Cell((await factories.cell(database, "XAA", "D87J-CRIM")).jurisdiction_id, number, domain)
