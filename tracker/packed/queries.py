"""Reading packs: where they stand, what is current, the histories, the lines of the long file."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.db.among import DIALECTS, among_named, dialect_of
from tracker.db.base import select
from tracker.db.stamp import RecordStamp
from tracker.entries import queries as entries
from tracker.entries.models import PublishedRevision
from tracker.entries.version_queries import version_read
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit import clock
from tracker.kit.vocabulary import PRACTITIONER_DOMAINS, Domain
from tracker.packed.models import FORMAT, PackedCells, PackedHead, PackedHistory, PackedLines

R = PublishedRevision


@dataclass(frozen=True, slots=True)
class Head:
    """Where the packed record stands. `on` and `as_of`: the moment that a reading without dates is of."""

    edition: int
    on: date
    as_of: datetime


_HEAD: tuple[Any, ...] = (
    PackedHead.format,
    PackedHead.edition,
    col(PackedHead.recorded_at).label("changed_at"),
    PackedHead.days,
)

_STAMP = select(RecordStamp.stamp).where(col(RecordStamp.id) == 1).scalar_subquery().label("stamp")
_HEAD_ALONE = select(*_HEAD).where(col(PackedHead.id) == 1)


async def head(db: AsyncSession) -> Head | None:
    """None where the packs can't be read: none were made yet, or by another version, or the clock is behind them."""
    return _head((await db.execute(_HEAD_ALONE)).first())


def _head(row: Any) -> Head | None:
    now = clock.now()
    if row is None or row.format != FORMAT or row.changed_at > now:
        return None
    days = [d for d in msgspec.json.decode(row.days, type=list[date]) if d <= now.date()]
    return Head(row.edition, max([*days, row.changed_at.date()]), row.changed_at)


@dataclass(frozen=True, slots=True)
class Shape:
    """A framework version as the keys of its cells, in the order of its items."""

    id: int
    key: str
    version: str
    items: dict[str, tuple[Domain, ...]]

    @property
    def name(self) -> str:
        return f"{self.key}@{self.version}"

    @property
    def domains(self) -> set[Domain]:
        return {domain for domains in self.items.values() for domain in domains}

    def cells(self, items: Collection[str], domains: Collection[Domain]) -> list[str]:
        """The keys of the cells of these items and domains; all, where none are named."""
        return [
            f"{item}/{domain.value}"
            for item, own in self.items.items()
            if not items or item in items
            for domain in own
            if not domains or domain in domains
        ]


