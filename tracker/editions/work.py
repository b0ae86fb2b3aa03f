"""What is done in the background: drawing files, reaching them with redactions, and the daily look at subscriptions."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from tracker.access.models import Organisation
from tracker.db.session import Bound
from tracker.editions import draft_queries, file_service, queries, renewal_service
from tracker.editions.asking_service import DRAFT_FILES, FINAL_FILES
from tracker.editions.assembly import Desk, gathered
from tracker.editions.files import drawn
from tracker.jobs.runner import Handler, Run
from tracker.jobs.service import hold
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.privacy.service import REDACTED
from tracker.snapshots.service import salt_of

SUBSCRIPTIONS = "editions.subscriptions"
DAILY = (SUBSCRIPTIONS,)


def desk_of(run: Run) -> Desk:
    return Desk(run.settings.base_url, run.settings.service_name, run.settings.data_licence)


async def draft_files(run: Run) -> None:
    """Draw the files of an edition under way."""
    bound = Bound(tenant=UUID(run.about["tenant"]))
    await run.tell(10, "reading")
    read_at = await file_service.before_reading(run.database)
    async with run.database.read(bound) as db:
        found = await file_service.under_way(db, UUID(run.about["edition"]))
        told = await draft_queries.told_of(db, found.own, found.organisation, run.settings.base_url)
        of = await gathered(db, told, desk_of(run))
    await run.tell(30, "composing")
    document = await asyncio.to_thread(of.document)
    await run.tell(50, "drawing")
    made = await drawn(of, document)
    await run.tell(90, "keeping")
    async with run.database.write(bound) as db:
        await hold(db, run.taken)
        await file_service.keep_draft_files(db, found.own.edition, made, read_at)


async def final_files(run: Run) -> None:
    """Draw the files of a final edition, once."""
    await run.tell(10, "reading")
    read_at = await file_service.before_reading(run.database)
    async with run.database.read() as db:
        final = await queries.final_by_uid(db, UUID(run.about["edition"]))
        if final is None:
            raise NotFound(_("There is no such edition."))
        told = await queries.told_final(db, final, run.settings.base_url)
        of = await gathered(db, told, desk_of(run))
    await run.tell(30, "composing")
    document = await asyncio.to_thread(of.document)
    await run.tell(50, "drawing")
    made = await drawn(of, document)
    await run.tell(90, "keeping")
    async with run.database.write(Bound(tenant=final.organisation_id)) as db:
        await hold(db, run.taken)
        await file_service.keep_final_files(db, final, made, read_at)


async def redacted(run: Run) -> None:
    """After a redaction: make the files that it concerns again, and drop those of drafts."""
    desk = desk_of(run)
    async with run.database.read() as db:
        waiting = await file_service.unchecked(db)
    for final in waiting:
        await run.tell(50, "reading")
        await file_service.check_final(run.database, final, desk)
    for organisation in await _organisations(run):
        async with run.database.write(Bound(tenant=organisation.id)) as db:
            await file_service.drop_concerned(db)
    await run.database.scrub()


async def subscriptions(run: Run) -> None:
    """Begin the editions that subscriptions ask for, of organisations that may act."""
    salt, desk = salt_of(run.settings.secret_key), desk_of(run)
    for organisation in [o for o in await _organisations(run) if o.suspended_at is None]:
        await renewal_service.look(run.database, organisation, salt=salt, desk=desk)
        await run.tell(50, "reading")


async def _organisations(run: Run) -> list[Organisation]:
    async with run.database.read() as db:
        return await queries.organisations(db)


HANDLERS: Mapping[str, Handler] = {
    DRAFT_FILES: draft_files,
    FINAL_FILES: final_files,
    REDACTED: redacted,
    SUBSCRIPTIONS: subscriptions,
}
