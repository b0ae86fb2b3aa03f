"""What is stored of crosswalks, as files say it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.crosswalk_files.values import Head, Said, SetContent
from tracker.crosswalks.models import Crosswalk, Mapping, MappingSide, NoCounterpart
from tracker.db.base import select
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.kit.vocabulary import PRACTITIONER_DOMAINS, Relation

_TEXTS = ("rationale", "citation", "justification", "author", "authored_on", "reviewer", "reviewed_on")


@dataclass(frozen=True, slots=True)
class Held:
    """A stored mapping, or item without a counterpart: its number and version, and what it says."""

    id: int
    version: int
    said: Said


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored set with what it holds, in order."""

    crosswalk: Crosswalk
    content: SetContent
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """A framework version that a file speaks of. `ids`: of its items, by key."""

    id: int
    title: str
    ids: dict[str, int]


async def index(db: AsyncSession, keys: Iterable[str]) -> dict[str, list[str]]:
    """The framework versions, as `key@version`, that hold an item of each of these keys."""
    found: dict[str, list[str]] = defaultdict(list)
    given = sorted(keys)
    for start in range(0, len(given), 500):
        rows = await db.execute(
            select(FrameworkItem.key, FrameworkVersion.key, FrameworkVersion.version)
            .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
            .where(col(FrameworkItem.key).in_(given[start : start + 500]))
            .order_by(col(FrameworkVersion.id))
        )
        for item, key, version in rows:
            found[item].append(f"{key}@{version}")
    return found


async def side(db: AsyncSession, name: str) -> Side | None:
    """The framework version `key@version`, None when there is none."""
    key, _at, version = name.partition("@")
    row = (
        await db.execute(
            select(col(FrameworkVersion.id), FrameworkVersion.title).where(
                col(FrameworkVersion.key) == key, col(FrameworkVersion.version) == version
            )
        )
    ).one_or_none()
    if row is None:
        return None
    items = await db.execute(
        select(FrameworkItem.key, col(FrameworkItem.id)).where(
            col(FrameworkItem.framework_version_id) == row.id
        )
    )
    return Side(row.id, row.title, {row[0]: row[1] for row in items})


async def sets_of_key(db: AsyncSession, key: str) -> list[Crosswalk]:
    """All versions of a set, the newest first."""
    statement = select(Crosswalk).where(col(Crosswalk.key) == key).order_by(col(Crosswalk.id).desc())
    return list((await db.execute(statement)).scalars())


async def stored(db: AsyncSession, crosswalk_id: int) -> Stored | None:
    """The whole set; None when there is none."""
    crosswalk = await db.get(Crosswalk, crosswalk_id)
    if crosswalk is None:
        return None
    both = [crosswalk.source_version_id, crosswalk.target_version_id]
    rows = await db.execute(
        select(
            col(FrameworkVersion.id), FrameworkVersion.key + sa.literal("@") + FrameworkVersion.version
        ).where(col(FrameworkVersion.id).in_(both))
    )
    names: dict[int, str] = {row[0]: row[1] for row in rows}
    held = (*await _mappings(db, crosswalk_id), *await _lone(db, crosswalk_id))
    head = Head(**{name: getattr(crosswalk, name) for name in Head.__dataclass_fields__})
    source, target = names[crosswalk.source_version_id], names[crosswalk.target_version_id]
    return Stored(crosswalk, SetContent(head, source, target, tuple(h.said for h in held)), held)


async def _mappings(db: AsyncSession, crosswalk_id: int) -> list[Held]:
    rows = await db.execute(
        select(Mapping, MappingSide.side, FrameworkItem.key)
        .join(MappingSide, col(MappingSide.mapping_id) == Mapping.id)
        .join(FrameworkItem, col(FrameworkItem.id) == MappingSide.item_id)
        .where(col(Mapping.crosswalk_id) == crosswalk_id)
        .order_by(col(Mapping.id), FrameworkItem.position)
    )
    found: dict[int, Mapping] = {}
    sides: dict[tuple[int, str], list[str]] = defaultdict(list)
    for mapping, on, key in rows:
        found[mapping.id] = mapping
        sides[mapping.id, on].append(key)
    return [
        Held(i, m.version, _said(m, tuple(sides[i, "source"]), tuple(sides[i, "target"])))
        for i, m in found.items()
    ]


def _said(mapping: Mapping, sources: tuple[str, ...], targets: tuple[str, ...]) -> Said:
    named = mapping.domains.split(",")
    return Said(
        sources,
        targets,
        mapping.relation,
        domains=tuple(domain for domain in PRACTITIONER_DOMAINS if domain in named),
        confidence=mapping.confidence,
        strength=mapping.strength,
        **_texts(mapping),
    )


def _texts(row: Mapping | NoCounterpart) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _TEXTS}


async def _lone(db: AsyncSession, crosswalk_id: int) -> list[Held]:
    rows = await db.execute(
        select(NoCounterpart, FrameworkItem.key)
        .join(FrameworkItem, col(FrameworkItem.id) == NoCounterpart.item_id)
        .where(col(NoCounterpart.crosswalk_id) == crosswalk_id)
        .order_by(col(NoCounterpart.id))
    )
    found = []
    for row, key in rows:
        sources, targets = ((key,), ()) if row.side == "source" else ((), (key,))
        found.append(
            Held(row.id, row.version, Said(sources, targets, Relation.NO_RELATIONSHIP, **_texts(row)))
        )
    return found


async def labels(db: AsyncSession, *names: str) -> dict[tuple[str, str], str]:
    """What the items of framework versions are called, by (`key@version`, key)."""
    found: dict[tuple[str, str], str] = {}
    for name in names:
        key, _at, version = name.partition("@")
        rows = await db.execute(
            select(FrameworkItem.key, FrameworkItem.short_label, FrameworkItem.text)
            .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
            .where(col(FrameworkVersion.key) == key, col(FrameworkVersion.version) == version)
        )
        found |= {(name, item): label or text for item, label, text in rows}
    return found
