"""What changed between an edition that was begun by itself and the one before, named for a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.compare.query import DEFAULT_FRAMEWORK
from tracker.db.base import select
from tracker.editions.content import EditionLine
from tracker.editions.models import Briefing
from tracker.frameworks import queries as frameworks
from tracker.jurisdictions import queries as jurisdictions

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class NamedCell:
    """A cell with the words for it. `path`: what the address of its page is made of."""

    jurisdiction_name: str
    item_label: str
    domain: str
    path: dict[str, str]


async def first_changes(db: AsyncSession, lines: Sequence[EditionLine]) -> dict[UUID, list[NamedCell]]:
    """The first cells that each edition has other than the one before, by the edition's id."""
    codes = {line.id: [_parts(code) for code in line.changes[:MOST_NAMED]] for line in lines if line.changes}
    if not codes:
        return {}
    places = await jurisdictions.by_codes(db, {place for found in codes.values() for place, *_more in found})
    asked = await _frameworks(db, {line.briefing_id for line in lines if line.changes})
    labels: dict[str, dict[str, str]] = {}
    for name in set(asked.values()):
        framework = await frameworks.framework(db, name)
        labels[name] = {i.key: i.label for i in framework.items} if framework else {}
    told = {}
    for line in lines:
        name = asked.get(line.briefing_id, DEFAULT_FRAMEWORK)
        told[line.id] = [
            NamedCell(
                places[place].name if place in places else place,
                labels.get(name, {}).get(item, item),
                domain,
                {"code": place, "framework": name, "item": item, "domain": domain},
            )
            for place, item, domain in codes.get(line.id, ())
        ]
    return told


async def _frameworks(db: AsyncSession, briefing_ids: set[UUID]) -> dict[UUID, str]:
    """The framework that each briefing asks for, as it was named."""
    rows = await db.execute(select(Briefing.id, Briefing.query).where(col(Briefing.id).in_(briefing_ids)))
    return {row.id: row.query.get("framework") or DEFAULT_FRAMEWORK for row in rows}


def _parts(code: str) -> tuple[str, str, str]:
    """(jurisdiction, item, domain) of JURISDICTION/ITEM/DOMAIN; the key of an item may have a slash."""
    place, _slash, rest = code.partition("/")
    item, _slash, domain = rest.rpartition("/")
    return place, item, domain
