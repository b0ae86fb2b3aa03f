"""Sending notices, lodging replies, and whether the time to publish has come."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record_by, take_turn
from tracker.db.base import select
from tracker.entries import principle_queries
from tracker.entries.models import Draft, DraftCitation, PublishedRevision
from tracker.entries.principles import Stated
from tracker.instruments.models import Instrument, PublishedInstrument
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import format_date
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import DraftState
from tracker.notices.models import WITHDRAWN_LENGTH, Notice, NoticeReply
from tracker.notices.queries import last_day
from tracker.organisations.queries import Steward
from tracker.privacy.findings import NONE_READ, require_read
from tracker.reviews.models import REPLY_LENGTH, PublishedReply

_COPIED = [
    "commitment",
    "practice",
    "scope_note",
    "owner",
    "budget",
    "search_who",
    "search_where",
    "not_applicable_reason",
    "note",
]


async def send(
    db: AsyncSession, actor: OrganisationActor, draft: Draft, stewards: Sequence[Steward], days: int
) -> None:
    """A notice with a frozen copy to each steward; `days` until the assessment may be published."""
    copy = await _copy(db, draft)
    now = clock.now()
    for steward in stewards:
        notice = Notice(
            tenant_id=actor.organisation_id,
            id=uuid4(),
            counterpart_id=steward.organisation_id,
            draft_id=draft.id,
            jurisdiction_id=draft.jurisdiction_id,
            item_id=draft.item_id,
            domain=draft.domain,
            copy_=copy,
            sent_at=now,
            due_at=_after(now, days),
        )
        db.add(notice)
        await db.flush()
        await record_by(
            db,
            actor,
            Action.NOTICE_SENT,
            f"notice:{notice.id}",
            {"draft": str(draft.id), "steward": str(steward.organisation_id)},
        )


def _after(sent: datetime, days: int) -> datetime:
    """The midnight after the last of so many whole days: the steward has all of that day."""
    midnight = sent.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=days + 1)


async def _copy(db: AsyncSession, draft: Draft) -> dict[str, Any]:
    """What the draft says, as plain JSON that nothing can change afterwards."""
    told: dict[str, Any] = {name: getattr(draft, name) for name in _COPIED}
    for name in ("kind", "basis", "scope"):
        told[name] = getattr(draft, name).value if getattr(draft, name) else ""
    for name in ("valid_from", "valid_to", "search_when"):
        told[name] = getattr(draft, name).isoformat() if getattr(draft, name) else ""
    rows = await db.execute(
        select(DraftCitation, Instrument, PublishedInstrument)
        .outerjoin(Instrument, col(Instrument.id) == DraftCitation.own_instrument_id)
        .outerjoin(PublishedInstrument, col(PublishedInstrument.id) == DraftCitation.instrument_id)
        .where(col(DraftCitation.draft_id) == draft.id)
        .order_by(col(DraftCitation.position))
    )
    stated = await principle_queries.of_drafts(db, [draft.id])
    told["citations"] = [_citation(c, own or public, stated.get(c.id, ())) for c, own, public in rows]
    return told


def _citation(
    citation: DraftCitation, instrument: Instrument | PublishedInstrument, stated: tuple[Stated, ...]
) -> dict[str, Any]:
    dated = instrument.adopted_on or instrument.in_force_on
    return {
        "instrument": str(instrument.id),
        "axis": citation.axis.value,
        "title": instrument.title,
        "kind": instrument.kind.value,
        "citation": instrument.citation,
        "issuer": instrument.issuer,
        "dated": dated.isoformat() if dated else "",
        "url": instrument.url,
        "locator": citation.locator,
        "quote": citation.quote,
        "quote_language": citation.quote_language,
        "translation": citation.translation,
        "principles": [
            {
                "principle": said.principle.value,
                "locator": said.locator,
                "how": said.how,
                "payment": said.payment.value if said.payment else "",
            }
            for said in stated
        ],
    }


async def open_notices(db: AsyncSession, draft_id: UUID) -> list[Notice]:
    """The notices of a draft that are neither published nor taken back."""
    rows = await db.execute(
        select(Notice)
        .where(col(Notice.draft_id) == draft_id, col(Notice.closed_at).is_(None))
        .with_for_update()
    )
    return list(rows.scalars().all())


async def replies_to(db: AsyncSession, notices: Sequence[Notice]) -> list[NoticeReply]:
    rows = await db.execute(
        select(NoticeReply).where(col(NoticeReply.notice_id).in_([n.id for n in notices]))
    )
    return list(rows.scalars().all())


async def require_ready(
    db: AsyncSession, draft_id: UUID, state: DraftState, stewards: Sequence[Steward]
) -> None:
    """Raises Conflict unless every steward of today was notified, and has replied or the period is over."""
    notices = await open_notices(db, draft_id)
    if state is not DraftState.NOTIFIED or not notices:
        raise Conflict(
            _(
                "This jurisdiction has a steward, who must be notified and may reply before an assessment "
                "of it is published. Notify the steward first."
            )
        )
    if {s.organisation_id for s in stewards} - {n.counterpart_id for n in notices}:
        raise Conflict(
            _(
                "This jurisdiction has another steward since. Take the entry back and submit it again, so that "
                "the steward of today is notified."
            )
        )
    replied = {reply.notice_id for reply in await replies_to(db, notices)}
    waiting = [n for n in notices if n.id not in replied and n.due_at > clock.now()]
    if waiting:
        due = max(n.due_at for n in waiting)
        raise Conflict(
            _(
                "The steward may reply until %(until)s. Publish it from %(day)s on, or as soon as the reply is in."
            )
            % {"until": format_date(last_day(due)), "day": format_date(due)}
        )


async def close(db: AsyncSession, notices: Sequence[Notice], revision: PublishedRevision | None) -> None:
    """Close the notices; with a revision, publish the replies beside it, whole."""
    replies = {reply.notice_id: reply for reply in await replies_to(db, notices)}
    for notice in notices:
        notice.closed_at = clock.now()
        notice.revision_id = revision.id if revision else None
        reply = replies.get(notice.id)
        if revision and reply:
            db.add(
                PublishedReply(
                    revision_id=revision.id,
                    organisation_id=reply.tenant_id,
                    text=reply.text,
                    recorded_at=revision.recorded_at,
                )
            )
    await db.flush()


async def withdraw(
    db: AsyncSession, actor: OrganisationActor, draft_id: UUID, reason: str, confirmed_hits: frozenset[str]
) -> None:
    """Withdraw the open notices of a draft before publication; copy, reply and reason stay for its two parties.

    Raises Forbidden to who is no reviewer, Invalid without a fit reason, Unconfirmed for a sign of personal data in
    it that is not among `confirmed_hits`: the steward reads it.
    """
    actor.require(Permission.REVIEW)
    reason = reason.strip()
    if not reason:
        raise Invalid({"reason": _("Say why it is withdrawn; the steward reads the reason.")})
    if len(reason) > WITHDRAWN_LENGTH:
        raise Invalid({"reason": _("Use at most %(most)s characters.") % {"most": WITHDRAWN_LENGTH}})
    signs = require_read({"reason": reason}, confirmed_hits)
    # As a reply does: one of the two sees the other.
    await take_turn(db)
    notices = await open_notices(db, draft_id)
    for notice in notices:
        notice.withdrawn_reason = reason
        await record_by(
            db,
            actor,
            Action.NOTICE_WITHDRAWN,
            f"notice:{notice.id}",
            {"draft": str(draft_id), "personal_data_signs": signs},
        )
    await close(db, notices, None)


async def reply(
    db: AsyncSession,
    actor: OrganisationActor,
    notice_id: UUID,
    *,
    text: str,
    confirmed_hits: frozenset[str] = NONE_READ,
) -> None:
    """Lodge the steward's reply; one a notice, never changed. After publication it is published at once.

    Raises NotFound, Invalid for an empty or too long text, Unconfirmed for a sign of personal data that is not among
    `confirmed_hits`, Conflict for a second one or a notice taken back.
    """
    actor.require(Permission.REVIEW)
    text = text.strip()
    if not text:
        raise Invalid({"text": _("Write the reply first.")})
    if len(text) > REPLY_LENGTH:
        raise Invalid({"text": _("Use at most %(most)s characters.") % {"most": REPLY_LENGTH}})
    # The author's publication closes the notice after it has taken its turn, and a steward may not lock the
    # author's row: so one of the two sees the other, and no reply falls between them.
    await take_turn(db)
    notice = await received(db, actor, notice_id)
    if notice.closed_at and notice.revision_id is None:
        raise Conflict(_("The author has taken this assessment back, so there is nothing to reply to."))
    if await replies_to(db, [notice]):
        raise Conflict(_("Your organisation has replied before; a reply is not changed."))
    signs = require_read({"text": text}, confirmed_hits)
    db.add(
        NoticeReply(
            tenant_id=actor.organisation_id,
            id=uuid4(),
            counterpart_id=notice.tenant_id,
            notice_id=notice.id,
            text=text,
            lodged_at=clock.now(),
            lodged_by=actor.user_id,
        )
    )
    if notice.revision_id is not None:
        db.add(
            PublishedReply(
                revision_id=notice.revision_id,
                organisation_id=actor.organisation_id,
                text=text,
                recorded_at=clock.now(),
            )
        )
    await db.flush()
    await record_by(db, actor, Action.NOTICE_REPLIED, f"notice:{notice.id}", {"personal_data_signs": signs})


async def received(db: AsyncSession, actor: OrganisationActor, notice_id: UUID) -> Notice:
    """A notice that was sent to the organisation. Raises NotFound."""
    notice: Notice | None = (
        await db.execute(
            select(Notice).where(
                col(Notice.id) == notice_id, col(Notice.counterpart_id) == actor.organisation_id
            )
        )
    ).scalar_one_or_none()
    if notice is None:
        raise NotFound(_("There is no such notice."))
    return notice
