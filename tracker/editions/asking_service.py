"""Having files made in the background, and giving that up."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.editions import draft_queries
from tracker.editions.models import EditionState
from tracker.jobs import service as jobs
from tracker.kit.errors import Conflict, NotFound
from tracker.kit.i18n import gettext as _

DRAFT_FILES, FINAL_FILES = "editions.draft_files", "editions.final_files"
OPEN = (EditionState.DRAFT, EditionState.SUBMITTED)
# So many at once are enough for people; a program that asks for all it has would keep the others waiting.
MOST_WAITING = 10


async def ask_for_files(db: AsyncSession, actor: OrganisationActor, briefing_id: UUID, number: int) -> None:
    """Have the files of an open edition made; again, where that failed. Those of a final one come by themselves.

    Raises NotFound, and Conflict for an edition that is open no more or where too many wait already.
    """
    actor.require(Permission.WRITE_DRAFTS)
    edition = await draft_queries.edition(db, briefing_id, number)
    if edition is None:
        raise NotFound(_("There is no such edition."))
    job = await jobs.job(db, edition.job_id) if edition.job_id else None
    if job is not None and job.state in ("queued", "running"):
        return
    if job is not None and job.state == "failed":
        await jobs.retry(db, job.id)
        return
    if edition.state not in OPEN:
        raise Conflict(_("This edition is no longer in the state in which this can be done."))
    if await jobs.waiting_of(db, actor.organisation_id) >= MOST_WAITING:
        raise Conflict(
            _(
                "The files of %(n)s editions of your organisation are being made already. Wait for one of them."
            )
            % {"n": MOST_WAITING}
        )
    about = {"tenant": str(actor.organisation_id), "edition": str(edition.id)}
    edition.job_id = await jobs.enqueue(db, DRAFT_FILES, about, owner=actor.organisation_id)
    await db.flush()


async def give_up_files(db: AsyncSession, actor: OrganisationActor, briefing_id: UUID, number: int) -> None:
    """No longer have the files of an open edition made; what was made before stays.

    Raises NotFound, and Conflict where nothing waits, or for a final edition, which needs its files.
    """
    actor.require(Permission.WRITE_DRAFTS)
    edition = await draft_queries.edition(db, briefing_id, number)
    if edition is None:
        raise NotFound(_("There is no such edition."))
    if edition.state not in OPEN or edition.job_id is None or not await jobs.drop(db, edition.job_id):
        raise Conflict(_("Nothing is being made here that could be stopped."))
    edition.job_id = None
    await db.flush()
