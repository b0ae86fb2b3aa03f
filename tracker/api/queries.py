"""Reading the public record page by page, where the pages of the site read it whole."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.db.base import select
from tracker.entries.models import PublishedRevision
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit.vocabulary import Domain, JurisdictionKind
from tracker.organisations.models import Mandate

R, J, Org = PublishedRevision, Jurisdiction, Organisation


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A jurisdiction with the code above it ("" at the top) and how many of its cells anybody has published on."""

    id: int
    code: str
    name: str
    kind: JurisdictionKind
    parent: str
    region: str
    subregion: str
    un_member: bool
    income_group: str
    fictional: bool
    cells: int


async def places(
    db: AsyncSession,
    *,
    after: str | None = None,
    limit: int | None = None,
    code: str = "",
    kind: str = "",
    parent: str = "",
    region: str = "",
    text: str = "",
    with_data: bool = False,
) -> list[PlaceLine]:
    """The jurisdictions that every condition fits, by code; `text` is looked for in names."""
    above = sa.orm.aliased(Jurisdiction)
    pairs = select(R.jurisdiction_id, R.item_id, R.domain).distinct().subquery()
    spoken = (
        select(pairs.c.jurisdiction_id, sa.func.count().label("cells"))
        .group_by(pairs.c.jurisdiction_id)
        .subquery()
    )
    cells = sa.func.coalesce(spoken.c.cells, 0)
    columns = [col(J.id), J.code, J.name, J.kind, sa.func.coalesce(above.code, "")]
    columns += [J.region, J.subregion, J.un_member, J.income_group, J.fictional, cells]
    conditions = [
        (after is not None, col(J.code) > (after or "")),
        (code, col(J.code) == code),
        (kind, col(J.kind) == kind),
        (parent, above.code == parent),
        (region, col(J.region) == region),
        (text, sa.func.lower(J.name).contains(text.lower(), autoescape=True)),
        (with_data, cells > 0),
    ]
    rows = await db.execute(
        select(*columns)
        .outerjoin(above, above.id == J.parent_id)
        .outerjoin(spoken, spoken.c.jurisdiction_id == J.id)
        .where(*(condition for asked, condition in conditions if asked))
        .order_by(J.code)
        .limit(limit)
    )
    return [PlaceLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class HeldMandate:
    """`kind`: steward or assessor; open ends are None."""

    jurisdiction: str
    kind: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Body:
    """What anyone may know of an organisation. `revisions`: how many it has published."""

    key: str
    name: str
    kind: str
    website: str
    contact: str
    fictional: bool
    revisions: int
    mandates: tuple[HeldMandate, ...]


async def organisations(
    db: AsyncSession, *, after: str | None = None, limit: int | None = None, key: str = ""
) -> list[Body]:
    """The organisations by key that have something public: a mandate, at any time, or a published revision."""
    published = (
        select(R.organisation_id, sa.func.count().label("n")).group_by(col(R.organisation_id)).subquery()
    )
    revisions = sa.func.coalesce(published.c.n, 0).label("revisions")
    statement = (
        select(col(Org.id), Org.key, Org.name, Org.kind, Org.website, Org.contact, Org.fictional, revisions)
        .outerjoin(published, published.c.organisation_id == Org.id)
        .where(sa.or_(revisions > 0, col(Org.id).in_(select(Mandate.organisation_id))))
        .order_by(Org.key)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(col(Org.key) > after)
    if key:
        statement = statement.where(col(Org.key) == key)
    rows = (await db.execute(statement)).all()
    held = await _mandates(db, [row.id for row in rows])
    return [
        Body(
            *(row.key, row.name, row.kind, row.website, row.contact, row.fictional, row.revisions),
            tuple(held[row.id]),
        )
        for row in rows
    ]


async def _mandates(db: AsyncSession, organisation_ids: Collection[UUID]) -> dict[UUID, list[HeldMandate]]:
    rows = await db.execute(
        select(Mandate.organisation_id, J.code, Mandate.kind, Mandate.valid_from, Mandate.valid_to)
        .join(J, col(J.id) == Mandate.jurisdiction_id)
        .where(col(Mandate.organisation_id).in_(organisation_ids))
        .order_by(J.code, Mandate.kind)
    )
    found: dict[UUID, list[HeldMandate]] = defaultdict(list)
    for organisation_id, *rest in rows:
        found[organisation_id].append(HeldMandate(*rest))
    return found


@dataclass(frozen=True, slots=True)
class CellLine:
    """A cell that somebody has published on, with its names."""

    jurisdiction_id: int
    item_id: int
    domain: Domain
    code: str
    name: str
    fictional: bool
    framework: str
    version: str
    item: str
    item_title: str

    @property
    def key(self) -> tuple[int, int, Domain]:
        return (self.jurisdiction_id, self.item_id, self.domain)


async def spoken_cells(
    db: AsyncSession,
    *,
    after: tuple[int, int, str] | None,
    limit: int,
    jurisdictions: Collection[int] | None = None,
    items: Collection[int] | None = None,
    domains: Collection[Domain] = (),
) -> list[CellLine]:
    """The cells with any published revision, in the order of their ids; None and () choose all."""
    statement = select(R.jurisdiction_id, R.item_id, R.domain).distinct()
    if jurisdictions is not None:
        statement = statement.where(col(R.jurisdiction_id).in_(jurisdictions))
    if items is not None:
        statement = statement.where(col(R.item_id).in_(items))
    if domains:
        statement = statement.where(col(R.domain).in_(domains))
    if after is not None:
        statement = statement.where(_beyond(*after))
    order = (R.jurisdiction_id, R.item_id, R.domain)
    chosen = statement.order_by(*order).limit(limit).subquery()
    rows = await db.execute(
        select(
            chosen,
            J.code,
            J.name,
            J.fictional,
            FrameworkVersion.key.label("framework"),  # type: ignore[attr-defined]
            FrameworkVersion.version,
            FrameworkItem.key,
            FrameworkItem.text,
        )
        .join(J, col(J.id) == chosen.c.jurisdiction_id)
        .join(FrameworkItem, col(FrameworkItem.id) == chosen.c.item_id)
        .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
        .order_by(*chosen.c)
    )
    return [CellLine(*row) for row in rows]


def _beyond(jurisdiction_id: int, item_id: int, domain: str) -> Any:
    """After the cell: row values compare from the left, which the index serves."""
    cell = sa.tuple_(col(R.jurisdiction_id), col(R.item_id), sa.type_coerce(R.domain, sa.String))
    return cell > sa.tuple_(sa.literal(jurisdiction_id), sa.literal(item_id), sa.literal(domain))


async def items_of(db: AsyncSession, *, framework_id: int | None, keys: Collection[str]) -> dict[int, str]:
    """(id: key) of items: of one framework version or of all, of these keys or of all."""
    statement = select(col(FrameworkItem.id), FrameworkItem.key)
    if framework_id is not None:
        statement = statement.where(col(FrameworkItem.framework_version_id) == framework_id)
    if keys:
        statement = statement.where(col(FrameworkItem.key).in_(keys))
    return dict((await db.execute(statement)).all())


async def frameworks_of(db: AsyncSession, item_ids: Collection[int]) -> dict[int, str]:
    """key@version of the framework of each item."""
    version = FrameworkVersion.key + sa.literal("@") + FrameworkVersion.version
    rows = await db.execute(
        select(col(FrameworkItem.id), version)
        .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
        .where(col(FrameworkItem.id).in_(item_ids))
    )
    return dict(rows.all())


def as_uuid(text: str) -> UUID | None:
    """The id in a cursor; None for none, and for what is none: the list then begins at its start."""
    try:
        return UUID(text)
    except ValueError:
        return None
