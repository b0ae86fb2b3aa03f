"""Sets of jurisdictions that an organisation keeps for its own comparisons."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Private, moment_field, text_field

NAME_LENGTH = 120


class SavedSet(Private, table=True):
    """`codes`: of its jurisdictions, separated by commas, in the order of the comparison they were saved from."""

    __table_args__ = (sa.UniqueConstraint("tenant_id", "name"),)
    name: str = text_field(NAME_LENGTH)
    codes: str = Field(sa_type=sa.Text)
    updated_at: datetime = moment_field()
    updated_by: UUID | None = None
