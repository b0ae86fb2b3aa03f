"""What `tracker redact` does: the operator redacts from the command line."""

from uuid import UUID

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Role
from tracker.db.session import Bound, Database
from tracker.instruments.attachment_service import sweep
from tracker.instruments.store import Store
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import OrganisationKind
from tracker.privacy import place_queries as queries
from tracker.privacy import service
from tracker.privacy.place_queries import Subject

LINE = 70
# The service itself: whoever can run the command is the operator.
OPERATOR = OrganisationActor(
    None, UUID(int=0), "service", "", OrganisationKind.OPERATOR, False, Role.OPERATOR
)


async def texts(database: Database, uid: Subject) -> list[str]:
    """One line for each text of what is named that may be redacted: its field, and how it begins."""
    async with database.read() as db:
        places = await service.redactable(db, OPERATOR, uid)
    return [f"{p.field:<36} {' '.join(p.text.split())[:LINE]}" for p in places]


async def redact(database: Database, store: Store, uid: Subject, field: str, reason: str) -> list[str]:
    """Redact as the owner's session, then empty what SQLite's log still holds of it. Lines that tell of it."""
    async with database.read() as db:
        places = await queries.texts_of(db, uid)
    place = next((p for p in places if p.field == field), None)
    if place is None:
        raise NotFound(_("There is no text in a field of this name."))
    async with database.write(Bound(tenant=place.owner or OPERATOR.organisation_id)) as db:
        done = await service.redact(db, OPERATOR, uid, field, reason=reason)
    held, own = done.published, done.drafts
    lines = [f"{done.tombstone} stands in {held} published places; {own} private rows had it too"]
    if not await finish(database, store, done):
        lines.append(
            "the database is in use, and its file may still hold the text: stop the service and VACUUM it"
        )
    return lines


async def finish(database: Database, store: Store, done: service.Redacted) -> bool:
    """Once the redaction is committed: remove the file, and what SQLite's file and its log hold of a text.

    False when somebody who reads or writes hinders the latter.
    """
    if done.sha256:
        async with database.write() as db:
            await sweep(db, store, done.sha256)
    return await database.scrub(anew=True)
