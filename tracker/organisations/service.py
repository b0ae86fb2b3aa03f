"""Adding and suspending organisations, giving and ending mandates."""

from datetime import date
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.models import Organisation
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record
from tracker.db.base import select
from tracker.db.session import queue_behind
from tracker.jurisdictions.models import Jurisdiction
from tracker.jurisdictions.queries import Place
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import MandateKind, OrganisationKind
from tracker.organisations.models import Mandate


def new_organisation(
    *, key: str, name: str, kind: OrganisationKind, website: str = "", fictional: bool = False
) -> Organisation:
    return Organisation(
        id=uuid4(),
        key=key,
        name=name,
        kind=kind,
        website=website,
        fictional=fictional,
        created_at=clock.now(),
    )


async def add_organisation(db: AsyncSession, organisation: Organisation, *, by: UUID | None = None) -> None:
    """Store a new organisation. The session must be bound to it. Raises Invalid where its key is taken."""
    await queue_behind(db, f"organisation:{organisation.key}")
    taken = await db.execute(select(col(Organisation.id)).where(col(Organisation.key) == organisation.key))
    if taken.first():
        raise Invalid({"key": _("There is an organisation with this key already.")})
    db.add(organisation)
    await db.flush()
    await record(
        db,
        Action.ORGANISATION_ADDED,
        tenant=organisation.id,
        actor=by,
        subject=f"organisation:{organisation.key}",
    )


async def add_mandate(
    db: AsyncSession,
    organisation: Organisation,
    place: Place,
    kind: MandateKind,
    valid_from: date | None,
    *,
    by: UUID | None = None,
) -> bool:
    """Give the organisation a mandate, unless it has it from that day on. The session must be bound to the organisation.

    Returns whether it was given. `valid_from` None: from ever.
    """
    await queue_behind(db, f"mandates:{organisation.id}")
    held = await db.execute(
        select(col(Mandate.id)).where(
            col(Mandate.organisation_id) == organisation.id,
            col(Mandate.jurisdiction_id) == place.id,
            col(Mandate.kind) == kind,
            sa.or_(col(Mandate.valid_to).is_(None), col(Mandate.valid_to) >= (valid_from or date.min)),
        )
    )
    if held.first():
        return False
    db.add(
        Mandate(organisation_id=organisation.id, jurisdiction_id=place.id, kind=kind, valid_from=valid_from)
    )
    await db.flush()
    await record(
        db,
        Action.MANDATE_ADDED,
        tenant=organisation.id,
        actor=by,
        subject=f"organisation:{organisation.key}",
        detail={"jurisdiction": place.code, "kind": kind.value},
    )
    return True


async def end_mandate(
    db: AsyncSession, organisation: Organisation, mandate_id: int, last_day: date, *, by: UUID | None
) -> None:
    """Say which day is a mandate's last. The session must be bound to the organisation.

    What was published under it stays, as whose it was. Raises NotFound, Invalid, Conflict where it has a last day.
    """
    # As the database counts them; a larger number it would not even look for.
    mandate = (
        0 < mandate_id < 2**31
        and (
            await db.execute(
                select(Mandate)
                .where(col(Mandate.id) == mandate_id, col(Mandate.organisation_id) == organisation.id)
                .with_for_update()
            )
        ).scalar_one_or_none()
    )
    if not mandate:
        raise NotFound(_("There is no such mandate."))
    if mandate.valid_to is not None:
        raise Conflict(_("This mandate has a last day already."))
    if mandate.valid_from is not None and last_day < mandate.valid_from:
        raise Invalid({"last_day": _("The last day lies before the first.")})
    mandate.valid_to = last_day
    place = await db.scalar(select(Jurisdiction.code).where(col(Jurisdiction.id) == mandate.jurisdiction_id))
    await record(
        db,
        Action.MANDATE_ENDED,
        tenant=organisation.id,
        actor=by,
        subject=f"organisation:{organisation.key}",
        detail={"jurisdiction": place, "kind": mandate.kind.value, "last_day": last_day.isoformat()},
    )


async def suspend(db: AsyncSession, organisation: Organisation, *, by: OrganisationActor) -> None:
    """Let nobody act for the organisation any more, until `resume`. Raises Conflict."""
    by.require(Permission.OPERATE)
    if organisation.id == by.organisation_id:
        raise Conflict(_("An operator can't suspend the own organisation."))
    if organisation.suspended_at is not None:
        raise Conflict(_("This organisation is suspended already."))
    await _set_suspended(db, organisation, Action.ORGANISATION_SUSPENDED, by)


async def resume(db: AsyncSession, organisation: Organisation, *, by: OrganisationActor) -> None:
    """Let its members act again. Raises Conflict."""
    by.require(Permission.OPERATE)
    if organisation.suspended_at is None:
        raise Conflict(_("This organisation is not suspended."))
    await _set_suspended(db, organisation, Action.ORGANISATION_RESUMED, by)


async def _set_suspended(
    db: AsyncSession, organisation: Organisation, action: Action, by: OrganisationActor
) -> None:
    organisation.suspended_at = clock.now() if action is Action.ORGANISATION_SUSPENDED else None
    await record(db, action, tenant=organisation.id, actor=by.by, subject=f"organisation:{organisation.key}")
