"""Keep imports that were looked at

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_preview",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_import_preview_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_import_preview")),
    )
    op.create_index(
        op.f("ix_import_preview_tenant_id_created_at"),
        "import_preview",
        ["tenant_id", "created_at"],
        unique=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        tenant = "tenant_id = (SELECT nullif(current_setting('app.tenant', true), '')::uuid)"
        op.execute("ALTER TABLE import_preview ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant_wall ON import_preview USING ({tenant}) WITH CHECK ({tenant})")
        op.execute("ALTER TABLE import_preview FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_index(op.f("ix_import_preview_tenant_id_created_at"), table_name="import_preview")
    op.drop_table("import_preview")
