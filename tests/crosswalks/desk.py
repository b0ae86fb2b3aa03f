"""The workbench's people and forms: two operators, and what a browser sends."""

from dataclasses import replace
from typing import Any

from sqlmodel import col, select

from tests import personas
from tests.personas import Visitor
from tracker.access.actor import OrganisationActor
from tracker.crosswalks import mapping_service, service
from tracker.crosswalks.models import Crosswalk, Mapping, MappingSide
from tracker.crosswalks.workbench import Workbench
from tracker.crosswalks.workbench_queries import workbench
from tracker.db.session import Database
from tracker.frameworks.models import FrameworkItem

SECOND = replace(personas.OPERATOR, name="second_operator", email="editor@secretariat.example")
SETS = "/en/o/secretariat/crosswalks"
GUIDE = "hhs-core-competencies--delta87-justice"


async def set_id(database: Database, key: str = GUIDE) -> int:
    """The newest set of a key."""
    async with database.read() as db:
        found = await db.execute(select(Crosswalk.id).where(col(Crosswalk.key) == key))
        return max(number for number in found.scalars() if number)


async def item(database: Database, key: str) -> int:
    async with database.read() as db:
        found = await db.execute(select(FrameworkItem.id).where(col(FrameworkItem.key) == key))
        return found.scalar_one() or 0


async def first_mapping(database: Database, crosswalk: int, key: str) -> int:
    """The first mapping of a set with the item of this key on either side."""
    async with database.read() as db:
        rows = await db.execute(
            select(Mapping.id)
            .join(MappingSide, col(MappingSide.mapping_id) == Mapping.id)
            .join(FrameworkItem, col(FrameworkItem.id) == MappingSide.item_id)
            .where(col(Mapping.crosswalk_id) == crosswalk, col(FrameworkItem.key) == key)
            .order_by(col(Mapping.id))
        )
        return next(number for number in rows.scalars() if number)


async def bench(database: Database, crosswalk: int) -> Workbench:
    async with database.read() as db:
        return await workbench(db, crosswalk)


def mapping_form(sources: list[int], targets: list[int], **changes: Any) -> dict[str, Any]:
    """What a browser sends from the form of a mapping."""
    fields = {
        "version": "0",
        "sources": [str(n) for n in sources],
        "targets": [str(n) for n in targets],
        "relation": "intersects_with",
        "rationale": "Both ask for the same records.",
        "citation": "Chapter 2",
        "justification": "semapv:ManualMappingCuration",
        "author": "Tracker Secretariat",
        "authored_on": "2026-02-03",
        "confidence": "0.7",
        "strength": "6",
    }
    return fields | changes


def reason_form(**changes: Any) -> dict[str, Any]:
    """What a browser sends from the form of a missing counterpart."""
    fields = {
        "version": "0",
        "rationale": "It is about courts only.",
        "citation": "",
        "justification": "semapv:ManualMappingCuration",
        "author": "Tracker Secretariat",
        "authored_on": "",
    }
    return fields | changes


async def tokens(database: Database, crosswalk: int) -> list[str]:
    """The boxes of all that awaits review."""
    return [
        f"{'mapping' if hasattr(said, 'relation') else 'state'}-{said.id}-{said.version}"
        for said in (await bench(database, crosswalk)).awaiting
    ]


async def review_all(database: Database, who: OrganisationActor, crosswalk: int) -> None:
    """Review, by the service, all that awaits it."""
    found = await bench(database, crosswalk)
    async with database.write(personas.bound(who)) as db:
        await mapping_service.review(
            db,
            who,
            crosswalk,
            reviewer="A second reader",
            mappings={m.id: m.version for m in found.mappings if not m.reviewed},
            no_counterparts={s.id: s.version for s in found.states if not s.reviewed},
        )


async def published(database: Database, who: OrganisationActor, key: str = GUIDE) -> int:
    """The set of the seed, reviewed and published by the service; its id."""
    crosswalk = await set_id(database, key)
    await review_all(database, who, crosswalk)
    async with database.write(personas.bound(who)) as db:
        await service.publish(db, who, crosswalk, publisher="Tracker Secretariat")
    return crosswalk


async def review_by_form(database: Database, person: Visitor, crosswalk: int) -> Any:
    chosen = await tokens(database, crosswalk)
    return await person.submit(
        f"{SETS}/{crosswalk}/review", {"chosen": chosen, "reviewer": "A second reader"}
    )
