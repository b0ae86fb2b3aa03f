"""Crosswalk sets, their mappings with the items on either side, and the items found to have no counterpart.

Accounts (`author_id`, `reviewer_id`, `publisher_id`) say who acted and are never shown; names (`author`, ...)
are given for publication. On both databases triggers freeze a set with all that belongs to it once it is published.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Kind, Table, enum_field, moment_field, text_field
from tracker.kit.vocabulary import Relation

KEY_LENGTH = 90
VERSION_LENGTH = 20
TITLE_LENGTH = 300
COMMENT_LENGTH = 1000
RATIONALE_LENGTH = 1500
CITATION_LENGTH = 500
JUSTIFICATION_LENGTH = 60
NAME_LENGTH = 200


class Crosswalk(Table, table=True):
    """A set that pins one version of each of two frameworks. `state`: draft, published or superseded.

    `edit_number` rises with each change of the head; `based_on` is the `key@version` of the set it began as a copy of.
    `changed_by`: the account that last changed what no review of a mapping covers, the head and what is in the set at
    all; None for the command line. It can't be who publishes.
    """

    kind__: ClassVar[Kind] = Kind.GLOBAL
    __table_args__ = (
        sa.UniqueConstraint("key", "version"),
        sa.CheckConstraint("state IN ('draft', 'published', 'superseded')", name="state"),
    )
    id: int = Field(default=None, primary_key=True)
    key: str = text_field(130)  # those of the seed may be longer than KEY_LENGTH
    version: str = text_field(VERSION_LENGTH)
    title: str = text_field(TITLE_LENGTH)
    source_version_id: int = Field(foreign_key="framework_version.id")
    target_version_id: int = Field(foreign_key="framework_version.id")
    state: str = text_field(12, default="draft")
    licence: str = text_field(200, default="")
    comment: str = text_field(COMMENT_LENGTH, default="")
    created_at: datetime = moment_field()
    edit_number: int = 1
    based_on: str = text_field(160, default="")
    publisher: str = text_field(NAME_LENGTH, default="")
    publisher_id: UUID | None = None
    changed_by: UUID | None = None
    published_at: datetime | None = moment_field(default=None, nullable=True)
    superseded_at: datetime | None = moment_field(default=None, nullable=True)


class Mapping(Table, table=True):
    """One mapping; its sources and targets are the sides below. `confidence` 0 to 1, `strength` 0 to 10.

    `version` rises with each edit, which also voids the review. Whoever edited last can't be who reviews.
    """

    kind__: ClassVar[Kind] = Kind.GLOBAL
    __table_args__ = (
        sa.CheckConstraint("confidence >= 0 AND confidence <= 1", name="confidence"),
        sa.CheckConstraint("strength >= 0 AND strength <= 10", name="strength"),
    )
    id: int = Field(default=None, primary_key=True)
    crosswalk_id: int = Field(foreign_key="crosswalk.id", index=True)
    relation: Relation = enum_field(Relation)
    version: int = 1
    rationale: str = text_field(RATIONALE_LENGTH)
    citation: str = text_field(CITATION_LENGTH, default="")
    justification: str = text_field(JUSTIFICATION_LENGTH, default="")
    author: str = text_field(NAME_LENGTH, default="")
    author_id: UUID | None = None
    authored_on: date | None = None
    reviewer: str = text_field(NAME_LENGTH, default="")
    reviewer_id: UUID | None = None
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


class NoCounterpart(Table, table=True):
    """An item of either side that was found to have no counterpart: other than one that nobody has looked at."""

    kind__: ClassVar[Kind] = Kind.GLOBAL
    __table_args__ = (
        sa.CheckConstraint("side IN ('source', 'target')", name="side"),
        sa.CheckConstraint("reviewer_id <> author_id", name="second_person"),
        sa.UniqueConstraint("crosswalk_id", "side", "item_id"),
        sa.Index(None, "item_id"),
    )
    id: int = Field(default=None, primary_key=True)
    crosswalk_id: int = Field(foreign_key="crosswalk.id")
    item_id: int = Field(foreign_key="framework_item.id")
    side: str = text_field(6)
    version: int = 1
    rationale: str = text_field(RATIONALE_LENGTH)
    citation: str = text_field(CITATION_LENGTH, default="")
    justification: str = text_field(JUSTIFICATION_LENGTH, default="")
    author: str = text_field(NAME_LENGTH, default="")
    author_id: UUID | None = None
    authored_on: date | None = None
    reviewer: str = text_field(NAME_LENGTH, default="")
    reviewer_id: UUID | None = None
    reviewed_on: date | None = None
