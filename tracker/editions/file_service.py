"""Keeping the files of editions, and seeing to it that no redacted text stays in one.

A file is kept as it was drawn, so that a final edition is the same bytes for ever, whatever later versions of the
service would draw. A redaction is the exception: whoever asks for a file that is older than a redaction gets it only
after it was looked whether that redaction concerns it; then it is drawn again, and the page says so.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.audit.record import Action, record
from tracker.db.base import select
from tracker.db.session import Bound, Database, queue_behind
from tracker.editions import draft_queries, queries
from tracker.editions.assembly import Desk, Gathered, gathered
from tracker.editions.draft_queries import Own
from tracker.editions.files import Drawn, drawn
from tracker.editions.models import Edition, EditionFile, FinalFile, PublishedEdition
from tracker.kit import clock
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.privacy import service as privacy
from tracker.privacy.models import PublishedRedaction
from tracker.snapshots import queries as snapshots


@dataclass(frozen=True, slots=True)
class UnderWay:
    own: Own
    organisation: str


async def under_way(db: AsyncSession, edition_id: UUID) -> UnderWay:
    """An edition of the session's organisation, by its key. Raises NotFound."""
    row = (
        await db.execute(
            select(Edition.briefing_id, Edition.number, Organisation.name)
            .join(Organisation, col(Organisation.id) == col(Edition.tenant_id))
            .where(col(Edition.id) == edition_id)
        )
    ).first()
    own = await draft_queries.own(db, row.briefing_id, row.number) if row else None
    if row is None or own is None:
        raise NotFound(_("There is no such edition."))
    return UnderWay(own, row.name)


async def before_reading(database: Database) -> datetime:
    """A moment to know files by that are drawn of what is read after it: a redaction that they miss is later.

    Each redaction takes its moment in its turn, so those of an earlier one are there for everybody to read.
    """
    async with database.write() as db:
        await queue_behind(db, privacy.TURN)
        return clock.now()


async def keep_draft_files(
    db: AsyncSession, edition: Edition, made: Iterable[Drawn], read_at: datetime
) -> None:
    """In the place of those there are. `read_at`: `before_reading` of what they were drawn of."""
    await db.execute(sa.delete(EditionFile).where(col(EditionFile.edition_id) == edition.id))
    for file in made:
        db.add(
            EditionFile(
                tenant_id=edition.tenant_id,
                id=uuid4(),
                edition_id=edition.id,
                kind=file.kind,
                version=edition.version,
                sha256=file.sha256,
                body=file.body,
                made_at=read_at,
            )
        )
    await db.flush()


async def keep_final_files(
    db: AsyncSession, final: PublishedEdition, made: Iterable[Drawn], read_at: datetime
) -> None:
    """Those that are not there yet: a file of a final edition is never replaced here. `read_at`: as of drafts."""
    there = {f.kind for f in await queries.final_files(db, final.id)}
    fresh = [file for file in made if file.kind not in there]
    for file in fresh:
        db.add(
            FinalFile(
                edition_id=final.id,
                kind=file.kind,
                first_sha256=file.sha256,
                sha256=file.sha256,
                body=file.body,
                first_made_at=read_at,
                made_at=read_at,
                checked_at=read_at,
            )
        )
    await db.flush()
    if fresh:
        await _record(db, final, {file.kind: file.sha256 for file in fresh})


async def _record(db: AsyncSession, final: PublishedEdition, sums: dict[str, str]) -> None:
    await record(
        db,
        Action.EDITION_FILES_KEPT,
        tenant=final.organisation_id,
        actor=None,
        subject=f"briefing:{final.briefing_id}/{final.number}",
        detail=sums,
    )


async def last_redaction(db: AsyncSession) -> datetime | None:
    at: datetime | None = (
        await db.execute(
            select(PublishedRedaction.recorded_at)
            .order_by(col(PublishedRedaction.recorded_at).desc())
            .limit(1)
        )
    ).scalar_one_or_none()
    return at


