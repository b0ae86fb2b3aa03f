"""Publishing a criterion of one's own: by somebody else, as a copy that stays, apart from every framework."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests import factories, personas
from tests.criteria import checklists
from tests.criteria.checklists import SAID, WORDING
from tests.criteria.test_criteria_pages import LIST, value_path
from tests.personas import Visitor
from tracker.criteria import publish, queries, service
from tracker.criteria.service import Said, Wording
from tracker.db.session import Database
from tracker.kit import clock
from tracker.kit.errors import Conflict, Forbidden
from tracker.kit.vocabulary import MandateKind
from tracker.privacy import service as redaction

PROFILE = "/en/jurisdictions/XAA"
CELL = f"{PROFILE}/hhs-core-competencies/HTCC-UC/educator"
BLOCK = "Own criteria of Ministry of Health of Quillmere, not part of the framework"


async def test_it_is_shown_apart_on_profile_and_cell(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database
) -> None:
    author = await personas.actor(database, personas.OWNER)
    made = await checklists.criterion(database, author)
    await checklists.said(database, author, made.id)
    path = f"{value_path(made.id)}/publish"
    read = (await teammate.get(path)).text
    assert WORDING.text in read
    assert WORDING.guidance in read
    done = await teammate.submit(path, {"criterion_version": "1", "version": "1"})
    assert done.status_code == 303
    for page in (PROFILE, CELL):
        text = (await client.get(page)).text
        block = text[text.index(BLOCK) :]
        for shown in (WORDING.text, WORDING.guidance, SAID.note, "Adopted in part", "Preparing"):
            assert shown in block
    other = f"{PROFILE}/hhs-core-competencies/HTCC-C1/educator"
    assert BLOCK not in (await client.get(other)).text
    assert BLOCK not in (await client.get("/en/jurisdictions/XAB")).text


@pytest.mark.parametrize(
    "path",
    [
        "/en/compare?jurisdictions=XAA",
        "/en/compare.csv?jurisdictions=XAA",
        "/en/compare/briefing?jurisdictions=XAA",
        "/en/frameworks/hhs-core-competencies",
        "/en/frameworks/hhs-core-competencies.csv",
        "/en/crosswalks/hhs-core-competencies--delta87-justice/lens?jurisdictions=XAA",
    ],
)
async def test_it_is_in_nothing_of_the_framework(client: Visitor, database: Database, path: str) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    before = await client.get(path)
    await checklists.published(database, author, reviewer)
    after = await client.get(path)
    assert before.status_code == after.status_code
    assert WORDING.text not in after.text
    assert SAID.note not in after.text
    assert "Own criteria" not in after.text


async def test_the_grid_that_is_exported_has_no_row_of_it(database: Database) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    before = await factories.grid_csv(database, author)
    await checklists.published(database, author, reviewer)
    assert await factories.grid_csv(database, author) == before


@pytest.mark.parametrize("wrote", ["criterion", "value", "both"])
async def test_who_wrote_it_does_not_publish_it(
    teammate: Visitor, client: Visitor, database: Database, wrote: str
) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    made = await checklists.criterion(database, author if wrote == "value" else reviewer)
    await checklists.said(database, author if wrote == "criterion" else reviewer, made.id)
    path = f"{value_path(made.id)}/publish"
    assert "somebody else has to publish it" in (await teammate.get(path)).text
    answer = await teammate.submit(path, {"criterion_version": "1", "version": "1"})
    assert answer.status_code == 403
    where = await checklists.place(database)
    with pytest.raises(Forbidden):
        async with database.write(personas.bound(reviewer)) as db:
            await publish.publish(db, reviewer, made.id, where, versions=(1, 1))
    assert BLOCK not in (await client.get(PROFILE)).text


async def test_a_contributor_does_not_publish(owner: Visitor, database: Database) -> None:
    reviewer = await personas.actor(database, personas.TEAMMATE)
    made = await checklists.criterion(database, reviewer)
    await checklists.said(database, reviewer, made.id)
    path = f"{value_path(made.id)}/publish"
    assert (await owner.get(path)).status_code == 403
    assert (await owner.submit(path, {"criterion_version": "1", "version": "1"})).status_code == 403


async def test_what_changed_since_it_was_read_is_not_published(
    teammate: Visitor, client: Visitor, database: Database
) -> None:
    author = await personas.actor(database, personas.OWNER)
    made = await checklists.criterion(database, author)
    version = await checklists.said(database, author, made.id)
    await checklists.said(database, author, made.id, Said("4"), version=version)
    path = f"{value_path(made.id)}/publish"
    for versions in (("1", "1"), ("7", "2"), ("x", "")):
        sent = dict(zip(("criterion_version", "version"), versions, strict=True))
        assert (await teammate.submit(path, sent)).status_code == 409
    assert BLOCK not in (await client.get(PROFILE)).text


async def test_signs_of_personal_data_are_read_first(
    teammate: Visitor, client: Visitor, database: Database
) -> None:
    author = await personas.actor(database, personas.OWNER)
    made = await checklists.criterion(database, author)
    await checklists.said(database, author, made.id, Said("1", note="Ask jo.example@example.org"))
    path = f"{value_path(made.id)}/publish"
    versions = {"criterion_version": "1", "version": "1"}
    refused = await teammate.submit(path, versions)
    assert refused.status_code == 422
    assert "an e-mail address" in refused.text
    assert BLOCK not in (await client.get(PROFILE)).text
    tokens = re.findall(r'name="signs" value="(\w+)"', refused.text)
    done = await teammate.submit(path, versions | {"signs": tokens, "confirmed": "yes"})
    assert done.status_code == 303


async def test_a_place_with_a_steward_is_not_spoken_of_without_notice(
    ngo: Visitor, ngo_reviewer: Visitor, client: Visitor, database: Database
) -> None:
    """An assessor keeps its checklist of XAA, in private; of a place without a steward it may publish."""
    author, reviewer = [await personas.actor(database, p) for p in (personas.NGO, personas.NGO_REVIEWER)]
    made = await checklists.criterion(database, author)
    for code, status in (("XAA", 409), ("US-TX", 303)):
        await checklists.said(database, author, made.id, code=code)
        path = value_path(made.id, code).replace("health-xaa", "open-care-watch") + "/publish"
        assert ("so yours stay private here" in (await ngo_reviewer.get(path)).text) is (status == 409)
        sent = {"criterion_version": "1", "version": "1"}
        assert (await ngo_reviewer.submit(path, sent)).status_code == status
    assert "Own criteria of" not in (await client.get(PROFILE)).text
    assert "Own criteria of" in (await client.get("/en/jurisdictions/US-TX")).text
    where = await checklists.place(database)
    with pytest.raises(Conflict, match="steward"):
        async with database.write(personas.bound(reviewer)) as db:
            await publish.publish(db, reviewer, made.id, where, versions=(1, 1))


async def test_the_same_is_not_published_twice(database: Database) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    made, _public = await checklists.published(database, author, reviewer)
    where = await checklists.place(database)
    with pytest.raises(Conflict, match="published already"):
        async with database.write(personas.bound(reviewer)) as db:
            await publish.publish(db, reviewer, made.id, where, versions=(1, 1))


async def test_a_later_one_takes_its_place_and_the_past_stays(client: Visitor, database: Database) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    where = await checklists.place(database)
    first = datetime(2026, 9, 1, 9, tzinfo=UTC)
    with clock.at(first):
        made, _public = await checklists.published(database, author, reviewer)
    with clock.at(first + timedelta(days=3)):
        version = await checklists.said(database, author, made.id, Said("4", note="All sites"), version=1)
        async with database.write(personas.bound(author)) as db:
            await service.change(db, author, made.id, Wording("Two private rooms"), version=1)
        async with database.write(personas.bound(reviewer)) as db:
            public = await publish.publish(db, reviewer, made.id, where, versions=(2, version))
    with clock.at(first + timedelta(days=6)):
        async with database.write(personas.bound(reviewer)) as db:
            await publish.withdraw(db, reviewer, public.uid, reason="The survey was wrong")
    with clock.at(first + timedelta(days=9)):
        shown = {day: (await client.get(f"{PROFILE}?as_of=2026-09-{day:02}")).text for day in (1, 4, 7)}
        now = (await client.get(PROFILE)).text
    assert SAID.note in shown[1]
    assert "All sites" in shown[4]
    assert "Two private rooms" in shown[4]
    assert SAID.note not in shown[4]
    for page in (shown[7], now):
        assert "The survey was wrong" in page
        assert "All sites" not in page
        assert SAID.note not in page  # what was withdrawn brings nothing back


async def test_only_its_organisation_withdraws_and_once(
    teammate: Visitor, ngo_reviewer: Visitor, database: Database
) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    _made, public = await checklists.published(database, author, reviewer)
    path = f"{LIST}/published/{public.uid}/withdraw"
    theirs = path.replace("health-xaa", "open-care-watch")
    assert (await ngo_reviewer.submit(theirs, {"reason": "Not ours"})).status_code == 404
    for reason, says in (("", "Say why"), ("Ask jo@example.org", "signs of personal data")):
        answer = await teammate.submit(path, {"reason": reason})
        assert answer.status_code == 422
        assert says in answer.text
    assert (await teammate.submit(path, {"reason": "A mistake"})).status_code == 303
    assert (await teammate.submit(path, {"reason": "A mistake"})).status_code == 409
    assert (await teammate.get(path)).status_code == 409


async def test_redaction_reaches_it_and_its_drafts(
    admin: Visitor, client: Visitor, database: Database
) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    made, public = await checklists.published(database, author, reviewer)
    assert f"/redact/{public.uid}" in (await admin.get(PROFILE)).text
    answer = await admin.submit(
        f"/en/o/health-xaa/redact/{public.uid}", {"field": "note", "reason": "It told of a person"}
    )
    assert answer.status_code == 303
    page = (await client.get(PROFILE)).text
    assert SAID.note not in page
    assert "It told of a person" in page
    async with database.read(personas.bound(author)) as db:
        (kept,) = await queries.answers(db, made.id)
    assert "It told of a person" in kept.note
    assert kept.version == 2  # a form opened before would bring the text back
    stranger = await personas.actor(database, personas.OUTSIDER)
    with pytest.raises(Forbidden):
        async with database.read() as db:
            await redaction.redactable(db, stranger, public.uid)


async def test_what_is_typed_is_escaped(client: Visitor, database: Database, teammate: Visitor) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    hostile = "<script>alert(1)</script>"
    made, _public = await checklists.published(
        database, author, reviewer, Wording(hostile, hostile), Said("1", note=hostile)
    )
    pages = [(client, PROFILE), (client, CELL), (teammate, LIST), (teammate, f"{LIST}/{made.id}")]
    pages += [(teammate, value_path(made.id)), (teammate, f"{value_path(made.id)}/publish")]
    for person, path in pages:
        assert hostile not in (await person.get(path)).text


async def test_a_mandate_that_ended_publishes_nothing(database: Database) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OUTSIDER, personas.OUTSIDER)]
    await factories.mandated(database, author, "FRA", MandateKind.ASSESSOR)
    made = await checklists.criterion(database, author)
    await checklists.said(database, author, made.id, code="FRA")
    async with database.read(personas.bound(reviewer)) as db:
        criterion, said = await publish.to_publish(db, made.id, await checklists.place(database, "FRA"))
        assert await publish.hindrance(db, reviewer, criterion, said) == ""
        said.jurisdiction_id = await checklists.place(database, "KEN")
        assert "no mandate" in await publish.hindrance(db, reviewer, criterion, said)
        db.expunge_all()
