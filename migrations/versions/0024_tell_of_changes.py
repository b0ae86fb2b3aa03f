"""Tell who listens of changes of the public record

Revision ID: 0024
Revises: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite tells by a counter of its own.
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        """
        CREATE FUNCTION tell_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM pg_notify('record_changed', '');
          RETURN NULL;
        END $$
        """
    )
    # Sent when the transaction is kept, once for all its changes, and never when it is not.
    for table in ("record_stamp", "packed_head"):
        op.execute(
            f"CREATE TRIGGER tell_of_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in ("record_stamp", "packed_head"):
        op.execute(f"DROP TRIGGER tell_of_change ON {table}")
    op.execute("DROP FUNCTION tell_of_change()")
