"""Keep an outbox for e-mail

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_digest",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "failed",
                name="mailstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fault", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["user_account.id"], name=op.f("fk_mail_digest_recipient_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_mail_digest_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_mail_digest")),
        sa.UniqueConstraint(
            "tenant_id", "recipient_id", "day", name=op.f("uq_mail_digest_tenant_id_recipient_id_day")
        ),
    )
    op.create_index(
        op.f("ix_mail_digest_tenant_id_state_next_at"),
        "mail_digest",
        ["tenant_id", "state", "next_at"],
        unique=False,
    )
    op.create_table(
        "mail_switched_off",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "returned",
                "to_review",
                "replies_due",
                "ready",
                "reports",
                "contested",
                "stale",
                "repealed",
                "search_notes",
                "to_correct",
                "editions",
                "new_editions",
                name="mailkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_mail_switched_off_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_mail_switched_off")),
    )
    op.create_table(
        "outbox_item",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "returned",
                "to_review",
                "replies_due",
                "ready",
                "reports",
                "contested",
                "stale",
                "repealed",
                "search_notes",
                "to_correct",
                "editions",
                "new_editions",
                name="mailkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["user_account.id"], name=op.f("fk_outbox_item_recipient_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "digest_id"],
            ["mail_digest.tenant_id", "mail_digest.id"],
            name=op.f("fk_outbox_item_tenant_id_digest_id_mail_digest"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_outbox_item_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_outbox_item")),
        sa.UniqueConstraint(
            "tenant_id",
            "recipient_id",
            "kind",
            "subject",
            name=op.f("uq_outbox_item_tenant_id_recipient_id_kind_subject"),
        ),
    )
    op.create_index(
        op.f("ix_outbox_item_tenant_id_digest_id"), "outbox_item", ["tenant_id", "digest_id"], unique=False
    )
    if op.get_bind().dialect.name == "postgresql":
        tenant = "tenant_id = (SELECT nullif(current_setting('app.tenant', true), '')::uuid)"
        for table in ("mail_digest", "outbox_item"):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY tenant_wall ON {table} USING ({tenant}) WITH CHECK ({tenant})")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    for table in ("outbox_item", "mail_switched_off", "mail_digest"):
        op.drop_table(table)
