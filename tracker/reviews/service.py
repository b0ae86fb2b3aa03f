"""Reviewing what another organisation published, and confirming that one's own still stands."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record_by
from tracker.db.base import select
from tracker.entries.models import PublishedRevision, PublishedWithdrawal
from tracker.kit import clock
from tracker.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.organisations import queries as organisations
from tracker.privacy.findings import NONE_READ, require_read
from tracker.reviews.models import PublishedConfirmation, PublishedReview, Verdict


async def published(db: AsyncSession, uid: UUID) -> PublishedRevision:
    """A published revision that was neither corrected nor withdrawn. Raises NotFound, Conflict."""
    revision: PublishedRevision | None = (
        await db.execute(select(PublishedRevision).where(col(PublishedRevision.uid) == uid))
    ).scalar_one_or_none()
    if revision is None:
        raise NotFound(_("There is no such published revision."))
    gone = await db.execute(
        select(PublishedWithdrawal.revision_id).where(col(PublishedWithdrawal.revision_id) == revision.id)
    )
    corrected = await db.execute(
        select(PublishedRevision.id).where(col(PublishedRevision.corrects_id) == revision.id)
    )
    if gone.first() or corrected.first():
        raise Conflict(_("This revision was withdrawn or corrected. Open the cell anew."))
    return revision


async def review(
    db: AsyncSession,
    actor: OrganisationActor,
    uid: UUID,
    *,
    verdict: Verdict,
    reason: str,
    other_source: str = "",
    confirmed_hits: frozenset[str] = NONE_READ,
) -> PublishedReview:
    """Publish the organisation's view of another's revision. A later one takes the place of its earlier one.

    Raises Forbidden for one's own revision, Invalid without a reason, Unconfirmed for a sign of personal data that
    is not among `confirmed_hits`.
    """
    actor.require(Permission.REVIEW)
    if not reason.strip():
        raise Invalid({"reason": _("Say what was read and what it shows; the reason is published.")})
    revision = await published(db, uid)
    if revision.organisation_id == actor.organisation_id:
        raise Forbidden(_("Your organisation published this itself; another one has to review it."))
    signs = require_read({"reason": reason.strip(), "other_source": other_source.strip()}, confirmed_hits)
    row = PublishedReview(
        revision_id=revision.id,
        organisation_id=actor.organisation_id,
        verdict=verdict,
        reason=reason.strip(),
        other_source=other_source.strip(),
        independent=not await organisations.is_steward_near(
            db, actor.organisation_id, revision.jurisdiction_id, clock.today()
        ),
        recorded_at=clock.now(),
    )
    db.add(row)
    await db.flush()
    await record_by(
        db,
        actor,
        Action.REVIEW_PUBLISHED,
        f"revision:{uid}",
        {"verdict": verdict.value, "personal_data_signs": signs},
    )
    return row


async def confirm(
    db: AsyncSession,
    actor: OrganisationActor,
    uid: UUID,
    *,
    note: str,
    confirmed_hits: frozenset[str] = NONE_READ,
) -> None:
    """Say that the organisation's own revision still stands unchanged.

    Raises Forbidden for another's, Unconfirmed for a sign in the note that is not among `confirmed_hits`.
    """
    actor.require(Permission.WRITE_DRAFTS)
    revision = await published(db, uid)
    if revision.organisation_id != actor.organisation_id:
        raise Forbidden(_("Only the organisation that published an entry confirms it."))
    later = await db.execute(
        select(sa.func.count())
        .select_from(PublishedRevision)
        .where(
            col(PublishedRevision.organisation_id) == actor.organisation_id,
            col(PublishedRevision.jurisdiction_id) == revision.jurisdiction_id,
            col(PublishedRevision.item_id) == revision.item_id,
            col(PublishedRevision.domain) == revision.domain,
            col(PublishedRevision.id) > revision.id,
            col(PublishedRevision.id).not_in(select(PublishedWithdrawal.revision_id)),
        )
    )
    if later.scalar_one():
        raise Conflict(_("Your organisation has published a later revision of this cell."))
    signs = require_read({"note": note.strip()}, confirmed_hits)
    db.add(PublishedConfirmation(revision_id=revision.id, note=note.strip(), recorded_at=clock.now()))
    await db.flush()
    await record_by(db, actor, Action.ENTRY_CONFIRMED, f"revision:{uid}", {"personal_data_signs": signs})
