"""Reading an organisation's own editions, behind the wall."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.base import select
from tracker.editions import queries
from tracker.editions.content import Chosen, Content, EditionLine, Told
from tracker.editions.models import (
    OTHER_CELLS,
    Briefing,
    Edition,
    EditionFile,
    EditionState,
    EditionText,
    Subscription,
    TextKind,
    Trigger,
)


@dataclass(frozen=True, slots=True)
class Own:
    """An edition of the organisation with all that is kept of it."""

    briefing: Briefing
    edition: Edition
    content: Content
    files: tuple[EditionFile, ...]
    subscription: Subscription | None


async def own_lines(db: AsyncSession) -> list[EditionLine]:
    """The editions of the session's organisation, the newest briefing first, its newest edition first."""
    rows = await db.execute(
        select(Edition, Briefing.public_id)
        .join(Briefing, _of_briefing())
        .where(col(Edition.state) != EditionState.DISCARDED)
        .order_by(col(Briefing.created_at).desc(), col(Briefing.id), col(Edition.number).desc())
    )
    return [_line(edition, public_id) for edition, public_id in rows]


async def begun_by_themselves(db: AsyncSession) -> list[EditionLine]:
    """Drafts that a subscription began and nobody has changed yet."""
    wanted = (
        col(Edition.state) == EditionState.DRAFT,
        col(Edition.trigger) != Trigger.HAND,
        col(Edition.changed_by).is_(None),
    )
    return await _lines(db, *wanted)


def is_untouched(e: Edition) -> bool:
    """Whether it is among `begun_by_themselves`."""
    return e.state is EditionState.DRAFT and e.trigger is not Trigger.HAND and e.changed_by is None


async def returned(db: AsyncSession) -> list[EditionLine]:
    """Drafts that a reviewer gave back with a reason."""
    return await _lines(db, col(Edition.state) == EditionState.DRAFT, col(Edition.return_reason) != "")


async def submitted(db: AsyncSession) -> list[EditionLine]:
    """Editions that wait for a reviewer."""
    return await _lines(db, col(Edition.state) == EditionState.SUBMITTED)


async def _lines(db: AsyncSession, *where: Any) -> list[EditionLine]:
    rows = await db.execute(
        select(Edition, Briefing.public_id)
        .join(Briefing, _of_briefing())
        .where(*where)
        .order_by(col(Edition.created_at), col(Edition.id))
    )
    return [_line(edition, public_id) for edition, public_id in rows]


def _of_briefing() -> Any:
    return sa.and_(
        col(Briefing.tenant_id) == col(Edition.tenant_id), col(Briefing.id) == col(Edition.briefing_id)
    )


def _line(e: Edition, public_id: str) -> EditionLine:
    return EditionLine(
        id=e.id,
        briefing_id=e.briefing_id,
        public_id=public_id,
        number=e.number,
        state=e.state,
        trigger=e.trigger,
        question=e.question,
        version=e.version,
        changes=tuple(code for code in e.changes if code != OTHER_CELLS),
        same_cells=OTHER_CELLS not in e.changes,
        created_at=e.created_at,
        submitted_by=e.submitted_by,
        return_reason=e.return_reason,
    )


async def briefing(db: AsyncSession, briefing_id: UUID) -> Briefing | None:
    found: Briefing | None = (
        await db.execute(select(Briefing).where(col(Briefing.id) == briefing_id))
    ).scalar_one_or_none()
    return found


async def edition(db: AsyncSession, briefing_id: UUID, number: int) -> Edition | None:
    """The edition of the session's organisation; None where there is none. `number` may be any."""
    if not 0 < number < 10**6:
        return None
    where = (col(Edition.briefing_id) == briefing_id, col(Edition.number) == number)
    found: Edition | None = (await db.execute(select(Edition).where(*where))).scalar_one_or_none()
    return found


