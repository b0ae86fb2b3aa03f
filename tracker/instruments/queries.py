"""Reading published instruments: what is known of each at a moment, and what was published with them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.db.base import select
from tracker.entries.models import PublishedCitation, PublishedRevision
from tracker.instruments.models import (
    PublishedAttachment,
    PublishedInstrument,
    PublishedInstrumentEvent,
    StoredFile,
)
from tracker.instruments.redacted_queries import redacted_files, redacted_hashes
from tracker.instruments.state import Event, Situation, situation
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit.vocabulary import InstrumentKind, PublishAs

P, E = PublishedInstrument, PublishedInstrumentEvent


@dataclass(frozen=True, slots=True)
class Known:
    """A published instrument with what happened to it, as of a moment.

    `organisation`: who brought it into the register, "" for reference data; `cells`: how many cells cite it.
    """

    id: UUID
    key: str | None
    jurisdiction_id: int
    jurisdiction_code: str
    jurisdiction_name: str
    fictional: bool
    kind: InstrumentKind
    title: str
    title_original: str
    language: str
    issuer: str
    citation: str
    adopted_on: date | None
    url: str
    note: str
    provenance: str
    organisation_id: UUID | None
    organisation: str
    recorded_at: datetime
    cells: int
    situation: Situation
    events: tuple[Event, ...]


def _cells(as_of: datetime, *where: sa.ColumnElement[bool]) -> Any:
    """For each instrument that fits `where` the number of cells with a revision, published by then, that cites it."""
    r, c = PublishedRevision, PublishedCitation
    cited = (
        select(c.instrument_id, r.jurisdiction_id, r.item_id, r.domain)
        .join(r, col(r.id) == c.revision_id)
        .where(col(r.recorded_at) <= as_of, col(c.instrument_id).in_(select(col(P.id)).where(*where)))
        .distinct()
        .subquery()
    )
    return (
        select(cited.c.instrument_id, sa.func.count().label("n")).group_by(cited.c.instrument_id).subquery()
    )


async def _known(
    db: AsyncSession, as_of: datetime, *where: sa.ColumnElement[bool], limit: int | None = None
) -> list[Known]:
    cells = _cells(as_of, *where)
    names = ["kind", "title", "title_original", "language", "issuer", "citation", "adopted_on", "url", "note"]
    statement = (
        select(
            col(P.id),
            P.key,
            P.jurisdiction_id,
            Jurisdiction.code.label("jurisdiction_code"),  # type: ignore[attr-defined]
            Jurisdiction.name.label("jurisdiction_name"),  # type: ignore[attr-defined]
            Jurisdiction.fictional,
            *(getattr(P, name) for name in names),
            P.provenance,
            P.organisation_id,
            sa.func.coalesce(Organisation.name, "").label("organisation"),
            P.recorded_at,
            sa.func.coalesce(cells.c.n, 0).label("cells"),
            P.in_force_on,
            P.in_force_until,
            P.archived_url,
        )
        .join(Jurisdiction, col(Jurisdiction.id) == P.jurisdiction_id)
        .outerjoin(Organisation, col(Organisation.id) == P.organisation_id)
        .outerjoin(cells, cells.c.instrument_id == P.id)
        .where(col(P.recorded_at) <= as_of, *where)
        .order_by(P.title, P.id)
        .limit(limit)
    )
    rows = (await db.execute(statement)).all()
    happened = await events(db, [row.id for row in rows], as_of)
    return [_with(row, happened[row.id]) for row in rows]


def _with(row: Any, happened: list[Event]) -> Known:
    *said, in_force_on, in_force_until, archived_url = row
    now = situation(in_force_on, in_force_until, archived_url, happened)
    said += [now, tuple(happened)]
    return Known(*said)


async def instrument(db: AsyncSession, instrument_id: UUID, as_of: datetime) -> Known | None:
    found = await _known(db, as_of, col(P.id) == instrument_id)
    return found[0] if found else None


async def register(
    db: AsyncSession,
    chosen: sa.ColumnElement[bool],
    as_of: datetime,
    *,
    kind: InstrumentKind | None = None,
    text: str = "",
    limit: int | None = None,
) -> list[Known]:
    """The instruments published by `as_of` that a condition picks, by title; see `fitting` for the rest."""
    return await _known(db, as_of, chosen, *fitting(kind, text), limit=limit)


def fitting(kind: InstrumentKind | None, text: str) -> list[sa.ColumnElement[bool]]:
    """Conditions on an instrument. `text` is looked for in both titles, the citation and the issuer, whatever the case."""
    where: list[sa.ColumnElement[bool]] = []
    if kind:
        where.append(col(P.kind) == kind)
    if text:
        searched = [P.title, P.title_original, P.citation, P.issuer]
        where.append(sa.or_(*(sa.func.lower(c).contains(text.lower(), autoescape=True) for c in searched)))
    return where


async def register_of(
    db: AsyncSession,
    jurisdiction_id: int,
    as_of: datetime,
    *,
    kind: InstrumentKind | None = None,
    text: str = "",
) -> list[Known]:
    """The register of one jurisdiction: see `register`."""
    return await register(db, col(P.jurisdiction_id) == jurisdiction_id, as_of, kind=kind, text=text)


async def events(
    db: AsyncSession, instrument_ids: Collection[UUID], as_of: datetime
) -> dict[UUID, list[Event]]:
    """What was recorded by `as_of` to have happened to each instrument, in the order of recording."""
    found: dict[UUID, list[Event]] = defaultdict(list)
    if not instrument_ids:
        return found
    by = aliased(PublishedInstrument)
    rows = await db.execute(
        select(
            E.instrument_id,
            col(E.id),
            E.kind,
            E.effective_on,
            E.by_instrument_id,
            sa.func.coalesce(by.title, ""),
            E.note,
            E.archived_url,
            E.in_force_until,
            E.retracts_id,
            E.organisation_id,
            Organisation.name,
            E.recorded_at,
        )
        .join(Organisation, col(Organisation.id) == E.organisation_id)
        .outerjoin(by, by.id == E.by_instrument_id)
        .where(col(E.instrument_id).in_(instrument_ids), col(E.recorded_at) <= as_of)
        .order_by(E.recorded_at, col(E.id))
    )
    for instrument_id, *rest in rows:
        found[instrument_id].append(Event(*rest))
    return found


async def situations(
    db: AsyncSession, instrument_ids: Collection[UUID], as_of: datetime
) -> dict[UUID, Situation]:
    """What holds of each published instrument, by what was recorded by `as_of`."""
    rows = await db.execute(
        select(col(P.id), P.in_force_on, P.in_force_until, P.archived_url).where(
            col(P.id).in_(instrument_ids)
        )
    )
    happened = await events(db, instrument_ids, as_of)
    return {i: situation(since, until, archived, happened[i]) for i, since, until, archived in rows}


@dataclass(frozen=True, slots=True)
class PublicAttachment:
    """A file published with an instrument; `published_as` hash: only these facts of it are public.

    `redacted`: the tombstone that stands in place of the file, else "".
    """

    id: UUID
    instrument_id: UUID
    title: str
    media_type: str
    size: int
    sha256: str
    published_as: PublishAs
    organisation: str
    recorded_at: datetime
    redacted: str


async def attachments(db: AsyncSession, instrument_id: UUID, as_of: datetime) -> list[PublicAttachment]:
    """The attachments published with an instrument by `as_of`, by title."""
    return await _attachments(
        db,
        col(PublishedAttachment.instrument_id) == instrument_id,
        col(PublishedAttachment.recorded_at) <= as_of,
    )


async def attachments_of(
    db: AsyncSession, instrument_ids: Collection[UUID], as_of: datetime
) -> dict[UUID, list[PublicAttachment]]:
    """The attachments published with each of the instruments by `as_of`, by title; only of those that have some."""
    found: dict[UUID, list[PublicAttachment]] = defaultdict(list)
    for attachment in await _attachments(
        db,
        col(PublishedAttachment.instrument_id).in_(instrument_ids),
        col(PublishedAttachment.recorded_at) <= as_of,
    ):
        found[attachment.instrument_id].append(attachment)
    return dict(found)


async def public_file(db: AsyncSession, attachment_id: UUID) -> PublicAttachment | None:
    """A published attachment whose file anyone may have."""
    found = await _attachments(
        db,
        col(PublishedAttachment.id) == attachment_id,
        col(PublishedAttachment.published_as) == PublishAs.FILE,
    )
    return found[0] if found and not found[0].redacted else None


async def _attachments(db: AsyncSession, *where: sa.ColumnElement[bool]) -> list[PublicAttachment]:
    a = PublishedAttachment
    rows = await db.execute(
        select(
            col(a.id),
            a.instrument_id,
            a.title,
            a.media_type,
            a.size,
            a.sha256,
            a.published_as,
            Organisation.name,
            a.recorded_at,
        )
        .join(Organisation, col(Organisation.id) == a.organisation_id)
        .where(*where)
        .order_by(a.title, a.id)
    )
    gone = await redacted_files(db)
    return [PublicAttachment(*[*row, gone.get(row[0], "")]) for row in rows]


@dataclass(frozen=True, slots=True)
class Held:
    """A stored file that somebody holds. `public`: the published attachments it is of; of private ones nothing is told."""

    sha256: str
    size: int
    public: tuple[str, ...]


async def held_files(db: AsyncSession) -> list[Held]:
    """Every file that some organisation or the public record holds, by hash."""
    return await _files(db, col(StoredFile.holders) > 0)


async def let_go_files(db: AsyncSession) -> list[Held]:
    """Every file that was redacted and that nobody holds any more, by hash."""
    gone = await redacted_hashes(db)
    return await _files(db, col(StoredFile.holders) == 0, col(StoredFile.sha256).in_(gone))


async def _files(db: AsyncSession, *where: sa.ColumnElement[bool]) -> list[Held]:
    named: dict[str, list[str]] = defaultdict(list)
    titles = select(PublishedAttachment.sha256, PublishedAttachment.title, PublishedInstrument.title).join(
        PublishedInstrument, col(PublishedInstrument.id) == PublishedAttachment.instrument_id
    )
    for sha256, title, of in await db.execute(titles.order_by(PublishedAttachment.title)):
        named[sha256].append(f"{title} ({of})")
    rows = await db.execute(
        select(StoredFile.sha256, StoredFile.size).where(*where).order_by(StoredFile.sha256)
    )
    return [Held(sha256, size, tuple(named[sha256])) for sha256, size in rows]
