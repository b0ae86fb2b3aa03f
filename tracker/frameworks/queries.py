"""Reading frameworks and their items."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.base import select
from tracker.frameworks.models import FrameworkItem, FrameworkRating, FrameworkSuccession, FrameworkVersion
from tracker.kit.vocabulary import PRACTITIONER_DOMAINS, Domain


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it is shown. `domains`: those it applies to, in their order; `depth`: 0 at the top of the tree."""

    id: int
    key: str
    parent_id: int | None
    source_number: str
    kind: str
    text: str
    short_label: str
    theme: str
    wording: str
    provenance: str
    source_url: str
    domains: tuple[Domain, ...]
    bindingness: str = ""
    rating: str = ""
    identifier: str = ""
    depth: int = 0

    @property
    def label(self) -> str:
        """Short, for a column's head. The Universal Competency has no number and gets none."""
        return self.short_label or self.text


@dataclass(frozen=True, slots=True)
class Rating:
    """A code of the scale by which the source rates its items."""

    code: str
    label: str
    definition: str


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework version with its items, in the source's order, children after their parent."""

    id: int
    key: str
    version: str
    title: str
    publisher: str
    year: int
    kind: str
    applies_by_domain: bool
    licence: str
    verbatim_allowed: str
    landing_url: str
    note: str
    left_to_import: str
    items: tuple[Item, ...]
    ratings: tuple[Rating, ...] = ()

    def rating(self, code: str) -> Rating | None:
        return next((rating for rating in self.ratings if rating.code == code), None)

    @property
    def domains(self) -> tuple[Domain, ...]:
        return PRACTITIONER_DOMAINS if self.applies_by_domain else (Domain.ALL,)

    @property
    def name(self) -> str:
        """key@version, as in URLs and queries."""
        return f"{self.key}@{self.version}"


@dataclass(frozen=True, slots=True)
class Lineage:
    """What is told of how a version continues an earlier one, `version`. `pairs`: (old key, new key).

    `identifiers`: of the old items that other systems know, by key.
    """

    version: str
    pairs: frozenset[tuple[str, str]]
    identifiers: dict[str, str] = field(default_factory=dict)

    def replaced_by(self, key: str) -> list[str]:
        """The old keys that an item of the later version is told to continue."""
        return sorted(old for old, new in self.pairs if new == key)


@dataclass(frozen=True, slots=True)
class FrameworkLine:
    """A framework version in a list."""

    key: str
    version: str
    title: str
    publisher: str
    year: int
    kind: str
    items: int
    newest: bool
    alone: bool

    @property
    def name(self) -> str:
        return f"{self.key}@{self.version}"

    @property
    def choice(self) -> str:
        """What a query calls it: the key alone where it has one version, for then it means no other."""
        return self.key if self.alone else self.name

    @property
    def label(self) -> str:
        """For a list to choose from: one of several versions says which it is."""
        return self.title if self.alone else f"{self.title} ({self.version})"


_NEWEST_FIRST = (col(FrameworkVersion.year).desc(), col(FrameworkVersion.id).desc())


async def frameworks(db: AsyncSession) -> list[FrameworkLine]:
    """All framework versions: the core competencies first, then by title."""
    count = sa.func.count(col(FrameworkItem.id))
    rows = await db.execute(
        select(
            FrameworkVersion.id,
            FrameworkVersion.key,
            FrameworkVersion.version,
            FrameworkVersion.title,
            FrameworkVersion.publisher,
            FrameworkVersion.year,
            FrameworkVersion.kind,
            count,
        )
        .outerjoin(FrameworkItem, col(FrameworkItem.framework_version_id) == FrameworkVersion.id)
        .group_by(col(FrameworkVersion.id))
        .order_by(
            col(FrameworkVersion.applies_by_domain).desc(),
            FrameworkVersion.title,
            FrameworkVersion.key,
            *_NEWEST_FIRST,
        )
    )
    found = rows.all()
    newest: dict[str, tuple[int, int, str]] = {}
    count_of = Counter(row[1] for row in found)
    for _id, key, version, _title, _publisher, year, *_rest in found:
        newest[key] = max(newest.get(key, (0, 0, "")), (year, _id, version))
    lines = [[*row[1:], newest[row[1]][2] == row[2], count_of[row[1]] == 1] for row in found]
    return [FrameworkLine(*line) for line in lines]


