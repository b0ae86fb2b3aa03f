"""Keeping files with an organisation's instruments: attach, change, publish, delete.

A file is on the disk before the row that names it is committed, and its row is gone before the file is:
whatever breaks in between leaves a file too many, never one too few.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record_by
from tracker.db.base import select
from tracker.instruments import own_queries
from tracker.instruments.media import media_type
from tracker.instruments.models import Attachment, PublishedAttachment, PublishedInstrument, StoredFile
from tracker.instruments.publish import publish_attachment
from tracker.instruments.redacted_queries import may_not_return, redacted_hashes
from tracker.instruments.service import editable
from tracker.instruments.store import Store, sync
from tracker.kit import clock
from tracker.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import PublishAs

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Incoming:
    """A whole file that has arrived, in the file system of the store. `size` in bytes, `sha256` in hex."""

    path: Path
    size: int
    sha256: str
    media_type: str

    @classmethod
    def of(cls, path: Path, name: str, size: int, sha256: str) -> Self:
        """Look at what has arrived, and see it safely on the disk before any lock is held. Blocks.

        Raises Invalid for a kind of file that is not taken.
        """
        found = media_type(path, name)
        sync(path)
        return cls(path, size, sha256, found)


async def attach(
    db: AsyncSession,
    actor: OrganisationActor,
    instrument_id: UUID,
    incoming: Incoming,
    *,
    title: str,
    published_as: PublishAs,
    store: Store,
    quota_mb: int,
) -> Attachment:
    """Keep a file with an instrument of the organisation.

    Raises NotFound, Conflict while the instrument is under review, Invalid beyond the organisation's quota.
    """
    actor.require(Permission.WRITE_DRAFTS)
    is_public = await _own_published(db, actor, instrument_id)
    if not is_public:
        await editable(db, instrument_id)
    attachment_id = uuid4()
    # Recording takes the lock on which all writers queue, so two uploads can't both find room for one.
    await record_by(
        db, actor, Action.ATTACHMENT_ADDED, f"attachment:{attachment_id}", {"sha256": incoming.sha256}
    )
    if await own_queries.used(db) + incoming.size > quota_mb * MEGABYTE:
        raise Invalid(
            {
                "file": _(
                    "Your organisation may keep %(mb)s MB of files, and this one does not fit any more."
                )
                % {"mb": quota_mb}
            }
        )
    if await may_not_return(db, actor.organisation_id, incoming.sha256):
        raise Invalid({"file": _("This very file was redacted, so it is not taken again.")})
    await _hold(db, incoming)
    attachment = Attachment(
        tenant_id=actor.organisation_id,
        id=attachment_id,
        own_instrument_id=None if is_public else instrument_id,
        instrument_id=instrument_id if is_public else None,
        sha256=incoming.sha256,
        size=incoming.size,
        media_type=incoming.media_type,
        title=title,
        published_as=published_as,
        created_at=clock.now(),
        created_by=actor.user_id,
    )
    db.add(attachment)
    await db.flush()
    await asyncio.to_thread(store.keep, incoming.path, incoming.sha256)
    return attachment


async def _own_published(db: AsyncSession, actor: OrganisationActor, instrument_id: UUID) -> bool:
    """Whether it is an instrument that the organisation brought into the public register."""
    found = await db.execute(
        select(PublishedInstrument.id).where(
            col(PublishedInstrument.id) == instrument_id,
            col(PublishedInstrument.organisation_id) == actor.organisation_id,
        )
    )
    return found.first() is not None


async def _hold(db: AsyncSession, incoming: Incoming) -> None:
    stored = await stored_file(db, incoming.sha256)
    if stored is None:
        db.add(StoredFile(sha256=incoming.sha256, size=incoming.size, holders=1))
    else:
        stored.holders += 1
    await db.flush()


async def stored_file(db: AsyncSession, sha256: str) -> StoredFile | None:
    """What is known of the stored file, locked until the transaction ends."""
    statement = select(StoredFile).where(col(StoredFile.sha256) == sha256).with_for_update()
    found: StoredFile | None = (await db.execute(statement)).scalar_one_or_none()
    return found


async def _unpublished(db: AsyncSession, attachment_id: UUID) -> Attachment:
    """The organisation's attachment, locked; raises NotFound, and Conflict once the public has it."""
    attachment = (
        await db.execute(select(Attachment).where(col(Attachment.id) == attachment_id).with_for_update())
    ).scalar_one_or_none()
    if attachment is None:
        raise NotFound(_("Your organisation has no such attachment."))
    public = await db.execute(
        select(PublishedAttachment.id).where(col(PublishedAttachment.id) == attachment_id)
    )
    if public.first():
        raise Conflict(_("This is published, and what is published is never changed."))
    if attachment.own_instrument_id:
        await editable(db, attachment.own_instrument_id)
    found: Attachment = attachment
    return found


async def choose(
    db: AsyncSession, actor: OrganisationActor, attachment_id: UUID, published_as: PublishAs
) -> None:
    """Choose what the public will get of an attachment when its instrument is published."""
    actor.require(Permission.WRITE_DRAFTS)
    attachment = await _unpublished(db, attachment_id)
    attachment.published_as = published_as
    await db.flush()
    await record_by(
        db,
        actor,
        Action.ATTACHMENT_CHANGED,
        f"attachment:{attachment_id}",
        {"published_as": published_as.value},
    )


async def publish_late(db: AsyncSession, actor: OrganisationActor, attachment_id: UUID) -> None:
    """Publish an attachment whose instrument is published already, as chosen.

    Raises Forbidden to whoever attached it, Conflict while its instrument is not public or nothing of it
    is to be published.
    """
    actor.require(Permission.REVIEW)
    attachment = await _unpublished(db, attachment_id)
    if attachment.created_by == actor.user_id:
        raise Forbidden(_("You attached this file, so somebody else has to publish it."))
    if attachment.instrument_id is None:
        raise Conflict(_("It is published with the first entry that cites its instrument."))
    if attachment.published_as is PublishAs.NONE:
        raise Conflict(_("Choose first what is to be published of it."))
    await publish_attachment(db, actor, attachment)


async def delete(db: AsyncSession, actor: OrganisationActor, attachment_id: UUID) -> str:
    """Delete an attachment that is not published; returns its hash for `sweep`, to be called once this is committed."""
    actor.require(Permission.WRITE_DRAFTS)
    attachment = await _unpublished(db, attachment_id)
    sha256 = attachment.sha256
    await record_by(db, actor, Action.ATTACHMENT_DELETED, f"attachment:{attachment_id}", {"sha256": sha256})
    await db.delete(attachment)
    stored = await stored_file(db, sha256)
    assert stored is not None  # the attachment refers to it
    stored.holders -= 1
    await db.flush()
    return sha256


async def sweep(db: AsyncSession, store: Store, sha256: str) -> None:
    """Remove a file that nobody holds any more. Whoever attaches the same bytes at this moment waits for its row.

    The row of a file that was redacted stays, for what was published of it names it.
    """
    stored = await stored_file(db, sha256)
    if stored is not None and stored.holders == 0:
        if sha256 not in await redacted_hashes(db):
            await db.delete(stored)
            await db.flush()
        await asyncio.to_thread(store.remove, sha256)
