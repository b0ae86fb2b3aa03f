"""Stamp the public record and keep tokens of the API

Revision ID: 0010
Revises: 0009
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    stamp = op.create_table(
        "record_stamp",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_stamp")),
    )
    op.bulk_insert(stamp, [{"id": 1, "stamp": uuid4().hex}])
    op.create_table(
        "api_token",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("scopes", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_api_token_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_token_key_hash")),
    )
    if op.get_bind().dialect.name == "postgresql":
        tenant = "tenant_id = (SELECT nullif(current_setting('app.tenant', true), '')::uuid)"
        own = "key_hash = (SELECT nullif(current_setting('app.token', true), ''))"
        op.execute("ALTER TABLE api_token ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant_wall ON api_token USING ({tenant}) WITH CHECK ({tenant})")
        # A request that brings a key must find out whose it is: that one row, to read it, no more.
        op.execute(f"CREATE POLICY own_token ON api_token FOR SELECT USING ({own})")
        op.execute("ALTER TABLE api_token FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("api_token")
    op.drop_table("record_stamp")
