"""The triggers by which a published text may be redacted, and nothing else of its row be changed.

Migrations call this, so what it writes never changes: a new way is a new function. The row that tells of
the redaction is what redacts. It goes into published_redaction; a trigger there writes its tombstone over the
text in the same statement; the guard on the text's table lets exactly this pass. So there is no redacted text
without its row and no row without its redacted text, and the service needs no right to update.
"""

from collections.abc import Callable, Sequence

Execute = Callable[[str], object]


def allow_redaction(
    execute: Execute,
    dialect: str,
    table: str,
    key: str,
    key_type: str,
    texts: Sequence[str],
    others: Sequence[str],
) -> None:
    """Replace the append-only trigger of `table` by one that lets `texts` be redacted.

    `key` is the primary key, `key_type` "integer" or "uuid"; `others` are all other columns of the table.
    """
    if dialect == "postgresql":
        _on_postgresql(execute, table, key, key_type, texts)
    else:
        _on_sqlite(execute, table, key, key_type, texts, others)


def _on_sqlite(
    execute: Execute, table: str, key: str, key_type: str, texts: Sequence[str], others: Sequence[str]
) -> None:
    row_id = f"CAST(OLD.{key} AS TEXT)"
    # The names come from migrations, never from a request; a trigger takes no parameters.
    same = " OR ".join(f"NEW.{c} IS NOT OLD.{c}" for c in others)
    told = " OR ".join(
        f"(NEW.{c} IS NOT OLD.{c} AND NOT EXISTS (SELECT 1 FROM published_redaction r WHERE r.table_name = '{table}' "  # nosec B608
        f"AND r.row_id = {row_id} AND r.field = '{c}' AND r.tombstone = NEW.{c}))"
        for c in texts
    )
    unchanged = " AND ".join(f"NEW.{c} IS OLD.{c}" for c in texts)
    execute(f"DROP TRIGGER {table}_no_update")
    execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN "
        f"SELECT RAISE(ABORT, '{table} is append-only') WHERE {same} OR ({unchanged}) OR {told}; END"
    )
    wanted = "CAST(NEW.row_id AS INTEGER)" if key_type == "integer" else "NEW.row_id"
    names = ", ".join(f"'{c}'" for c in texts)
    held = " ".join(f"WHEN '{c}' THEN {c}" for c in texts)
    written = ", ".join(f"{c} = CASE NEW.field WHEN '{c}' THEN NEW.tombstone ELSE {c} END" for c in texts)
    execute(
        f"CREATE TRIGGER {table}_redact AFTER INSERT ON published_redaction WHEN NEW.table_name = '{table}' BEGIN "  # nosec B608
        f"SELECT RAISE(ABORT, 'there is no such text to redact') WHERE NEW.field NOT IN ({names}) OR NOT EXISTS "
        f"(SELECT 1 FROM {table} WHERE {key} = {wanted} AND CASE NEW.field {held} END NOT IN ('', NEW.tombstone)); "
        f"UPDATE {table} SET {written} WHERE {key} = {wanted}; END"
    )


def postgresql_functions(execute: Execute) -> None:
    """What the triggers on PostgreSQL call: once, before the first `allow_redaction` there."""
    execute(
        """
        CREATE FUNCTION refuse_all_but_redaction() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          before jsonb := to_jsonb(OLD);
          after jsonb := to_jsonb(NEW);
          name text;
          changed integer := 0;
        BEGIN
          FOR name IN SELECT key FROM jsonb_each(after) WHERE value IS DISTINCT FROM before -> key LOOP
            changed := changed + 1;
            IF NOT EXISTS (
              SELECT 1 FROM published_redaction r
              WHERE r.table_name = TG_TABLE_NAME AND r.field = name AND name <> TG_ARGV[0]
                AND r.row_id = replace(before ->> TG_ARGV[0], '-', '')
                AND r.tombstone = after ->> name
                AND r.sha256 = encode(sha256(convert_to(before ->> name, 'UTF8')), 'hex')
            ) THEN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END IF;
          END LOOP;
          IF changed = 0 THEN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END IF;
          RETURN NEW;
        END $$
        """
    )
    # It runs with the owner's rights, for the service itself has none to update; so it touches nothing but
    # the table and the columns that its trigger names.
    execute(
        """
        CREATE FUNCTION apply_redaction() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE changed integer;
        BEGIN
          IF NEW.field = ANY (string_to_array(TG_ARGV[3], ',')) THEN
            EXECUTE format('UPDATE %I SET %I = $1 WHERE %I = $2::%s AND %I NOT IN ($3, $1)',
                           TG_ARGV[0], NEW.field, TG_ARGV[1], TG_ARGV[2], NEW.field)
              USING NEW.tombstone, NEW.row_id, '';
            GET DIAGNOSTICS changed = ROW_COUNT;
          END IF;
          IF changed IS DISTINCT FROM 1 THEN RAISE EXCEPTION 'there is no such text to redact'; END IF;
          RETURN NULL;
        END $$
        """
    )
    # It acts with its owner's rights, so nobody else may hang it on a table of their own.
    execute("REVOKE EXECUTE ON FUNCTION apply_redaction() FROM PUBLIC")


def _on_postgresql(execute: Execute, table: str, key: str, key_type: str, texts: Sequence[str]) -> None:
    execute(f"DROP TRIGGER {table}_no_change ON {table}")
    execute(
        f"CREATE TRIGGER {table}_no_change BEFORE DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_all_but_redaction('{key}')"
    )
    execute(
        f"CREATE TRIGGER {table}_redact AFTER INSERT ON published_redaction FOR EACH ROW "
        f"WHEN (NEW.table_name = '{table}') "
        f"EXECUTE FUNCTION apply_redaction('{table}', '{key}', '{key_type}', '{','.join(texts)}')"
    )
