"""Reading an organisation's own instruments and attachments. Every statement runs behind the tenant wall."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import User
from tracker.db.base import select
from tracker.entries.content import INSTRUMENT_FIELDS, NewInstrument
from tracker.entries.models import Draft, DraftCitation
from tracker.instruments.models import Attachment, Instrument, PublishedAttachment, PublishedInstrument
from tracker.instruments.queries import Known, register
from tracker.instruments.redacted_queries import redacted_files
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit import clock
from tracker.kit.vocabulary import DraftState, PublishAs
from tracker.organisations.queries import mandates


@dataclass(frozen=True, slots=True)
class OwnAttachment:
    """A file the organisation keeps. `published`: whether the public has it, or its title and hash, by now.

    `redacted`: the tombstone that stands in place of the file, else "".
    """

    id: UUID
    instrument_id: UUID
    title: str
    media_type: str
    size: int
    sha256: str
    published_as: PublishAs
    published: bool
    created_at: datetime
    created_by: UUID | None
    created_by_name: str
    redacted: str


@dataclass(frozen=True, slots=True)
class OwnInstrument:
    """An instrument that nothing published cites. `cited`, `submitted`: the drafts that cite it, and of them those
    that wait for a reviewer."""

    id: UUID
    version: int
    jurisdiction_id: int
    jurisdiction_code: str
    jurisdiction_name: str
    fictional: bool
    content: NewInstrument
    cited: int
    submitted: int
    attachments: tuple[OwnAttachment, ...]


async def own_instruments(db: AsyncSession) -> list[OwnInstrument]:
    """The organisation's unpublished instruments, by title."""
    return await _own(db)


async def own_instrument(db: AsyncSession, instrument_id: UUID) -> OwnInstrument | None:
    found = await _own(db, col(Instrument.id) == instrument_id)
    return found[0] if found else None


async def _own(db: AsyncSession, *where: sa.ColumnElement[bool]) -> list[OwnInstrument]:
    cited = (
        select(
            DraftCitation.own_instrument_id,
            sa.func.count(sa.distinct(col(Draft.id))).label("cited"),
            sa.func.count(
                sa.distinct(
                    sa.case((col(Draft.state).in_((DraftState.SUBMITTED, DraftState.NOTIFIED)), Draft.id))
                )
            ).label("submitted"),
        )
        .join(Draft, col(Draft.id) == DraftCitation.draft_id)
        .group_by(col(DraftCitation.own_instrument_id))
        .subquery()
    )
    rows = (
        await db.execute(
            select(
                Instrument,
                Jurisdiction.code,
                Jurisdiction.name,
                Jurisdiction.fictional,
                sa.func.coalesce(cited.c.cited, 0),
                sa.func.coalesce(cited.c.submitted, 0),
            )
            .join(Jurisdiction, col(Jurisdiction.id) == Instrument.jurisdiction_id)
            .outerjoin(cited, cited.c.own_instrument_id == Instrument.id)
            .where(*where)
            .order_by(Instrument.title, Instrument.id)
        )
    ).all()
    files = await attachments_of(db, [row[0].id for row in rows])
    return [_view(row, files[row[0].id]) for row in rows]


def _view(row: Any, files: list[OwnAttachment]) -> OwnInstrument:
    own, code, name, fictional, cited, submitted = row
    content = NewInstrument(**{field: getattr(own, field) for field in INSTRUMENT_FIELDS})
    return OwnInstrument(
        own.id,
        own.version,
        own.jurisdiction_id,
        code,
        name,
        fictional,
        content,
        cited,
        submitted,
        tuple(files),
    )


async def attachments_of(
    db: AsyncSession, instrument_ids: Collection[UUID]
) -> dict[UUID, list[OwnAttachment]]:
    """The organisation's attachments of its instruments, unpublished or published, by title."""
    a = Attachment
    found = await _attachments(
        db, sa.or_(col(a.own_instrument_id).in_(instrument_ids), col(a.instrument_id).in_(instrument_ids))
    )
    grouped: dict[UUID, list[OwnAttachment]] = defaultdict(list)
    for attachment in found:
        grouped[attachment.instrument_id].append(attachment)
    return grouped


async def attachment(db: AsyncSession, attachment_id: UUID) -> OwnAttachment | None:
    found = await _attachments(db, col(Attachment.id) == attachment_id)
    return found[0] if found else None


async def going_public(db: AsyncSession, draft_ids: Collection[UUID]) -> dict[UUID, list[OwnAttachment]]:
    """For each draft: the attachments that publishing it would publish too."""
    pairs = (
        await db.execute(
            select(DraftCitation.draft_id, DraftCitation.own_instrument_id).where(
                col(DraftCitation.draft_id).in_(draft_ids), col(DraftCitation.own_instrument_id).is_not(None)
            )
        )
    ).all()
    files = await attachments_of(db, {instrument for _draft, instrument in pairs})
    found: dict[UUID, list[OwnAttachment]] = defaultdict(list)
    for draft, instrument in sorted(set(pairs)):
        found[draft] += [f for f in files[instrument] if f.published_as is not PublishAs.NONE]
    return found


async def _attachments(db: AsyncSession, *where: sa.ColumnElement[bool]) -> list[OwnAttachment]:
    a = Attachment
    rows = await db.execute(
        select(
            col(a.id),
            sa.func.coalesce(a.own_instrument_id, a.instrument_id),
            a.title,
            a.media_type,
            a.size,
            a.sha256,
            a.published_as,
            col(PublishedAttachment.id).is_not(None),
            a.created_at,
            a.created_by,
            sa.func.coalesce(User.name, ""),
        )
        .outerjoin(PublishedAttachment, col(PublishedAttachment.id) == a.id)
        .outerjoin(User, col(User.id) == a.created_by)
        .where(*where)
        .order_by(a.title, a.id)
    )
    gone = await redacted_files(db)
    return [OwnAttachment(*[*row, gone.get(row[0], "")]) for row in rows]


async def used(db: AsyncSession) -> int:
    """How many bytes of attachments the organisation keeps."""
    gone = await redacted_files(db)
    sizes = select(sa.func.coalesce(sa.func.sum(Attachment.size), 0)).where(col(Attachment.id).not_in(gone))
    return int((await db.execute(sizes)).scalar_one())


async def published_in_mandate(
    db: AsyncSession, organisation_id: UUID, *, text: str = "", limit: int
) -> list[Known]:
    """The published instruments of the jurisdictions that the organisation's mandates cover, by title."""
    held = {m.jurisdiction_id for m in await mandates(db, organisation_id, clock.today())}
    if not held:
        return []
    below = [col(Jurisdiction.path).contains(f"/{number}/") for number in held]
    covered = select(Jurisdiction.id).where(sa.or_(col(Jurisdiction.id).in_(held), *below))
    within = col(PublishedInstrument.jurisdiction_id).in_(covered)
    return await register(db, within, clock.now(), text=text, limit=limit)


async def citable(db: AsyncSession, jurisdiction_id: int) -> list[tuple[UUID, str, str]]:
    """(id, title, citation) of the published instruments of a jurisdiction and those above it, by title."""
    path = (
        await db.execute(select(Jurisdiction.path).where(col(Jurisdiction.id) == jurisdiction_id))
    ).scalar_one()
    line = [jurisdiction_id, *(int(part) for part in path.split("/") if part)]
    p = PublishedInstrument
    rows = await db.execute(
        select(col(p.id), p.title, p.citation).where(col(p.jurisdiction_id).in_(line)).order_by(p.title, p.id)
    )
    return [(row.id, row.title, row.citation) for row in rows]
