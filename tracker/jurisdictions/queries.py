"""Reading the tree of jurisdictions."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.base import select
from tracker.entries.models import PublishedRevision
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import JurisdictionKind

_COLUMNS = [
    "id",
    "code",
    "kind",
    "name",
    "parent_id",
    "path",
    "region",
    "subregion",
    "un_member",
    "income_group",
    "fictional",
]
_REAL_COUNTRY = (col(Jurisdiction.kind) == JurisdictionKind.COUNTRY) & ~col(Jurisdiction.fictional)


@dataclass(frozen=True, slots=True)
class Place:
    """A jurisdiction. `path`: the ids above it, e.g. "/1/20/"."""

    id: int
    code: str
    kind: JurisdictionKind
    name: str
    parent_id: int | None
    path: str
    region: str
    subregion: str
    un_member: bool
    income_group: str
    fictional: bool


def _select() -> Any:
    return select(*(getattr(Jurisdiction, c) for c in _COLUMNS))


async def by_codes(db: AsyncSession, codes: Collection[str]) -> dict[str, Place]:
    """The jurisdictions of these codes, by code; unknown ones are left out."""
    rows = await db.execute(_select().where(col(Jurisdiction.code).in_(codes)))
    return {row.code: Place(*row) for row in rows}


async def unknown(db: AsyncSession, codes: Collection[str]) -> str:
    """Which of the codes there are none of, in a sentence that names some of them; "" where all are known."""
    known = await by_codes(db, codes)
    strange = [code[:24] for code in codes if code not in known][:5]
    told = _("There is no jurisdiction with the code %(codes)s.")
    return told % {"codes": ", ".join(strange)} if strange else ""


async def by_ids(db: AsyncSession, ids: Collection[int]) -> list[Place]:
    """The jurisdictions of these ids, in no order; unknown ones are left out."""
    return [Place(*row) for row in await db.execute(_select().where(col(Jurisdiction.id).in_(ids)))]


async def by_code(db: AsyncSession, code: str) -> Place | None:
    return (await by_codes(db, [code])).get(code)


async def above(db: AsyncSession, place: Place) -> list[Place]:
    """What lies above a jurisdiction, the highest first."""
    ids = [int(part) for part in place.path.split("/") if part]
    rows = await db.execute(_select().where(col(Jurisdiction.id).in_(ids)))
    found = {row.id: Place(*row) for row in rows}
    return [found[i] for i in ids if i in found]


async def below(db: AsyncSession, place: Place) -> list[Place]:
    """The jurisdictions directly below one, by name."""
    rows = await db.execute(
        _select()
        .where(col(Jurisdiction.parent_id) == place.id)
        .order_by(Jurisdiction.name, Jurisdiction.code)
    )
    return [Place(*row) for row in rows]


async def countries(db: AsyncSession) -> list[str]:
    """The codes of the real countries, by name."""
    rows = await db.execute(select(Jurisdiction.code).where(_REAL_COUNTRY).order_by(Jurisdiction.name))
    return list(rows.scalars())


async def regions(db: AsyncSession) -> list[str]:
    """The regions that jurisdictions are in, by name."""
    region = col(Jurisdiction.region)
    return list((await db.execute(select(region).where(region != "").distinct().order_by(region))).scalars())


@dataclass(frozen=True, slots=True)
class PeerSet:
    """Countries that share something. `key` such as "region:Africa"; `name` is a name, or an income group's code."""

    key: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """Sets of one kind: region, subregion or income_group."""

    kind: str
    sets: tuple[PeerSet, ...]


_PEERS = {
    "region": col(Jurisdiction.region),
    "subregion": col(Jurisdiction.subregion),
    "income_group": col(Jurisdiction.income_group),
}


async def peer_groups(db: AsyncSession) -> tuple[PeerGroup, ...]:
    """The sets of real countries that can be added to a comparison at once, by name."""
    found = []
    for kind, column in _PEERS.items():
        rows = await db.execute(
            select(column, sa.func.count())
            .where(_REAL_COUNTRY, column != "")
            .group_by(column)
            .order_by(column)
        )
        found.append(PeerGroup(kind, tuple(PeerSet(f"{kind}:{name}", name, n) for name, n in rows)))
    return tuple(found)


async def peers(db: AsyncSession, key: str) -> list[str]:
    """The codes of a set's countries, by name; none where there is no such set."""
    kind, _colon, name = key.partition(":")
    if kind not in _PEERS or not name:
        return []
    rows = await db.execute(
        select(Jurisdiction.code).where(_REAL_COUNTRY, _PEERS[kind] == name).order_by(Jurisdiction.name)
    )
    return list(rows.scalars())


@dataclass(frozen=True, slots=True)
class Listed:
    """A jurisdiction in a list, with how many of its cells anybody has published on."""

    code: str
    name: str
    kind: JurisdictionKind
    parent_name: str
    region: str
    fictional: bool
    cells: int


async def listed(
    db: AsyncSession, *, text: str = "", kind: str = "", only_with_data: bool = False, limit: int = 300
) -> list[Listed]:
    """Countries (all, when there is no `text` or `kind`) or whatever the text finds by name or code; by name."""
    parent, j, r = sa.orm.aliased(Jurisdiction), Jurisdiction, PublishedRevision
    statement = select(col(j.id), j.code, j.name, j.kind, j.parent_id, j.region, j.fictional)
    if text:
        name, code = sa.func.lower(j.name), sa.func.lower(j.code)
        statement = statement.where(
            sa.or_(name.contains(text.lower(), autoescape=True), code == text.lower())
        )
    elif not only_with_data and not kind:
        statement = statement.where(col(j.kind) == JurisdictionKind.COUNTRY)
    if kind:
        statement = statement.where(col(j.kind) == kind)
    if only_with_data:
        statement = statement.where(sa.exists().where(col(r.jurisdiction_id) == j.id))
    # Cells are counted of those that are listed alone: the record may have twenty times as many.
    found = statement.order_by(j.name, j.code).limit(limit).subquery()
    cell = sa.cast(r.item_id, sa.String) + sa.literal(":") + r.domain
    cells = select(sa.func.count(sa.distinct(cell))).where(r.jurisdiction_id == found.c.id).scalar_subquery()
    told = (
        select(
            found.c.code,
            found.c.name,
            found.c.kind,
            sa.func.coalesce(parent.name, ""),
            found.c.region,
            found.c.fictional,
            cells,
        )
        .outerjoin(parent, parent.id == found.c.parent_id)
        .order_by(found.c.name, found.c.code)
    )
    return [Listed(*row) for row in await db.execute(told)]