async def own(db: AsyncSession, briefing_id: UUID, number: int) -> Own | None:
    """The edition with its texts, files and subscription."""
    found, of = await edition(db, briefing_id, number), await briefing(db, briefing_id)
    if found is None or of is None:
        return None
    files, asked = await files_of(db, found.id), await subscription(db, briefing_id)
    return Own(of, found, await content_of(db, found), files, asked)


async def files_of(db: AsyncSession, edition_id: UUID) -> tuple[EditionFile, ...]:
    """In the order in which they are offered."""
    files = await db.execute(select(EditionFile).where(col(EditionFile.edition_id) == edition_id))
    return tuple(sorted(files.scalars(), key=queries.as_offered))


async def subscription(db: AsyncSession, briefing_id: UUID) -> Subscription | None:
    found: Subscription | None = (
        await db.execute(select(Subscription).where(col(Subscription.briefing_id) == briefing_id))
    ).scalar_one_or_none()
    return found


async def running_subscriptions(db: AsyncSession) -> list[Subscription]:
    rows = await db.execute(
        select(Subscription).where(col(Subscription.ended_at).is_(None)).order_by(Subscription.started_at)
    )
    return list(rows.scalars())


async def latest(db: AsyncSession, briefing_id: UUID) -> Edition | None:
    """The edition of the highest number that was not discarded."""
    found: Edition | None = (
        (
            await db.execute(
                select(Edition)
                .where(col(Edition.briefing_id) == briefing_id, col(Edition.state) != EditionState.DISCARDED)
                .order_by(col(Edition.number).desc())
                .limit(1)
            )
        )
        .scalars()
        .first()
    )
    return found


async def before(db: AsyncSession, e: Edition) -> Edition | None:
    """The edition of the next lower number that was not discarded."""
    earlier = select(Edition).where(
        col(Edition.briefing_id) == e.briefing_id,
        col(Edition.number) < e.number,
        col(Edition.state) != EditionState.DISCARDED,
    )
    found: Edition | None = (
        (await db.execute(earlier.order_by(col(Edition.number).desc()).limit(1))).scalars().first()
    )
    return found


async def newest(db: AsyncSession, briefing_id: UUID) -> Edition | None:
    """The edition of the highest number, also where it was discarded."""
    of = select(Edition).where(col(Edition.briefing_id) == briefing_id)
    found: Edition | None = (
        (await db.execute(of.order_by(col(Edition.number).desc()).limit(1))).scalars().first()
    )
    return found


async def begun_for(db: AsyncSession, briefing_id: UUID, key: str) -> bool:
    """Whether an edition was begun for this reason, also where it was discarded."""
    where = (col(Edition.briefing_id) == briefing_id, col(Edition.trigger_key) == key)
    return (await db.execute(select(Edition.id).where(*where))).first() is not None


async def texts_of(db: AsyncSession, edition_id: UUID) -> list[EditionText]:
    rows = await db.execute(
        select(EditionText)
        .where(col(EditionText.edition_id) == edition_id)
        .order_by(EditionText.kind, EditionText.position)
    )
    return list(rows.scalars())


async def content_of(db: AsyncSession, e: Edition) -> Content:
    """What a draft says."""
    texts = await texts_of(db, e.id)
    chosen = tuple(Chosen(t.key, t.text, t.author, t.author_id) for t in texts if t.kind is TextKind.MESSAGE)
    return Content(
        question=e.question,
        parts=tuple(e.parts),
        locale=e.locale,
        page_size=e.page_size,
        since=e.since,
        before=e.before,
        lens=e.lens,
        messages=chosen if e.chosen else None,
        recommendations=queries.advice(texts),
    )


async def told_of(db: AsyncSession, found: Own, organisation: str, base_url: str) -> Told:
    """A draft, as it is composed."""
    e, content = found.edition, found.content
    earlier = await queries.earlier(db, found.briefing.public_id, content.before)
    return Told(
        organisation=organisation,
        number=e.number,
        state="draft",
        url=queries.final_url(base_url, content.locale, found.briefing.public_id, e.number),
        made_on=e.created_at.date(),
        snapshot_id=e.snapshot_id,
        content=content,
        earlier=earlier,
    )
