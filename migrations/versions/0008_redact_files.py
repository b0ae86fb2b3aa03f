"""Redact files

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# A redaction of a file changes no row: its row alone tells of it. So it must name a published attachment and its hash.
REFUSAL = "there is no such file to redact"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"""
            CREATE FUNCTION check_redacted_file() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF NEW.field <> 'file' OR NOT EXISTS (
                SELECT 1 FROM published_attachment a
                WHERE replace(a.id::text, '-', '') = NEW.row_id AND a.sha256 = NEW.sha256
              ) THEN RAISE EXCEPTION '{REFUSAL}'; END IF;
              RETURN NULL;
            END $$
            """  # nosec B608
        )
        op.execute(
            "CREATE TRIGGER published_attachment_file_told AFTER INSERT ON published_redaction FOR EACH ROW "
            "WHEN (NEW.table_name = 'published_attachment_file') EXECUTE FUNCTION check_redacted_file()"
        )
        return
    op.execute(
        "CREATE TRIGGER published_attachment_file_told AFTER INSERT ON published_redaction "
        "WHEN NEW.table_name = 'published_attachment_file' BEGIN "
        f"SELECT RAISE(ABORT, '{REFUSAL}') WHERE NEW.field <> 'file' OR NOT EXISTS "  # nosec B608
        "(SELECT 1 FROM published_attachment a WHERE a.id = NEW.row_id AND a.sha256 = NEW.sha256); END"
    )


def downgrade() -> None:
    raise NotImplementedError("what was redacted can't come back: restore a back-up instead")
