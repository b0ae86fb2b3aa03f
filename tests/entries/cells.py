"""Paths and looks into the database that the tests of entries share."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from tests import personas
from tests.personas import Persona
from tracker.db.session import Database
from tracker.entries.models import Draft, PublishedRevision
from tracker.instruments.models import Instrument

# Nobody has drafted or published on this one in the demo world; on the second the ministry has published.
FRESH = ("XAA", "delta87-justice@2021", "D87J-HEALTH", "all")
PUBLISHED = ("XAA", "hhs-core-competencies@2021", "HTCC-UC", "educator")


def entry_path(organisation: str, cell: tuple[str, str, str, str] = FRESH) -> str:
    code, framework, item, domain = cell
    return f"/en/o/{organisation}/jurisdictions/{code}/cells/{framework}/{item}/{domain}"


def cell_path(cell: tuple[str, str, str, str] = FRESH) -> str:
    code, framework, item, domain = cell
    return f"/en/jurisdictions/{code}/{framework}/{item}/{domain}"


async def drafts(database: Database, persona: Persona, after: set[UUID] | None = None) -> list[Draft]:
    """The drafts of the persona's organisation, without those of `after`."""
    actor = await personas.actor(database, persona)
    async with database.read(personas.bound(actor)) as db:
        rows = (await db.execute(select(Draft).order_by(col(Draft.created_at)))).scalars().all()
    return [row for row in rows if row.id not in (after or set())]


async def draft_ids(database: Database, persona: Persona) -> set[UUID]:
    return {row.id for row in await drafts(database, persona)}


async def own_instruments(database: Database, persona: Persona) -> list[Instrument]:
    actor = await personas.actor(database, persona)
    async with database.read(personas.bound(actor)) as db:
        return list((await db.execute(select(Instrument))).scalars().all())


async def revisions(database: Database) -> int:
    async with database.read() as db:
        return (await db.scalar(sa.select(sa.func.count()).select_from(PublishedRevision))) or 0
