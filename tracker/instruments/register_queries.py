"""Reading the register of all jurisdictions page by page: it is longer than anybody reads at once."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.base import select
from tracker.instruments.models import PublishedInstrument
from tracker.instruments.queries import Known, fitting, register, situations
from tracker.instruments.reading import Asked
from tracker.jurisdictions.models import Jurisdiction

P = PublishedInstrument
# How much of a title counts in the order, so that a place in it stays short.
TITLE = 60
# Of a state only so many are looked at a time: it follows from what happened to each, which no index knows.
BATCH = 500
Place = tuple[str, str, UUID]


def place_of(known: Known) -> Place:
    """Where an instrument stands in the order: by jurisdiction's code, then by title."""
    return known.jurisdiction_code, known.title[:TITLE], known.id


async def register_after(
    db: AsyncSession,
    ask: Asked,
    *,
    jurisdictions: Collection[int] | None = None,
    after: Place | None = None,
    limit: int,
) -> list[Known]:
    """The next `limit` instruments that are asked for, of these jurisdictions or (None) of all, after a place."""
    chosen: list[UUID] = []
    batch = limit if ask.state is None else max(limit, BATCH)
    while len(chosen) < limit:
        places = await _places(db, ask, jurisdictions, after, batch)
        chosen += await _in_state(db, ask, [number for _code, _title, number in places])
        if len(places) < batch:
            break
        after = places[-1]
    chosen = chosen[:limit]
    read = {known.id: known for known in await register(db, col(P.id).in_(chosen), ask.as_of)}
    return [read[number] for number in chosen]


async def _in_state(db: AsyncSession, ask: Asked, ids: list[UUID]) -> list[UUID]:
    if ask.state is None:
        return ids
    now = await situations(db, ids, ask.as_of)
    return [number for number in ids if now[number].on(ask.on) is ask.state]


async def _places(
    db: AsyncSession, ask: Asked, jurisdictions: Collection[int] | None, after: Place | None, limit: int
) -> list[Place]:
    order = (col(Jurisdiction.code), sa.func.substr(P.title, 1, TITLE), col(P.id))
    statement = (
        select(*order)
        .join(P, col(Jurisdiction.id) == P.jurisdiction_id)
        .where(col(P.recorded_at) <= ask.as_of, *fitting(ask.kind, ask.text))
        .order_by(*order)
        .limit(limit)
    )
    if jurisdictions is not None:
        statement = statement.where(col(P.jurisdiction_id).in_(jurisdictions))
    if after is not None:
        code, title, number = after
        place = sa.tuple_(sa.literal(code), sa.literal(title), sa.literal(number, sa.Uuid()))
        statement = statement.where(sa.tuple_(*order) > place)
    return [(code, title, number) for code, title, number in await db.execute(statement)]
