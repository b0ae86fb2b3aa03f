"""An assessment by the NGO of a cell whose steward is Quillmere's ministry, and the days of its notice."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from tests import factories, personas
from tests.entries.cells import FRESH
from tests.personas import NGO, NGO_REVIEWER
from tracker.db.session import Database
from tracker.entries.models import Draft, PublishedRevision
from tracker.kit import clock
from tracker.kit.vocabulary import Domain
from tracker.notices.models import Notice
from tracker.reviews.models import PublishedReply

# Days before the present, because a session that was opened now has not timed out then.
SENT = clock.now() - timedelta(days=40)
# Midnight after the twenty-first day: all of it is the steward's.
DUE = SENT.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=22)
LAST_DAY = (DUE - timedelta(days=1)).date()
BEFORE, AFTER = DUE - timedelta(minutes=1), DUE + timedelta(minutes=1)
REVIEW = "/en/o/open-care-watch/review"
NOTICES = "/en/o/health-xaa/notices"


async def notified(database: Database, note: str = "Written for a test.", code: str = "XAA") -> Draft:
    """Submitted and notified at SENT."""
    author, reviewer = await personas.actor(database, NGO), await personas.actor(database, NGO_REVIEWER)
    where = await factories.cell(database, code, FRESH[2], Domain.ALL)
    with clock.at(SENT):
        return await factories.notified(database, author, reviewer, where, factories.content(note=note))


async def notices_of(database: Database, draft_id: UUID) -> list[Notice]:
    """The notices of a draft, as their author sees them."""
    author = await personas.actor(database, NGO)
    async with database.read(personas.bound(author)) as db:
        rows = await db.execute(sa.select(Notice).where(col(Notice.draft_id) == draft_id))
        return list(rows.scalars())


async def published(database: Database, note: str) -> list[PublishedRevision]:
    async with database.read() as db:
        rows = await db.execute(sa.select(PublishedRevision).where(col(PublishedRevision.note) == note))
        return list(rows.scalars())


async def replies(database: Database, text: str) -> list[PublishedReply]:
    async with database.read() as db:
        rows = await db.execute(sa.select(PublishedReply).where(col(PublishedReply.text) == text))
        return list(rows.scalars())
