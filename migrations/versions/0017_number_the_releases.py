"""Number the releases

Revision ID: 0017
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0014"
branch_labels = None
depends_on = None

PUBLISHED = ("published_release", "published_release_rewrite")


def upgrade() -> None:
    op.create_table(
        "published_release",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("licence", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=190), nullable=False),
        sa.Column("forced", sa.String(length=190), nullable=False),
        sa.Column("sums_sha256", sa.String(length=64), nullable=False),
        sa.Column("redaction_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_published_release")),
    )
    op.create_table(
        "published_release_rewrite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("redaction_id", sa.Integer(), nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("sums_before", sa.String(length=64), nullable=False),
        sa.Column("sums_after", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"],
            ["published_release.number"],
            name=op.f("fk_published_release_rewrite_number_published_release"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_release_rewrite")),
        sa.UniqueConstraint(
            "number", "redaction_id", name=op.f("uq_published_release_rewrite_number_redaction_id")
        ),
    )
    guard = _guard_postgresql if op.get_bind().dialect.name == "postgresql" else _guard_sqlite
    for table in PUBLISHED:
        guard(table)


def _guard_sqlite(table: str) -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _guard_postgresql(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    raise NotImplementedError("what is published is never dropped: restore a back-up instead")
