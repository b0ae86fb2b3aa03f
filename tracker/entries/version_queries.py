"""Which version of a framework a reading means by its bare key: docs/decisions/0028."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.base import select
from tracker.entries.models import PublishedRevision
from tracker.frameworks import queries as frameworks
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.jurisdictions.models import Jurisdiction


@dataclass(frozen=True, slots=True)
class Spoken:
    """A version, and of how many of the jurisdictions asked for anybody has published under it."""

    version: str
    places: int


async def spoken(
    db: AsyncSession, key: str, codes: Collection[str] = (), as_of: datetime | None = None
) -> list[Spoken]:
    """Every version of a framework, the newest first. No codes: all jurisdictions; `as_of`: what was published by then."""
    r, i, v, j = PublishedRevision, FrameworkItem, FrameworkVersion, Jurisdiction
    places = sa.func.count(sa.distinct(col(r.jurisdiction_id)))
    counted = (
        select(v.version, places)
        .join(i, col(i.framework_version_id) == v.id)
        .join(r, col(r.item_id) == i.id)
        .join(j, col(j.id) == r.jurisdiction_id)
        .where(
            v.key == key,
            col(j.code).in_(codes) if codes else sa.true(),
            col(r.recorded_at) <= as_of if as_of else sa.true(),
        )
        .group_by(v.version)
    )
    rows = (await db.execute(counted)).all()
    by_version = {row[0]: row[1] for row in rows}
    return [Spoken(version, by_version.get(version, 0)) for version in await frameworks.versions(db, key)]


async def version_read(
    db: AsyncSession, name: str, codes: Collection[str] = (), as_of: datetime | None = None
) -> str:
    """`name`, or for a bare key that has several versions `key@version`.

    That is the version under which the most of the jurisdictions have something published; of several the newest.
    """
    if "@" in name or len(await frameworks.versions(db, name)) < 2:
        return name
    # `max` takes the first of equals, and the newest comes first.
    best = max(await spoken(db, name, codes, as_of), key=lambda s: s.places)
    return f"{name}@{best.version}"
