"""Crosswalk sets, their mappings, and the items on either side of each mapping."""

from datetime import date, datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Kind, Table, enum_field, moment_field, text_field
from tracker.kit.vocabulary import Relation


class Crosswalk(Table, table=True):
    """A set that pins one version of each of two frameworks. `state`: draft, published or superseded."""

    kind__: ClassVar[Kind] = Kind.GLOBAL
    __table_args__ = (
        sa.UniqueConstraint("key", "version"),
        sa.CheckConstraint("state IN ('draft', 'published', 'superseded')", name="state"),
    )
    id: int = Field(default=None, primary_key=True)
    key: str = text_field(130)
    version: str = text_field(20)
    title: str = text_field(300)
    source_version_id: int = Field(foreign_key="framework_version.id")
    target_version_id: int = Field(foreign_key="framework_version.id")
    state: str = text_field(12, default="draft")
    licence: str = text_field(200, default="")
    comment: str = text_field(1000, default="")
    created_at: datetime = moment_field()


class Mapping(Table, table=True):
    """One mapping; its sources and targets are the sides below. `confidence` 0 to 1, `strength` 0 to 10."""

    kind__: ClassVar[Kind] = Kind.GLOBAL
    __table_args__ = (
        sa.CheckConstraint("confidence >= 0 AND confidence <= 1", name="confidence"),
        sa.CheckConstraint("strength >= 0 AND strength <= 10", name="strength"),
    )
    id: int = Field(default=None, primary_key=True)
    crosswalk_id: int = Field(foreign_key="crosswalk.id", index=True)
    relation: Relation = enum_field(Relation)
    rationale: str = text_field(1500)
    citation: str = text_field(500, default="")
    justification: str = text_field(60, default="")
    author: str = text_field(200, default="")
    authored_on: date | None = None
    reviewer: str = text_field(200, default="")
    reviewed_on: date | None = None
    confidence: float | None = None
    strength: int | None = None
    domains: str = text_field(80, default="")


class MappingSide(Table, table=True):
    """An item on the source or the target side of a mapping."""

    kind__: ClassVar[Kind] = Kind.GLOBAL
    __table_args__ = (
        sa.CheckConstraint("side IN ('source', 'target')", name="side"),
        sa.Index(None, "item_id"),
    )
    mapping_id: int = Field(primary_key=True, foreign_key="mapping.id")
    item_id: int = Field(primary_key=True, foreign_key="framework_item.id")
    side: str = text_field(6, primary_key=True)
