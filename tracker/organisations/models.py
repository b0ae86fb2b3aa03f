"""Mandates: which organisation may speak of which jurisdiction, and as what."""

from datetime import date
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Kind, Table, enum_field
from tracker.kit.vocabulary import MandateKind


class Mandate(Table, table=True):
    """`steward` may self-report for the jurisdiction and what lies below it; `assessor` may assess them.

    From `valid_from` to `valid_to`, both included. One that has ended stays; those of a kind never overlap.
    """

    kind__: ClassVar[Kind] = Kind.GLOBAL
    __table_args__ = (sa.UniqueConstraint("organisation_id", "jurisdiction_id", "kind", "valid_from"),)
    id: int = Field(default=None, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    jurisdiction_id: int = Field(foreign_key="jurisdiction.id", index=True)
    kind: MandateKind = enum_field(MandateKind)
    valid_from: date | None = None
    valid_to: date | None = None
