"""Every change leaves its event, in the same transaction, in one chain that shows any tampering."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from tests import factories, personas
from tests.criteria import checklists
from tests.exchange.sheet import as_csv, row
from tests.frameworks.test_import import GUIDE
from tests.personas import Visitor
from tests.worlds import World, Worlds
from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Role
from tracker.accounts import service as accounts
from tracker.audit.models import SERVICE, AuditEvent, AuditHead
from tracker.audit.record import Action, digest, record
from tracker.corrections import service as corrections
from tracker.criteria import publish as criteria_publish
from tracker.criteria import service as criteria
from tracker.db import migrate
from tracker.db.session import Bound, Database, ForeignRow
from tracker.entries import publish, service
from tracker.entries.models import Draft, PublishedRevision, PublishedWithdrawal
from tracker.exchange import service as exchange
from tracker.exchange.sheets import of_bytes
from tracker.frameworks import files
from tracker.frameworks import service as frameworks
from tracker.instruments import attachment_service as attachments
from tracker.instruments import service as instruments
from tracker.instruments.models import Instrument
from tracker.instruments.service import Happening
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.vocabulary import InstrumentEventKind, MandateKind, OrganisationKind, PublishAs
from tracker.loading import reference, synthetic
from tracker.organisations import service as organisations_service
from tracker.privacy import service as privacy
from tracker.reviews import service as reviews
from tracker.reviews.models import Verdict

EMPTY = "0" * 64


def broken_links(events: list[Any]) -> list[int]:
    """The sequences of the events that do not follow from what lies before them."""
    wrong, previous = [], EMPTY
    for number, event in enumerate(events, start=1):
        detail = json.loads(event.detail) if isinstance(event.detail, str) else event.detail
        fields = {
            "at": event.at.isoformat(),
            "tenant": str(event.tenant_id),
            "actor": str(event.actor_id) if event.actor_id else None,
            "action": event.action,
            "subject": event.subject,
            "detail": detail,
        }
        follows = event.sequence == number and event.previous_hash == previous
        if not follows or event.hash != digest(previous, event.sequence, fields):
            wrong.append(event.sequence)
        previous = event.hash
    return wrong


async def chain_of(connection: AsyncConnection) -> list[Any]:
    """All events of all tenants, as the owner of the tables reads them."""
    return list((await connection.execute(sa.select(AuditEvent).order_by(sa.text("sequence")))).all())


async def whole_chain(world: World) -> list[Any]:
    async with world.owner.connect() as connection:
        return await chain_of(connection)


async def events(database: Database, tenant: UUID) -> list[AuditEvent]:
    async with database.read(Bound(tenant=tenant)) as db:
        found = await db.execute(sa.select(AuditEvent).order_by(sa.text("sequence")))
        return list(found.scalars())


async def added(database: Database, tenant: UUID, work: Callable[[], Awaitable[object]]) -> list[AuditEvent]:
    before = len(await events(database, tenant))
    await work()
    return (await events(database, tenant))[before:]


async def test_the_demo_worlds_chain_is_whole(world: World) -> None:
    chain = await whole_chain(world)
    assert len(chain) > 300
    assert broken_links(chain) == []
    async with Database(world.engine).read() as db:
        head = (await db.execute(sa.select(AuditHead))).scalar_one()
    assert (head.sequence, head.hash) == (chain[-1].sequence, chain[-1].hash)


async def test_writers_at_the_same_time_keep_it_whole(own_world: World) -> None:
    database = Database(own_world.engine)
    ngo, owner = await personas.actor(database, personas.NGO), await personas.actor(database, personas.OWNER)
    works = [
        factories.draft(database, ngo, await factories.cell(database, "US-MI", f"HTCC-C{n}"), submitted=True)
        for n in range(1, 5)
    ]
    works += [factories.draft(database, owner, await factories.cell(database, "XAA"))]
    before = len(await whole_chain(own_world))
    await asyncio.gather(*works)
    chain = await whole_chain(own_world)
    assert len(chain) > before + 8
    assert broken_links(chain) == []


TAMPERING = {
    "the moment": "UPDATE audit_event SET at = (SELECT max(at) FROM audit_event) WHERE sequence = 7",
    "who": "UPDATE audit_event SET actor_id = tenant_id WHERE sequence = 7",
    "the tenant": "UPDATE audit_event SET tenant_id = (SELECT tenant_id FROM audit_event WHERE sequence = 300)"
    " WHERE sequence = 7",
    "what": "UPDATE audit_event SET action = 'revision.withdrawn' WHERE sequence = 7",
    "of what": "UPDATE audit_event SET subject = 'user:0' WHERE sequence = 7",
    "the detail": 'UPDATE audit_event SET detail = \'{"role": "admin"}\' WHERE sequence = 7',
    "the hash": f"UPDATE audit_event SET hash = '{EMPTY}' WHERE sequence = 7",
    "a removal": "DELETE FROM audit_event WHERE sequence = 7",
    "the last removed": "DELETE FROM audit_event WHERE sequence = (SELECT max(sequence) FROM audit_event)",
    "two exchanged": "UPDATE audit_event SET sequence = CASE sequence WHEN 7 THEN -8 WHEN 8 THEN -7 END"
    " WHERE sequence IN (7, 8)",
}


@pytest.mark.parametrize("statement", TAMPERING.values(), ids=TAMPERING)
async def test_tampering_is_noticed(world: World, statement: str) -> None:
    """Whoever owns the file or the server can take the triggers off; the chain still tells."""
    async with world.owner.connect() as connection:  # closed without a commit
        assert broken_links(await chain_of(connection)) == []
        if world.name == "sqlite":
            await connection.exec_driver_sql("DROP TRIGGER audit_event_no_update")
            await connection.exec_driver_sql("DROP TRIGGER audit_event_no_delete")
        else:
            await connection.exec_driver_sql("ALTER TABLE audit_event DISABLE TRIGGER USER")
        await connection.execute(sa.text(statement))
        if "CASE" in statement:
            await connection.execute(
                sa.text("UPDATE audit_event SET sequence = -sequence WHERE sequence < 0")
            )
        head = (await connection.execute(sa.select(AuditHead))).one()
        chain = await chain_of(connection)
    cut = (head.sequence, head.hash) != (chain[-1].sequence, chain[-1].hash)
    assert broken_links(chain) or cut


async def test_a_tenant_reads_its_own_events_only(database: Database) -> None:
    ours = await personas.actor(database, personas.OWNER)
    assert {e.tenant_id for e in await events(database, ours.organisation_id)} == {ours.organisation_id}
    async with database.read() as db:
        assert (await db.execute(sa.select(AuditEvent))).all() == []


# What each verb leaves behind. Every action of the list must come up in one of these.


@pytest.fixture
async def author(anyio_backend: str, database: Database) -> OrganisationActor:
    return await personas.actor(database, personas.OWNER)


@pytest.fixture
async def reviewer(anyio_backend: str, database: Database) -> OrganisationActor:
    return await personas.actor(database, personas.TEAMMATE)


async def test_a_draft_from_first_save_to_withdrawal(
    database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    tenant, cell = author.organisation_id, await factories.cell(database)

    async def step(
        who: OrganisationActor, work: Callable[[AsyncSession], Awaitable[Any]], *wanted: Action
    ) -> Any:
        result = None

        async def run() -> None:
            nonlocal result
            async with database.write(personas.bound(who)) as db:
                result = await work(db)

        left = await added(database, tenant, run)
        assert [event.action for event in left] == [action.value for action in wanted]
        assert {event.actor_id for event in left} == {who.user_id}
        assert factories.CONTENT.note not in str([event.model_dump() for event in left])
        return result

    draft = await step(
        author,
        lambda db: service.save_draft(db, author, cell, factories.CONTENT, version=0),
        Action.DRAFT_SAVED,
        Action.INSTRUMENT_ADDED,
    )
    await step(author, lambda db: service.submit(db, author, draft.id, version=1), Action.DRAFT_SUBMITTED)
    await step(author, lambda db: service.take_back(db, author, draft.id, version=2), Action.DRAFT_TAKEN_BACK)
    await step(author, lambda db: service.submit(db, author, draft.id, version=3), Action.DRAFT_SUBMITTED)
    await step(
        reviewer,
        lambda db: service.return_draft(db, reviewer, draft.id, version=4, reason="Which article?"),
        Action.DRAFT_RETURNED,
    )
    await step(author, lambda db: service.submit(db, author, draft.id, version=5), Action.DRAFT_SUBMITTED)
    revision = await step(
        reviewer, lambda db: publish.publish(db, reviewer, draft.id, version=6), Action.REVISION_PUBLISHED
    )
    await step(
        reviewer,
        lambda db: publish.withdraw(db, reviewer, revision.uid, reason="A mistake."),
        Action.REVISION_WITHDRAWN,
    )
    other = await step(
        author,
        lambda db: service.save_draft(db, author, cell, factories.content(citations=()), version=0),
        Action.DRAFT_SAVED,
    )
    await step(author, lambda db: service.discard(db, author, other.id, version=1), Action.DRAFT_DISCARDED)


async def test_instruments_and_their_files_leave_events(
    database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    tenant = author.organisation_id
    made = await factories.instrument(database, author)
    first = await factories.attached(database, author, made)

    async def work() -> None:
        async with database.write(personas.bound(author)) as db:
            await instruments.change(db, author, made, factories.DECREE, version=1)
            await attachments.choose(db, author, first, PublishAs.HASH)
            await attachments.delete(db, author, first)
            await instruments.delete(db, author, made)
        kept = await factories.instrument(database, author)
        await factories.attached(database, author, kept, published_as=PublishAs.FILE)
        what = _citing(kept)
        await factories.published(database, author, reviewer, await factories.cell(database), what)
        async with database.write(personas.bound(reviewer)) as db:
            amended = Happening(InstrumentEventKind.AMENDED, note=factories.CONTENT.note)
            event = await instruments.record_event(db, reviewer, kept, amended)
            await instruments.retract(db, reviewer, kept, event.id, note=factories.CONTENT.note)

    left = await added(database, tenant, work)
    assert [event.action for event in left] == [
        Action.INSTRUMENT_CHANGED,
        Action.ATTACHMENT_CHANGED,
        Action.ATTACHMENT_DELETED,
        Action.INSTRUMENT_DELETED,
        Action.INSTRUMENT_ADDED,
        Action.ATTACHMENT_ADDED,
        Action.DRAFT_SAVED,
        Action.DRAFT_SUBMITTED,
        Action.ATTACHMENT_PUBLISHED,
        Action.REVISION_PUBLISHED,
        Action.INSTRUMENT_EVENT_RECORDED,
        Action.INSTRUMENT_EVENT_RECORDED,
    ]
    told = str([event.model_dump() for event in left])
    assert factories.CONTENT.note not in told
    assert "Text of the decree" not in told


async def test_what_organisations_say_to_each_other_leaves_events(
    database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    """Each in the log of who did it; the texts themselves are in none."""
    ngo, ngo_reviewer = [await personas.actor(database, p) for p in (personas.NGO, personas.NGO_REVIEWER)]
    cell = await factories.cell(database)
    before = {who: len(await events(database, who.organisation_id)) for who in (author, ngo)}
    assessment = await factories.notified(database, ngo, ngo_reviewer, cell)
    await factories.replied(database, reviewer, assessment, "Canary of a reply.")
    revision = await factories.published(database, author, reviewer, cell)
    purged, accepted = [
        await factories.reported(database, revision, "Canary of a report.") for _n in range(2)
    ]
    async with database.write(personas.bound(reviewer)) as db:
        await corrections.purge(db, reviewer, purged)
        await corrections.answer(db, reviewer, accepted, accepted=True, text="Canary of an answer.")
    async with database.write(personas.bound(author)) as db:
        await reviews.confirm(db, author, revision.uid, note="Canary of a note.")
    async with database.write(personas.bound(ngo_reviewer)) as db:
        await reviews.review(
            db, ngo_reviewer, revision.uid, verdict=Verdict.AGREE, reason="Canary of a reason."
        )
    ours, theirs = [(await events(database, who.organisation_id))[before[who] :] for who in (author, ngo)]
    for number, actor in ((purged, None), (accepted, None)):
        found = [e for e in ours if e.subject == f"report:{number}" and e.action == Action.REPORT_RECEIVED]
        assert [e.actor_id for e in found] == [actor], "who sent it is not known"
    done = {(e.action, e.actor_id) for e in (*ours, *theirs)}
    assert done >= {
        (Action.NOTICE_SENT, ngo_reviewer.user_id),
        (Action.NOTICE_REPLIED, reviewer.user_id),
        (Action.REPORT_PURGED, reviewer.user_id),
        (Action.REPORT_ANSWERED, reviewer.user_id),
        (Action.ENTRY_CONFIRMED, author.user_id),
        (Action.REVIEW_PUBLISHED, ngo_reviewer.user_id),
    }
    assert "Canary" not in str([e.model_dump() for e in (*ours, *theirs)])


async def test_a_redaction_leaves_an_event_without_the_text(
    database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    revision = await factories.published(database, author, reviewer, await factories.cell(database))
    admin = await personas.actor(database, personas.ADMIN)

    async def work() -> None:
        async with database.write(personas.bound(admin)) as db:
            await privacy.redact(db, admin, revision.uid, "note", reason="It told of a person.")

    (event,) = await added(database, author.organisation_id, work)
    assert event.action == Action.TEXT_REDACTED
    assert factories.CONTENT.note not in str(event.model_dump())


async def test_own_criteria_leave_events(
    database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    async def work() -> None:
        made, public = await checklists.published(database, author, reviewer)
        async with database.write(personas.bound(author)) as db:
            await criteria.change(db, author, made.id, criteria.Wording("Canary of a criterion"), version=1)
            await criteria.add(db, author, made.item_id, checklists.WORDING)
            await criteria.move(db, author, made.id, up=False)
            for archived in (True, True, False):  # the second changes nothing, and so leaves nothing
                await criteria.archive(db, author, made.id, archived=archived)
        async with database.write(personas.bound(reviewer)) as db:
            await criteria_publish.withdraw(db, reviewer, public.uid, reason="Canary of a reason.")

    left = await added(database, author.organisation_id, work)
    assert [event.action for event in left] == [
        Action.CRITERION_ADDED,
        Action.CRITERION_VALUE_SAVED,
        Action.CRITERION_PUBLISHED,
        Action.CRITERION_CHANGED,
        Action.CRITERION_ADDED,
        Action.CRITERION_MOVED,
        Action.CRITERION_ARCHIVED,
        Action.CRITERION_RESTORED,
        Action.CRITERION_WITHDRAWN,
    ]
    told = str([event.model_dump() for event in left])
    assert "Canary" not in told
    assert checklists.SAID.note not in told


async def test_an_imported_framework_leaves_one_event(database: Database, author: OrganisationActor) -> None:
    async def work() -> None:
        async with database.write(personas.bound(author)) as db:
            for _twice in range(2):  # the second changes nothing, and so leaves nothing
                file = files.read(GUIDE, "csv")
                await frameworks.import_framework(
                    db, file, tenant=author.organisation_id, actor=author.user_id
                )

    (event,) = await added(database, author.organisation_id, work)
    assert event.action == Action.FRAMEWORK_IMPORTED


async def test_an_import_of_many_rows_leaves_one_event(database: Database, author: OrganisationActor) -> None:
    content = as_csv([row(domain=domain) for domain in ("individual", "researcher", "educator")])

    async def work() -> None:
        async with database.write(personas.bound(author)) as db:
            await exchange.apply(db, author, of_bytes(content))

    (event,) = await added(database, author.organisation_id, work)
    assert event.action == Action.IMPORT_APPLIED.value
    assert event.detail["rows"] == 3
    assert await added(database, author.organisation_id, work) == []


async def test_the_synthetic_record_leaves_one_event_besides_its_organisations(
    world: World, worlds: Worlds
) -> None:
    async with worlds.empty(world.name) as empty:
        await migrate.upgrade(empty.owner)
        database = Database(empty.engine)
        await reference.load(database, lambda _line: None)
        for number in (2, 3, 3):  # the last adds nothing, and so leaves nothing
            await synthetic.load(database, number, lambda _line: None)
        async with empty.owner.connect() as connection:
            chain = await chain_of(connection)
    assert broken_links(chain) == []
    told = [e for e in chain if e.action == Action.SYNTHETIC_LOADED]
    assert [e.detail for e in told] == [{"jurisdictions": 2}, {"jurisdictions": 1}]
    assert {e.action for e in chain} - {Action.SYNTHETIC_LOADED} == {
        Action.ORGANISATION_ADDED,
        Action.MANDATE_ADDED,
    }


async def test_accounts_and_organisations_leave_events(
    database: Database, owner: Visitor, world: World
) -> None:
    new = organisations_service.new_organisation(key="new-one", name="New", kind=OrganisationKind.MINISTRY)
    async with database.write(Bound(tenant=new.id)) as db:
        await organisations_service.add_organisation(db, new)
        places = await jurisdictions.by_codes(db, ["FRA"])
        for _twice in range(2):
            await organisations_service.add_mandate(db, new, places["FRA"], MandateKind.STEWARD, None)
    for role in (Role.VIEWER, Role.VIEWER, Role.ADMIN):
        await accounts.add_account(
            database,
            email="a@example.org",
            name="A",
            organisation=new,
            role=role,
            password="not so short a one",
        )
    left = [event.action for event in await events(database, new.id)]
    assert left == [
        Action.ORGANISATION_ADDED,
        Action.MANDATE_ADDED,
        Action.MEMBER_ADDED,
        Action.MEMBER_ROLE_CHANGED,
    ]
    email = personas.OWNER.email

    async def change() -> None:
        answer = await owner.submit(
            "/en/account/password", {"current": world.passwords[email], "new": "a quite new password"}
        )
        assert answer.status_code == 303

    (changed,) = await added(database, SERVICE, change)
    assert (changed.action, changed.actor_id) == (
        Action.PASSWORD_CHANGED,
        (await personas.actor(database, personas.OWNER)).user_id,
    )
    (reset,) = await added(database, SERVICE, lambda: accounts.reset_password(database, email))
    assert reset.action == Action.PASSWORD_CHANGED


def test_every_action_is_tried() -> None:
    """By name or by its code, in a test of the feature that leaves it."""
    folder = Path(__file__).parents[1]
    text = "\n".join(p.read_text(encoding="utf-8") for p in sorted(folder.rglob("test_*.py")))
    untried = [a.name for a in Action if f"Action.{a.name}" not in text and f'"{a.value}"' not in text]
    assert untried == []


async def test_no_change_without_its_event_and_no_event_without_its_change(
    database: Database, author: OrganisationActor
) -> None:
    """One transaction: what is rolled back takes its event along, from the head of the chain too."""
    cell, tenant = await factories.cell(database), author.organisation_id

    async def fail() -> None:
        async with database.write(personas.bound(author)) as db:
            await service.save_draft(db, author, cell, factories.CONTENT, version=0)
            raise RuntimeError("after the event")

    before, head = await events(database, tenant), await _head(database)
    with pytest.raises(RuntimeError, match="after the event"):
        await fail()
    assert [e.id for e in await events(database, tenant)] == [e.id for e in before]
    assert await _head(database) == head
    async with database.read(personas.bound(author)) as db:
        assert await service.open_draft(db, cell) is None


async def _head(database: Database) -> tuple[int, str]:
    async with database.read() as db:
        head = (await db.execute(sa.select(AuditHead))).scalar_one()
        return head.sequence, head.hash


COUNTED = (Draft, Instrument, PublishedRevision, PublishedWithdrawal, AuditEvent)


async def test_refusals_leave_nothing(
    database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    cell = await factories.cell(database)
    draft = await factories.draft(database, author, cell)
    unknown = UUID(int=1)
    verbs: list[tuple[OrganisationActor, Callable[[AsyncSession], Awaitable[object]]]] = [
        (author, lambda db: service.save_draft(db, author, cell, factories.CONTENT, version=0)),
        (author, lambda db: service.save_draft(db, author, cell, _citing(unknown), version=1)),
        (author, lambda db: service.submit(db, author, draft.id, version=9)),
        (author, lambda db: service.take_back(db, author, draft.id, version=1)),
        (author, lambda db: service.discard(db, author, unknown, version=1)),
        (reviewer, lambda db: service.return_draft(db, reviewer, draft.id, version=1, reason=" ")),
        (reviewer, lambda db: publish.publish(db, reviewer, draft.id, version=1)),
        (reviewer, lambda db: publish.withdraw(db, reviewer, unknown, reason="None such.")),
    ]
    before = await _counts(database, author)
    for who, verb in verbs:

        async def run(who: OrganisationActor = who, verb: Any = verb) -> None:
            async with database.write(personas.bound(who)) as db:
                await verb(db)

        with pytest.raises((Conflict, Invalid, NotFound)):
            await run()
        assert await _counts(database, author) == before


def _citing(instrument: UUID) -> Any:
    return factories.content(citations=(replace(factories.CITATION, instrument=instrument),))


async def _counts(database: Database, who: OrganisationActor) -> list[int | None]:
    async with database.read(personas.bound(who)) as db:
        return [await db.scalar(sa.select(sa.func.count()).select_from(table)) for table in COUNTED]


async def test_signing_in_and_reading_leave_no_events(database: Database, owner: Visitor) -> None:
    before = await _head(database)
    for path in ("/en", "/en/o/health-xaa", "/en/account", "/en/o/health-xaa/review"):
        assert (await owner.get(path)).status_code == 200
    assert await _head(database) == before


async def test_the_digest_covers_what_stands_before(database: Database) -> None:
    fields = {"at": "2026-01-01T00:00:00+00:00", "detail": {"b": 1, "a": "é"}}
    same = {"detail": {"a": "é", "b": 1}, "at": "2026-01-01T00:00:00+00:00"}
    assert digest(EMPTY, 1, fields) == digest(EMPTY, 1, same)
    assert len({digest(EMPTY, 1, fields), digest(EMPTY, 2, fields), digest("1" * 64, 1, fields)}) == 3


async def test_an_event_of_another_tenant_is_refused(database: Database, author: OrganisationActor) -> None:
    theirs = (await personas.actor(database, personas.OUTSIDER)).organisation_id
    async with database.write(personas.bound(author)) as db:
        with pytest.raises(ForeignRow):
            await record(db, Action.DRAFT_SAVED, tenant=theirs, actor=author.user_id, subject="draft:0")
        db.expunge_all()
