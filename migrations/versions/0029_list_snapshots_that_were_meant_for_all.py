"""List the snapshots that were meant for all, and not those that drafts compare

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLE = "published_snapshot_listing"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("snapshot_id", sa.String(length=26), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["published_snapshot.id"],
            name=op.f("fk_published_snapshot_listing_snapshot_id_published_snapshot"),
        ),
        sa.PrimaryKeyConstraint("snapshot_id", name=op.f("pk_published_snapshot_listing")),
    )
    # Whose those are that are there is not known: drafts are behind walls. They were listed, so they stay.
    op.execute(
        f"INSERT INTO {TABLE} (snapshot_id, recorded_at) SELECT id, recorded_at FROM published_snapshot"  # nosec B608
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
        )


def downgrade() -> None:
    raise NotImplementedError("restore a back-up instead")
