"""Adding organisations and mandates."""

from datetime import date
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.audit.record import Action, record
from tracker.db.base import select
from tracker.jurisdictions.queries import Place
from tracker.kit import clock
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


async def add_organisation(db: AsyncSession, organisation: Organisation) -> None:
    """Store a new organisation. The session must be bound to it."""
    db.add(organisation)
    await db.flush()
    await record(
        db,
        Action.ORGANISATION_ADDED,
        tenant=organisation.id,
        actor=None,
        subject=f"organisation:{organisation.key}",
    )


async def add_mandate(
    db: AsyncSession, organisation: Organisation, place: Place, kind: MandateKind, valid_from: date | None
) -> None:
    """Give the organisation a mandate, unless it has it. The session must be bound to the organisation."""
    held = await db.execute(
        select(Mandate.id).where(
            col(Mandate.organisation_id) == organisation.id,
            col(Mandate.jurisdiction_id) == place.id,
            col(Mandate.kind) == kind,
        )
    )
    if held.first():
        return
    db.add(
        Mandate(organisation_id=organisation.id, jurisdiction_id=place.id, kind=kind, valid_from=valid_from)
    )
    await db.flush()
    await record(
        db,
        Action.MANDATE_ADDED,
        tenant=organisation.id,
        actor=None,
        subject=f"organisation:{organisation.key}",
        detail={"jurisdiction": place.code, "kind": kind.value},
    )
