"""Attachments become public with the first published entry that cites their instrument, as their organisation chose."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.audit.record import Action, record_by
from tracker.db.base import select
from tracker.instruments.models import Attachment, PublishedAttachment
from tracker.kit import clock
from tracker.kit.vocabulary import PublishAs


async def follow(db: AsyncSession, actor: OrganisationActor, instrument_id: UUID) -> None:
    """The instrument has entered the public register under the same id: let its attachments follow it there.

    To be called before the organisation's own row of the instrument is deleted.
    """
    rows = await db.execute(
        select(Attachment).where(col(Attachment.own_instrument_id) == instrument_id).order_by(Attachment.id)
    )
    for attachment in rows.scalars().all():
        attachment.own_instrument_id, attachment.instrument_id = None, instrument_id
        await db.flush()
        if attachment.published_as is not PublishAs.NONE:
            await publish_attachment(db, actor, attachment)


async def publish_attachment(db: AsyncSession, actor: OrganisationActor, attachment: Attachment) -> None:
    """Copy an attachment into the public record, as the file or as title and hash, by its `published_as`."""
    assert attachment.instrument_id is not None  # only what lies with a public instrument is published
    db.add(
        PublishedAttachment(
            id=attachment.id,
            instrument_id=attachment.instrument_id,
            organisation_id=attachment.tenant_id,
            sha256=attachment.sha256,
            size=attachment.size,
            media_type=attachment.media_type,
            title=attachment.title,
            published_as=attachment.published_as,
            recorded_at=clock.now(),
        )
    )
    await db.flush()
    await record_by(
        db,
        actor,
        Action.ATTACHMENT_PUBLISHED,
        f"attachment:{attachment.id}",
        {"published_as": attachment.published_as.value, "sha256": attachment.sha256},
    )
