"""Letting go of a file that is being redacted."""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.base import select
from tracker.instruments.attachment_service import stored_file
from tracker.instruments.models import Attachment, PublishedAttachment
from tracker.instruments.redacted_queries import redacted_files


async def let_go(db: AsyncSession, sha256: str) -> int:
    """The session's organisation holds the file no more; returns how many of its attachments held it.

    An attachment that was published stays as a row without a file, as does what was published of it; one that was
    not goes whole. To be called before the redaction is recorded, and followed by `attachment_service.sweep`.
    """
    rows = await db.execute(
        select(Attachment, col(PublishedAttachment.id))
        .outerjoin(PublishedAttachment, col(PublishedAttachment.id) == Attachment.id)
        .where(col(Attachment.sha256) == sha256)
    )
    gone = await redacted_files(db)
    held = [(attachment, public) for attachment, public in rows if attachment.id not in gone]
    for attachment, public in held:
        if public is None:
            await db.delete(attachment)
    stored = await stored_file(db, sha256)
    if stored is not None:
        stored.holders -= len(held)
    await db.flush()
    return len(held)
