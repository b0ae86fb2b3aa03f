"""Plain functions that make what tests need: cells, contents, drafts, revisions, forms. Nothing random."""

import atexit
import shutil
import tempfile
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import col, select

from tests.personas import bound
from tracker.access.actor import OrganisationActor
from tracker.corrections import service as corrections
from tracker.db.session import Database
from tracker.entries import publish, service
from tracker.entries.content import Cell, Citation, Content, NewInstrument
from tracker.entries.models import Draft, PublishedRevision
from tracker.exchange import grid
from tracker.exchange import service as exchange
from tracker.exchange.sheets import of_bytes
from tracker.frameworks import queries as frameworks
from tracker.frameworks.models import FrameworkItem
from tracker.instruments import service as instruments
from tracker.instruments.attachment_service import Incoming, attach
from tracker.instruments.models import PublishedInstrument
from tracker.instruments.store import Store
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit.senders import sender_of
from tracker.kit.vocabulary import Basis, CitationAxis, Domain, InstrumentKind, MandateKind, PublishAs, Scope
from tracker.notices import service as notices
from tracker.notices.models import Notice
from tracker.organisations.models import Mandate

# Where the shared application keeps files: no transaction rolls them back, so they go when the run ends.
DATA_DIR = Path(tempfile.mkdtemp(prefix="tracker-tests-"))
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)

DECREE = NewInstrument(
    kind=InstrumentKind.REGULATION,
    title="Decree on training in health care",
    issuer="Ministry of Health",
    citation="Decree 12/2024",
    adopted_on=date(2024, 3, 27),
    url="https://example.org/decree-12-2024",
)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
CITATION = Citation(
    CitationAxis.COMMITMENT, DECREE, locator="Article 3", quote="Staff are trained each year."
)
# Adopted in part on paper, with its evidence; practice not assessed.
CONTENT = Content(
    commitment="2",
    basis=Basis.EQUIVALENT,
    scope=Scope.TARGETED,
    scope_note="Nurses",
    valid_from=date(2024, 4, 1),
    note="Written for a test.",
    citations=(CITATION,),
)


def content(**changes: Any) -> Content:
    """CONTENT with changes."""
    return replace(CONTENT, **changes)


async def cell(
    database: Database, code: str = "XAA", item: str = "HTCC-UC", domain: Domain = Domain.EDUCATOR
) -> Cell:
    """A cell by the codes of its jurisdiction and item."""
    async with database.read() as db:
        place = (await db.execute(select(Jurisdiction.id).where(col(Jurisdiction.code) == code))).scalar_one()
        number = (
            await db.execute(select(FrameworkItem.id).where(col(FrameworkItem.key) == item))
        ).scalar_one()
    assert place is not None
    assert number is not None
    return Cell(place, number, domain)


async def draft(
    database: Database,
    actor: OrganisationActor,
    where: Cell,
    what: Content = CONTENT,
    *,
    submitted: bool = False,
) -> Draft:
    """A draft of the cell by the actor, made by the services; replaces what the draft said."""
    async with database.write(bound(actor)) as db:
        before = await service.open_draft(db, where)
        made = await service.save_draft(db, actor, where, what, version=before.version if before else 0)
        if submitted:
            await service.submit(db, actor, made.id, version=made.version)
        return made


async def published(
    database: Database,
    author: OrganisationActor,
    reviewer: OrganisationActor,
    where: Cell,
    what: Content = CONTENT,
) -> PublishedRevision:
    """A revision of the cell, submitted by the author and published by the reviewer."""
    made = await draft(database, author, where, what, submitted=True)
    async with database.write(bound(reviewer)) as db:
        return await publish.publish(db, reviewer, made.id, version=made.version)


async def instrument(
    database: Database, actor: OrganisationActor, code: str = "XAA", what: NewInstrument = DECREE
) -> UUID:
    """An instrument of the actor's organisation that nothing cites yet."""
    where = await cell(database, code)
    async with database.write(bound(actor)) as db:
        return (await instruments.add(db, actor, where.jurisdiction_id, what)).id


async def attached(
    database: Database,
    actor: OrganisationActor,
    instrument_id: UUID,
    data_dir: Path = DATA_DIR,
    *,
    content: bytes = PDF,
    name: str = "decree.pdf",
    title: str = "Text of the decree",
    published_as: PublishAs = PublishAs.NONE,
    quota_mb: int = 1,
) -> UUID:
    """A file kept with an instrument of the actor's organisation; returns the attachment's id."""
    incoming = data_dir / "attachments" / "incoming" / uuid4().hex
    incoming.parent.mkdir(parents=True, exist_ok=True)
    incoming.write_bytes(content)
    file = Incoming.of(incoming, name, len(content), sha256(content).hexdigest())
    choices: dict[str, Any] = {"title": title, "published_as": published_as, "quota_mb": quota_mb}
    try:
        async with database.write(bound(actor)) as db:
            made = await attach(db, actor, instrument_id, file, store=Store(data_dir), **choices)
            return made.id
    finally:
        incoming.unlink(missing_ok=True)


