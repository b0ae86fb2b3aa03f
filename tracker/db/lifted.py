"""Taking the guards off a database's tables while a back-up is put into them, and putting them on again.

In the caller's one transaction, as the owner of the tables: triggers that keep published rows as they are, row-level
security that binds even the owner, and references, which a table may have to rows that come later. What was taken off
is put on as it was, and references are checked over all rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Connection

# Names come from the database's own catalogue, quoted by it, never from an archive.


@contextmanager
def guards_lifted(connection: Connection) -> Iterator[None]:
    """Within the block rows may be put into any table. On SQLite the caller has switched foreign keys off."""
    lift = _on_postgresql if connection.dialect.name == "postgresql" else _on_sqlite
    with lift(connection):
        yield


@contextmanager
def _on_sqlite(connection: Connection) -> Iterator[None]:
    triggers = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid"
    ).all()
    for name, _made in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _name, made in triggers:
        connection.exec_driver_sql(made)


@contextmanager
def _on_postgresql(connection: Connection) -> Iterator[None]:
    tables = connection.exec_driver_sql(
        "SELECT oid::regclass::text, relforcerowsecurity FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    ).all()
    references = connection.exec_driver_sql(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace AND contype = 'f'"
    ).all()
    for table, name, _said in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for table, forced in tables:
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        if forced:
            connection.exec_driver_sql(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    for table, name, said in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {said}")
    for table, forced in tables:
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        if forced:
            connection.exec_driver_sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def drop_everything(connection: Connection) -> None:
    """Drop every table and function of PostgreSQL's schema `public` that the connection's role owns."""
    for kind, listed in (
        (
            "TABLE",
            "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind = 'r' AND relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)",
        ),
        (
            "FUNCTION",
            "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
            "AND proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)",
        ),
    ):
        for (name,) in connection.exec_driver_sql(listed).all():
            connection.exec_driver_sql(f"DROP {kind} {name} CASCADE")
