"""The list of snapshots, the newest first. What stands in it of one is read from its record, once in a process."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.compare.query import Query
from tracker.db.base import select
from tracker.snapshots.models import PublishedSnapshot, PublishedSnapshotListing
from tracker.snapshots.record import frozen_query

PAGE = 20
MOST_KNOWN = 5000


@dataclass(frozen=True, slots=True)
class Headline:
    """What a record says of itself before its cells. `places`: (name, whether fictional)."""

    query: Query
    framework: str
    version: str
    labels: dict[str, str]
    places: tuple[tuple[str, bool], ...]
    cells: int


@dataclass(frozen=True, slots=True)
class Frozen:
    """A line of the list. `frozen_at`: since when it stands there."""

    id: str
    sha256: str
    frozen_at: datetime
    headline: Headline

    @property
    def on(self) -> date:
        assert self.headline.query.on is not None  # a frozen query states both dates
        return self.headline.query.on

    @property
    def as_of(self) -> datetime:
        assert self.headline.query.as_of is not None
        return self.headline.query.as_of


# A record never changes, and holds no text that could be redacted: what was read of it once stays true.
_known: dict[str, Headline] = {}


async def newest(db: AsyncSession, number: int) -> tuple[list[Frozen], int]:
    """(the lines of page `number`, from 1; how many pages there are, at least 1)."""
    total = (await db.execute(select(sa.func.count(col(PublishedSnapshotListing.snapshot_id))))).scalar_one()
    found = await _lines(db, _listed().offset((number - 1) * PAGE).limit(PAGE))
    return found, max(1, -(-total // PAGE))


async def listed_after(db: AsyncSession, snapshot_id: str | None, limit: int) -> list[Frozen]:
    """The next lines of the list after that of a snapshot; from the first one for None, and for an id that is none."""
    li = PublishedSnapshotListing
    named = select(li.recorded_at).where(col(li.snapshot_id) == snapshot_id)
    listed_at = (await db.execute(named)).scalar_one_or_none()
    statement = _listed().limit(limit)
    if listed_at is not None:
        later = sa.and_(col(li.recorded_at) == listed_at, col(li.snapshot_id) > snapshot_id)
        statement = statement.where(sa.or_(col(li.recorded_at) < listed_at, later))
    return await _lines(db, statement)


async def listed_ids(db: AsyncSession) -> list[str]:
    """The ids of all snapshots of the list, in its order."""
    return [row.id for row in await db.execute(_listed())]


def _listed() -> Any:
    s, listing = PublishedSnapshot, PublishedSnapshotListing
    return (
        select(s.id, s.sha256, listing.recorded_at)
        .join(listing, col(listing.snapshot_id) == s.id)
        .order_by(col(listing.recorded_at).desc(), listing.snapshot_id)
    )


async def _lines(db: AsyncSession, statement: Any) -> list[Frozen]:
    found = []
    for row in (await db.execute(statement)).all():
        headline = _known.get(row.sha256) or await _read(db, row.id, row.sha256)
        found.append(Frozen(row.id, row.sha256, row.recorded_at, headline))
    return found


async def _read(db: AsyncSession, snapshot_id: str, sha256: str) -> Headline:
    """One at a time, so that however many ask for the list at once, each record is read once."""
    async with _gate(id(asyncio.get_running_loop())):
        if known := _known.get(sha256):
            return known
        s = PublishedSnapshot
        text = (await db.execute(select(s.canonical).where(col(s.id) == snapshot_id))).scalar_one()
        # A large record takes a while to read, and others are served meanwhile.
        headline = await asyncio.to_thread(_headline, text)
        _keep(sha256, headline)
        return headline


@cache
def _gate(_loop_id: int) -> asyncio.Lock:
    return asyncio.Lock()


def _keep(sha256: str, headline: Headline) -> None:
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    _known[sha256] = headline


def _label(item: Mapping[str, str]) -> str:
    label = item["label"] or item["text"]
    return f"{item['number']}: {label}" if item["number"] else label


def _headline(canonical: str) -> Headline:
    record = json.loads(canonical)
    framework = record["framework"]
    return Headline(
        query=frozen_query(record),
        framework=framework["title"],
        version=framework["version"],
        labels={item["key"]: _label(item) for item in framework["items"]},
        places=tuple((place["name"], place["fictional"]) for place in record["jurisdictions"]),
        cells=len(record["cells"]),
    )
