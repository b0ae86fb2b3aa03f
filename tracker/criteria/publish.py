"""Publishing what an organisation says of its own criterion in a jurisdiction, as an immutable copy; and taking it back."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record_by
from tracker.criteria.models import (
    LocalCriterion,
    LocalValue,
    PublishedCriterion,
    PublishedCriterionWithdrawal,
)
from tracker.criteria.service import locked, locked_value, stale
from tracker.db.base import free_texts, select
from tracker.kit import clock
from tracker.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Voice
from tracker.organisations import queries as organisations
from tracker.privacy.findings import Text, findings, require_confirmed

NONE_READ: frozenset[str] = frozenset()
COPIED = ("text", "guidance", "commitment", "practice", "note", "assessed_on")


def texts_of(criterion: LocalCriterion, said: LocalValue) -> list[Text]:
    """The free texts that publishing would publish."""
    return [
        Text(name, getattr(row, name))
        for row in (criterion, said)
        for name in free_texts(type(row))
        if getattr(row, name)
    ]


async def to_publish(
    db: AsyncSession, criterion_id: UUID, jurisdiction_id: int
) -> tuple[LocalCriterion, LocalValue]:
    """What would be published. Raises NotFound where nothing is said yet."""
    criterion = await locked(db, criterion_id)
    said = await locked_value(db, criterion_id, jurisdiction_id)
    if said is None:
        raise NotFound(_("Nothing is said of this criterion in this jurisdiction yet."))
    return criterion, said


async def hindrance(
    db: AsyncSession, actor: OrganisationActor, criterion: LocalCriterion, said: LocalValue
) -> str:
    """Why the actor can't publish it now, in words; "" when nothing is in the way but signs of personal data.

    An independent organisation speaks of a jurisdiction with a steward after notice only (decision 0011), and
    criteria have no notice: theirs stay private there (decision 0013).
    """
    today = clock.today()
    voice = await organisations.voice_of(db, actor.organisation_id, said.jurisdiction_id, today)
    stewards = await organisations.nearest_stewards(db, said.jurisdiction_id, today)
    if voice is None:
        return _("Your organisation has no mandate for this jurisdiction any more.")
    if voice is Voice.INDEPENDENT and stewards:
        return _(
            "This jurisdiction has a steward, who must be notified of what others publish of it. Criteria of "
            "one's own have no such notice, so yours stay private here."
        )
    if criterion.archived_at:
        return _("This criterion is archived. Take it up again first.")
    before = await _latest(db, actor, criterion.id, said.jurisdiction_id)
    if before and all(getattr(before, name) == _now(criterion, said, name) for name in COPIED):
        return _("This is published already, as it stands.")
    return ""


def is_author(actor: OrganisationActor, criterion: LocalCriterion, said: LocalValue) -> bool:
    """Whether the actor wrote the criterion, or what is said of it, as it stands."""
    return actor.user_id in (criterion.updated_by, said.updated_by)


def _now(criterion: LocalCriterion, said: LocalValue, name: str) -> Any:
    return getattr(criterion if name in ("text", "guidance") else said, name)


async def _latest(
    db: AsyncSession, actor: OrganisationActor, criterion_id: UUID, jurisdiction_id: int
) -> PublishedCriterion | None:
    """What counts of it now; None where nothing was published, or the last was withdrawn."""
    p, w = PublishedCriterion, PublishedCriterionWithdrawal
    row = (
        await db.execute(
            select(p, col(w.criterion_row_id))
            .outerjoin(w, col(w.criterion_row_id) == p.id)
            .where(
                col(p.organisation_id) == actor.organisation_id,
                col(p.criterion_id) == criterion_id,
                col(p.jurisdiction_id) == jurisdiction_id,
            )
            .order_by(col(p.id).desc())
            .limit(1)
        )
    ).first()
    return row[0] if row and row[1] is None else None


async def publish(
    db: AsyncSession,
    actor: OrganisationActor,
    criterion_id: UUID,
    jurisdiction_id: int,
    *,
    versions: tuple[int, int],
    confirmed_hits: frozenset[str] = NONE_READ,
) -> PublishedCriterion:
    """Publish a copy. `versions`: of the criterion and of what is said of it, as they were read.

    Raises Forbidden to whoever wrote either, Conflict when it changed or is hindered, Unconfirmed (an Invalid) for a
    sign of personal data that is not among `confirmed_hits`.
    """
    actor.require(Permission.REVIEW)
    criterion, said = await to_publish(db, criterion_id, jurisdiction_id)
    if (criterion.version, said.version) != versions:
        raise stale()
    if is_author(actor, criterion, said):
        raise Forbidden(_("You wrote this, so somebody else has to publish it."))
    if why := await hindrance(db, actor, criterion, said):
        raise Conflict(why)
    signs = require_confirmed(findings(texts_of(criterion, said)), confirmed_hits)
    made = PublishedCriterion(
        uid=uuid4(),
        organisation_id=actor.organisation_id,
        criterion_id=criterion.id,
        item_id=criterion.item_id,
        jurisdiction_id=jurisdiction_id,
        position=criterion.position,
        recorded_at=clock.now(),
        **{name: _now(criterion, said, name) for name in COPIED},
    )
    db.add(made)
    await db.flush()
    await record_by(
        db,
        actor,
        Action.CRITERION_PUBLISHED,
        f"published_criterion:{made.uid}",
        {"criterion": str(criterion.id), "versions": list(versions), "personal_data_signs": signs},
    )
    return made


async def withdrawable(db: AsyncSession, actor: OrganisationActor, uid: UUID) -> PublishedCriterion:
    """Raises NotFound for another organisation's, Conflict where it was withdrawn or followed by another."""
    p = PublishedCriterion
    mine = col(p.organisation_id) == actor.organisation_id
    found: PublishedCriterion | None = (
        await db.execute(select(p).where(col(p.uid) == uid, mine))
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(_("Your organisation has published no such criterion."))
    latest = await _latest(db, actor, found.criterion_id, found.jurisdiction_id)
    if latest is None or latest.id != found.id:
        raise Conflict(_("This was withdrawn before, or a later one takes its place."))
    return found


async def withdraw(db: AsyncSession, actor: OrganisationActor, uid: UUID, *, reason: str) -> None:
    """Take a published criterion back; the reason stays. What was published before it does not come back."""
    actor.require(Permission.REVIEW)
    reason = reason.strip()
    if not reason:
        raise Invalid({"reason": _("Say why it is withdrawn; the reason is published.")})
    found = await withdrawable(db, actor, uid)
    if any(not f.weak for f in findings([Text("reason", reason)])):
        raise Invalid({"reason": _("The reason itself has signs of personal data. Say it without them.")})
    db.add(
        PublishedCriterionWithdrawal(
            criterion_row_id=found.id,
            organisation_id=actor.organisation_id,
            reason=reason,
            recorded_at=clock.now(),
        )
    )
    await db.flush()
    await record_by(db, actor, Action.CRITERION_WITHDRAWN, f"published_criterion:{uid}")
