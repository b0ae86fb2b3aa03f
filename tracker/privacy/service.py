"""Taking a text out of what is published, for good. A tombstone and the hash of the text stay."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record
from tracker.db.base import free_texts, select
from tracker.editions.models import Edition, EditionText
from tracker.entries.models import Draft, DraftCitation
from tracker.instruments.models import Instrument
from tracker.jobs.service import enqueue
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.privacy import queries
from tracker.privacy.models import REASON_LENGTH, PublishedRedaction
from tracker.privacy.queries import Place
from tracker.privacy.scan import scan

REDACTED = "privacy.redacted"  # the job that reaches what was drawn before


@dataclass(frozen=True, slots=True)
class Redacted:
    """What was replaced: `published` texts, this one included, and `drafts` (rows) that repeated it."""

    tombstone: str
    published: int
    drafts: int


async def redactable(db: AsyncSession, actor: OrganisationActor, uid: UUID) -> list[Place]:
    """The texts of a revision that the actor may redact and that still stand.

    An organisation's admin: the texts that it published itself. The operator: all. Raises NotFound where there are none.
    """
    actor.require(Permission.ADMINISTER)
    everything = actor.may(Permission.OPERATE)
    texts = await queries.texts_of_revision(db, uid)
    mine = [t for t in texts if everything or t.owner == actor.organisation_id]
    if not mine:
        raise NotFound(_("There is no such revision, or it is not your organisation's."))
    gone = await queries.redacted_places(db, mine)
    return [t for t in mine if t not in gone]


async def redact(
    db: AsyncSession, actor: OrganisationActor, uid: UUID, field: str, *, reason: str
) -> Redacted:
    """Replace the text `field` of a revision by a tombstone, and every exact copy that its owner has of it.

    `db` must be bound to the owner of the text, so that the copies in its drafts go too and its log tells of it.
    Raises NotFound, Conflict when it was redacted before, Invalid without a fit reason.
    """
    reason = " ".join(reason.split())
    _check(reason)
    place = await _named(db, actor, uid, field)
    tombstone = f"[redacted {clock.today().isoformat()}: {reason}]"
    places = {(p.table, p.row_id, p.column): p for p in [place, *await queries.same_texts(db, place)]}
    for p in places.values():
        db.add(
            PublishedRedaction(
                table_name=p.table,
                row_id=p.row_id,
                field=p.column,
                sha256=hashlib.sha256(p.text.encode()).hexdigest(),
                tombstone=tombstone,
                reason=reason,
                by_role=actor.role,
                recorded_at=clock.now(),
            )
        )
    await db.flush()
    drafts = await _redact_drafts(db, place.text, tombstone)
    await record(
        db,
        Action.TEXT_REDACTED,
        tenant=place.owner or actor.organisation_id,
        actor=actor.user_id,
        subject=f"revision:{uid}",
        detail={"field": field, "published": len(places), "drafts": drafts, "by": actor.role.value},
    )
    await enqueue(db, REDACTED, {})
    db.expire_all()
    return Redacted(tombstone, len(places), drafts)


def _check(reason: str) -> None:
    if not reason:
        raise Invalid({"reason": _("Say why it is redacted; the reason is published in its place.")})
    if len(reason) > REASON_LENGTH:
        raise Invalid({"reason": _("Use at most %(most)s characters.") % {"most": REASON_LENGTH}})
    if any(not hit.kind.weak for hit in scan(reason)):
        raise Invalid({"reason": _("The reason itself has signs of personal data. Say it without them.")})


async def _named(db: AsyncSession, actor: OrganisationActor, uid: UUID, field: str) -> Place:
    found = next((t for t in await redactable(db, actor, uid) if t.field == field), None)
    if found is not None:
        return found
    if any(t.field == field for t in await queries.texts_of_revision(db, uid)):
        raise Conflict(_("This text was redacted before, or it is another organisation's."))
    raise NotFound(_("The revision has no text in a field of this name."))


async def _redact_drafts(db: AsyncSession, text: str, tombstone: str) -> int:
    """Overwrite the text in the drafts, citations and instruments of the session's organisation."""
    changed = 0
    for table in (Draft, DraftCitation, Instrument, Edition, EditionText):
        for name in free_texts(table):
            values: dict[str, object] = {name: tombstone}
            if table is Draft:
                values["version"] = Draft.version + 1  # a form opened before would bring the text back
            if table is Edition:
                values["version"] = Edition.version + 1
            done = await db.execute(sa.update(table).where(getattr(table, name) == text).values(**values))
            changed += done.rowcount  # type: ignore[attr-defined]
    held = select(EditionText.edition_id).where(col(EditionText.text) == tombstone)
    await db.execute(sa.update(Edition).where(col(Edition.id).in_(held)).values(version=Edition.version + 1))
    return changed
