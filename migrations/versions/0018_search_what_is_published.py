"""Search what is published

Revision ID: 0018
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

from tracker.db.search_index import keep_index

revision = "0018"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("ref", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("head", sa.String(length=2000), nullable=False),
        sa.Column("body", sa.String(length=2000), nullable=False),
        sa.Column("sort", sa.String(length=500), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_document")),
        sa.UniqueConstraint("kind", "ref", name=op.f("uq_search_document_kind_ref")),
    )
    op.create_index(op.f("ix_search_document_revision"), "search_document", ["revision"], unique=False)
    keep_index(op.execute, op.get_bind().dialect.name)


def downgrade() -> None:
    raise NotImplementedError("restore a back-up instead")
