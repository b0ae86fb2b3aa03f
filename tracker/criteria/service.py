"""Writing an organisation's own criteria and what it says of them. Nothing here is public: see `criteria/publish.py`.

Every function takes a session bound to the actor's organisation, and raises a refusal of `tracker.kit.errors`
before it has changed anything.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record_by
from tracker.criteria.models import LocalCriterion, LocalValue
from tracker.db.base import select
from tracker.db.session import queue_behind
from tracker.frameworks.models import FrameworkItem
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import VALUE_CODES
from tracker.organisations import queries as organisations

MOST_CRITERIA = 500


@dataclass(frozen=True, slots=True)
class Wording:
    """What a criterion asks, and how to tell."""

    text: str
    guidance: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a criterion: "0" to "4" or a missing code on each axis, with a short note and a day."""

    commitment: str = "not_assessed"
    practice: str = "not_assessed"
    note: str = ""
    assessed_on: date | None = None


def stale() -> Conflict:
    return Conflict(
        _(
            "Somebody has changed this since you opened it. Nothing of yours was saved yet; send it again to replace it."
        )
    )


async def locked(db: AsyncSession, criterion_id: UUID, version: int | None = None) -> LocalCriterion:
    """The criterion, locked until the transaction ends. Raises NotFound; Conflict for another version."""
    statement = select(LocalCriterion).where(col(LocalCriterion.id) == criterion_id).with_for_update()
    found: LocalCriterion | None = (await db.execute(statement)).scalar_one_or_none()
    if found is None:
        raise NotFound(_("Your organisation has no such criterion."))
    if version is not None and found.version != version:
        raise stale()
    return found


async def locked_value(db: AsyncSession, criterion_id: UUID, jurisdiction_id: int) -> LocalValue | None:
    statement = (
        select(LocalValue)
        .where(
            col(LocalValue.criterion_id) == criterion_id, col(LocalValue.jurisdiction_id) == jurisdiction_id
        )
        .with_for_update()
    )
    found: LocalValue | None = (await db.execute(statement)).scalar_one_or_none()
    return found


async def add(db: AsyncSession, actor: OrganisationActor, item_id: int, wording: Wording) -> LocalCriterion:
    """A new criterion, the last one of its item."""
    actor.require(Permission.WRITE_DRAFTS)
    _check(wording)
    known = await db.execute(select(FrameworkItem.id).where(col(FrameworkItem.id) == item_id))
    if known.first() is None:
        raise Invalid({"item": _("There is no such item.")})
    await queue_behind(db, f"criteria:{actor.organisation_id}")
    c = LocalCriterion
    total = await db.scalar(select(sa.func.count()).select_from(c))
    if (total or 0) >= MOST_CRITERIA:
        raise Invalid({"text": _("An organisation has at most %(most)s criteria.") % {"most": MOST_CRITERIA}})
    last = await db.scalar(select(sa.func.max(col(c.position))).where(col(c.item_id) == item_id))
    made = LocalCriterion(
        tenant_id=actor.organisation_id,
        id=uuid4(),
        item_id=item_id,
        position=(last or 0) + 1,
        text=wording.text,
        guidance=wording.guidance,
        updated_at=clock.now(),
        updated_by=actor.user_id,
    )
    db.add(made)
    await db.flush()
    await _tell(db, actor, Action.CRITERION_ADDED, made)
    return made


async def change(
    db: AsyncSession, actor: OrganisationActor, criterion_id: UUID, wording: Wording, *, version: int
) -> None:
    """Replace its wording. What is published of it stays as it was published."""
    actor.require(Permission.WRITE_DRAFTS)
    _check(wording)
    found = await locked(db, criterion_id, version)
    found.text, found.guidance = wording.text, wording.guidance
    found.version += 1
    found.updated_at, found.updated_by = clock.now(), actor.user_id
    await db.flush()
    await _tell(db, actor, Action.CRITERION_CHANGED, found)


def _check(wording: Wording) -> None:
    if not wording.text:
        raise Invalid({"text": _("Say what the criterion asks.")})


