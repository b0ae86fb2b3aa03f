"""Keep jobs and editions

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

from tracker.db.guards import allow_redaction

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

PRIVATE = ("briefing", "edition", "edition_text", "edition_file", "subscription")
PUBLISHED = {"published_edition": ["question"], "published_edition_text": ["text"]}


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=199), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index(op.f("ix_job_state_created_at"), "job", ["state", "created_at"], unique=False)
    op.create_table(
        "briefing",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public_id", sa.String(length=10), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_briefing_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_briefing")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_briefing_tenant_id_public_id")),
    )
    op.create_index(
        op.f("ix_briefing_tenant_id_created_at"), "briefing", ["tenant_id", "created_at"], unique=False
    )
    op.create_table(
        "published_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("briefing_id", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_id", sa.String(length=26), nullable=False),
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("parts", sa.String(length=180), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("page_size", sa.String(length=8), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("lens", sa.String(length=160), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_published_edition_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["published_snapshot.id"],
            name=op.f("fk_published_edition_snapshot_id_published_snapshot"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_edition")),
        sa.UniqueConstraint("briefing_id", "number", name=op.f("uq_published_edition_briefing_id_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_published_edition_uid")),
    )
    op.create_index(
        op.f("ix_published_edition_organisation_id_recorded_at"),
        "published_edition",
        ["organisation_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "edition",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("briefing_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "final",
                "discarded",
                name="editionstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "trigger",
            sa.Enum(
                "hand",
                "quarter",
                "change",
                name="trigger",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("trigger_key", sa.String(length=60), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("snapshot_id", sa.String(length=26), nullable=False),
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("page_size", sa.String(length=8), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("lens", sa.String(length=160), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("return_reason", sa.String(length=500), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["published_snapshot.id"], name=op.f("fk_edition_snapshot_id_published_snapshot")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "briefing_id"],
            ["briefing.tenant_id", "briefing.id"],
            name=op.f("fk_edition_tenant_id_briefing_id_briefing"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_edition_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_edition")),
        sa.UniqueConstraint(
            "tenant_id", "briefing_id", "number", name=op.f("uq_edition_tenant_id_briefing_id_number")
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "briefing_id",
            "trigger_key",
            name=op.f("uq_edition_tenant_id_briefing_id_trigger_key"),
        ),
    )
    op.create_index(op.f("ix_edition_tenant_id_state"), "edition", ["tenant_id", "state"], unique=False)
    op.create_table(
        "final_file",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("first_sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("first_made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["published_edition.id"], name=op.f("fk_final_file_edition_id_published_edition")
        ),
        sa.PrimaryKeyConstraint("edition_id", "kind", name=op.f("pk_final_file")),
    )
    op.create_table(
        "published_edition_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "message",
                "recommendation",
                name="textkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("grade", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=1500), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["published_edition.id"],
            name=op.f("fk_published_edition_text_edition_id_published_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_published_edition_text_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_edition_text")),
        sa.UniqueConstraint(
            "edition_id", "kind", "position", name=op.f("uq_published_edition_text_edition_id_kind_position")
        ),
    )
    op.create_table(
        "subscription",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("briefing_id", sa.Uuid(), nullable=False),
        sa.Column("each_quarter", sa.Boolean(), nullable=False),
        sa.Column("on_change", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "briefing_id"],
            ["briefing.tenant_id", "briefing.id"],
            name=op.f("fk_subscription_tenant_id_briefing_id_briefing"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_subscription_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("tenant_id", "briefing_id", name=op.f("uq_subscription_tenant_id_briefing_id")),
    )
    op.create_table(
        "edition_file",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "edition_id"],
            ["edition.tenant_id", "edition.id"],
            name=op.f("fk_edition_file_tenant_id_edition_id_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_edition_file_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_edition_file")),
        sa.UniqueConstraint(
            "tenant_id", "edition_id", "kind", name=op.f("uq_edition_file_tenant_id_edition_id_kind")
        ),
    )
    op.create_table(
        "edition_text",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "message",
                "recommendation",
                name="textkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("grade", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=1500), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "edition_id"],
            ["edition.tenant_id", "edition.id"],
            name=op.f("fk_edition_text_tenant_id_edition_id_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_edition_text_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_edition_text")),
        sa.UniqueConstraint(
            "tenant_id",
            "edition_id",
            "kind",
            "position",
            name=op.f("uq_edition_text_tenant_id_edition_id_kind_position"),
        ),
    )
    _guard()


def _guard() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        tenant = "tenant_id = (SELECT nullif(current_setting('app.tenant', true), '')::uuid)"
        for table in PRIVATE:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY tenant_wall ON {table} USING ({tenant}) WITH CHECK ({tenant})")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    look = sa.inspect(op.get_bind())
    for table, texts in PUBLISHED.items():
        if dialect == "postgresql":
            op.execute(
                f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE "
                f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        else:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        others = [c["name"] for c in look.get_columns(table) if c["name"] not in texts]
        allow_redaction(op.execute, dialect, table, "id", "integer", texts, others)


def downgrade() -> None:
    raise NotImplementedError("what was published can't be taken back: restore a back-up instead")
