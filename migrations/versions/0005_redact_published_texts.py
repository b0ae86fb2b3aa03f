"""Redact published texts

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from tracker.db.guards import allow_redaction, postgresql_functions

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FREE_TEXT = 200


def upgrade() -> None:
    op.create_table(
        "published_redaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("tombstone", sa.String(length=199), nullable=False),
        sa.Column("reason", sa.String(length=150), nullable=False),
        sa.Column(
            "by_role",
            sa.Enum(
                "viewer",
                "contributor",
                "reviewer",
                "admin",
                "operator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_redaction")),
        sa.UniqueConstraint(
            "table_name", "row_id", "field", name=op.f("uq_published_redaction_table_name_row_id_field")
        ),
    )
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        postgresql_functions(op.execute)
        op.execute(
            "CREATE TRIGGER published_redaction_no_change BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON published_redaction FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER published_redaction_no_{verb.lower()} BEFORE {verb} ON published_redaction "
                f"BEGIN SELECT RAISE(ABORT, 'published_redaction is append-only'); END"
            )
    for table, key, key_type, texts, others in _with_free_texts():
        allow_redaction(op.execute, dialect, table, key, key_type, texts, others)


def _with_free_texts() -> list[tuple[str, str, str, list[str], list[str]]]:
    """Every published table that the migrations so far have made, with its columns of free text and its others."""
    look = sa.inspect(op.get_bind())
    found = []
    for table in sorted(look.get_table_names()):
        keys = look.get_pk_constraint(table)["constrained_columns"]
        if not table.startswith("published_") or table == "published_redaction" or len(keys) != 1:
            continue
        types = {c["name"]: c["type"] for c in look.get_columns(table)}
        texts = [n for n, t in types.items() if isinstance(t, sa.String) and (t.length or 0) >= FREE_TEXT]
        key_type = "integer" if isinstance(types[keys[0]], sa.Integer) else "uuid"
        if texts:
            found.append((table, keys[0], key_type, texts, [n for n in types if n not in texts]))
    return found


def downgrade() -> None:
    raise NotImplementedError("what was redacted can't come back: restore a back-up instead")
