"""Framework versions, the tree of their items, and which item of a version continues which of an earlier one."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Kind, Private, Table, moment_field, text_field


class FrameworkVersion(Table, table=True):
    """One version of a framework. `left_to_import` names what the source has and this record does not."""

    kind__: ClassVar[Kind] = Kind.GLOBAL
    __table_args__ = (sa.UniqueConstraint("key", "version"),)
    id: int = Field(default=None, primary_key=True)
    key: str = text_field(60)
    version: str = text_field(20)
    title: str = text_field(300)
    publisher: str = text_field(300)
    year: int
    kind: str = text_field(40)
    applies_by_domain: bool = False
    licence: str = text_field(100)
    verbatim_allowed: str = text_field(60)
    landing_url: str = text_field(500, default="")
    note: str = text_field(1000, default="")
    left_to_import: str = text_field(100, default="")
    left_to_import_kind: str = text_field(40, default="")


class FrameworkItem(Table, table=True):
    """`domains` holds the domains an item applies to, separated by commas; empty means all of its framework's.

    `bindingness` is one of the vocabulary's, or empty where not stated; `rating` is a code of the version's scale.
    `identifier` is the one that other systems know it by (CASE), empty where there is none but ours.
    """

    kind__: ClassVar[Kind] = Kind.GLOBAL
    __table_args__ = (
        sa.UniqueConstraint("framework_version_id", "key"),
        sa.UniqueConstraint("framework_version_id", "id"),
        sa.ForeignKeyConstraint(
            ["framework_version_id", "parent_id"],
            ["framework_item.framework_version_id", "framework_item.id"],
        ),
    )
    id: int = Field(default=None, primary_key=True)
    framework_version_id: int = Field(foreign_key="framework_version.id")
    key: str = text_field(40)
    parent_id: int | None = None
    position: int
    source_number: str = text_field(60, default="")
    kind: str = text_field(40)
    text: str = text_field(1000)
    short_label: str = text_field(200, default="")
    theme: str = text_field(60, default="")
    wording: str = text_field(20)
    provenance: str = text_field(20)
    source_url: str = text_field(500, default="")
    bindingness: str = text_field(20, default="")
    rating: str = text_field(20, default="")
    identifier: str = text_field(120, default="")
    domains: str = text_field(80, default="")


class FrameworkRating(Table, table=True):
    """A code of the scale by which a framework's source rates its items, with what it means there."""

    kind__: ClassVar[Kind] = Kind.GLOBAL
    __table_args__ = (
        sa.UniqueConstraint("framework_version_id", "code"),
        sa.UniqueConstraint("framework_version_id", "position"),
    )
    id: int = Field(default=None, primary_key=True)
    framework_version_id: int = Field(foreign_key="framework_version.id")
    position: int
    code: str = text_field(20)
    label: str = text_field(100)
    definition: str = text_field(1000, default="")


class FrameworkSuccession(Table, table=True):
    """An item of a later version continues one of an earlier version of its framework, as a file or the operator says.

    Items with the same key continue one another without being told here.
    """

    kind__: ClassVar[Kind] = Kind.GLOBAL
    __table_args__ = (sa.UniqueConstraint("old_item_id", "new_item_id"), sa.Index(None, "new_item_id"))
    id: int = Field(default=None, primary_key=True)
    old_item_id: int = Field(foreign_key="framework_item.id")
    new_item_id: int = Field(foreign_key="framework_item.id")


class FrameworkImport(Private, table=True):
    """A file that was looked at and may be taken in. `content` is compressed; `basis` stands for what it would do."""

    __table_args__ = (sa.Index(None, "tenant_id", "created_at"),)
    created_at: datetime = moment_field()
    created_by: UUID | None = None
    filename: str = text_field(120)
    kind: str = text_field(10)
    as_version: str = text_field(20, default="")
    licence: str = text_field(100, default="")
    basis: str = text_field(64)
    content: bytes = Field(sa_type=sa.LargeBinary)
