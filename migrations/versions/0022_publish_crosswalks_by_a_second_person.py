"""Publish crosswalks by a second person

Revision ID: 0022
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Unknown for the drafts that are there: any signed-in operator may publish those.
    op.add_column("crosswalk", sa.Column("changed_by", sa.Uuid(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        # guard_crosswalk compares whole rows, so it freezes the new column as well.
        op.execute(
            """
            CREATE FUNCTION refuse_own_publication() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF NEW.publisher_id = NEW.changed_by THEN RAISE EXCEPTION 'a second person publishes a crosswalk'; END IF;
              RETURN NEW;
            END $$
            """
        )
        op.execute(
            "CREATE TRIGGER crosswalk_second_person BEFORE INSERT OR UPDATE ON crosswalk "
            "FOR EACH ROW EXECUTE FUNCTION refuse_own_publication()"
        )
        return
    # Beside those of 0012, which name the columns that there were; a constraint would rebuild the table and drop them.
    for verb in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER crosswalk_second_person_{verb.lower()} BEFORE {verb} ON crosswalk "
            "WHEN NEW.publisher_id = NEW.changed_by "
            "BEGIN SELECT RAISE(ABORT, 'a second person publishes a crosswalk'); END"
        )
    op.execute(
        "CREATE TRIGGER crosswalk_no_update_of_changed_by BEFORE UPDATE ON crosswalk "
        "WHEN OLD.state <> 'draft' AND NEW.changed_by IS NOT OLD.changed_by "
        "BEGIN SELECT RAISE(ABORT, 'a published crosswalk is frozen'); END"
    )


def downgrade() -> None:
    raise NotImplementedError("who may publish a draft would be forgotten: restore a back-up instead")
