"""Keeping the packs: before a transaction commits, those that its rows have changed are made anew in it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.audit.record import take_turn
from tracker.compare.files import open_lines
from tracker.compare.queries import assembled, columns_of
from tracker.compare.query import Query
from tracker.db.base import Table, select
from tracker.db.session import Changed, Database, keep_with, put_rows
from tracker.entries import queries as entries
from tracker.entries.models import PublishedCitation, PublishedRevision, PublishedWithdrawal
from tracker.entries.queries import Moment
from tracker.frameworks import queries as frameworks
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.frameworks.queries import Framework
from tracker.instruments.models import PublishedInstrumentEvent
from tracker.jurisdictions import queries as jurisdictions
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit import clock
from tracker.kit.batches import batches
from tracker.kit.vocabulary import Source
from tracker.packed import history as packed
from tracker.packed import matrix, row_queries
from tracker.packed.history import History, micros
from tracker.packed.models import FORMAT, PackedCells, PackedHead, PackedHistory, PackedLines
from tracker.privacy.models import PublishedRedaction
from tracker.reviews.models import PublishedConfirmation, PublishedReply, PublishedReview

R = PublishedRevision
BEGINNING = datetime(
    2021, 2, 24, tzinfo=UTC
)  # before the first thing was published, as `entries.moment` has it
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
BATCH = 50
PARTS: tuple[type[Table], ...] = (PackedCells, PackedHistory, PackedLines)
# What moves the moment of a reading without dates.
_DATED = (
    PublishedRevision,
    PublishedWithdrawal,
    PublishedReview,
    PublishedReply,
    PublishedConfirmation,
    PublishedInstrumentEvent,
    PublishedRedaction,
)
_SHAPES = (FrameworkVersion, FrameworkItem, Jurisdiction)
Pair = tuple[int, int]
_T = TypeVar("_T")


async def keep(db: AsyncSession, changes: Sequence[Changed]) -> None:
    """Make anew, in the caller's transaction, every pack that depends on the rows that were added or changed."""
    # Two that publish at once on one jurisdiction wait for each other here, so the later one packs both.
    await take_turn(db)
    head = await head_of(db)
    if head.format != FORMAT:
        await rebuild(db)
        return
    pairs = await _pairs(db, changes)
    await _make(db, pairs)
    recorded = [c.row["recorded_at"] for c in changes if c.table in _DATED]
    head.recorded_at = max([head.recorded_at, *recorded])
    days = {*msgspec.json.decode(head.days, type=list[date]), *_days_in(changes)}
    head.days = days_text(days, head.recorded_at)
    head.edition += 1
    await db.flush()


async def head_of(db: AsyncSession) -> PackedHead:
    """The one row of the head; made where it is not there yet."""
    found: PackedHead | None = (
        await db.execute(
            select(PackedHead).where(col(PackedHead.id) == 1).execution_options(populate_existing=True)
        )
    ).scalar_one_or_none()
    if found is None:
        found = PackedHead(id=1, recorded_at=BEGINNING)
        db.add(found)
        await db.flush()
    return found


def _days_in(changes: Iterable[Changed]) -> Iterator[date]:
    """The days on which what was added begins, has just ended, or takes effect."""
    for change in changes:
        if change.table is PublishedInstrumentEvent and change.row["effective_on"]:
            yield change.row["effective_on"]
        if change.table is PublishedRevision:
            if change.row["valid_from"]:
                yield change.row["valid_from"]
            if change.row["valid_to"]:
                yield change.row["valid_to"] + timedelta(days=1)


def days_text(days: Iterable[date], recorded_at: datetime) -> str:
    """The days that lie after the last publication: the others no longer move any reading."""
    return matrix.encode(sorted({d for d in days if d > recorded_at.date()})).decode()


async def _pairs(db: AsyncSession, changes: Sequence[Changed]) -> set[Pair]:
    """(framework version, jurisdiction) of every pack that depends on the rows."""
    revisions = {
        c.row["id"] if c.table is PublishedRevision else c.row["revision_id"]
        for c in changes
        if c.table is PublishedRevision or "revision_id" in c.row
    }
    revisions |= await _redacted(db, [c.row for c in changes if c.table is PublishedRedaction])
    versions = {c.row["id"] for c in changes if c.table is FrameworkVersion}
    versions |= {c.row["framework_version_id"] for c in changes if c.table is FrameworkItem}
    places = {c.row["id"] for c in changes if c.table is Jurisdiction}
    wheres = [col(R.id).in_(some) for some in batches(sorted(revisions), 500)]
    wheres += [col(FrameworkItem.framework_version_id).in_(some) for some in batches(sorted(versions), 500)]
    wheres += [col(R.jurisdiction_id).in_(some) for some in batches(sorted(places), 500)]
    found: set[Pair] = set()
    for where in wheres:
        found |= await spoken(db, where)
    return found


async def spoken(db: AsyncSession, *where: Any) -> set[Pair]:
    """The pairs in which anything was ever published, of a condition."""
    rows = await db.execute(
        select(FrameworkItem.framework_version_id, R.jurisdiction_id)
        .join(FrameworkItem, col(FrameworkItem.id) == R.item_id)
        .where(*where)
        .distinct()
    )
    return {(version, place) for version, place in rows}


