"""Keep sets of jurisdictions

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_set",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_saved_set_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_saved_set")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_saved_set_tenant_id_name")),
    )
    if op.get_bind().dialect.name == "postgresql":
        tenant = "tenant_id = (SELECT nullif(current_setting('app.tenant', true), '')::uuid)"
        op.execute("ALTER TABLE saved_set ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant_wall ON saved_set USING ({tenant}) WITH CHECK ({tenant})")
        op.execute("ALTER TABLE saved_set FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("saved_set")
