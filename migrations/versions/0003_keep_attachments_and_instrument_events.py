"""Keep attachments and instrument events

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("published_attachment", "published_instrument_event")
PRIVATE = ("attachment",)


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("holders", sa.Integer(), nullable=False),
        sa.CheckConstraint("holders >= 0", name=op.f("ck_stored_file_holders")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "attachment",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("own_instrument_id", sa.Uuid(), nullable=True),
        sa.Column("instrument_id", sa.Uuid(), nullable=True),
        sa.Column(
            "published_as",
            sa.Enum(
                "none", "file", "hash", name="publishas", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(own_instrument_id IS NULL) <> (instrument_id IS NULL)",
            name=op.f("ck_attachment_one_instrument"),
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["published_instrument.id"],
            name=op.f("fk_attachment_instrument_id_published_instrument"),
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_attachment_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "own_instrument_id"],
            ["instrument.tenant_id", "instrument.id"],
            name=op.f("fk_attachment_tenant_id_own_instrument_id_instrument"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_attachment_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_attachment")),
    )
    op.create_index(
        op.f("ix_attachment_tenant_id_instrument_id"),
        "attachment",
        ["tenant_id", "instrument_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_attachment_tenant_id_own_instrument_id"),
        "attachment",
        ["tenant_id", "own_instrument_id"],
        unique=False,
    )
    op.create_table(
        "published_attachment",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "published_as",
            sa.Enum(
                "none", "file", "hash", name="publishas", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "published_as IN ('file', 'hash')", name=op.f("ck_published_attachment_something")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["published_instrument.id"],
            name=op.f("fk_published_attachment_instrument_id_published_instrument"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_published_attachment_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_published_attachment_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_attachment")),
    )
    op.create_index(
        op.f("ix_published_attachment_instrument_id"), "published_attachment", ["instrument_id"], unique=False
    )
    op.create_table(
        "published_instrument_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "amended",
                "repealed",
                "details",
                "retracted",
                name="instrumenteventkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("by_instrument_id", sa.Uuid(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=1500), nullable=False),
        sa.Column("archived_url", sa.String(length=1000), nullable=False),
        sa.Column("in_force_until", sa.Date(), nullable=True),
        sa.Column("retracts_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'retracted') = (retracts_id IS NOT NULL)",
            name=op.f("ck_published_instrument_event_retracts"),
        ),
        sa.CheckConstraint(
            "kind <> 'repealed' OR effective_on IS NOT NULL",
            name=op.f("ck_published_instrument_event_repealed_when"),
        ),
        sa.CheckConstraint(
            "by_instrument_id <> instrument_id", name=op.f("ck_published_instrument_event_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["by_instrument_id"], ["published_instrument.id"], name="fk_published_instrument_event_by"
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["published_instrument.id"], name="fk_published_instrument_event_instrument"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_published_instrument_event_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["retracts_id"], ["published_instrument_event.id"], name="fk_published_instrument_event_retracts"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_instrument_event")),
        sa.UniqueConstraint("retracts_id", name=op.f("uq_published_instrument_event_retracts_id")),
    )
    op.create_index(
        op.f("ix_published_instrument_event_instrument_id"),
        "published_instrument_event",
        ["instrument_id"],
        unique=False,
    )
    # Columns are added plainly: a batch would copy the tables and drop their triggers.
    op.add_column(
        "instrument", sa.Column("archived_url", sa.String(length=1000), nullable=False, server_default="")
    )
    op.add_column("instrument", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column(
        "published_instrument",
        sa.Column("archived_url", sa.String(length=1000), nullable=False, server_default=""),
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _guard_sqlite() -> None:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _guard_postgresql() -> None:
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    tenant = "tenant_id = (SELECT nullif(current_setting('app.tenant', true), '')::uuid)"
    for table in PRIVATE:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant_wall ON {table} USING ({tenant}) WITH CHECK ({tenant})")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    raise NotImplementedError("what is published is never dropped: restore a back-up instead")
