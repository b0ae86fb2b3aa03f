"""Reading which cells rest on an instrument."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.db.base import select
from tracker.entries.models import PublishedCitation, PublishedRevision, PublishedWithdrawal
from tracker.entries.queries import Moment, holding
from tracker.entries.standing import values_of
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.instruments.models import PublishedInstrument, PublishedInstrumentEvent
from tracker.instruments.queries import events
from tracker.instruments.state import situation
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit import clock
from tracker.kit.vocabulary import CitationAxis, Domain, InstrumentEventKind, Value, Voice

R, C = PublishedRevision, PublishedCitation
MOST_CELLS = 1000


@dataclass(frozen=True, slots=True)
class CitingCell:
    """A published revision that cites an instrument, with the passage. `holds`: it is what its organisation says
    of the cell at the moment that is asked about. `framework`: key@version; `citation_id`: of the passage, in the order of publication."""

    citation_id: int
    uid: UUID
    jurisdiction_code: str
    jurisdiction_name: str
    fictional: bool
    framework: str
    item_key: str
    item_number: str
    item_label: str
    domain: Domain
    organisation: str
    voice: Voice
    commitment: Value
    practice: Value
    axis: CitationAxis
    locator: str
    quote: str
    quote_language: str
    translation: str
    recorded_at: datetime
    withdrawn: bool
    holds: bool


_LABEL = sa.func.coalesce(sa.func.nullif(FrameworkItem.short_label, ""), FrameworkItem.text)
_VERSION = FrameworkVersion.key + sa.literal("@") + FrameworkVersion.version


def _entries_of(*where: sa.ColumnElement[bool]) -> list[sa.ColumnElement[bool]]:
    """Conditions that keep the whole entries (and a few more) with a revision that fits `where`."""
    cited = select(C.revision_id).where(*where)
    return [
        col(column).in_(select(column).where(col(R.id).in_(cited)))
        for column in (R.jurisdiction_id, R.item_id)
    ]


async def cells_citing(db: AsyncSession, instrument_id: UUID, at: Moment) -> list[CitingCell]:
    """The revisions that cite an instrument, published by `at.as_of`; those that hold first, then by place and item.

    At most MOST_CELLS + 1, so that a page can tell that there are more.
    """
    statement, holds = _citing_it(instrument_id, at)
    order = (holds.desc(), Jurisdiction.name, FrameworkItem.position, R.domain, col(R.recorded_at).desc())
    rows = await db.execute(statement.order_by(*order, C.position).limit(MOST_CELLS + 1))
    return [_citing(row) for row in rows]


async def citations_after(
    db: AsyncSession, instrument_id: UUID, at: Moment, *, after: int | None, limit: int
) -> list[CitingCell]:
    """The next of the same, however many there are, in the order of publication, after a citation."""
    statement, _holds = _citing_it(instrument_id, at)
    if after is not None:
        statement = statement.where(col(C.id) > after)
    return [_citing(row) for row in await db.execute(statement.order_by(col(C.id)).limit(limit))]


def _citing_it(instrument_id: UUID, at: Moment) -> tuple[Any, Any]:
    """(the select of a CitingCell's columns, unordered; its column `holds`)."""
    of_it = col(C.instrument_id) == instrument_id
    ranked = holding(at).where(*_entries_of(of_it)).subquery()
    holds = sa.case((ranked.c.n == 1, 1), else_=0).label("holds")
    withdrawn = sa.exists().where(
        col(PublishedWithdrawal.revision_id) == R.id, col(PublishedWithdrawal.recorded_at) <= at.as_of
    )
    names = [Jurisdiction.code, Jurisdiction.name, Jurisdiction.fictional, _VERSION, FrameworkItem.key]
    names += [FrameworkItem.source_number, _LABEL, R.domain, Organisation.name, R.voice]
    passage = [C.axis, C.locator, C.quote, C.quote_language, C.translation]
    statement = (
        select(col(C.id), col(R.uid), *names, R.commitment, R.practice, *passage, R.recorded_at)
        .add_columns(withdrawn, holds)
        .join(C, col(C.revision_id) == R.id)
        .join(Jurisdiction, col(Jurisdiction.id) == R.jurisdiction_id)
        .join(FrameworkItem, col(FrameworkItem.id) == R.item_id)
        .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
        .join(Organisation, col(Organisation.id) == R.organisation_id)
        .outerjoin(ranked, ranked.c.id == R.id)
        .where(of_it, col(R.recorded_at) <= at.as_of)
    )
    return statement, holds


def _citing(row: Any) -> CitingCell:
    fields = [*row[:12], *values_of(row), *row[14:20], bool(row[20]), bool(row[21])]
    return CitingCell(*fields)


@dataclass(frozen=True, slots=True)
class RestingCell:
    """A cell whose standing revision cites an instrument that is repealed. `framework`: key@version."""

    uid: UUID
    jurisdiction_code: str
    jurisdiction_name: str
    fictional: bool
    framework: str
    item_key: str
    item_label: str
    domain: Domain
    instrument_id: UUID
    instrument_title: str
    repealed_on: date


async def cells_resting_on_repealed(db: AsyncSession, organisation_id: UUID) -> list[RestingCell]:
    """What the organisation has to look at again: its revisions that hold today and cite a repealed instrument.

    By the day of the repeal, the latest first. A new revision that rests on something else takes a cell
    off the list, as does taking back the repeal.
    """
    today, now = clock.today(), clock.now()
    repealed = await _repealed(db, today, now)
    if not repealed:
        return []
    of_them = col(C.instrument_id).in_(repealed)
    mine = col(R.organisation_id) == organisation_id
    ranked = holding(Moment(today, now, today)).where(mine, *_entries_of(of_them)).subquery()
    rows = await db.execute(
        select(
            col(R.uid),
            Jurisdiction.code,
            Jurisdiction.name,
            Jurisdiction.fictional,
            _VERSION,
            FrameworkItem.key,
            _LABEL,
            R.domain,
            col(PublishedInstrument.id),
            PublishedInstrument.title,
        )
        .join(ranked, sa.and_(ranked.c.id == R.id, ranked.c.n == 1))
        .join(C, col(C.revision_id) == R.id)
        .join(PublishedInstrument, col(PublishedInstrument.id) == C.instrument_id)
        .join(Jurisdiction, col(Jurisdiction.id) == R.jurisdiction_id)
        .join(FrameworkItem, col(FrameworkItem.id) == R.item_id)
        .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
        .where(of_them)
        .distinct()
    )
    found = [RestingCell(*fields) for fields in ([*row, repealed[row[8]]] for row in rows)]
    return sorted(
        found, key=lambda c: (-c.repealed_on.toordinal(), c.jurisdiction_name, c.item_key, c.domain)
    )


async def _repealed(db: AsyncSession, day: date, as_of: datetime) -> dict[UUID, date]:
    """The instruments that are repealed on a day, with the day of the repeal."""
    e = PublishedInstrumentEvent
    ids = (
        await db.execute(
            select(e.instrument_id).where(col(e.kind) == InstrumentEventKind.REPEALED).distinct()
        )
    ).scalars()
    happened = await events(db, list(ids), as_of)
    found = {key: situation(None, None, "", told).repealed_on for key, told in happened.items()}
    return {key: on for key, on in found.items() if on and on <= day}