def _shaped() -> Any:
    """The newest version of a key, or that of the version named, with its items and the head."""
    v, i = FrameworkVersion, FrameworkItem
    named = sa.bindparam("version", type_=sa.String)
    newest = (
        select(col(v.id))
        .where(col(v.key) == sa.bindparam("key"), sa.or_(named == "", col(v.version) == named))
        .order_by(col(v.year).desc(), col(v.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    item = i.key.label("item")  # type: ignore[attr-defined]
    others = sa.orm.aliased(v)
    several = select(others.id).where(others.key == v.key, others.id != v.id).exists().label("several")
    return (
        select(col(v.id), v.key, v.version, v.applies_by_domain, item, i.domains, several, _STAMP, *_HEAD)
        .outerjoin(i, col(i.framework_version_id) == v.id)
        .outerjoin(PackedHead, col(PackedHead.id) == 1)
        .where(col(v.id) == newest)
        .order_by(i.position)
    )


def _packed(table: Any, *columns: Any) -> dict[str, Any]:
    """By dialect: (code, *columns) of each jurisdiction of the codes, those of the table None where nothing is packed."""
    of_version = sa.and_(
        col(table.jurisdiction_id) == Jurisdiction.id,
        col(table.framework_version_id) == sa.bindparam("version_id"),
    )
    every = select(Jurisdiction.code, *columns).outerjoin(table, of_version)
    return {name: every.where(among_named(name, Jurisdiction.code, "codes")) for name in DIALECTS}


# Made once: to put a statement together costs as much as to run it.
_SHAPE = _shaped()
_ON = sa.bindparam("on", type_=sa.Date)
_HOLDING = sa.case(
    (col(PackedCells.since).is_(None), "{}"),
    (
        sa.and_(col(PackedCells.since) <= _ON, sa.func.coalesce(PackedCells.until > _ON, sa.true())),
        PackedCells.cells,
    ),
).label("cells")
_CELLS = _packed(PackedCells, _HOLDING, _STAMP)
_HISTORIES = _packed(PackedHistory, col(Jurisdiction.id), PackedHistory.history)


async def shape(
    db: AsyncSession, name: str, codes: Collection[str] = (), as_of: datetime | None = None
) -> tuple[Shape | None, Head | None]:
    """The version `key@version`, or for a bare `key` that which `version_read` means, None when there is none; and the head."""
    rows = await _shape_of(db, name)
    if rows and rows[0].several and "@" not in name:  # the usual single version costs no second statement
        rows = await _shape_of(db, await version_read(db, name, codes, as_of))
    if not rows:
        return None, None
    whole = PRACTITIONER_DOMAINS if rows[0].applies_by_domain else (Domain.ALL,)
    items = {
        row.item: tuple(Domain(d) for d in row.domains.split(",") if d) or whole
        for row in rows
        if row.item is not None
    }
    found = Shape(rows[0].id, rows[0].key, rows[0].version, items)
    if "@" in name or not rows[0].several:  # what a bare key means may hang on jurisdictions and day
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[name] = (rows[0].stamp, found, rows[0])
    return found, _head(rows[0])


# What a stamp of the record goes with, whichever database it is of: no two states share one.
_known: dict[str, tuple[str, Shape, Any]] = {}
_MOST_KNOWN = 100


async def cells_known(
    db: AsyncSession, name: str, codes: Collection[str]
) -> tuple[Shape, Head, list[Any]] | None:
    """Shape, head and `cells_of` from one statement; None where the shape is not that of the record as it is now.

    Every row carries the record's stamp, read at the same moment, so what is remembered of an older one is never used.
    """
    if name not in _known:
        return None
    stamped, shape, row = _known[name]
    head = _head(row)
    if head is None:
        return None
    rows = await cells_of(db, shape.id, codes, head.on)
    return (shape, head, rows) if rows and rows[0].stamp == stamped else None


async def cells_of(db: AsyncSession, version_id: int, codes: Collection[str], on: date) -> list[Any]:
    """(code, cells, stamp) of each jurisdiction of these codes. The stamp, the record's, is the same in all.

    Cells are "{}" where nobody has published anything, and None where what is kept does not hold on the day.
    """
    given = {"version_id": version_id, "codes": list(codes), "on": on}
    return list((await db.execute(_CELLS[dialect_of(db)], given)).all())


async def _shape_of(db: AsyncSession, name: str) -> list[Any]:
    key, _, version = name.partition("@")
    return list((await db.execute(_SHAPE, {"key": key, "version": version})).all())


async def histories_of(db: AsyncSession, version_id: int, codes: Collection[str]) -> list[Any]:
    """(code, id, history) of each jurisdiction of these codes; history None where nothing is packed."""
    given = {"version_id": version_id, "codes": list(codes)}
    return list((await db.execute(_HISTORIES[dialect_of(db)], given)).all())


async def voices(db: AsyncSession, keys: Collection[str]) -> dict[str, tuple[str, bool]]:
    """(name, fictional) of the organisations of these keys."""
    o = Organisation
    rows = await db.execute(select(o.key, o.name, o.fictional).where(col(o.key).in_(keys)))
    return {key: (name, fictional) for key, name, fictional in rows}


async def moment(db: AsyncSession, on: date | None, as_of: datetime | None) -> entries.Moment:
    """As `entries.moment`, from the head alone where that tells."""
    known = await head(db) if as_of is None else None
    if known is None:
        return await entries.moment(db, on, as_of)
    return entries.Moment(
        on=on or known.on,
        as_of=known.as_of,
        dated=known.as_of.date(),
        seen_on=None if on else clock.today(),
    )


STREAMED = 40


async def lines(db: AsyncSession, version_id: int | None) -> AsyncIterator[Any]:
    """(version, jurisdiction, since, until, lines) of every pack, by framework and then by code, a few at a time.

    All of one moment: on PostgreSQL it is one statement; on SQLite a transaction sees one state, and one statement
    would sort the texts themselves before it gave the first.
    """
    ln, v = PackedLines, FrameworkVersion
    of_version = sa.true() if version_id is None else col(ln.framework_version_id) == version_id
    ordered = (
        select(*_LINES)
        .join(PackedCells, _SAME)
        .join(Jurisdiction, col(Jurisdiction.id) == ln.jurisdiction_id)
        .join(v, col(v.id) == ln.framework_version_id)
        .where(of_version)
        .order_by(v.key, v.version, col(Jurisdiction.code))
    )
    if db.get_bind().dialect.name != "sqlite":
        streamed = await db.stream(ordered.execution_options(yield_per=STREAMED))
        async for some in streamed.partitions():
            yield some
        return
    keys = (await db.execute(ordered.with_only_columns(*_LINES[:2], maintain_column_froms=True))).all()
    for start in range(0, len(keys), STREAMED):
        wanted = [tuple(key) for key in keys[start : start + STREAMED]]
        pair = sa.tuple_(ln.framework_version_id, ln.jurisdiction_id)
        rows = await db.execute(select(*_LINES).join(PackedCells, _SAME).where(pair.in_(wanted)))
        found = {(row[0], row[1]): row for row in rows}
        yield [found[key] for key in wanted]


_LINES: tuple[Any, ...] = (
    PackedLines.framework_version_id,
    PackedLines.jurisdiction_id,
    PackedCells.since,
    PackedCells.until,
    PackedLines.lines,
)
_SAME: Any = sa.and_(
    col(PackedCells.jurisdiction_id) == PackedLines.jurisdiction_id,
    col(PackedCells.framework_version_id) == PackedLines.framework_version_id,
)


async def everything(db: AsyncSession, version_id: int | None) -> list[tuple[int, int]]:
    """(version, jurisdiction) of everything that anybody has published on, in the same order, from the rows."""
    v = FrameworkVersion
    rows = await db.execute(
        select(col(v.id), R.jurisdiction_id)
        .join(FrameworkItem, col(FrameworkItem.framework_version_id) == v.id)
        .join(R, col(R.item_id) == FrameworkItem.id)
        .join(Jurisdiction, col(Jurisdiction.id) == R.jurisdiction_id)
        .where(sa.true() if version_id is None else col(v.id) == version_id)
        .group_by(col(v.id), R.jurisdiction_id, v.key, v.version, Jurisdiction.code)
        .order_by(v.key, v.version, col(Jurisdiction.code))
    )
    return [(version, place) for version, place in rows]