async def mandated(database: Database, who: OrganisationActor, code: str, kind: MandateKind) -> None:
    """Give the actor's organisation a mandate for a jurisdiction."""
    async with database.write(bound(who)) as db:
        place = (await db.execute(select(Jurisdiction).where(col(Jurisdiction.code) == code))).scalar_one()
        db.add(Mandate(organisation_id=who.organisation_id, jurisdiction_id=place.id, kind=kind))


async def notified(
    database: Database,
    author: OrganisationActor,
    reviewer: OrganisationActor,
    where: Cell,
    what: Content = CONTENT,
    days: int = 21,
) -> Draft:
    """An assessment, submitted by the author and notified by the reviewer."""
    made = await draft(database, author, where, what, submitted=True)
    async with database.write(bound(reviewer)) as db:
        return await publish.notify(db, reviewer, made.id, version=made.version, days=days)


async def notice_to(database: Database, steward: OrganisationActor, assessment: Draft) -> Notice:
    """The notice of the assessment as its steward reads it."""
    async with database.read(bound(steward)) as db:
        return (
            await db.execute(
                select(Notice).where(
                    col(Notice.draft_id) == assessment.id,
                    col(Notice.counterpart_id) == steward.organisation_id,
                )
            )
        ).scalar_one()


async def replied(
    database: Database, steward: OrganisationActor, assessment: Draft, text: str = "The ministry replies."
) -> Notice:
    """The notice, after the steward has replied to it."""
    notice = await notice_to(database, steward, assessment)
    async with database.write(bound(steward)) as db:
        await notices.reply(db, steward, notice.id, text=text)
    return notice


async def reported(
    database: Database,
    revision: PublishedRevision,
    text: str = "The decree was repealed last year.",
    address: str = "192.0.2.1",
) -> int:
    """The number of a report on the revision."""
    return await corrections.receive(
        database,
        revision,
        text=text,
        evidence_url="https://example.org/gazette",
        sender=sender_of("k" * 32, "report", address),
    )


async def published_instrument(database: Database, code: str) -> UUID:
    """An instrument of the public register in a jurisdiction, the first by title."""
    async with database.read() as db:
        return (
            (
                await db.execute(
                    select(PublishedInstrument.id)
                    .join(Jurisdiction, col(Jurisdiction.id) == PublishedInstrument.jurisdiction_id)
                    .where(col(Jurisdiction.code) == code)
                    .order_by(col(PublishedInstrument.title))
                )
            )
            .scalars()
            .first()
        ) or UUID(int=0)


async def grid_csv(database: Database, actor: OrganisationActor, code: str = "XAA") -> bytes:
    """The actor's grid of a jurisdiction for the core competencies, as it is downloaded."""
    async with database.read(bound(actor)) as db:
        framework = await frameworks.framework(db, "hhs-core-competencies")
        assert framework is not None
        place = (await db.execute(select(Jurisdiction.id).where(col(Jurisdiction.code) == code))).scalar_one()
        places = {code: place}
        return grid.as_csv([row async for row in grid.rows(db, actor.organisation_id, places, framework)])


async def looked_at_import(
    database: Database, actor: OrganisationActor, content: bytes | None = None
) -> UUID:
    """A kept import that may be applied; without `content`, of the actor's own grid of XAA, which changes nothing."""
    content = content or await grid_csv(database, actor)
    async with database.write(bound(actor)) as db:
        outcome = await exchange.examine(db, actor, of_bytes(content))
        return await exchange.keep(db, actor, outcome, filename="grid.csv", content=content)


def entry_form(**changes: Any) -> dict[str, Any]:
    """What a browser sends from the form of a cell, saying what CONTENT says. `do` is the button pressed."""
    fields = {
        "do": "save",
        "version": "0",
        "kind": "change",
        "commitment": "2",
        "practice": "not_assessed",
        "basis": "equivalent",
        "scope": "targeted",
        "scope_note": "Nurses",
        "valid_from": "2024-04-01",
        "valid_to": "",
        "note": "Written for a test.",
        "citations-0-axis": "commitment",
        "citations-0-instrument": "",
        "citations-0-new_kind": "regulation",
        "citations-0-new_title": "Decree on training in health care",
        "citations-0-new_adopted_on": "2024-03-27",
        "citations-0-new_url": "https://example.org/decree-12-2024",
        "citations-0-locator": "Article 3",
        "citations-0-quote": "Staff are trained each year.",
    }
    return fields | changes
