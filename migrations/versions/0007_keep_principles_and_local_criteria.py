"""Keep principles and local criteria

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from tracker.db.guards import allow_redaction

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PRIVATE = ("draft_principle", "local_criterion", "local_value")
# Of each: its free texts, which may be redacted, and its other columns.
PUBLISHED: dict[str, tuple[list[str], list[str]]] = {
    "published_principle": (
        ["locator", "how"],
        ["id", "revision_id", "position", "principle", "payment"],
    ),
    "published_criterion": (
        ["text", "guidance", "note"],
        [
            "id",
            "uid",
            "organisation_id",
            "criterion_id",
            "item_id",
            "jurisdiction_id",
            "position",
            "commitment",
            "practice",
            "assessed_on",
            "recorded_at",
        ],
    ),
    "published_criterion_withdrawal": (["reason"], ["criterion_row_id", "organisation_id", "recorded_at"]),
}


def upgrade() -> None:
    op.create_table(
        "local_criterion",
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("guidance", sa.String(length=600), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["framework_item.id"], name=op.f("fk_local_criterion_item_id_framework_item")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_local_criterion_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_local_criterion")),
    )
    op.create_index(
        op.f("ix_local_criterion_tenant_id_item_id"),
        "local_criterion",
        ["tenant_id", "item_id"],
        unique=False,
    )
    op.create_table(
        "published_criterion",
        sa.Column("commitment", sa.String(length=16), nullable=False),
        sa.Column("practice", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=600), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("guidance", sa.String(length=600), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "commitment IN ('0', '1', '2', '3', '4', 'not_assessed', 'not_applicable', 'inconclusive', 'no_response', 'withheld')",
            name=op.f("ck_published_criterion_commitment"),
        ),
        sa.CheckConstraint(
            "practice IN ('0', '1', '2', '3', '4', 'not_assessed', 'not_applicable', 'inconclusive', 'no_response', 'withheld')",
            name=op.f("ck_published_criterion_practice"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["framework_item.id"], name=op.f("fk_published_criterion_item_id_framework_item")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdiction.id"],
            name=op.f("fk_published_criterion_jurisdiction_id_jurisdiction"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_published_criterion_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_criterion")),
        sa.UniqueConstraint("uid", name=op.f("uq_published_criterion_uid")),
    )
    op.create_index(
        op.f("ix_published_criterion_jurisdiction_id_item_id"),
        "published_criterion",
        ["jurisdiction_id", "item_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_published_criterion_organisation_id_criterion_id"),
        "published_criterion",
        ["organisation_id", "criterion_id"],
        unique=False,
    )
    op.create_table(
        "local_value",
        sa.Column("commitment", sa.String(length=16), nullable=False),
        sa.Column("practice", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=600), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "commitment IN ('0', '1', '2', '3', '4', 'not_assessed', 'not_applicable', 'inconclusive', 'no_response', 'withheld')",
            name=op.f("ck_local_value_commitment"),
        ),
        sa.CheckConstraint(
            "practice IN ('0', '1', '2', '3', '4', 'not_assessed', 'not_applicable', 'inconclusive', 'no_response', 'withheld')",
            name=op.f("ck_local_value_practice"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_local_value_jurisdiction_id_jurisdiction")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "criterion_id"],
            ["local_criterion.tenant_id", "local_criterion.id"],
            name=op.f("fk_local_value_tenant_id_criterion_id_local_criterion"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_local_value_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_local_value")),
        sa.UniqueConstraint(
            "tenant_id",
            "criterion_id",
            "jurisdiction_id",
            name=op.f("uq_local_value_tenant_id_criterion_id_jurisdiction_id"),
        ),
    )
    op.create_table(
        "published_criterion_withdrawal",
        sa.Column("criterion_row_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_row_id"], ["published_criterion.id"], name="fk_published_criterion_withdrawal_row"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_published_criterion_withdrawal_organisation"
        ),
        sa.PrimaryKeyConstraint("criterion_row_id", name=op.f("pk_published_criterion_withdrawal")),
    )
    op.create_table(
        "published_principle",
        sa.Column(
            "principle",
            sa.Enum(
                "trauma_informed",
                "survivor_informed",
                "disclosure_not_goal",
                "people_at_risk",
                "prevention_primary",
                "prevention_secondary",
                "prevention_tertiary",
                name="principle",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("locator", sa.String(length=200), nullable=False),
        sa.Column("how", sa.String(length=300), nullable=False),
        sa.Column(
            "payment",
            sa.Enum(
                "paid",
                "unpaid",
                "not_said",
                name="payment",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(principle = 'survivor_informed') = (payment IS NOT NULL)",
            name=op.f("ck_published_principle_payment_of"),
        ),
        sa.ForeignKeyConstraint(
            ["revision_id", "position"],
            ["published_citation.revision_id", "published_citation.position"],
            name=op.f("fk_published_principle_revision_id_position_published_citation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_principle")),
        sa.UniqueConstraint(
            "revision_id",
            "position",
            "principle",
            name=op.f("uq_published_principle_revision_id_position_principle"),
        ),
    )
    op.create_table(
        "draft_principle",
        sa.Column(
            "principle",
            sa.Enum(
                "trauma_informed",
                "survivor_informed",
                "disclosure_not_goal",
                "people_at_risk",
                "prevention_primary",
                "prevention_secondary",
                "prevention_tertiary",
                name="principle",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("locator", sa.String(length=200), nullable=False),
        sa.Column("how", sa.String(length=300), nullable=False),
        sa.Column(
            "payment",
            sa.Enum(
                "paid",
                "unpaid",
                "not_said",
                name="payment",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citation_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(principle = 'survivor_informed') = (payment IS NOT NULL)",
            name=op.f("ck_draft_principle_payment_of"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citation_id"],
            ["draft_citation.tenant_id", "draft_citation.id"],
            name=op.f("fk_draft_principle_tenant_id_citation_id_draft_citation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["organisation.id"], name=op.f("fk_draft_principle_tenant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_draft_principle")),
        sa.UniqueConstraint(
            "tenant_id",
            "citation_id",
            "principle",
            name=op.f("uq_draft_principle_tenant_id_citation_id_principle"),
        ),
    )
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()
    for table, (texts, others) in PUBLISHED.items():
        key = "criterion_row_id" if table == "published_criterion_withdrawal" else "id"
        allow_redaction(op.execute, dialect, table, key, "integer", texts, others)


def _guard_sqlite() -> None:
    for table in PUBLISHED:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _guard_postgresql() -> None:
    for table in PUBLISHED:
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