async def framework(db: AsyncSession, name: str) -> Framework | None:
    """The version `key@version`, or for a bare `key` the newest by year; None when there is none."""
    key, _, version = name.partition("@")
    statement = select(FrameworkVersion).where(col(FrameworkVersion.key) == key)
    if version:
        statement = statement.where(col(FrameworkVersion.version) == version)
    found = (await db.execute(statement.order_by(*_NEWEST_FIRST).limit(1))).scalar_one_or_none()
    return await _whole(db, found) if found else None


async def versions(db: AsyncSession, key: str) -> list[str]:
    """The versions of a framework that are here, newest first."""
    statement = select(FrameworkVersion.version).where(col(FrameworkVersion.key) == key)
    return list((await db.execute(statement.order_by(*_NEWEST_FIRST))).scalars())


async def lineage(db: AsyncSession, key: str, old: str, new: str) -> Lineage:
    """What is told of how version `new` of a framework continues `old`, beside the items that keep their key."""
    before, after = sa.orm.aliased(FrameworkItem), sa.orm.aliased(FrameworkItem)
    first, second = sa.orm.aliased(FrameworkVersion), sa.orm.aliased(FrameworkVersion)
    rows = (
        await db.execute(
            select(before.key, after.key, before.identifier)
            .join(FrameworkSuccession, col(FrameworkSuccession.old_item_id) == before.id)
            .join(after, after.id == col(FrameworkSuccession.new_item_id))
            .join(first, first.id == before.framework_version_id)
            .join(second, second.id == after.framework_version_id)
            .where(first.key == key, first.version == old, second.key == key, second.version == new)
        )
    ).all()
    return Lineage(old, frozenset((a, b) for a, b, _i in rows), {a: i for a, _b, i in rows if i})


async def told_lineage(db: AsyncSession, framework: Framework) -> Lineage | None:
    """The lineage that a file of the version carries: to the newest earlier one of which anything is told."""
    known = await versions(db, framework.key)
    for version in known[known.index(framework.version) + 1 :]:
        found = await lineage(db, framework.key, version, framework.version)
        if found.pairs:
            return found
    return None


async def _whole(db: AsyncSession, found: FrameworkVersion) -> Framework:
    rows = (
        await db.execute(
            select(FrameworkItem)
            .where(col(FrameworkItem.framework_version_id) == found.id)
            .order_by(col(FrameworkItem.position))
        )
    ).scalars()
    scale = await db.execute(
        select(FrameworkRating.code, FrameworkRating.label, FrameworkRating.definition)
        .where(col(FrameworkRating.framework_version_id) == found.id)
        .order_by(FrameworkRating.position)
    )
    domains = PRACTITIONER_DOMAINS if found.applies_by_domain else (Domain.ALL,)
    items = tuple(_item(row, domains, depth) for row, depth in _as_tree(rows))
    imported = any(item.kind == found.left_to_import_kind for item in items)
    own = ("items", "left_to_import", "ratings")
    return Framework(
        **{name: getattr(found, name) for name in Framework.__dataclass_fields__ if name not in own},
        left_to_import="" if imported else found.left_to_import,
        items=items,
        ratings=tuple(Rating(*row) for row in scale),
    )


def _as_tree(rows: Iterable[FrameworkItem]) -> Iterator[tuple[FrameworkItem, int]]:
    """(item, depth), each item before what lies below it, whatever was imported later."""
    below: dict[int | None, list[FrameworkItem]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row)
    waiting = [(row, 0) for row in reversed(below[None])]
    while waiting:
        row, depth = waiting.pop()
        yield row, depth
        waiting.extend((child, depth + 1) for child in reversed(below[row.id]))


def _item(row: FrameworkItem, framework_domains: tuple[Domain, ...], depth: int) -> Item:
    own = tuple(Domain(d) for d in row.domains.split(",") if d)
    fields = {n: getattr(row, n) for n in Item.__dataclass_fields__ if n not in ("domains", "depth")}
    return Item(**fields, domains=own or framework_domains, depth=depth)
