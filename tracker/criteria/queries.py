"""Reading an organisation's own criteria behind the tenant wall, and what organisations have published of theirs."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation, User
from tracker.criteria.models import (
    LocalCriterion,
    LocalValue,
    PublishedCriterion,
    PublishedCriterionWithdrawal,
)
from tracker.db.base import select
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit.vocabulary import Axis, Value, value

_LABEL = sa.func.coalesce(sa.func.nullif(FrameworkItem.short_label, ""), FrameworkItem.text)
_FRAMEWORK = FrameworkVersion.key + sa.literal("@") + FrameworkVersion.version


@dataclass(frozen=True, slots=True)
class ItemChoice:
    """An item under which a criterion may be put."""

    id: int
    framework_title: str
    label: str


async def item_choices(db: AsyncSession) -> list[ItemChoice]:
    """Every item of every framework, in the frameworks' order."""
    number = FrameworkItem.source_number
    rows = await db.execute(
        select(col(FrameworkItem.id), FrameworkVersion.title, FrameworkVersion.version, number, _LABEL)
        .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
        .order_by(col(FrameworkVersion.id), col(FrameworkItem.position))
    )
    return [
        ItemChoice(id_, f"{title} ({version})", f"{number}: {label}" if number else label)
        for id_, title, version, number, label in rows
    ]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion of the organisation with its item. `updated_by`: who wrote it as it stands."""

    id: UUID
    item_id: int
    framework: str
    item_key: str
    item_label: str
    text: str
    guidance: str
    position: int
    version: int
    archived_at: datetime | None
    updated_at: datetime
    updated_by: UUID | None
    updated_by_name: str


async def criteria(db: AsyncSession, criterion_id: UUID | None = None) -> list[Criterion]:
    """The organisation's criteria, archived ones too, in the order of the items; or the one of the id."""
    c = LocalCriterion
    statement = (
        select(
            col(c.id),
            c.item_id,
            _FRAMEWORK,
            FrameworkItem.key,
            _LABEL,
            c.text,
            c.guidance,
            c.position,
            c.version,
            c.archived_at,
            c.updated_at,
            c.updated_by,
            sa.func.coalesce(User.name, ""),
        )
        .join(FrameworkItem, col(FrameworkItem.id) == c.item_id)
        .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
        .outerjoin(User, col(User.id) == c.updated_by)
        .order_by(col(FrameworkVersion.id), col(FrameworkItem.position), c.position, col(c.id))
    )
    if criterion_id is not None:
        statement = statement.where(col(c.id) == criterion_id)
    return [Criterion(*row) for row in await db.execute(statement)]


async def criterion(db: AsyncSession, criterion_id: UUID) -> Criterion | None:
    found = await criteria(db, criterion_id)
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the organisation says of its criterion in a jurisdiction."""

    jurisdiction_id: int
    code: str
    name: str
    fictional: bool
    commitment: Value
    practice: Value
    note: str
    assessed_on: date | None
    version: int
    updated_at: datetime
    updated_by: UUID | None
    updated_by_name: str

    def on(self, axis: Axis) -> Value:
        return self.commitment if axis is Axis.COMMITMENT else self.practice


async def answers(db: AsyncSession, criterion_id: UUID) -> list[Answer]:
    """By the jurisdiction's name."""
    v, j = LocalValue, Jurisdiction
    rows = await db.execute(
        select(v, j.code, j.name, j.fictional, sa.func.coalesce(User.name, ""))
        .join(j, col(j.id) == v.jurisdiction_id)
        .outerjoin(User, col(User.id) == v.updated_by)
        .where(col(v.criterion_id) == criterion_id)
        .order_by(j.name)
    )
    return [
        Answer(
            row.jurisdiction_id,
            code,
            name,
            fictional,
            value(Axis.COMMITMENT, row.commitment),
            value(Axis.PRACTICE, row.practice),
            row.note,
            row.assessed_on,
            row.version,
            row.updated_at,
            row.updated_by,
            by,
        )
        for row, code, name, fictional, by in rows
    ]


async def answer(db: AsyncSession, criterion_id: UUID, jurisdiction_id: int) -> Answer | None:
    found = await answers(db, criterion_id)
    return next((a for a in found if a.jurisdiction_id == jurisdiction_id), None)


async def counts(db: AsyncSession) -> Counter[UUID]:
    """In how many jurisdictions the organisation says something of each criterion."""
    v = LocalValue
    rows = await db.execute(select(v.criterion_id, sa.func.count()).group_by(col(v.criterion_id)))
    return Counter(dict(rows.all()))


