"""Bringing a database to the newest schema, whole or not at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tracker.db import registry
from tracker.db.base import Kind, metadata, tables_of

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def config(connection: Connection | None = None) -> Config:
    alembic = Config()
    alembic.set_main_option("script_location", str(MIGRATIONS))
    alembic.set_main_option("path_separator", "os")
    alembic.attributes["connection"] = connection
    return alembic


def newest() -> str:
    """The identifier of the newest migration."""
    return ScriptDirectory.from_config(config()).get_current_head() or ""


async def current(engine: AsyncEngine) -> str | None:
    """The migration the database stands at; None for an empty one."""
    async with engine.connect() as connection:
        return await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())


def knows(revision: str) -> bool:
    """Whether a migration of this identifier is among ours."""
    return any(
        script.revision == revision for script in ScriptDirectory.from_config(config()).walk_revisions()
    )


async def upgrade(engine: AsyncEngine) -> None:
    """Run what is missing in one transaction; on SQLite with foreign keys off, and checked after."""
    async with reworking(engine) as connection:
        await connection.run_sync(apply)


@asynccontextmanager
async def reworking(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection in one transaction in which tables may be changed; references are checked before it is committed."""
    is_sqlite = engine.dialect.name == "sqlite"
    async with engine.execution_options(begin="IMMEDIATE").connect() as connection:
        if is_sqlite:
            await _sqlite_foreign_keys(connection, "OFF")
        async with connection.begin():
            yield connection
            if is_sqlite:
                broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
                if broken:
                    raise BrokenReferences(f"this would leave broken references in {broken[0][0]}")
        if is_sqlite:
            await _sqlite_foreign_keys(connection, "ON")


class BrokenReferences(RuntimeError):
    """A row refers to one that is not there."""


def apply(connection: Connection, revision: str = "head") -> None:
    """Migrate up to a revision in the caller's transaction, see `reworking`."""
    command.upgrade(config(connection), revision)
    # A migration may change what answers say, and a new version of the service how.
    connection.exec_driver_sql(f"UPDATE record_stamp SET stamp = '{uuid4().hex}'")  # nosec B608
    if connection.dialect.name != "sqlite" and revision == "head":
        _grant(connection)


async def _sqlite_foreign_keys(connection: AsyncConnection, state: str) -> None:
    # The pragma does nothing inside a transaction, so it goes to the driver directly.
    raw: Any = await connection.get_raw_connection()
    cursor = await raw.driver_connection.execute(f"PRAGMA foreign_keys={state}")
    await cursor.close()


def _grant(connection: Connection) -> None:
    """Let the service's own role, where there is one, read and write, but never rewrite what is published."""
    role = connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = 'tracker_app'").scalar()
    if not role:
        return
    registry.load()
    append_only = {str(t.__tablename__) for t in tables_of(Kind.PUBLISHED)} | {"audit_event"}
    for name in metadata.tables:
        verbs = "SELECT, INSERT" if name in append_only else "SELECT, INSERT, UPDATE, DELETE"
        connection.exec_driver_sql(f'GRANT {verbs} ON "{name}" TO tracker_app')
    connection.exec_driver_sql("GRANT SELECT ON alembic_version TO tracker_app")
    connection.exec_driver_sql("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO tracker_app")
