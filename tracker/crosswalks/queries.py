"""Reading crosswalks and their mappings."""

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.crosswalks.models import Crosswalk, Mapping, MappingSide
from tracker.db.base import select
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.kit.vocabulary import Domain, Relation


@dataclass(frozen=True, slots=True)
class CrosswalkLine:
    """A crosswalk set with its two sides, and how many of its mappings are reviewed."""

    id: int
    key: str
    version: str
    title: str
    state: str
    licence: str
    comment: str
    source_title: str
    source_name: str
    target_title: str
    target_name: str
    mappings: int
    reviewed: int


@dataclass(frozen=True, slots=True)
class SideItem:
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class MappingLine:
    """One mapping with both its sides. `confidence` is 0 to 1. `domains`: those it names, if any."""

    id: int
    relation: Relation
    domains: tuple[Domain, ...]
    rationale: str
    confidence: float | None
    reviewed: bool
    sources: tuple[SideItem, ...]
    targets: tuple[SideItem, ...]


async def crosswalks(db: AsyncSession, key: str | None = None) -> list[CrosswalkLine]:
    """All sets, or those of one key; by title of the target, newest version first."""
    source, target = sa.orm.aliased(FrameworkVersion), sa.orm.aliased(FrameworkVersion)
    at = sa.literal("@")
    statement = (
        select(
            col(Crosswalk.id),
            Crosswalk.key,
            Crosswalk.version,
            Crosswalk.title,
            Crosswalk.state,
            Crosswalk.licence,
            Crosswalk.comment,
            source.title,
            source.key + at + source.version,
            target.title,
            target.key + at + target.version,
            sa.func.count(col(Mapping.id)),
            sa.func.count(col(Mapping.reviewed_on)),
        )
        .join(source, source.id == Crosswalk.source_version_id)
        .join(target, target.id == Crosswalk.target_version_id)
        .outerjoin(Mapping, col(Mapping.crosswalk_id) == Crosswalk.id)
        .group_by(col(Crosswalk.id), source.id, target.id)
        .order_by(target.title, col(Crosswalk.id).desc())
    )
    if key is not None:
        statement = statement.where(col(Crosswalk.key) == key)
    return [CrosswalkLine(*row) for row in await db.execute(statement)]


async def crosswalk(db: AsyncSession, name: str) -> CrosswalkLine | None:
    """The set `key@version`, or for a bare `key` the published one, else the newest; None when there is none."""
    key, _, version = name.partition("@")
    found = [c for c in await crosswalks(db, key) if version in ("", c.version)]
    return next((c for c in found if c.state == "published"), found[0] if found else None)


async def mappings(db: AsyncSession, crosswalk_id: int) -> list[MappingLine]:
    """The mappings of a set, in the order of their source items."""
    rows = (
        await db.execute(
            select(
                Mapping, MappingSide.side, FrameworkItem.key, FrameworkItem.short_label, FrameworkItem.text
            )
            .join(MappingSide, col(MappingSide.mapping_id) == Mapping.id)
            .join(FrameworkItem, col(FrameworkItem.id) == MappingSide.item_id)
            .where(col(Mapping.crosswalk_id) == crosswalk_id)
            .order_by(col(Mapping.id), FrameworkItem.position)
        )
    ).all()
    found: dict[int, Mapping] = {}
    sides: dict[tuple[int, str], list[SideItem]] = defaultdict(list)
    for mapping, side, key, label, text in rows:
        found[mapping.id] = mapping
        sides[mapping.id, side].append(SideItem(key, label or text))
    return [
        MappingLine(
            id=i,
            relation=m.relation,
            domains=tuple(Domain(d) for d in m.domains.split(",") if d),
            rationale=m.rationale,
            confidence=m.confidence,
            reviewed=m.reviewed_on is not None,
            sources=tuple(sides[i, "source"]),
            targets=tuple(sides[i, "target"]),
        )
        for i, m in found.items()
    ]
