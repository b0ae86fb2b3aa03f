"""Audit events and the head of their chain."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Kind, Private, Table, moment_field, text_field

# Events that belong to no organisation, such as a change of password.
SERVICE = UUID(int=0)


class AuditEvent(Private, table=True):
    """One change. `hash` covers all of it and the hash of the event before, across all tenants."""

    __table_args__ = (sa.UniqueConstraint("sequence"), sa.Index(None, "tenant_id", "sequence"))
    tenant_id: UUID = Field(primary_key=True)  # no foreign key: the service itself is tenant zero
    sequence: int
    at: datetime = moment_field()
    actor_id: UUID | None = None
    action: str = text_field(60)
    subject: str = text_field(120)
    detail: dict[str, Any] = Field(sa_type=sa.JSON)
    previous_hash: str = text_field(64)
    hash: str = text_field(64)


class AuditHead(Table, table=True):
    """The last link of the chain: one row, locked by whoever adds the next."""

    kind__: ClassVar[Kind] = Kind.GLOBAL
    id: int = Field(default=1, primary_key=True)
    sequence: int = 0
    hash: str = text_field(64, default="0" * 64)