async def _redacted(db: AsyncSession, rows: Sequence[Any]) -> set[int]:
    """The revisions in whose lines a redacted text may stand."""
    by_table: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_table[row["table_name"]].append(row["row_id"])
    found = {int(row_id) for row_id in by_table["published_revision"]}
    c = PublishedCitation
    wheres = [
        col(c.id).in_([int(row_id) for row_id in by_table["published_citation"]]),
        col(c.instrument_id).in_([UUID(row_id) for row_id in by_table["published_instrument"]]),
    ]
    for where in wheres:
        found |= set((await db.execute(select(c.revision_id).where(where))).scalars())
    return found


@dataclass(frozen=True, slots=True)
class Pack:
    """The three parts of a pack, as rows."""

    parts: dict[type[Table], dict[str, Any]]


async def _make(
    db: AsyncSession, pairs: Collection[Pair], say: Callable[[int], None] = lambda _n: None
) -> None:
    """Make and store the packs of these pairs, a batch at a time. `say` hears how many are done."""
    today, done = clock.today(), 0
    for version_id in sorted({version for version, _place in pairs}):
        framework = await framework_of(db, version_id)
        places = sorted(place for version, place in pairs if version == version_id)
        for some in batches(places, BATCH):
            made = await packs(db, framework, some, today)
            for part in PARTS:
                await put_rows(db, part, [pack.parts[part] for pack in made.values()])
            done += len(some)
            say(done)


async def framework_of(db: AsyncSession, version_id: int) -> Framework:
    """The framework version of an id that is known to be there."""
    key, version = (
        await db.execute(
            select(FrameworkVersion.key, FrameworkVersion.version).where(
                col(FrameworkVersion.id) == version_id
            )
        )
    ).one()
    found = await frameworks.framework(db, f"{key}@{version}")
    assert found is not None
    return found


async def packs(
    db: AsyncSession, framework: Framework, jurisdiction_ids: Collection[int], day: date
) -> dict[int, Pack]:
    """The packs of these jurisdictions, made from the rows, for the days around `day`; by jurisdiction."""
    histories = await row_queries.histories(db, framework.id, jurisdiction_ids)
    lines = await lines_of(db, framework, list(histories), day)
    found = {}
    for place, told in histories.items():
        key = {"framework_version_id": framework.id, "jurisdiction_id": place}
        parts: dict[type[Table], dict[str, Any]] = {
            PackedCells: key | _cells(told, day),
            PackedHistory: key | {"history": packed.encode(told)},
            PackedLines: key | {"lines": lines[place]},
        }
        found[place] = Pack(parts)
    return found


def _cells(told: History, day: date) -> dict[str, Any]:
    since, until = packed.span(told, day.toordinal())
    return {
        "since": date.fromordinal(since),
        "until": date.fromordinal(until) if until else None,
        "spoken": len(told.cells),
        "cells": matrix.best(told, day.toordinal(), micros(FOREVER)),
    }


async def lines_of(
    db: AsyncSession,
    framework: Framework,
    jurisdiction_ids: Collection[int],
    day: date,
    as_of: datetime = FOREVER,
) -> dict[int, str]:
    """The long CSV's lines of every voice on a day, by what is published until `as_of`; by jurisdiction."""
    query = Query(framework=framework.name, source=Source.ALL)
    columns = columns_of(query, framework)
    at = Moment(on=day, as_of=as_of, dated=day)
    voices: dict[int, list[Any]] = defaultdict(list)
    for voice in await entries.standing(
        db, at, jurisdictions=jurisdiction_ids, items={item.id for item, _domain in columns}
    ):
        voices[voice.jurisdiction_id].append(voice)
    places = await jurisdictions.by_ids(db, jurisdiction_ids)
    return {
        place.id: open_lines(assembled(query, at, framework, (place,), columns, voices[place.id]))
        for place in places
    }


async def rebuild(db: AsyncSession, say: Callable[[int, int], None] = lambda _n, _of: None) -> int:
    """Make every pack anew from the rows, and the head with them; returns how many. `say` hears (done, of)."""
    await take_turn(db)
    head = await head_of(db)
    for part in PARTS:
        await db.execute(sa.delete(part))
    pairs = await spoken(db)
    await _make(db, pairs, lambda done: say(done, len(pairs)))
    recorded, days = await dates(db)
    head.recorded_at = max([BEGINNING, *recorded])
    head.days = days_text(days, head.recorded_at)
    head.format = FORMAT
    head.edition += 1
    await db.flush()
    return len(pairs)


async def make_if_missing(database: Database, say: Callable[[int, int], None] = lambda _n, _of: None) -> int:
    """Make every pack where none can be read: after a migration, or with a new format. Returns how many."""
    async with database.write() as db:
        if (await head_of(db)).format == FORMAT:
            return 0
        return await rebuild(db, say)


async def dates(db: AsyncSession) -> tuple[list[datetime], set[date]]:
    """When anything was published last, by kind; and every day on which a validity begins, ended or takes effect."""
    recorded = []
    for table in _DATED:
        newest = (await db.execute(select(sa.func.max(table.recorded_at)))).scalar()
        recorded += [newest] if newest else []
    columns = (R.valid_from, R.valid_to, PublishedInstrumentEvent.effective_on)
    begins, ends, effects = [set(await _distinct(db, column)) for column in columns]
    return recorded, begins | effects | {day + timedelta(days=1) for day in ends}


async def _distinct(db: AsyncSession, column: Any) -> list[date]:
    rows = await db.execute(select(column).where(col(column).is_not(None)).distinct())
    return list(rows.scalars())


keep_with([*_DATED, *_SHAPES, PublishedCitation], keep)
