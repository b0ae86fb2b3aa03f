"""Say why a notice was withdrawn

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "notice", sa.Column("withdrawn_reason", sa.String(length=1000), server_default="", nullable=False)
    )
    # Only those that are there already: the program always gives one.
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("notice", "withdrawn_reason", server_default=None)


def downgrade() -> None:
    raise NotImplementedError("restore a back-up instead")
