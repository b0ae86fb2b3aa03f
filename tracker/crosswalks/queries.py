"""Reading crosswalks and their mappings."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.crosswalks.models import Crosswalk, Mapping, MappingSide, NoCounterpart
from tracker.db.base import select
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.kit.vocabulary import Domain, Relation
from tracker.privacy.findings import Text


@dataclass(frozen=True, slots=True)
class CrosswalkLine:
    """A crosswalk set with its two sides, and how many of its mappings and missing counterparts are reviewed."""

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
    states: int
    states_reviewed: int
    edit_number: int
    based_on: str
    publisher: str
    published_at: datetime | None
    superseded_at: datetime | None

    @property
    def name(self) -> str:
        """key@version, as in URLs."""
        return f"{self.key}@{self.version}"

    @property
    def is_draft(self) -> bool:
        return self.state == "draft"

    @property
    def held(self) -> int:
        """All that is reviewed one by one: mappings, and items without a counterpart."""
        return self.mappings + self.states

    @property
    def awaiting(self) -> int:
        return self.held - self.reviewed - self.states_reviewed


@dataclass(frozen=True, slots=True)
class SideItem:
    id: int
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a mapping and a missing counterpart have alike: reasons, who wrote and who reviewed.

    Names are as given for publication; `author_id` is the account of the last editor, and is never shown.
    """

    id: int
    version: int
    rationale: str
    citation: str
    justification: str
    author: str
    author_id: UUID | None
    authored_on: date | None
    reviewer: str
    reviewed_on: date | None

    @property
    def reviewed(self) -> bool:
        return self.reviewed_on is not None


@dataclass(frozen=True, slots=True)
class MappingLine(Checked):
    """One mapping with both its sides. `confidence` is 0 to 1, `strength` 0 to 10. `domains`: those it names, if any."""

    relation: Relation
    domains: tuple[Domain, ...]
    confidence: float | None
    strength: int | None
    sources: tuple[SideItem, ...]
    targets: tuple[SideItem, ...]


@dataclass(frozen=True, slots=True)
class StateLine(Checked):
    """An item that was found to have no counterpart. `side`: "source" or "target"."""

    side: str
    item: SideItem


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
            *_counted(Mapping),
            *_counted(NoCounterpart),
            col(Crosswalk.edit_number),
            Crosswalk.based_on,
            Crosswalk.publisher,
            Crosswalk.published_at,
            Crosswalk.superseded_at,
        )
        .join(source, source.id == Crosswalk.source_version_id)
        .join(target, target.id == Crosswalk.target_version_id)
        .order_by(target.title, col(Crosswalk.id).desc())
    )
    if key is not None:
        statement = statement.where(col(Crosswalk.key) == key)
    return [CrosswalkLine(*row) for row in await db.execute(statement)]


def _counted(table: type[Mapping] | type[NoCounterpart]) -> list[Any]:
    """How many rows of a table a set has, and how many of them are reviewed."""
    return [
        select(sa.func.count(counted))
        .where(col(table.crosswalk_id) == Crosswalk.id)
        .correlate(Crosswalk)
        .scalar_subquery()
        for counted in (col(table.id), col(table.reviewed_on))
    ]


async def crosswalk(db: AsyncSession, name: str) -> CrosswalkLine | None:
    """The set `key@version`, or for a bare `key` the published one, else the newest; None when there is none."""
    key, _, version = name.partition("@")
    found = [c for c in await crosswalks(db, key) if version in ("", c.version)]
    return next((c for c in found if c.state == "published"), found[0] if found else None)


async def crosswalk_by_id(db: AsyncSession, crosswalk_id: int) -> CrosswalkLine | None:
    """One set; None when there is none with this number."""
    key = await db.scalar(select(Crosswalk.key).where(col(Crosswalk.id) == crosswalk_id))
    return next((c for c in await crosswalks(db, key) if c.id == crosswalk_id), None) if key else None


async def rivals(db: AsyncSession, of: CrosswalkLine) -> list[CrosswalkLine]:
    """The other sets, and other versions of the set, between the same two framework versions."""
    pair = (of.source_name, of.target_name)
    return [c for c in await crosswalks(db) if (c.source_name, c.target_name) == pair and c.id != of.id]


async def mappings(db: AsyncSession, crosswalk_id: int) -> list[MappingLine]:
    """The mappings of a set, in the order in which they were made."""
    sides = await _sides(db, crosswalk_id)
    checked = [col(getattr(Mapping, name)) for name in Checked.__dataclass_fields__]
    rows = await db.execute(
        select(*checked, Mapping.relation, Mapping.domains, Mapping.confidence, Mapping.strength)
        .where(col(Mapping.crosswalk_id) == crosswalk_id)
        .order_by(col(Mapping.id))
    )
    return [
        MappingLine(  # type: ignore[call-arg]  # `rest` is the other fields of Checked
            number,
            *rest,
            relation,
            tuple(Domain(d) for d in domains.split(",") if d),
            confidence,
            strength,
            tuple(sides[number, "source"]),
            tuple(sides[number, "target"]),
        )
        for number, *rest, relation, domains, confidence, strength in rows
    ]


async def _sides(db: AsyncSession, crosswalk_id: int) -> dict[tuple[int, str], list[SideItem]]:
    """The items of each mapping, by its number and side, in the order of their framework."""
    i, s = FrameworkItem, MappingSide
    rows = await db.execute(
        select(s.mapping_id, s.side, col(i.id), i.key, i.short_label, i.text)
        .join(Mapping, col(Mapping.id) == s.mapping_id)
        .join(i, col(i.id) == s.item_id)
        .where(col(Mapping.crosswalk_id) == crosswalk_id)
        .order_by(col(s.mapping_id), i.position)
    )
    items: dict[int, SideItem] = {}
    sides: dict[tuple[int, str], list[SideItem]] = defaultdict(list)
    for mapping, side, number, key, label, text in rows:
        if number not in items:
            items[number] = SideItem(number, key, label or text)
        sides[mapping, side].append(items[number])
    return sides


def _checked(row: Mapping | NoCounterpart) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Checked.__dataclass_fields__}


async def no_counterparts(db: AsyncSession, crosswalk_id: int) -> list[StateLine]:
    """The items of a set that were found to have no counterpart: sources first, in their framework's order."""
    rows = await db.execute(
        select(
            NoCounterpart,
            FrameworkItem.id,
            FrameworkItem.key,
            FrameworkItem.short_label,
            FrameworkItem.text,
        )
        .join(FrameworkItem, col(FrameworkItem.id) == NoCounterpart.item_id)
        .where(col(NoCounterpart.crosswalk_id) == crosswalk_id)
        .order_by(NoCounterpart.side, FrameworkItem.position)
    )
    return [
        StateLine(**_checked(row), side=row.side, item=SideItem(number, key, label or text))
        for row, number, key, label, text in rows
    ]


def free_texts(comment: str, mappings: Iterable[MappingLine], states: Iterable[StateLine]) -> list[Text]:
    """What people wrote in a set, for the check for personal data. Names are given for publication and left out."""
    named: list[tuple[str, Checked]] = [("mapping", m) for m in mappings]
    named += [("state", s) for s in states]
    return [Text("comment", comment)] + [
        Text(f"{kind}.{said.id}.{field}", getattr(said, field))
        for kind, said in named
        for field in ("rationale", "citation")
    ]
