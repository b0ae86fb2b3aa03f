"""Engines for SQLite and PostgreSQL, with the settings that keep a record safe."""

from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, ExceptionContext, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",  # or INSERT OR REPLACE slips past the append-only triggers
    "PRAGMA busy_timeout=10000",
    "PRAGMA secure_delete=ON",  # a redacted text must not linger in a freed part of a page
)


def create_engine(url: str) -> AsyncEngine:
    """An engine for `url`; makes the folder of a SQLite file, for nobody else to look into."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = create_async_engine(url, hide_parameters=True)
        _prepare_sqlite(engine)
        return engine
    engine = create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True)
    _hide_details(engine)
    return engine


def _hide_details(engine: AsyncEngine) -> None:
    """PostgreSQL quotes the row that it refused. Errors go to the log, where nothing private may stand."""

    @event.listens_for(engine.sync_engine, "handle_error")
    def _cut(context: ExceptionContext) -> None:
        for error in (context.original_exception, context.sqlalchemy_exception):
            if error is not None:
                error.args = tuple(_without_details(a) for a in error.args)


def _without_details(told: object) -> object:
    return told.partition("\nDETAIL:")[0] if isinstance(told, str) else told


def _prepare_sqlite(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection: Any, _: object) -> None:
        # The driver's own BEGIN comes too late and always deferred: we send it ourselves below.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")
