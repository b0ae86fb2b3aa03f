"""Compare versions of frameworks

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "framework_import",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("as_version", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_framework_import_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_framework_import")),
    )
    op.create_index(
        op.f("ix_framework_import_tenant_id_created_at"),
        "framework_import",
        ["tenant_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "entry_move",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column(
            "domain",
            sa.Enum(
                "individual",
                "organization",
                "researcher",
                "educator",
                "all",
                name="domain",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("old_item_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=40), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["framework_item.id"], name=op.f("fk_entry_move_item_id_framework_item")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_entry_move_jurisdiction_id_jurisdiction")
        ),
        sa.ForeignKeyConstraint(
            ["old_item_id"], ["framework_item.id"], name=op.f("fk_entry_move_old_item_id_framework_item")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_entry_move_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_entry_move")),
        sa.UniqueConstraint(
            "tenant_id",
            "jurisdiction_id",
            "item_id",
            "domain",
            name=op.f("uq_entry_move_tenant_id_jurisdiction_id_item_id_domain"),
        ),
    )
    op.create_table(
        "framework_succession",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("old_item_id", sa.Integer(), nullable=False),
        sa.Column("new_item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["new_item_id"],
            ["framework_item.id"],
            name=op.f("fk_framework_succession_new_item_id_framework_item"),
        ),
        sa.ForeignKeyConstraint(
            ["old_item_id"],
            ["framework_item.id"],
            name=op.f("fk_framework_succession_old_item_id_framework_item"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_succession")),
        sa.UniqueConstraint(
            "old_item_id", "new_item_id", name=op.f("uq_framework_succession_old_item_id_new_item_id")
        ),
    )
    op.create_index(
        op.f("ix_framework_succession_new_item_id"), "framework_succession", ["new_item_id"], unique=False
    )
    # Items that are there already have none but ours.
    op.add_column(
        "framework_item", sa.Column("identifier", sa.String(length=120), nullable=False, server_default="")
    )
    if op.get_bind().dialect.name == "postgresql":
        tenant = "tenant_id = (SELECT nullif(current_setting('app.tenant', true), '')::uuid)"
        for table in ("framework_import", "entry_move"):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY tenant_wall ON {table} USING ({tenant}) WITH CHECK ({tenant})")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_column("framework_item", "identifier")
    op.drop_index(op.f("ix_framework_succession_new_item_id"), table_name="framework_succession")
    op.drop_table("framework_succession")
    op.drop_table("entry_move")
    op.drop_index(op.f("ix_framework_import_tenant_id_created_at"), table_name="framework_import")
    op.drop_table("framework_import")
