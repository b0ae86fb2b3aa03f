"""Reading notices, as their author and as their steward."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.db.base import select
from tracker.entries.models import Draft
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit.vocabulary import Axis, Domain, Value, value
from tracker.notices.models import Notice, NoticeReply


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice with its cell, the other party, and the reply if there is one.

    `submitted_by`: who may not publish it; None for the steward, who sees no draft.
    """

    id: UUID
    draft_id: UUID
    jurisdiction_code: str
    jurisdiction_name: str
    fictional: bool
    framework: str
    item_key: str
    item_label: str
    domain: Domain
    other: str
    copy: dict[str, Any]
    sent_at: datetime
    due_at: datetime
    closed_at: datetime | None
    withdrawn_reason: str
    published: bool
    reply: str
    replied_at: datetime | None
    submitted_by: UUID | None

    def value(self, axis: Axis) -> Value:
        return value(axis, self.copy[axis.value])

    @property
    def until(self) -> date:
        """The last day for the reply; it may be published without one from the day of `due_at` on."""
        return last_day(self.due_at)

    @property
    def taken_back(self) -> bool:
        return self.closed_at is not None and not self.published


def last_day(due_at: datetime) -> date:
    """The last day that lies wholly or partly before the moment."""
    return (due_at - timedelta(microseconds=1)).date()


async def withdrawn(db: AsyncSession, organisation_id: UUID, notice_id: UUID) -> NoticeView | None:
    """A notice that the organisation sent and withdrew before publication: its draft has gone on without it."""
    mine = [col(Notice.tenant_id) == organisation_id, col(Notice.id) == notice_id]
    found = await _views(db, Notice.counterpart_id, mine)
    return next((n for n in found if n.taken_back), None)


async def received(
    db: AsyncSession, organisation_id: UUID, notice_id: UUID | None = None
) -> list[NoticeView]:
    """The notices sent to an organisation, newest first; or the one of the id."""
    where = [col(Notice.counterpart_id) == organisation_id]
    if notice_id:
        where.append(col(Notice.id) == notice_id)
    return await _views(db, Notice.tenant_id, where)


async def sent(db: AsyncSession, organisation_id: UUID, draft_id: UUID | None = None) -> list[NoticeView]:
    """The notices an organisation has sent, newest first; or those of one draft."""
    where = [col(Notice.tenant_id) == organisation_id]
    if draft_id:
        where.append(col(Notice.draft_id) == draft_id)
    return await _views(db, Notice.counterpart_id, where)


async def _views(db: AsyncSession, other: Any, where: list[Any]) -> list[NoticeView]:
    rows = await db.execute(
        select(
            Notice,
            Jurisdiction.code,
            Jurisdiction.name,
            Jurisdiction.fictional,
            FrameworkVersion.key,
            FrameworkVersion.version,
            FrameworkItem.key.label("item_key"),  # type: ignore[attr-defined]
            FrameworkItem.short_label,
            FrameworkItem.text,
            Organisation.name.label("other"),  # type: ignore[attr-defined]
            col(NoticeReply.text).label("reply"),
            NoticeReply.lodged_at,
            Draft.submitted_by,
        )
        .join(Jurisdiction, col(Jurisdiction.id) == Notice.jurisdiction_id)
        .join(FrameworkItem, col(FrameworkItem.id) == Notice.item_id)
        .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
        .join(Organisation, col(Organisation.id) == other)
        .outerjoin(NoticeReply, col(NoticeReply.notice_id) == Notice.id)
        .outerjoin(Draft, col(Draft.id) == Notice.draft_id)
        .where(*where)
        .order_by(col(Notice.sent_at).desc(), col(Notice.id))
    )
    return [_view(row) for row in rows]


def _view(row: Any) -> NoticeView:
    notice: Notice = row[0]
    return NoticeView(
        id=notice.id,
        draft_id=notice.draft_id,
        jurisdiction_code=row.code,
        jurisdiction_name=row.name,
        fictional=row.fictional,
        framework=f"{row.key}@{row.version}",
        item_key=row.item_key,
        item_label=row.short_label or row.text,
        domain=Domain(notice.domain),
        other=row.other,
        copy=notice.copy_,
        sent_at=notice.sent_at,
        due_at=notice.due_at,
        closed_at=notice.closed_at,
        withdrawn_reason=notice.withdrawn_reason,
        published=notice.revision_id is not None,
        reply=row.reply or "",
        replied_at=row.lodged_at,
        submitted_by=row.submitted_by,
    )
