"""Rate and bind the items of frameworks

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "framework_rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("framework_version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("definition", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_version_id"],
            ["framework_version.id"],
            name=op.f("fk_framework_rating_framework_version_id_framework_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_rating")),
        sa.UniqueConstraint(
            "framework_version_id", "code", name=op.f("uq_framework_rating_framework_version_id_code")
        ),
        sa.UniqueConstraint(
            "framework_version_id", "position", name=op.f("uq_framework_rating_framework_version_id_position")
        ),
    )
    # Items that are there already state neither.
    op.add_column(
        "framework_item", sa.Column("bindingness", sa.String(length=20), nullable=False, server_default="")
    )
    op.add_column(
        "framework_item", sa.Column("rating", sa.String(length=20), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("framework_item", "rating")
    op.drop_column("framework_item", "bindingness")
    op.drop_table("framework_rating")
