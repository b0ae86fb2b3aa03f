"""Freeze comparisons

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "published_snapshot",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_snapshot")),
        sa.UniqueConstraint("sha256", name=op.f("uq_published_snapshot_sha256")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER published_snapshot_no_change BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON published_snapshot FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER published_snapshot_no_{verb.lower()} BEFORE {verb} ON published_snapshot "
                f"BEGIN SELECT RAISE(ABORT, 'published_snapshot is append-only'); END"
            )


def downgrade() -> None:
    raise NotImplementedError("what was cited can't be taken back: restore a back-up instead")
