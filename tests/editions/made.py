"""Editions for tests, made by the services."""

from dataclasses import replace
from hashlib import sha256

from tests import personas
from tests.conftest import SETTINGS
from tests.snapshots import frozen
from tracker.access.actor import OrganisationActor
from tracker.briefings.options import Grade
from tracker.db.session import Database
from tracker.editions import (
    asking_service,
    draft_queries,
    file_service,
    final_service,
    service,
    subscription_service,
)
from tracker.editions.content import Advice, Content, EditionLine
from tracker.editions.files import Drawn
from tracker.editions.models import Edition, PublishedEdition
from tracker.editions.work import HANDLERS
from tracker.jobs.runner import Runner
from tracker.kit import clock

QUESTION = "Where do the ministries stand?"
ADVICE = Advice(Grade.URGES, "The ministries to publish what their training covers.")
# The matrix alone, so that a test waits for no more than it looks at.
CONTENT = Content(
    question=QUESTION, parts=("messages", "read", "matrix", "method", "data"), recommendations=(ADVICE,)
)


SKETCH = Drawn("pdf", b"%PDF-1.7", sha256(b"%PDF-1.7").hexdigest())


async def jobs(database: Database) -> int:
    """Do all that waits; how many jobs were done."""
    return await Runner(database, SETTINGS, HANDLERS).until_empty() - 1  # the day's tidying


async def begun(
    database: Database,
    author: OrganisationActor,
    content: Content = CONTENT,
    *,
    files: bool = False,
    sketched: bool = False,
    renewed: bool = False,
    **parameters: str,
) -> Edition:
    """The first edition of a new briefing. `sketched`: with a file that was not drawn, which takes no time."""
    asked = {"jurisdictions": "XAA,XAB"} | parameters
    snapshot = await frozen.freeze(database, **asked)
    async with database.write(personas.bound(author)) as db:
        made = await service.start(db, author, query=asked, content=content, snapshot_id=snapshot.id)
        if files:
            await asking_service.ask_for_files(db, author, made.briefing_id, made.number)
        if renewed:
            await subscription_service.subscribe(
                db, author, made.briefing_id, each_quarter=True, on_change=True
            )
        if sketched:
            await file_service.keep_draft_files(db, made, [SKETCH], clock.now())
    if files:
        await jobs(database)
    return made


async def final(
    database: Database,
    author: OrganisationActor,
    reviewer: OrganisationActor,
    edition: Edition,
    *,
    sketched: bool = False,
) -> PublishedEdition:
    """The edition, submitted by the one and made final by the other, with its files."""
    of = {"briefing_id": edition.briefing_id, "number": edition.number}
    async with database.write(personas.bound(author)) as db:
        await final_service.submit(db, author, **of, version=edition.version)
    async with database.write(personas.bound(reviewer)) as db:
        made = await final_service.make_final(
            db, reviewer, **of, version=edition.version + 1, question=edition.question or QUESTION
        )
        if sketched:
            await file_service.keep_final_files(db, made, [SKETCH], clock.now())
    if not sketched:
        await jobs(database)
    return made


async def read(
    database: Database, who: OrganisationActor, edition: Edition | EditionLine, number: int = 0
) -> draft_queries.Own:
    """The edition as it is now, or another one of its briefing."""
    async with database.read(personas.bound(who)) as db:
        found = await draft_queries.own(db, edition.briefing_id, number or edition.number)
    assert found is not None
    return found


def with_question(text: str) -> Content:
    return replace(CONTENT, question=text)
