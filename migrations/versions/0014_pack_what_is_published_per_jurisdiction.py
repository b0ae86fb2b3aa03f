"""Pack what is published per jurisdiction

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_INDEXED = (
    ("published_revision", ("recorded_at", "valid_from", "valid_to")),
    ("published_withdrawal", ("recorded_at",)),
    ("published_review", ("recorded_at",)),
    ("published_reply", ("recorded_at",)),
    ("published_confirmation", ("recorded_at",)),
)


def upgrade() -> None:
    op.create_table(
        "packed_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packed_head")),
    )
    op.create_table(
        "packed_cells",
        sa.Column("framework_version_id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("spoken", sa.Integer(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_version_id"],
            ["framework_version.id"],
            name=op.f("fk_packed_cells_framework_version_id_framework_version"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdiction.id"],
            name=op.f("fk_packed_cells_jurisdiction_id_jurisdiction"),
        ),
        sa.PrimaryKeyConstraint("framework_version_id", "jurisdiction_id", name=op.f("pk_packed_cells")),
    )
    op.create_table(
        "packed_history",
        sa.Column("framework_version_id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("history", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_version_id"],
            ["framework_version.id"],
            name=op.f("fk_packed_history_framework_version_id_framework_version"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdiction.id"],
            name=op.f("fk_packed_history_jurisdiction_id_jurisdiction"),
        ),
        sa.PrimaryKeyConstraint("framework_version_id", "jurisdiction_id", name=op.f("pk_packed_history")),
    )
    op.create_table(
        "packed_lines",
        sa.Column("framework_version_id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_version_id"],
            ["framework_version.id"],
            name=op.f("fk_packed_lines_framework_version_id_framework_version"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdiction.id"],
            name=op.f("fk_packed_lines_jurisdiction_id_jurisdiction"),
        ),
        sa.PrimaryKeyConstraint("framework_version_id", "jurisdiction_id", name=op.f("pk_packed_lines")),
    )
    # The first that writes, or `tracker migrate`, fills them. These find the last change without reading all rows.
    for table, columns in _INDEXED:
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for table, columns in _INDEXED:
        for column in columns:
            op.drop_index(op.f(f"ix_{table}_{column}"), table)
    for table in ("packed_lines", "packed_history", "packed_cells", "packed_head"):
        op.drop_table(table)