@dataclass(frozen=True, slots=True)
class Statement:
    """A published criterion as it counts at a moment; where it was withdrawn by then, only that and why is left."""

    id: int
    uid: UUID
    criterion_id: UUID
    organisation_key: str
    organisation_name: str
    jurisdiction_id: int
    jurisdiction_code: str
    jurisdiction_name: str
    fictional: bool
    framework: str
    item_key: str
    item_label: str
    text: str
    guidance: str
    commitment: Value
    practice: Value
    note: str
    assessed_on: date | None
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawal_reason: str

    def on(self, axis: Axis) -> Value:
        return self.commitment if axis is Axis.COMMITMENT else self.practice


async def published(
    db: AsyncSession, as_of: datetime, *, jurisdiction_id: int, item_id: int | None = None
) -> list[Statement]:
    """What organisations had published of their own criteria in a jurisdiction by a moment; of one item, if given."""
    p = PublishedCriterion
    where = [col(p.jurisdiction_id) == jurisdiction_id]
    if item_id is not None:
        where.append(col(p.item_id) == item_id)
    return await _statements(db, as_of, *where)


async def published_anywhere(
    db: AsyncSession, as_of: datetime, jurisdictions: Collection[int] | None = None
) -> list[Statement]:
    """The same of these jurisdictions, or (None) of all."""
    where = [] if jurisdictions is None else [col(PublishedCriterion.jurisdiction_id).in_(jurisdictions)]
    return await _statements(db, as_of, *where)


async def own_published(db: AsyncSession, as_of: datetime, organisation_id: UUID) -> list[Statement]:
    """What an organisation has published of its criteria, anywhere."""
    return await _statements(db, as_of, col(PublishedCriterion.organisation_id) == organisation_id)


async def _statements(db: AsyncSession, as_of: datetime, *where: Any) -> list[Statement]:
    """Of each criterion and jurisdiction the latest row. Withdrawn, it does not bring an earlier one back."""
    p, w = PublishedCriterion, PublishedCriterionWithdrawal
    latest = (
        select(sa.func.max(col(p.id)))
        .where(col(p.recorded_at) <= as_of, *where)
        .group_by(col(p.organisation_id), col(p.criterion_id), col(p.jurisdiction_id))
    )
    rows = await db.execute(
        select(
            p,
            Organisation.key.label("organisation_key"),  # type: ignore[attr-defined]
            Organisation.name.label("organisation_name"),  # type: ignore[attr-defined]
            Jurisdiction.code.label("jurisdiction_code"),  # type: ignore[attr-defined]
            Jurisdiction.name.label("jurisdiction_name"),  # type: ignore[attr-defined]
            Jurisdiction.fictional,
            _FRAMEWORK.label("framework"),
            FrameworkItem.key.label("item_key"),  # type: ignore[attr-defined]
            _LABEL.label("item_label"),
            col(w.recorded_at).label("withdrawn_at"),
            w.reason,
        )
        .join(Organisation, col(Organisation.id) == p.organisation_id)
        .join(Jurisdiction, col(Jurisdiction.id) == p.jurisdiction_id)
        .join(FrameworkItem, col(FrameworkItem.id) == p.item_id)
        .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
        .outerjoin(w, sa.and_(col(w.criterion_row_id) == p.id, col(w.recorded_at) <= as_of))
        .where(col(p.id).in_(latest))
        .order_by(
            Organisation.name, col(FrameworkVersion.id), col(FrameworkItem.position), p.position, col(p.id)
        )
    )
    return [_statement(row) for row in rows]


def _statement(row: Any) -> Statement:
    p: PublishedCriterion = row[0]
    return Statement(
        id=p.id,
        uid=p.uid,
        criterion_id=p.criterion_id,
        organisation_key=row.organisation_key,
        organisation_name=row.organisation_name,
        jurisdiction_id=p.jurisdiction_id,
        jurisdiction_code=row.jurisdiction_code,
        jurisdiction_name=row.jurisdiction_name,
        fictional=row.fictional,
        framework=row.framework,
        item_key=row.item_key,
        item_label=row.item_label,
        text=p.text,
        guidance=p.guidance,
        commitment=value(Axis.COMMITMENT, p.commitment),
        practice=value(Axis.PRACTICE, p.practice),
        note=p.note,
        assessed_on=p.assessed_on,
        recorded_at=p.recorded_at,
        withdrawn_at=row.withdrawn_at,
        withdrawal_reason=row.reason or "",
    )
