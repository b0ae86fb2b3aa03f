"""Invite members and end mandates

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _invitations()
    _mandates()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, length in (("contact", 254), ("language", 20)):
        op.add_column(
            "organisation", sa.Column(name, sa.String(length=length), server_default="", nullable=False)
        )
        # Only those that are there already: the program always gives one.
        if not is_sqlite:
            op.alter_column("organisation", name, server_default=None)
    op.add_column("organisation", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "role", _enum("role", "viewer", "contributor", "reviewer", "admin", "operator"), nullable=False
        ),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_invitation_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_invitation_key_hash")),
    )
    op.create_index(
        op.f("ix_invitation_tenant_id_next_at"), "invitation", ["tenant_id", "next_at"], unique=False
    )
    if op.get_bind().dialect.name == "postgresql":
        tenant = "tenant_id = (SELECT nullif(current_setting('app.tenant', true), '')::uuid)"
        own = "key_hash = (SELECT nullif(current_setting('app.token', true), ''))"
        op.execute("ALTER TABLE invitation ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant_wall ON invitation USING ({tenant}) WITH CHECK ({tenant})")
        # Who comes with a key must see what it is an invitation to: that one row, to read it, no more.
        op.execute(f"CREATE POLICY own_invitation ON invitation FOR SELECT USING ({own})")
        op.execute("ALTER TABLE invitation FORCE ROW LEVEL SECURITY")


def _mandates() -> None:
    """A mandate that has ended stays, and may be given anew: so one is told from the next by its first day."""
    old = op.f("uq_mandate_organisation_id_jurisdiction_id_kind")
    new = op.f("uq_mandate_organisation_id_jurisdiction_id_kind_valid_from")
    columns = ["organisation_id", "jurisdiction_id", "kind", "valid_from"]
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(old, "mandate", type_="unique")
        op.create_unique_constraint(new, "mandate", columns)
        return
    # Written out, for a table that Alembic rebuilds loses its checks. It has no triggers to make again.
    op.rename_table("mandate", "mandate_before")
    op.drop_index(op.f("ix_mandate_jurisdiction_id"))
    op.create_table(
        "mandate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("kind", _enum("mandatekind", "steward", "assessor"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_mandate_jurisdiction_id_jurisdiction")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_mandate_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
        sa.UniqueConstraint(*columns, name=new),
    )
    names = "id, organisation_id, jurisdiction_id, kind, valid_from, valid_to"
    op.execute(f"INSERT INTO mandate ({names}) SELECT {names} FROM mandate_before")  # nosec B608
    lost = sa.text("SELECT (SELECT count(*) FROM mandate_before) - (SELECT count(*) FROM mandate)")
    if op.get_bind().scalar(lost):
        raise RuntimeError("mandates would be lost")
    op.drop_table("mandate_before")
    op.create_index(op.f("ix_mandate_jurisdiction_id"), "mandate", ["jurisdiction_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("mandates that have ended would be forgotten: restore a back-up instead")
