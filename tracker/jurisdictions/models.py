"""The tree of jurisdictions."""

from typing import ClassVar

from sqlmodel import Field

from tracker.db.base import Kind, Table, enum_field, text_field
from tracker.kit.vocabulary import JurisdictionKind


class Jurisdiction(Table, table=True):
    """`code` is ISO 3166-1 alpha-3, ISO 3166-2, or PARENT.OWN for health systems and facility networks."""

    kind__: ClassVar[Kind] = Kind.GLOBAL
    id: int = Field(default=None, primary_key=True)
    code: str = text_field(24, unique=True)
    kind: JurisdictionKind = enum_field(JurisdictionKind)
    name: str = text_field(200)
    parent_id: int | None = Field(default=None, foreign_key="jurisdiction.id", index=True)
    # The ids of all above it, nearest last, as "/1/20/"; so that "all below" is one prefix.
    path: str = text_field(80, default="/", index=True)
    region: str = text_field(60, default="")
    subregion: str = text_field(60, default="")
    un_member: bool = False
    income_group: str = text_field(30, default="")
    fictional: bool = False
