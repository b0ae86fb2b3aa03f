"""Freeze published crosswalks

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Columns of a set that may change when it is superseded.
MAY_CHANGE = ("state", "superseded_at")
# The set that a row of each table belongs to; "{row}" stands for NEW or OLD.
SET_OF = {
    "mapping": "{row}.crosswalk_id",
    "no_counterpart": "{row}.crosswalk_id",
    "mapping_side": "(SELECT m.crosswalk_id FROM mapping m WHERE m.id = {row}.mapping_id)",
}
ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def upgrade() -> None:
    op.create_table(
        "no_counterpart",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("crosswalk_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=6), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rationale", sa.String(length=1500), nullable=False),
        sa.Column("citation", sa.String(length=500), nullable=False),
        sa.Column("justification", sa.String(length=60), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("authored_on", sa.Date(), nullable=True),
        sa.Column("reviewer", sa.String(length=200), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("side IN ('source', 'target')", name=op.f("ck_no_counterpart_side")),
        sa.CheckConstraint("reviewer_id <> author_id", name=op.f("ck_no_counterpart_second_person")),
        sa.ForeignKeyConstraint(
            ["crosswalk_id"], ["crosswalk.id"], name=op.f("fk_no_counterpart_crosswalk_id_crosswalk")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["framework_item.id"], name=op.f("fk_no_counterpart_item_id_framework_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_no_counterpart")),
        sa.UniqueConstraint(
            "crosswalk_id", "side", "item_id", name=op.f("uq_no_counterpart_crosswalk_id_side_item_id")
        ),
    )
    op.create_index(op.f("ix_no_counterpart_item_id"), "no_counterpart", ["item_id"], unique=False)
    op.add_column("crosswalk", sa.Column("edit_number", sa.Integer(), nullable=False, server_default="1"))
    op.add_column(
        "crosswalk", sa.Column("based_on", sa.String(length=160), nullable=False, server_default="")
    )
    op.add_column(
        "crosswalk", sa.Column("publisher", sa.String(length=200), nullable=False, server_default="")
    )
    op.add_column("crosswalk", sa.Column("publisher_id", sa.Uuid(), nullable=True))
    op.add_column("crosswalk", sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("crosswalk", sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("mapping", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("mapping", sa.Column("author_id", sa.Uuid(), nullable=True))
    op.add_column("mapping", sa.Column("reviewer_id", sa.Uuid(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        _freeze_on_postgresql()
    else:
        _freeze_on_sqlite()


def _freeze_on_sqlite() -> None:
    columns = [c["name"] for c in sa.inspect(op.get_bind()).get_columns("crosswalk")]
    changed = " OR ".join(f"NEW.{c} IS NOT OLD.{c}" for c in columns if c not in MAY_CHANGE)
    unreviewed = " OR ".join(
        # The names are ours; a trigger takes no parameters.
        f"EXISTS (SELECT 1 FROM {t} x WHERE x.crosswalk_id = OLD.id AND x.reviewed_on IS NULL)"  # nosec B608
        for t in ("mapping", "no_counterpart")
    )
    _trigger("crosswalk", "insert", "NEW.state <> 'draft'", "a crosswalk begins as a draft")
    _trigger("crosswalk", "delete", "OLD.state <> 'draft'", "a published crosswalk is frozen")
    _trigger(
        "crosswalk",
        "update",
        f"OLD.state = 'superseded' OR (OLD.state = 'published' AND (NEW.state <> 'superseded' OR {changed})) "
        "OR (OLD.state = 'draft' AND NEW.state = 'superseded')",
        "a published crosswalk is frozen",
    )
    op.execute(
        "CREATE TRIGGER crosswalk_publish BEFORE UPDATE ON crosswalk "
        f"WHEN OLD.state = 'draft' AND NEW.state = 'published' AND (NEW.published_at IS NULL OR {unreviewed}) "
        "BEGIN SELECT RAISE(ABORT, 'a crosswalk is published when all of it is reviewed'); END"
    )
    for table, set_of in SET_OF.items():
        for verb, rows in ROWS.items():
            frozen = " OR ".join(
                f"(SELECT c.state FROM crosswalk c WHERE c.id = {set_of.format(row=row)}) <> 'draft'"  # nosec B608
                for row in rows
            )
            _trigger(table, verb.lower(), frozen, "a published crosswalk is frozen")
    for verb in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER mapping_second_person_{verb.lower()} BEFORE {verb} ON mapping "
            "WHEN NEW.reviewer_id = NEW.author_id "
            "BEGIN SELECT RAISE(ABORT, 'a second person reviews a mapping'); END"
        )


def _trigger(table: str, verb: str, when: str, say: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{say}'); END"
    )


def _freeze_on_postgresql() -> None:
    # The search path is set, or a temporary table named crosswalk would be looked at in its place.
    op.execute(
        """
        CREATE FUNCTION guard_crosswalk() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        BEGIN
          IF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'draft' THEN RAISE EXCEPTION 'a crosswalk begins as a draft'; END IF;
            RETURN NEW;
          END IF;
          IF OLD.state = 'draft' THEN
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            IF NEW.state = 'superseded' THEN RAISE EXCEPTION 'a published crosswalk is frozen'; END IF;
            IF NEW.state = 'published' AND (NEW.published_at IS NULL
              OR EXISTS (SELECT 1 FROM mapping x WHERE x.crosswalk_id = OLD.id AND x.reviewed_on IS NULL)
              OR EXISTS (SELECT 1 FROM no_counterpart x WHERE x.crosswalk_id = OLD.id AND x.reviewed_on IS NULL))
            THEN RAISE EXCEPTION 'a crosswalk is published when all of it is reviewed'; END IF;
            RETURN NEW;
          END IF;
          IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state = 'superseded'
            AND to_jsonb(NEW) - 'state' - 'superseded_at' = to_jsonb(OLD) - 'state' - 'superseded_at'
          THEN RETURN NEW; END IF;
          RAISE EXCEPTION 'a published crosswalk is frozen';
        END $$
        """
    )
    # The set is locked against publication until the row that joins it is committed.
    op.execute(
        """
        CREATE FUNCTION refuse_if_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        DECLARE
          touched jsonb;
          set_id integer;
          found_state text;
        BEGIN
          FOREACH touched IN ARRAY ARRAY[to_jsonb(OLD), to_jsonb(NEW)] LOOP
            IF touched IS NULL OR touched = 'null'::jsonb THEN CONTINUE; END IF;
            IF TG_TABLE_NAME = 'mapping_side' THEN
              SELECT m.crosswalk_id INTO set_id FROM mapping m WHERE m.id = (touched ->> 'mapping_id')::integer;
            ELSE
              set_id := (touched ->> 'crosswalk_id')::integer;
            END IF;
            SELECT c.state INTO found_state FROM crosswalk c WHERE c.id = set_id FOR SHARE;
            IF found_state <> 'draft' THEN RAISE EXCEPTION 'a published crosswalk is frozen'; END IF;
          END LOOP;
          IF TG_TABLE_NAME = 'mapping' AND TG_OP <> 'DELETE' AND touched ->> 'reviewer_id' = touched ->> 'author_id'
          THEN RAISE EXCEPTION 'a second person reviews a mapping'; END IF;
          IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
          RETURN NEW;
        END $$
        """
    )
    for table in ("crosswalk", *SET_OF):
        guard = "guard_crosswalk" if table == "crosswalk" else "refuse_if_frozen"
        op.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {guard}()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    raise NotImplementedError("published crosswalks would no longer be frozen: restore a back-up instead")
