"""Redact published crosswalks, and keep the licence that was given with a framework's file

Revision ID: 0025
Revises: 0024

What a published set says may be replaced by a tombstone, and by nothing else: as in 0005 it is the row in
published_redaction that redacts, and the guards of 0012 let exactly this pass.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TEXTS = {
    "crosswalk": ("title", "licence", "comment", "publisher"),
    "mapping": ("rationale", "citation", "author", "reviewer"),
    "no_counterpart": ("rationale", "citation", "author", "reviewer"),
}
MAY_CHANGE = ("state", "superseded_at")  # as in 0012
KEPT_APART = "changed_by"  # 0022 has a trigger of its own for it


def upgrade() -> None:
    op.add_column(
        "framework_import", sa.Column("licence", sa.String(length=100), nullable=False, server_default="")
    )
    if op.get_bind().dialect.name == "postgresql":
        _on_postgresql()
    else:
        _on_sqlite()


def _on_sqlite() -> None:
    columns = {t: [c["name"] for c in sa.inspect(op.get_bind()).get_columns(t)] for t in TEXTS}
    changed = " OR ".join(
        f"NEW.{c} IS NOT OLD.{c}" for c in columns["crosswalk"] if c not in (*MAY_CHANGE, KEPT_APART)
    )
    frozen = {
        "crosswalk": f"OLD.state = 'superseded' OR (OLD.state = 'published' AND (NEW.state <> 'superseded' OR {changed})) "
        "OR (OLD.state = 'draft' AND NEW.state = 'superseded')"
    }
    for table in ("mapping", "no_counterpart"):
        frozen[table] = " OR ".join(
            f"(SELECT c.state FROM crosswalk c WHERE c.id = {row}.crosswalk_id) <> 'draft'"  # nosec B608
            for row in ("OLD", "NEW")
        )
    for table, texts in TEXTS.items():
        others = [c for c in columns[table] if c not in texts]
        op.execute(f"DROP TRIGGER {table}_no_update")
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"WHEN ({frozen[table]}) AND NOT ({_redacts(table, texts, others)}) "
            "BEGIN SELECT RAISE(ABORT, 'a published crosswalk is frozen'); END"
        )
        _apply_on_sqlite(table, texts)


def _redacts(table: str, texts: tuple[str, ...], others: list[str]) -> str:
    """Whether an update changes texts to tombstones that were told, at least one, and nothing else."""
    same = " AND ".join(f"NEW.{c} IS OLD.{c}" for c in others)
    some = " OR ".join(f"NEW.{c} IS NOT OLD.{c}" for c in texts)
    told = " AND ".join(
        # The names are ours; a trigger takes no parameters.
        f"(NEW.{c} IS OLD.{c} OR EXISTS (SELECT 1 FROM published_redaction r WHERE r.table_name = '{table}' "  # nosec B608
        f"AND r.row_id = CAST(OLD.id AS TEXT) AND r.field = '{c}' AND r.tombstone = NEW.{c}))"
        for c in texts
    )
    return f"{same} AND ({some}) AND {told}"


def _apply_on_sqlite(table: str, texts: tuple[str, ...]) -> None:
    names = ", ".join(f"'{c}'" for c in texts)
    held = " ".join(f"WHEN '{c}' THEN t.{c}" for c in texts)
    written = ", ".join(f"{c} = CASE NEW.field WHEN '{c}' THEN NEW.tombstone ELSE {c} END" for c in texts)
    of_set = "t.id" if table == "crosswalk" else "t.crosswalk_id"
    op.execute(
        f"CREATE TRIGGER {table}_redact AFTER INSERT ON published_redaction WHEN NEW.table_name = '{table}' BEGIN "  # nosec B608
        f"SELECT RAISE(ABORT, 'there is no such text to redact') WHERE NEW.field NOT IN ({names}) OR NOT EXISTS "
        f"(SELECT 1 FROM {table} t JOIN crosswalk c ON c.id = {of_set} WHERE c.state <> 'draft' "
        f"AND t.id = CAST(NEW.row_id AS INTEGER) AND CASE NEW.field {held} END NOT IN ('', NEW.tombstone)); "
        f"UPDATE {table} SET {written} WHERE id = CAST(NEW.row_id AS INTEGER); END"
    )


def _on_postgresql() -> None:
    # Every path is set, or a temporary table named published_redaction would be looked at in its place.
    op.execute(
        """
        CREATE FUNCTION is_told_redaction(of_table text, before jsonb, after jsonb) RETURNS boolean
        LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        BEGIN
          RETURN before IS DISTINCT FROM after AND NOT EXISTS (
            SELECT 1 FROM jsonb_each(after) n
            WHERE n.value IS DISTINCT FROM before -> n.key AND NOT EXISTS (
              SELECT 1 FROM published_redaction r
              WHERE r.table_name = of_table AND r.field = n.key AND n.key <> 'id'
                AND r.row_id = before ->> 'id'
                AND r.tombstone = after ->> n.key
                AND r.sha256 = encode(sha256(convert_to(before ->> n.key, 'UTF8')), 'hex')
            )
          );
        END $$
        """
    )
    _guards_on_postgresql()
    # With the rights of the service, which may update drafts: only the guards stop it elsewhere, and they let this pass.
    op.execute(
        """
        CREATE FUNCTION apply_told_redaction() RETURNS trigger LANGUAGE plpgsql
        SET search_path = public, pg_temp AS $$
        DECLARE changed integer;
        BEGIN
          IF NEW.field = ANY (string_to_array(TG_ARGV[1], ',')) THEN
            EXECUTE format('UPDATE %I t SET %I = $1 WHERE t.id = $2::integer AND t.%I NOT IN ($3, $1) '
                           'AND EXISTS (SELECT 1 FROM crosswalk c WHERE c.id = t.%I AND c.state <> $4)',
                           TG_ARGV[0], NEW.field, NEW.field,
                           CASE TG_ARGV[0] WHEN 'crosswalk' THEN 'id' ELSE 'crosswalk_id' END)
              USING NEW.tombstone, NEW.row_id, '', 'draft';
            GET DIAGNOSTICS changed = ROW_COUNT;
          END IF;
          IF changed IS DISTINCT FROM 1 THEN RAISE EXCEPTION 'there is no such text to redact'; END IF;
          RETURN NULL;
        END $$
        """
    )
    for table, texts in TEXTS.items():
        op.execute(
            f"CREATE TRIGGER {table}_redact AFTER INSERT ON published_redaction FOR EACH ROW "
            f"WHEN (NEW.table_name = '{table}') EXECUTE FUNCTION apply_told_redaction('{table}', '{','.join(texts)}')"
        )


def _guards_on_postgresql() -> None:
    """Those of 0012, each with its first lines new."""
    op.execute(
        """
        CREATE OR REPLACE FUNCTION guard_crosswalk() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        BEGIN
          IF TG_OP = 'UPDATE' AND OLD.state <> 'draft'
            AND is_told_redaction('crosswalk', to_jsonb(OLD), to_jsonb(NEW)) THEN RETURN NEW; END IF;
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
    op.execute(
        """
        CREATE OR REPLACE FUNCTION refuse_if_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        DECLARE
          touched jsonb;
          set_id integer;
          found_state text;
        BEGIN
          IF TG_OP = 'UPDATE' AND TG_TABLE_NAME IN ('mapping', 'no_counterpart')
            AND is_told_redaction(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW)) THEN RETURN NEW; END IF;
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


def downgrade() -> None:
    raise NotImplementedError("what was redacted can't come back: restore a back-up instead")