async def move(db: AsyncSession, actor: OrganisationActor, criterion_id: UUID, *, up: bool) -> None:
    """Swap it with the one before or after it under its item, archived ones passed over; at the end, nothing."""
    actor.require(Permission.WRITE_DRAFTS)
    await queue_behind(db, f"criteria:{actor.organisation_id}")
    found = await locked(db, criterion_id)
    c = LocalCriterion
    row = (
        select(c)
        .where(col(c.item_id) == found.item_id, col(c.archived_at).is_(None))
        .order_by(c.position, col(c.id))
        .with_for_update()
    )
    beside = list((await db.execute(row)).scalars().all())
    if found not in beside:
        return
    place = beside.index(found)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(beside):
        return
    found.position, beside[other].position = beside[other].position, found.position
    await db.flush()
    await _tell(db, actor, Action.CRITERION_MOVED, found)


async def archive(db: AsyncSession, actor: OrganisationActor, criterion_id: UUID, *, archived: bool) -> None:
    """Put it away, or take it up again. What was said and published of it stays."""
    actor.require(Permission.WRITE_DRAFTS)
    found = await locked(db, criterion_id)
    if bool(found.archived_at) == archived:
        return
    found.archived_at = clock.now() if archived else None
    await db.flush()
    await _tell(db, actor, Action.CRITERION_ARCHIVED if archived else Action.CRITERION_RESTORED, found)


async def say(
    db: AsyncSession,
    actor: OrganisationActor,
    criterion_id: UUID,
    jurisdiction_id: int,
    said: Said,
    *,
    version: int,
) -> LocalValue:
    """Keep what is said of a criterion in a jurisdiction; `version` 0 where nothing is said yet.

    Raises NotFound without a mandate, Conflict for another version or an archived criterion, Invalid.
    """
    actor.require(Permission.WRITE_DRAFTS)
    _check_said(said)
    await require_mandate(db, actor, jurisdiction_id)
    criterion = await locked(db, criterion_id)
    if criterion.archived_at:
        raise Conflict(_("This criterion is archived. Take it up again first."))
    found = await locked_value(db, criterion_id, jurisdiction_id)
    if (found.version if found else 0) != version:
        raise stale()
    if found is None:
        found = LocalValue(
            tenant_id=actor.organisation_id,
            id=uuid4(),
            criterion_id=criterion_id,
            jurisdiction_id=jurisdiction_id,
            version=0,
            updated_at=clock.now(),
        )
        db.add(found)
    found.commitment, found.practice = said.commitment, said.practice
    found.note, found.assessed_on = said.note, said.assessed_on
    found.version += 1
    found.updated_at, found.updated_by = clock.now(), actor.user_id
    try:
        await db.flush()
    except IntegrityError as error:  # another request said the first thing in this moment
        raise stale() from error
    await _tell(db, actor, Action.CRITERION_VALUE_SAVED, criterion, {"jurisdiction": jurisdiction_id})
    return found


def _check_said(said: Said) -> None:
    codes = (said.commitment, said.practice)
    if any(code not in VALUE_CODES for code in codes):
        raise Invalid({"commitment": _("Choose one of the options.")})
    if "not_applicable" in codes and not said.note:
        raise Invalid({"note": _("“Not applicable” needs a reason: give it in the note.")})


async def require_mandate(db: AsyncSession, actor: OrganisationActor, jurisdiction_id: int) -> None:
    """Raises NotFound when the organisation may not speak of the jurisdiction."""
    if (await organisations.voice_of(db, actor.organisation_id, jurisdiction_id, clock.today())) is None:
        raise NotFound(_("Your organisation has no mandate for this jurisdiction."))


async def _tell(
    db: AsyncSession,
    actor: OrganisationActor,
    action: Action,
    criterion: LocalCriterion,
    detail: dict[str, object] | None = None,
) -> None:
    await record_by(
        db,
        actor,
        action,
        f"criterion:{criterion.id}",
        {"item": criterion.item_id, "version": criterion.version} | (detail or {}),
    )
