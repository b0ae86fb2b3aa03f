"""Reading final editions, which anyone may read."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.briefings.options import Grade
from tracker.briefings.twins.kinds import MEDIA_TYPES
from tracker.db.base import select
from tracker.editions.content import Advice, Chosen, Content, FinalEdition, Told
from tracker.editions.models import (
    EditionFile,
    FinalFile,
    PublishedEdition,
    PublishedEditionPlace,
    PublishedEditionText,
    TextKind,
)
from tracker.entries.models import PublishedRevision
from tracker.organisations.models import Mandate
from tracker.privacy.models import PublishedRedaction


async def redacted_among(db: AsyncSession, texts: Collection[str]) -> set[str]:
    """Those that are no text of anybody but stand where one was redacted."""
    rows = await db.execute(
        select(PublishedRedaction.tombstone).where(col(PublishedRedaction.tombstone).in_(texts))
    )
    return set(rows.scalars())


def advice(texts: Any) -> tuple[Advice, ...]:
    """The recommendations among texts of either kind of edition."""
    return tuple(Advice(Grade(t.grade), t.text) for t in texts if t.kind is TextKind.RECOMMENDATION)


async def earlier(db: AsyncSession, public_id: str, number: int | None) -> tuple[str, date] | None:
    """(snapshot, day) of the final edition of this number."""
    found = [f for f in await finals_of(db, public_id) if f.number == number] if number else []
    return (found[0].snapshot_id, found[0].recorded_at.date()) if found else None


def final_url(base_url: str, locale: str, public_id: str, number: int) -> str:
    """The lasting address of an edition, absolute where `base_url` is."""
    return f"{base_url}/{locale}/briefings/{public_id}/{number}"


async def final_editions(
    db: AsyncSession,
    *,
    organisation_id: UUID | None = None,
    briefing: str = "",
    jurisdiction: int | None = None,
    skip: int = 0,
    limit: int | None = None,
) -> list[FinalEdition]:
    """Every final edition, or those of an organisation, a briefing or a jurisdiction, the newest first."""
    p: Any = PublishedEdition
    later: Any = sa.orm.aliased(PublishedEdition)
    superseded = (
        sa.exists()
        .where(later.briefing_id == p.briefing_id, later.number > p.number)
        .correlate(PublishedEdition)
    )
    statement = (
        select(p, Organisation, superseded)
        .join(Organisation, col(Organisation.id) == p.organisation_id)
        .where(*_among(organisation_id, briefing, jurisdiction))
        .order_by(col(p.recorded_at).desc(), col(p.id).desc())
        .offset(skip)
        .limit(limit)
    )
    return [_final(e, o, gone) for e, o, gone in await db.execute(statement)]


async def final_count(
    db: AsyncSession, *, organisation_id: UUID | None = None, jurisdiction: int | None = None
) -> int:
    """How many `final_editions` gives."""
    wanted = _among(organisation_id, "", jurisdiction)
    return await db.scalar(select(sa.func.count()).select_from(PublishedEdition).where(*wanted)) or 0


def _among(organisation_id: UUID | None, briefing: str, jurisdiction: int | None) -> list[Any]:
    where: list[Any] = []
    if organisation_id:
        where.append(col(PublishedEdition.organisation_id) == organisation_id)
    if briefing:
        where.append(col(PublishedEdition.briefing_id) == briefing)
    if jurisdiction:
        shows = select(PublishedEditionPlace.edition_id).where(
            col(PublishedEditionPlace.jurisdiction_id) == jurisdiction
        )
        where.append(col(PublishedEdition.id).in_(shows))
    return where


async def composers(db: AsyncSession) -> list[tuple[str, str]]:
    """(key, name) of the organisations that have a final edition, by name."""
    has = sa.exists().where(col(PublishedEdition.organisation_id) == col(Organisation.id))
    rows = await db.execute(
        select(Organisation.key, Organisation.name).where(has).order_by(Organisation.name, Organisation.key)
    )
    return [(key, name) for key, name in rows]


async def organisation_of(db: AsyncSession, key: str) -> UUID | None:
    """The id of an organisation of which something is public: a mandate, at any time, an entry or an edition."""
    o = col(Organisation.id)
    public = sa.or_(
        o.in_(select(Mandate.organisation_id)),
        o.in_(select(PublishedRevision.organisation_id)),
        o.in_(select(PublishedEdition.organisation_id)),
    )
    found: UUID | None = await db.scalar(select(Organisation.id).where(col(Organisation.key) == key, public))
    return found


def _final(e: PublishedEdition, o: Organisation, superseded: bool) -> FinalEdition:
    return FinalEdition(
        uid=e.uid,
        briefing=e.briefing_id,
        number=e.number,
        question=e.question,
        organisation=o.name,
        organisation_key=o.key,
        fictional=o.fictional,
        locale=e.locale,
        snapshot_id=e.snapshot_id,
        published_at=e.recorded_at,
        superseded=superseded,
    )


async def finals_of(db: AsyncSession, briefing_id: str) -> list[PublishedEdition]:
    """The final editions of a briefing, the newest first; none for an unknown id."""
    p = PublishedEdition
    if len(briefing_id) > 26:
        return []
    rows = await db.execute(select(p).where(col(p.briefing_id) == briefing_id).order_by(col(p.number).desc()))
    return list(rows.scalars())


async def final_by_uid(db: AsyncSession, uid: UUID) -> PublishedEdition | None:
    found: PublishedEdition | None = (
        await db.execute(select(PublishedEdition).where(col(PublishedEdition.uid) == uid))
    ).scalar_one_or_none()
    return found


async def final_texts(db: AsyncSession, edition_id: int) -> list[PublishedEditionText]:
    t = PublishedEditionText
    rows = await db.execute(
        select(t).where(col(t.edition_id) == edition_id).order_by(t.kind, t.position, t.id)
    )
    return list(rows.scalars())


async def told_final(db: AsyncSession, e: PublishedEdition, base_url: str) -> Told:
    """A final edition, as it is composed."""
    texts = await final_texts(db, e.id)
    chosen = tuple(Chosen(t.key, t.text) for t in texts if t.kind is TextKind.MESSAGE)
    content = Content(
        question=e.question,
        parts=tuple(e.parts.split(",")),
        locale=e.locale,
        page_size=e.page_size,
        since=e.since,
        before=e.before,
        lens=e.lens,
        messages=chosen if e.chosen else None,
        recommendations=advice(texts),
    )
    name = await db.scalar(select(Organisation.name).where(col(Organisation.id) == e.organisation_id))
    return Told(
        organisation=name or "",
        number=e.number,
        state="final",
        url=final_url(base_url, e.locale, e.briefing_id, e.number),
        made_on=e.recorded_at.date(),
        snapshot_id=e.snapshot_id,
        content=content,
        earlier=await earlier(db, e.briefing_id, e.before),
        until=e.recorded_at,
    )


async def final_file(db: AsyncSession, edition_id: int, kind: str) -> FinalFile | None:
    where = (col(FinalFile.edition_id) == edition_id, col(FinalFile.kind) == kind)
    found: FinalFile | None = (await db.execute(select(FinalFile).where(*where))).scalar_one_or_none()
    return found


async def final_files(db: AsyncSession, edition_id: int) -> list[FinalFile]:
    """In the order in which they are offered."""
    rows = await db.execute(
        select(FinalFile).where(col(FinalFile.edition_id) == edition_id).order_by(FinalFile.kind)
    )
    return sorted(rows.scalars(), key=as_offered)


def files_key(e: PublishedEdition) -> str:
    """The key of the job that makes its files."""
    return f"final:{e.uid.hex}"


def as_offered(file: EditionFile | FinalFile) -> int:
    """Sorts files into the order in which they are offered."""
    return list(MEDIA_TYPES).index(file.kind)


async def organisations(db: AsyncSession) -> list[Organisation]:
    return list((await db.execute(select(Organisation).order_by(Organisation.key))).scalars())
