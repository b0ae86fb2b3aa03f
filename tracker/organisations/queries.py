"""Reading organisations and mandates."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.db.base import select
from tracker.entries.models import PublishedRevision
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit.vocabulary import MandateKind, OrganisationKind, Voice
from tracker.organisations.models import Mandate


@dataclass(frozen=True, slots=True)
class Mandated:
    """A jurisdiction an organisation has a mandate for."""

    jurisdiction_id: int
    code: str
    name: str
    kind: MandateKind
    fictional: bool


@dataclass(frozen=True, slots=True)
class Steward:
    """`website` and `contact` as the organisation gives them, "" for none."""

    organisation_id: UUID
    organisation_name: str
    jurisdiction_id: int
    website: str
    contact: str


def _in_force(on: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        sa.or_(col(Mandate.valid_from).is_(None), col(Mandate.valid_from) <= on),
        sa.or_(col(Mandate.valid_to).is_(None), col(Mandate.valid_to) >= on),
    )


async def organisation_by_key(db: AsyncSession, key: str) -> Organisation | None:
    return (await db.execute(select(Organisation).where(col(Organisation.key) == key))).scalar_one_or_none()


async def mandates(db: AsyncSession, organisation_id: UUID, on: date) -> list[Mandated]:
    """The organisation's mandates in force on a day, by code."""
    rows = await db.execute(
        select(
            col(Jurisdiction.id), Jurisdiction.code, Jurisdiction.name, Mandate.kind, Jurisdiction.fictional
        )
        .join(Mandate, col(Mandate.jurisdiction_id) == Jurisdiction.id)
        .where(col(Mandate.organisation_id) == organisation_id, _in_force(on))
        .order_by(Jurisdiction.code, Mandate.kind)
    )
    return [Mandated(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Admitted:
    """An organisation as the operator sees it: nothing of its members or drafts."""

    key: str
    name: str
    kind: OrganisationKind
    fictional: bool
    created_at: datetime
    suspended_at: datetime | None
    mandates: int


async def admitted(db: AsyncSession, on: date) -> list[Admitted]:
    """Every organisation by name, with the number of its mandates in force on a day."""
    o = Organisation
    in_force = (
        select(sa.func.count())
        .select_from(Mandate)
        .where(col(Mandate.organisation_id) == o.id, _in_force(on))
        .scalar_subquery()
    )
    rows = await db.execute(
        select(o.key, o.name, o.kind, o.fictional, o.created_at, o.suspended_at, in_force).order_by(
            o.name, o.key
        )
    )
    return [Admitted(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Held:
    """A mandate, in force or ended. None: from ever, or with no last day."""

    id: int
    code: str
    name: str
    kind: MandateKind
    valid_from: date | None
    valid_to: date | None

    def ended(self, on: date) -> bool:
        return self.valid_to is not None and self.valid_to < on


async def mandate_history(db: AsyncSession, organisation_id: UUID) -> list[Held]:
    """All mandates that the organisation has had, those without a last day first, then the latest."""
    m = Mandate
    rows = await db.execute(
        select(col(m.id), Jurisdiction.code, Jurisdiction.name, m.kind, m.valid_from, m.valid_to)
        .join(Jurisdiction, col(Jurisdiction.id) == m.jurisdiction_id)
        .where(col(m.organisation_id) == organisation_id)
        .order_by(Jurisdiction.code, m.kind, m.id)
    )
    held = [Held(*row) for row in rows]
    return sorted(held, key=lambda h: (h.valid_to is not None, -(h.valid_to or date.min).toordinal()))


async def lineage(db: AsyncSession, jurisdiction_id: int) -> list[int]:
    """The jurisdiction's id, then those above it, nearest first. Empty for an unknown id."""
    path = (
        await db.execute(select(Jurisdiction.path).where(col(Jurisdiction.id) == jurisdiction_id))
    ).scalar_one_or_none()
    if path is None:
        return []
    above = [int(part) for part in path.split("/") if part]
    return [jurisdiction_id, *reversed(above)]


async def nearest_stewards(db: AsyncSession, jurisdiction_id: int, on: date) -> list[Steward]:
    """The stewards of the nearest jurisdiction, at or above this one, that has any."""
    line = await lineage(db, jurisdiction_id)
    rows = await db.execute(
        select(
            col(Organisation.id),
            Organisation.name,
            Mandate.jurisdiction_id,
            Organisation.website,
            Organisation.contact,
        )
        .join(Mandate, col(Mandate.organisation_id) == Organisation.id)
        .where(
            col(Mandate.jurisdiction_id).in_(line), col(Mandate.kind) == MandateKind.STEWARD, _in_force(on)
        )
        .order_by(Organisation.name)
    )
    stewards = [Steward(*row) for row in rows]
    nearest = min((line.index(s.jurisdiction_id) for s in stewards), default=None)
    return [] if nearest is None else [s for s in stewards if s.jurisdiction_id == line[nearest]]


async def voice_of(db: AsyncSession, organisation_id: UUID, jurisdiction_id: int, on: date) -> Voice | None:
    """As what the organisation may speak of the jurisdiction; None when it may not.

    A steward higher up is silent where there is a nearer one: it is neither the self nor independent.
    """
    line = await lineage(db, jurisdiction_id)
    if any(s.organisation_id == organisation_id for s in await nearest_stewards(db, jurisdiction_id, on)):
        return Voice.SELF
    held = set(
        (
            await db.execute(
                select(Mandate.kind).where(
                    col(Mandate.organisation_id) == organisation_id,
                    col(Mandate.jurisdiction_id).in_(line),
                    _in_force(on),
                )
            )
        ).scalars()
    )
    return Voice.INDEPENDENT if held == {MandateKind.ASSESSOR} else None


async def covers(db: AsyncSession, organisation_id: UUID, jurisdiction_id: int, on: date) -> bool:
    """Whether the organisation has a mandate of either kind for the jurisdiction or one above it."""
    held = await db.execute(
        select(Mandate.id).where(
            col(Mandate.organisation_id) == organisation_id,
            col(Mandate.jurisdiction_id).in_(await lineage(db, jurisdiction_id)),
            _in_force(on),
        )
    )
    return held.first() is not None


async def speakers(db: AsyncSession, jurisdiction_id: int) -> list[tuple[str, Voice]]:
    """The organisations that have published on a jurisdiction, with the voice of each, by name."""
    rows = await db.execute(
        select(Organisation.name, PublishedRevision.voice)
        .join(Organisation, col(Organisation.id) == PublishedRevision.organisation_id)
        .where(col(PublishedRevision.jurisdiction_id) == jurisdiction_id)
        .distinct()
        .order_by(Organisation.name)
    )
    return [(name, voice) for name, voice in rows]


async def is_steward_near(db: AsyncSession, organisation_id: UUID, jurisdiction_id: int, on: date) -> bool:
    """Whether the organisation is steward of the jurisdiction, of one above it, or of one below it."""
    line = await lineage(db, jurisdiction_id)
    below = col(Jurisdiction.path).contains(f"/{jurisdiction_id}/", autoescape=True)
    found = await db.execute(
        select(col(Mandate.id))
        .join(Jurisdiction, col(Jurisdiction.id) == Mandate.jurisdiction_id)
        .where(
            col(Mandate.organisation_id) == organisation_id,
            col(Mandate.kind) == MandateKind.STEWARD,
            sa.or_(col(Mandate.jurisdiction_id).in_(line), below),
            _in_force(on),
        )
    )
    return found.first() is not None
