"""A revision to report a mistake on, and a search of the whole database."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from tests import factories, personas
from tests.entries.cells import FRESH
from tests.personas import OWNER, TEAMMATE
from tracker.db.base import metadata
from tracker.db.session import Database
from tracker.entries.models import PublishedRevision
from tracker.kit.vocabulary import Domain

LINK = "https://example.org/gazette-41"
FORM = {"text": "The decree was repealed last year.", "evidence_url": LINK, "policy_only": "y"}


async def revision_of(database: Database) -> PublishedRevision:
    """The ministry's, on a cell where nobody else has spoken."""
    author, reviewer = await personas.actor(database, OWNER), await personas.actor(database, TEAMMATE)
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    return await factories.published(database, author, reviewer, where)


def new_path(revision: PublishedRevision) -> str:
    return f"/en/corrections/new/{revision.uid}"


def answer_path(number: int, organisation: str = "health-xaa") -> str:
    return f"/en/o/{organisation}/corrections/{number}"


async def places_of(engine: AsyncEngine, words: str) -> list[str]:
    """The columns, "table.column", of any table that hold the words; `engine` must see every row."""
    found = []
    async with engine.connect() as connection:
        for table in metadata.tables.values():
            for column in table.columns:
                as_text = sa.cast(sa.Column(column.name), sa.Text)
                plain = sa.table(table.name, sa.column(column.name))
                hits = sa.select(sa.func.count()).select_from(plain).where(as_text.contains(words))
                if await connection.scalar(hits):
                    found.append(f"{table.name}.{column.name}")
    return found
