"""Digests: of what is new and still waits, to who can do something about it, at most one a day."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import factories, personas
from tests.editions import made as editions
from tests.entries.cells import FRESH
from tests.mail.postbox import Postbox, text
from tests.personas import NGO_REVIEWER, OUTSIDER, OWNER, TEAMMATE, VIEWER, Persona
from tracker.access.models import Membership, User
from tracker.app import App
from tracker.audit.models import SERVICE
from tracker.db.session import Bound, Database
from tracker.editions import final_service
from tracker.editions.work import DAILY, HANDLERS
from tracker.entries import service
from tracker.entries.models import Draft
from tracker.jobs.runner import Runner
from tracker.kit import clock
from tracker.kit.vocabulary import Domain
from tracker.mail.digest_service import choose
from tracker.mail.models import NEEDED, MailDigest, MailKind, MailState, OutboxItem
from tracker.mail.send_service import Outcome, run
from tracker.settings import Settings
from tracker.worklist.queries import WorkList

START = datetime(2026, 11, 23, 7, tzinfo=UTC)
DAY = timedelta(days=1)
SECRET = "Only the author and the reviewer read this."


async def send(database: Database, settings: Settings, when: datetime) -> Outcome:
    with clock.at(when):
        return await run(database, settings)


async def submit(database: Database, when: datetime, who: Persona = OWNER) -> Draft:
    author = await personas.actor(database, who)
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    with clock.at(when):
        return await factories.draft(database, author, where, factories.content(note=SECRET), submitted=True)


@pytest.fixture
async def told(database: Database, mailing: Settings, postbox: Postbox) -> Postbox:
    """The postbox after everybody was told of what waits in the demo world."""
    await send(database, mailing, START)
    postbox.empty()
    return postbox


def lines(postbox: Postbox, person: Persona) -> list[str]:
    """What the one message to a person counts."""
    (message,) = postbox.to(person.email)
    return [line for line in text(message).splitlines() if line.startswith("- ")]


def test_the_kinds_are_those_of_the_work_list() -> None:
    assert {k.value for k in MailKind} == set(WorkList.__dataclass_fields__)
    assert set(NEEDED) == set(MailKind)


async def test_everybody_is_told_what_the_work_list_shows(
    app: App, settings: Settings, database: Database, mailing: Settings, postbox: Postbox
) -> None:
    done = await send(database, mailing, START)
    assert done.made == done.sent == len(postbox.arrived) > 5
    assert (done.later, done.failed) == (0, 0)
    with clock.at(START):
        async with await personas.signed_in(app, settings, database, TEAMMATE) as reader:
            page = (await reader.get("/en/o/health-xaa/work")).text
    counted = sum(int(line.rpartition(": ")[2]) for line in lines(postbox, TEAMMATE))
    assert counted == page.rpartition("<h1>")[2].partition("</main>")[0].count("<li>")
    assert all(len(recipients) == 1 for recipients, _message in postbox.arrived)


async def test_a_submitted_entry_is_told_to_who_may_publish_it(
    database: Database, mailing: Settings, told: Postbox
) -> None:
    await submit(database, START + timedelta(hours=3))
    assert (await send(database, mailing, START + timedelta(hours=4))).made == 0, "one a day at most"
    await send(database, mailing, START + DAY)
    assert lines(told, TEAMMATE)[0].startswith("- Entries to review: ")
    for person in (OWNER, VIEWER, OUTSIDER, NGO_REVIEWER):
        assert told.to(person.email) == []
    told.empty()
    await send(database, mailing, START + 2 * DAY)
    assert told.to(TEAMMATE.email) == [], "nothing is told twice"


async def test_a_mail_holds_links_and_counts_and_no_word_of_a_draft(
    app: App, settings: Settings, database: Database, mailing: Settings, told: Postbox
) -> None:
    await submit(database, START + timedelta(hours=3))
    await send(database, mailing, START + DAY)
    (message,) = told.to(TEAMMATE.email)
    raw = message.as_string() + text(message)
    author = await personas.actor(database, OWNER)
    async with database.read() as db:
        names = (await db.execute(sa.select(User.name))).scalars().all()
    for word in (SECRET, "Only the author", "Health policy", FRESH[2], str(author.user_id), *names):
        assert word not in raw, word
    links = [line for line in text(message).splitlines() if line.startswith("http")]
    assert links == [f"{settings.base_url}/en/o/health-xaa/work", f"{settings.base_url}/en/account/mail"]
    async with await personas.signed_in(app, settings, database, TEAMMATE) as reader:
        for link in links:
            assert (await reader.get(link)).status_code == 200


async def test_what_is_done_by_then_is_not_told(database: Database, mailing: Settings, told: Postbox) -> None:
    draft = await submit(database, START + timedelta(hours=3))
    author = await personas.actor(database, OWNER)
    async with database.write(personas.bound(author)) as db:
        await service.take_back(db, author, draft.id, version=draft.version)
    await send(database, mailing, START + DAY)
    assert told.to(TEAMMATE.email) == []


async def test_what_is_returned_and_submitted_again_is_told_again(
    database: Database, mailing: Settings, told: Postbox
) -> None:
    draft = await submit(database, START + timedelta(hours=3))
    await send(database, mailing, START + DAY)
    told.empty()
    reviewer = await personas.actor(database, TEAMMATE)
    with clock.at(START + DAY + timedelta(hours=1)):
        async with database.write(personas.bound(reviewer)) as db:
            await service.return_draft(db, reviewer, draft.id, version=draft.version, reason=SECRET)
    await send(database, mailing, START + 2 * DAY)
    assert lines(told, OWNER)[0].startswith("- Entries returned to their authors: ")
    told.empty()
    await submit(database, START + 2 * DAY + timedelta(hours=1))
    await send(database, mailing, START + 3 * DAY)
    assert lines(told, TEAMMATE)[0].startswith("- Entries to review: ")


async def test_what_another_organisation_did_is_told(
    database: Database, mailing: Settings, told: Postbox
) -> None:
    ngo, reviewer = [await personas.actor(database, p) for p in (personas.NGO, NGO_REVIEWER)]
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    with clock.at(START + timedelta(hours=1)):
        await factories.notified(database, ngo, reviewer, where)
    await send(database, mailing, START + DAY)
    assert any(line.startswith("- Assessments you may reply to: ") for line in lines(told, TEAMMATE))


async def test_what_time_alone_brings_is_told_once_and_after_a_month_once_more(
    database: Database, mailing: Settings, told: Postbox
) -> None:
    later = START + timedelta(days=500)
    await send(database, mailing, later)
    stale = "- Entries not confirmed for twelve months: "
    assert any(line.startswith(stale) for line in lines(told, OWNER))
    told.empty()
    for days in (1, 2, 29):
        await send(database, mailing, later + days * DAY)
    assert told.to(OWNER.email) == []
    await send(database, mailing, later + 31 * DAY)
    assert any(line.startswith(stale) for line in lines(told, OWNER))


async def test_each_kind_can_be_switched_off(database: Database, mailing: Settings, told: Postbox) -> None:
    reviewer = await personas.actor(database, TEAMMATE)
    assert reviewer.user_id
    async with database.write(Bound(tenant=SERVICE)) as db:
        await choose(db, reviewer.user_id, {MailKind.TO_REVIEW})
    await submit(database, START + timedelta(hours=3))
    await send(database, mailing, START + DAY)
    assert told.to(TEAMMATE.email) == []
    async with database.write(Bound(tenant=SERVICE)) as db:
        await choose(db, reviewer.user_id, set())
    await send(database, mailing, START + 2 * DAY)
    assert len(lines(told, TEAMMATE)) == 1


async def test_who_is_disabled_or_has_left_is_not_written_to(
    database: Database, mailing: Settings, told: Postbox
) -> None:
    await submit(database, START + timedelta(hours=3))
    reviewer = await personas.actor(database, TEAMMATE)
    admin = await personas.actor(database, personas.ADMIN)
    async with database.write(personas.bound(reviewer)) as db:
        await db.execute(
            sa.update(User).where(col(User.id) == reviewer.user_id).values(disabled_at=clock.now())
        )
        await db.execute(sa.delete(Membership).where(col(Membership.user_id) == admin.user_id))
    await send(database, mailing, START + DAY)
    assert told.to(TEAMMATE.email) == told.to(personas.ADMIN.email) == []


async def test_the_outbox_is_filled_with_the_change_or_not_at_all(database: Database) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (OWNER, TEAMMATE)]
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    draft = await factories.draft(database, author, where)
    pending = sa.select(OutboxItem).where(col(OutboxItem.subject) == f"draft:{draft.id}")

    async def waiting() -> list[OutboxItem]:
        async with database.read(personas.bound(author)) as db:
            return list((await db.execute(pending)).scalars())

    async with database.write(personas.bound(author)) as db:
        await service.submit(db, author, draft.id, version=draft.version)
        await db.rollback()
    assert await waiting() == []
    async with database.write(personas.bound(author)) as db:
        await service.submit(db, author, draft.id, version=draft.version)
    found = await waiting()
    assert {item.kind for item in found} == {MailKind.TO_REVIEW}
    assert reviewer.user_id in {item.recipient_id for item in found}
    assert author.user_id not in {item.recipient_id for item in found}


async def test_a_report_is_put_into_the_outbox_of_who_answers_it(database: Database) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (OWNER, TEAMMATE)]
    revision = await factories.published(database, author, reviewer, await factories.cell(database))
    number = await factories.reported(database, revision)
    async with database.read(personas.bound(reviewer)) as db:
        items = (
            await db.execute(sa.select(OutboxItem).where(col(OutboxItem.subject) == f"report:{number}"))
        ).scalars()
        assert reviewer.user_id in {item.recipient_id for item in items}


async def test_the_outbox_forgets_after_a_month(database: Database) -> None:
    """Where no mail is sent at all, it does not grow for ever."""
    author = await personas.actor(database, OWNER)
    await submit(database, START)
    where = await factories.cell(database, "XAA", "HTCC-C1")
    with clock.at(START + 31 * DAY):
        await factories.draft(database, author, where, submitted=True)
    async with database.read(personas.bound(author)) as db:
        oldest = await db.scalar(sa.select(sa.func.min(OutboxItem.created_at)))
    assert oldest == START + 31 * DAY


async def test_a_digest_that_was_sent_says_so(database: Database, mailing: Settings, told: Postbox) -> None:
    reviewer = await personas.actor(database, TEAMMATE)
    async with database.read(personas.bound(reviewer)) as db:
        digests = (await db.execute(sa.select(MailDigest))).scalars().all()
    assert {(d.state, d.attempts, d.fault) for d in digests} == {(MailState.SENT, 1, "")}


async def test_new_and_returned_editions_of_briefings_are_told(
    database: Database, mailing: Settings, told: Postbox
) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (OWNER, TEAMMATE)]
    with clock.at(START):
        edition = await editions.begun(database, author, renewed=True)
    later = datetime(2027, 1, 4, 7, tzinfo=UTC)
    with clock.at(later):
        await Runner(database, mailing, HANDLERS, DAILY).until_empty()
    await send(database, mailing, later)
    assert "- New and returned editions of briefings: 1" in lines(told, OWNER)
    told.empty()
    of = {"briefing_id": edition.briefing_id, "number": 2}
    with clock.at(later + DAY):
        async with database.write(personas.bound(author)) as db:
            await final_service.submit(db, author, **of, version=1)
    await send(database, mailing, later + DAY)
    assert "- Editions of briefings to make final: 1" in lines(told, TEAMMATE)
    told.empty()
    with clock.at(later + 2 * DAY):
        async with database.write(personas.bound(reviewer)) as db:
            await final_service.send_back(db, reviewer, **of, version=2, reason="Say who.")
    await send(database, mailing, later + 2 * DAY)
    assert "- New and returned editions of briefings: 1" in lines(told, OWNER)