async def unchecked(db: AsyncSession) -> list[PublishedEdition]:
    """Final editions with a file that is older than the last redaction and was not looked at since."""
    last = await last_redaction(db)
    if last is None:
        return []
    older = select(FinalFile.edition_id).where(col(FinalFile.checked_at) <= last)
    rows = await db.execute(
        select(PublishedEdition).where(col(PublishedEdition.id).in_(older)).order_by(PublishedEdition.id)
    )
    return list(rows.scalars())


async def check_final(database: Database, final: PublishedEdition, desk: Desk) -> None:
    """Look whether a redaction concerns the edition's files, and make them again if so."""
    checked = await before_reading(database)
    async with database.read() as db:
        kept = await queries.final_files(db, final.id)
        of = await gathered(db, await queries.told_final(db, final, desk.base_url), desk)
        concerned = await _concerned(db, of, final, min((f.made_at for f in kept), default=checked))
    made = {}
    if concerned:
        made = {f.kind: f for f in await drawn(of, await asyncio.to_thread(of.document))}
    async with database.write(Bound(tenant=final.organisation_id)) as db:
        for file in await queries.final_files(db, final.id):
            file.checked_at = checked
            if file.kind in made and made[file.kind].sha256 != file.sha256:
                file.body, file.sha256 = made[file.kind].body, made[file.kind].sha256
                file.made_at = checked
        await db.flush()
        if made:
            await _record(db, final, {kind: file.sha256 for kind, file in made.items()})
    if made:
        await database.scrub()


async def _concerned(db: AsyncSession, of: Gathered, final: PublishedEdition, made_at: datetime) -> bool:
    """Whether something that the edition reads was redacted since the moment."""
    read = [of.snapshot.id] + ([of.told.earlier[0]] if of.told.earlier else [])
    frozen = [await snapshots.snapshot(db, snapshot_id) for snapshot_id in read]
    redacted = [t.text.redacted_at for s in frozen for t in s.texts if t.text.redacted_at]
    if any(at >= made_at for at in redacted):
        return True
    # Of a crosswalk a file tells the title only; which version it read is not kept, so any will do.
    r = PublishedRedaction
    of_lens = select(r.id).where(col(r.recorded_at) >= made_at, col(r.table_name) == "crosswalk")
    if of.told.content.lens and (await db.execute(of_lens.limit(1))).first():
        return True
    rows = {("published_edition", str(final.id))}
    rows |= {("published_edition_text", str(t.id)) for t in await queries.final_texts(db, final.id)}
    found = await db.execute(
        select(r.table_name, r.row_id).where(
            col(r.recorded_at) >= made_at,
            col(r.table_name).in_({table for table, _id in rows}),
            col(r.row_id).in_({row_id for _table, row_id in rows}),
        )
    )
    return any((table, row_id) in rows for table, row_id in found)


async def drop_concerned(db: AsyncSession) -> None:
    """Delete the files of the organisation's editions under way that are older than the last redaction.

    They can be made again with one click, so it is not looked whether the redaction concerns them.
    """
    last = await last_redaction(db)
    if last is not None:
        await db.execute(sa.delete(EditionFile).where(col(EditionFile.made_at) <= last))


async def final_body(database: Database, final: PublishedEdition, kind: str, desk: Desk) -> FinalFile:
    """The file, with no text in it that was redacted before this moment. Raises NotFound while it is being made."""
    async with database.read() as db:
        file, last = await queries.final_file(db, final.id, kind), await last_redaction(db)
    if file is not None and last is not None and last >= file.checked_at:
        await check_final(database, final, desk)
        async with database.read() as db:
            file = await queries.final_file(db, final.id, kind)
    if file is None:
        raise NotFound(_("There is no such file, or it is still being made."))
    return file


async def draft_body(db: AsyncSession, own: Own, kind: str) -> EditionFile:
    """The file of an edition under way. Raises NotFound, also where a redaction came after it was made."""
    file, last = next((f for f in own.files if f.kind == kind), None), await last_redaction(db)
    if file is None or (last is not None and last >= file.made_at):
        raise NotFound(_("There is no such file. Have the files made again."))
    return file
