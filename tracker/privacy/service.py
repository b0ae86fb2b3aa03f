"""Taking a text or a file out of what is published, for good. A tombstone and the hash of it stay."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record, take_turn
from tracker.db.session import queue_behind
from tracker.instruments import redacted_service as files
from tracker.jobs.service import enqueue
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.privacy import copies_service as copies
from tracker.privacy import place_queries as queries
from tracker.privacy.models import FILES, REASON_LENGTH, PublishedRedaction
from tracker.privacy.place_queries import Place, Subject
from tracker.privacy.scan import scan

# Redactions queue behind this name, and so does who needs a moment that no unfinished one lies before.
TURN = "redaction"
REDACTED = "privacy.redacted"  # the job that reaches what was drawn before


@dataclass(frozen=True, slots=True)
class Redacted:
    """What was replaced: `published` texts and files, this one included, and `drafts` (private rows) that repeated it.

    `sha256`: of a file, to be swept out of the store once this is committed; else empty.
    """

    tombstone: str
    published: int
    drafts: int
    sha256: str = ""


async def redactable(db: AsyncSession, actor: OrganisationActor, uid: Subject) -> list[Place]:
    """The texts and files of a revision, an instrument or a crosswalk that the actor may redact and that still stand.

    An organisation's admin: what it published itself. The operator: all. Raises NotFound where there are none.
    """
    actor.require(Permission.ADMINISTER)
    everything = actor.may(Permission.OPERATE)
    texts = await queries.texts_of(db, uid)
    mine = [t for t in texts if everything or t.owner == actor.organisation_id]
    if not mine:
        raise NotFound(_("Nothing of this name is published, or it is not your organisation's."))
    gone = await queries.redacted_places(db, mine)
    return [t for t in mine if t not in gone]


async def redact(
    db: AsyncSession, actor: OrganisationActor, uid: Subject, field: str, *, reason: str
) -> Redacted:
    """Replace the text `field` of a revision, an instrument or a crosswalk by a tombstone, and every exact copy its owner has of it.

    `db` must be bound to the owner of the text, so that the copies in its drafts go too and its log tells of it.
    Raises NotFound, Conflict when it was redacted before, Invalid without a fit reason.
    """
    reason = " ".join(reason.split())
    _check(reason)
    place = await _named(db, actor, uid, field)
    # Before anything is locked, and before the moment of the redaction.
    await queue_behind(db, TURN)
    tombstone = f"[redacted {clock.today().isoformat()}: {reason}]"
    if place.table == FILES:
        places, private = await _redact_file(db, actor, place, tombstone, reason)
    else:
        places, private = await _redact_text(db, actor, place, tombstone, reason)
    await record(
        db,
        Action.TEXT_REDACTED,
        tenant=place.owner or actor.organisation_id,
        actor=actor.user_id,
        subject=await queries.subject_of(db, uid),
        detail={"field": field, "published": places, "drafts": private, "by": actor.role.value},
    )
    await enqueue(db, REDACTED, {})
    db.expire_all()
    return Redacted(tombstone, places, private, place.sha256)


async def _redact_text(
    db: AsyncSession, actor: OrganisationActor, place: Place, tombstone: str, reason: str
) -> tuple[int, int]:
    places = {p.key: p for p in [place, *await queries.same_texts(db, place)]}
    await _tell(db, actor, places.values(), tombstone, reason)
    private = await copies.redact_own(db, place.text, tombstone)
    if place.owner is None:
        private += await copies.redact_draft_sets(db, place.text, tombstone)
    instruments = {UUID(p.row_id) for p in places.values() if p.table == "published_instrument"}
    if instruments:
        await copies.redact_cited(db, instruments, place.text, tombstone)
    return len(places), private


async def _redact_file(
    db: AsyncSession, actor: OrganisationActor, place: Place, tombstone: str, reason: str
) -> tuple[int, int]:
    """The operator takes it from everybody who attached the same bytes; an admin from the own organisation alone:

    else anybody could attach what others published, and by redacting it take it from them.
    """
    # Whoever attaches takes this turn first, so nobody attaches the same bytes in between.
    await take_turn(db)
    everybody = actor.may(Permission.OPERATE)
    places = {p.key: p for p in [place, *await queries.same_files(db, place, anybodys=everybody)]}
    held = await (copies.everywhere if everybody else copies.here)(db, files.let_go, place.sha256)
    await _tell(db, actor, places.values(), tombstone, reason)
    return len(places), held


async def _tell(
    db: AsyncSession, actor: OrganisationActor, places: Collection[Place], tombstone: str, reason: str
) -> None:
    for p in places:
        db.add(
            PublishedRedaction(
                table_name=p.table,
                row_id=p.row_id,
                field=p.column,
                sha256=p.sha256 or hashlib.sha256(p.text.encode()).hexdigest(),
                tombstone=tombstone,
                reason=reason,
                by_role=actor.role,
                recorded_at=clock.now(),
            )
        )
    await db.flush()


def _check(reason: str) -> None:
    if not reason:
        raise Invalid({"reason": _("Say why it is redacted; the reason is published in its place.")})
    if len(reason) > REASON_LENGTH:
        raise Invalid({"reason": _("Use at most %(most)s characters.") % {"most": REASON_LENGTH}})
    if any(not hit.kind.weak for hit in scan(reason)):
        raise Invalid({"reason": _("The reason itself has signs of personal data. Say it without them.")})


async def _named(db: AsyncSession, actor: OrganisationActor, uid: Subject, field: str) -> Place:
    found = next((t for t in await redactable(db, actor, uid) if t.field == field), None)
    if found is not None:
        return found
    if any(t.field == field for t in await queries.texts_of(db, uid)):
        raise Conflict(_("This text was redacted before, or it is another organisation's."))
    raise NotFound(_("There is no text in a field of this name."))
