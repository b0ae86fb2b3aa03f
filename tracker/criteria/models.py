"""An organisation's own criteria and what it says of them, private; and the copies that it publishes, append-only.

They are no items of a framework: nothing that compares, counts or exports a framework reads these tables.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from tracker.db.base import Kind, Private, Table, moment_field, text_field
from tracker.kit.vocabulary import VALUE_CODES

TEXT_LENGTH = 300
GUIDANCE_LENGTH = 600
NOTE_LENGTH = 600
REASON_LENGTH = 300

_codes = ", ".join(f"'{code}'" for code in VALUE_CODES)


def _value_checks() -> tuple[sa.CheckConstraint, ...]:
    return tuple(
        sa.CheckConstraint(f"{axis} IN ({_codes})", name=axis) for axis in ("commitment", "practice")
    )


class CriterionFields(SQLModel):
    """What is asked, and how to tell."""

    text: str = text_field(TEXT_LENGTH)
    guidance: str = text_field(GUIDANCE_LENGTH, default="")


class ValueFields(SQLModel):
    """What is said of a criterion in a jurisdiction: "0" to "4" or a missing code on each axis."""

    commitment: str = text_field(16, default="not_assessed")
    practice: str = text_field(16, default="not_assessed")
    note: str = text_field(NOTE_LENGTH, default="")
    assessed_on: date | None = None


class LocalCriterion(Private, CriterionFields, table=True):
    """A criterion under an item. `position` orders those of one item; an archived one is kept and not asked."""

    __table_args__ = (sa.Index(None, "tenant_id", "item_id"),)
    item_id: int = Field(foreign_key="framework_item.id")
    position: int
    version: int = 1
    archived_at: datetime | None = moment_field(default=None)
    updated_at: datetime = moment_field()
    updated_by: UUID | None = None


class LocalValue(Private, ValueFields, table=True):
    """What the organisation says of its criterion in one jurisdiction."""

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["tenant_id", "criterion_id"], ["local_criterion.tenant_id", "local_criterion.id"]
        ),
        sa.UniqueConstraint("tenant_id", "criterion_id", "jurisdiction_id"),
        *_value_checks(),
    )
    criterion_id: UUID
    jurisdiction_id: int = Field(foreign_key="jurisdiction.id")
    version: int = 1
    updated_at: datetime = moment_field()
    updated_by: UUID | None = None


class PublishedCriterion(Table, CriterionFields, ValueFields, table=True):
    """A criterion and what its organisation says of it in one jurisdiction, as published.

    Of the rows of one criterion and jurisdiction the latest counts. `criterion_id` names them and points nowhere.
    """

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    __table_args__ = (
        sa.Index(None, "jurisdiction_id", "item_id"),
        sa.Index(None, "organisation_id", "criterion_id"),
        *_value_checks(),
    )
    id: int = Field(default=None, primary_key=True)
    uid: UUID = Field(unique=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    criterion_id: UUID
    item_id: int = Field(foreign_key="framework_item.id")
    jurisdiction_id: int = Field(foreign_key="jurisdiction.id")
    position: int
    recorded_at: datetime = moment_field()


class PublishedCriterionWithdrawal(Table, table=True):
    """A published criterion taken back; the reason stays in its place."""

    kind__: ClassVar[Kind] = Kind.PUBLISHED
    # Named here: PostgreSQL takes no name as long as the convention would make it.
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["criterion_row_id"], ["published_criterion.id"], name="fk_published_criterion_withdrawal_row"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_published_criterion_withdrawal_organisation"
        ),
    )
    criterion_row_id: int = Field(primary_key=True)
    organisation_id: UUID
    reason: str = text_field(REASON_LENGTH)
    recorded_at: datetime = moment_field()
