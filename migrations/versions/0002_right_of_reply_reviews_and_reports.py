"""Right of reply reviews and reports

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("published_confirmation", "published_report", "published_report_event")
PRIVATE = ("notice", "notice_reply", "report")
TWO_PARTIES = ("notice", "notice_reply")


def upgrade() -> None:
    op.create_table(
        "notice_reply",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("counterpart_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("lodged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lodged_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["counterpart_id"], ["organisation.id"], name=op.f("fk_notice_reply_counterpart_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_notice_reply_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notice_reply")),
        sa.UniqueConstraint("tenant_id", "notice_id", name=op.f("uq_notice_reply_tenant_id_notice_id")),
    )
    op.create_index(
        op.f("ix_notice_reply_counterpart_id_notice_id"),
        "notice_reply",
        ["counterpart_id", "notice_id"],
        unique=False,
    )
    op.create_table(
        "notice",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("counterpart_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
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
        sa.Column("copy", sa.JSON(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["counterpart_id"], ["organisation.id"], name=op.f("fk_notice_counterpart_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["framework_item.id"], name=op.f("fk_notice_item_id_framework_item")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_notice_jurisdiction_id_jurisdiction")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["published_revision.id"], name=op.f("fk_notice_revision_id_published_revision")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_notice_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notice")),
    )
    op.create_index(
        op.f("ix_notice_counterpart_id_sent_at"), "notice", ["counterpart_id", "sent_at"], unique=False
    )
    op.create_index(op.f("ix_notice_tenant_id_draft_id"), "notice", ["tenant_id", "draft_id"], unique=False)
    op.create_table(
        "published_confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["published_revision.id"],
            name=op.f("fk_published_confirmation_revision_id_published_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_confirmation")),
    )
    op.create_index(
        op.f("ix_published_confirmation_revision_id"), "published_confirmation", ["revision_id"], unique=False
    )
    op.create_table(
        "published_report",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_published_report_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["published_revision.id"],
            name=op.f("fk_published_report_revision_id_published_revision"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_published_report")),
    )
    op.create_index(
        op.f("ix_published_report_revision_id"), "published_report", ["revision_id"], unique=False
    )
    op.create_table(
        "published_report_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "accepted",
                "declined",
                "purged",
                name="reportstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("evidence_url", sa.String(length=1000), nullable=False),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"],
            ["published_report.number"],
            name=op.f("fk_published_report_event_number_published_report"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_report_event")),
        sa.UniqueConstraint("number", name=op.f("uq_published_report_event_number")),
    )
    op.create_table(
        "report",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("evidence_url", sa.String(length=1000), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["number"], ["published_report.number"], name=op.f("fk_report_number_published_report")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_report_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_report")),
    )
    op.create_index(op.f("ix_report_tenant_id_closed_at"), "report", ["tenant_id", "closed_at"], unique=False)
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
    acting = "(SELECT nullif(current_setting('app.tenant', true), '')::uuid)"
    for table in PRIVATE:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant_wall ON {table} USING (tenant_id = {acting}) WITH CHECK (tenant_id = {acting})"
        )
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table in TWO_PARTIES:  # the second party reads, and nothing more
        op.execute(f"CREATE POLICY second_party ON {table} FOR SELECT USING (counterpart_id = {acting})")


def downgrade() -> None:
    raise NotImplementedError("what is published is not unpublished: restore a back-up instead")
