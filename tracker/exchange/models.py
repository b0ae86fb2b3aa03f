"""An import that was looked at and may be applied."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Private, moment_field, text_field

FILENAME_LENGTH = 120


class ImportPreview(Private, table=True):
    """`content` is the file as compressed CSV, so that applying needs no second upload.

    `sha256` is of its rows; `basis` stands for what it would write and replace: when that has changed, it
    is stale. `report` is what the page shows.
    """

    passing__: ClassVar[bool] = True
    __table_args__ = (sa.Index(None, "tenant_id", "created_at"),)
    created_at: datetime = moment_field()
    created_by: UUID | None = None
    filename: str = text_field(FILENAME_LENGTH)
    sha256: str = text_field(64)
    basis: str = text_field(64)
    report: dict[str, Any] = Field(sa_type=sa.JSON)
    content: bytes = Field(sa_type=sa.LargeBinary)
