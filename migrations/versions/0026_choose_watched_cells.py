"""Choose watched cells, and say for whom a job is done

Revision ID: 0026
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing chosen is all of them, which is what those that are there watch.
    op.add_column("subscription", sa.Column("cells", sa.JSON(), server_default="[]", nullable=False))
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("subscription", "cells", server_default=None)
    op.add_column("job", sa.Column("owner", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_job_owner_state"), "job", ["owner", "state"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore a back-up instead")
