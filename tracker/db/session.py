"""The unit of work: one transaction a request, bound to who acts, with the tenant wall inside it.

The wall has two courses. Here, every ORM statement gets the tenant's criteria, and a flush of a
foreign row is refused. On PostgreSQL, row-level security says the same again below us.
"""

import hashlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as on_sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria

from tracker.db import stamp
from tracker.db.base import Kind, Private, Table, metadata, tables_of
from tracker.db.listener import Listener
from tracker.kit.beside import beside


@dataclass(frozen=True, slots=True)
class Bound:
    """Whose private rows a session may see: the organisation's, the user's own memberships, a token's own row."""

    tenant: UUID | None = None
    user: UUID | None = None
    token: str | None = None


PUBLIC = Bound()


class ForeignRow(RuntimeError):
    """A row of another tenant was about to be written. Always a defect of ours, never the user's."""


class WalledSession(Session):
    """A session whose statements see only the private rows that its bound allows."""


@lru_cache(maxsize=1)
def _private_tables(_known: int) -> tuple[type[Table], ...]:
    """Looked for anew whenever more tables are known: a table that is left out would have no wall."""
    return tuple(tables_of(Kind.PRIVATE))


@lru_cache(maxsize=256)
def _criteria(bound: Bound, tables: tuple[type[Table], ...], *, reading: bool) -> list[Any]:
    """What each of the private tables shows. What is written is the tenant's alone; what is read may be more:

    a user's own memberships in all organisations, rows whose second party (`counterpart_id`) is the tenant, and
    the row of the token (`key_hash`) that a request came with.
    """
    options = []
    for table in tables:
        allowed: Any = sa.false() if bound.tenant is None else table.tenant_id == bound.tenant  # type: ignore[attr-defined]
        columns = table.__table__.c  # type: ignore[attr-defined]
        if bound.user is not None and "user_id" in columns and reading:
            allowed = sa.or_(allowed, table.user_id == bound.user)  # type: ignore[attr-defined]
        if bound.tenant is not None and "counterpart_id" in columns and reading:
            allowed = sa.or_(allowed, table.counterpart_id == bound.tenant)  # type: ignore[attr-defined]
        if bound.token is not None and "key_hash" in columns and reading:
            allowed = sa.or_(allowed, table.key_hash == bound.token)  # type: ignore[attr-defined]
        options.append(with_loader_criteria(table, allowed, include_aliases=True))
    return options


@event.listens_for(WalledSession, "do_orm_execute")
def _wall_off(state: ORMExecuteState) -> None:
    if state.is_select or state.is_update or state.is_delete:
        known = state.session.info.setdefault("criteria", {})
        if state.is_select not in known:
            tables = _private_tables(len(metadata.tables))
            known[state.is_select] = _criteria(state.session.info["bound"], tables, reading=state.is_select)
        state.statement = state.statement.options(*known[state.is_select])
        if (
            not state.is_select
            and state.bind_mapper is not None
            and stamp.is_public(state.bind_mapper.class_)
        ):
            state.session.info["public"] = True
    elif state.is_insert:
        raise ForeignRow("bulk inserts pass the wall by; add objects instead")


@event.listens_for(WalledSession, "before_flush")
def _refuse_foreign(session: Session, *_: object) -> None:
    tenant = session.info["bound"].tenant
    for row in [*session.new, *session.dirty, *session.deleted]:
        if isinstance(row, Private):
            before = sa.inspect(row).attrs.tenant_id.history.deleted
            if row.tenant_id != tenant or any(old != tenant for old in before):
                raise ForeignRow(f"{type(row).__name__} of another tenant")
        elif stamp.is_public(type(row)) and (row not in session.dirty or session.is_modified(row)):
            session.info["public"] = True


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that a transaction has added or changed, as it was flushed."""

    table: type[Table]
    row: Mapping[str, Any]


Keep = Callable[[AsyncSession, Sequence[Changed]], Awaitable[None]]
_keepers: list[tuple[frozenset[type[Table]], Keep]] = []


def keep_with(tables: Sequence[type[Table]], keep: Keep) -> None:
    """Call `keep` before each commit of a transaction in which rows of these tables were added or changed.

    For what is derived from them: a service that writes such a row can't forget it. Rows that were written past
    the ORM are not seen.
    """
    if keep not in [known for _tables, known in _keepers]:
        _keepers.append((frozenset(tables), keep))


@event.listens_for(WalledSession, "after_flush")
def _note_changes(session: Session, *_: object) -> None:
    watched: frozenset[type[Table]] = frozenset().union(*(tables for tables, _keep in _keepers))
    for row in [*session.new, *(r for r in session.dirty if session.is_modified(r))]:
        if type(row) in watched:
            session.info.setdefault("changed", []).append(Changed(type(row), dict(sa.inspect(row).dict)))


async def _keep_derived(db: AsyncSession) -> None:
    await db.flush()
    changed: list[Changed] = db.info.pop("changed", [])
    for tables, keep in _keepers:
        mine = [c for c in changed if c.table in tables]
        if mine:
            await keep(db, mine)


@event.listens_for(WalledSession, "after_begin")
def _tell_database(session: Session, _: SessionTransaction, connection: Connection) -> None:
    _tell(connection, session.info["bound"])


def _tell(connection: Connection, bound: Bound) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(
            sa.text(
                "select set_config('app.tenant', :tenant, true), set_config('app.user', :user, true), "
                "set_config('app.token', :token, true)"
            ),
            {"tenant": str(bound.tenant or ""), "user": str(bound.user or ""), "token": bound.token or ""},
        )


async def rebind(db: AsyncSession, bound: Bound) -> None:
    """Act for another tenant in the same transaction.

    Only for loading, where one run is many tenants' history, and for redaction, which reaches every copy.
    """
    await db.flush()
    db.info["bound"] = bound
    db.info.pop("criteria", None)
    db.sync_session.info.update(db.info)
    connection = await db.connection()
    await connection.run_sync(lambda c: _tell(c, bound))


async def insert_rows(db: AsyncSession, table: type[Private], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many whole rows of a private table at once: past the ORM, which is slow at it, not past the wall.

    Every row must be of the session's tenant. Raises ForeignRow, with nothing written, when one is not.
    """
    _refuse_foreign_rows(db, table, rows)
    if rows:
        await (await db.connection()).execute(sa.insert(_core(table)), list(rows))


async def update_rows(db: AsyncSession, table: type[Private], rows: Sequence[Mapping[str, Any]]) -> None:
    """Change many rows of a private table at once, as `insert_rows` inserts.

    Each row has `tenant_id` and `id`, which name it, and the columns to set, the same in all rows.
    """
    _refuse_foreign_rows(db, table, rows)
    if not rows:
        return
    core = _core(table)
    named = ("tenant_id", "id")
    changes: dict[str, Any] = {name: sa.bindparam(name) for name in rows[0] if name not in named}
    where = [core.c[name] == sa.bindparam(f"this_{name}") for name in named]
    given = [
        {f"this_{name}" if name in named else name: value for name, value in row.items()} for row in rows
    ]
    await (await db.connection()).execute(sa.update(core).where(*where).values(changes), given)


def _refuse_foreign_rows(db: AsyncSession, table: type[Private], rows: Sequence[Mapping[str, Any]]) -> None:
    tenant = db.info["bound"].tenant
    if not issubclass(table, Private):
        raise ForeignRow(f"{table.__name__} is no private table")
    if tenant is None or any(row.get("tenant_id") != tenant for row in rows):
        raise ForeignRow(f"{table.__name__} of another tenant")


def _core(table: type[Table]) -> sa.Table:
    core: sa.Table = table.__table__  # type: ignore[attr-defined]
    return core


async def add_rows(db: AsyncSession, table: type[Table], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many whole rows of a table that is not private at once; raises ForeignRow for a private one.

    What is derived from them is not kept by it: whoever adds published rows so must rebuild it.
    """
    _refuse_private(table)
    if rows:
        await (await db.connection()).execute(sa.insert(_core(table)), list(rows))


async def put_rows(db: AsyncSession, table: type[Table], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert whole rows of a table that is not private, or overwrite those that have their keys."""
    _refuse_private(table)
    if not rows:
        return
    core = _core(table)
    connection = await db.connection()
    into = postgresql.insert(core) if connection.dialect.name == "postgresql" else on_sqlite.insert(core)
    keys = [c.name for c in core.primary_key]
    others = {c.name: into.excluded[c.name] for c in core.c if c.name not in keys}
    await connection.execute(into.on_conflict_do_update(index_elements=keys, set_=others), list(rows))


def _refuse_private(table: type[Table]) -> None:
    if issubclass(table, Private):
        raise ForeignRow(f"{table.__name__} is a private table")


async def queue_behind(db: AsyncSession, name: str) -> None:
    """Wait until no other transaction holds `name`, and hold it until this one ends.

    For counting before adding where there is no row to lock. On SQLite a writing transaction is alone anyway.
    """
    connection = await db.connection()
    if connection.dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


class Database:
    """Opens sessions. `bind` is an engine, or in tests one connection whose transaction is rolled back."""

    def __init__(self, bind: AsyncEngine | AsyncConnection) -> None:
        self._bind = bind
        self._probe: sqlite3.Connection | None = None
        self._listener: Listener | None = None
        # On SQLite a transaction that will write takes its lock at once: upgrading later loses updates.
        self._write_bind = (
            bind.execution_options(begin="IMMEDIATE") if isinstance(bind, AsyncEngine) else bind
        )

    def _session(self, bind: AsyncEngine | AsyncConnection, bound: Bound) -> AsyncSession:
        return AsyncSession(
            bind,
            sync_session_class=WalledSession,
            expire_on_commit=False,
            autoflush=False,
            join_transaction_mode="create_savepoint",
            info={"bound": bound},
        )

    @asynccontextmanager
    async def read(self, bound: Bound = PUBLIC) -> AsyncIterator[AsyncSession]:
        """A session for reading; nothing it changes is kept."""
        async with self._session(self._bind, bound) as session:
            yield session

    @asynccontextmanager
    async def write(self, bound: Bound = PUBLIC) -> AsyncIterator[AsyncSession]:
        """One transaction: all that happens in the block is kept when it ends, or nothing of it."""
        async with self._session(self._write_bind, bound) as session:
            yield session
            await _keep_derived(session)
            public = session.info.pop("public", False)
            if public:
                await stamp.renew(session)
            try:
                await session.commit()
            finally:  # one that was broken off may have been kept nevertheless
                if public and self._listener is not None:
                    self._listener.changed()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """As long as the block lasts, PostgreSQL tells of commits, so that `state` needs no query there either."""
        if not isinstance(self._bind, AsyncEngine) or self._bind.dialect.name != "postgresql":
            yield
            return
        self._listener = Listener(self._bind)
        try:
            async with beside(self._listener.forever()):
                yield
        finally:
            self._listener = None

    async def scrub(self, *, anew: bool = False) -> bool:
        """Empty SQLite's write-ahead log, which may still hold what was overwritten. False when somebody hinders it.

        `anew`: write the file anew first, which locks it for as long as that takes. `secure_delete` alone does not do:
        where pages were balanced, copies of old rows stay in the unused middle of a page.
        """
        if not isinstance(self._bind, AsyncEngine) or self._bind.dialect.name != "sqlite":
            return True
        async with self._bind.connect() as connection:
            raw: Any = await connection.get_raw_connection()
            # Straight to the driver: within a transaction neither does anything.
            if anew:
                try:
                    await (await raw.driver_connection.execute("VACUUM")).close()
                except sqlite3.OperationalError:
                    return False
            cursor = await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            hindered, *_counts = await cursor.fetchone()
            await cursor.close()
        return not hindered

    def state(self) -> int | None:
        """A number that changes when anybody changes the public record; None where that is not known without a query.

        On SQLite its own counter of commits (`PRAGMA data_version`), read on a connection that writes nothing; on
        PostgreSQL what was heard within `listening`. Either takes microseconds.
        """
        if self._listener is not None:
            return self._listener.count()
        if self._probe is None:
            if not isinstance(self._bind, AsyncEngine) or self._bind.dialect.name != "sqlite":
                return None
            file = Path(self._bind.url.database or "")
            if not file.is_file():  # such as one in memory
                return None
            self._probe = sqlite3.connect(
                f"{file.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False
            )
        # All rows, or the statement stays open and sees its first state for ever.
        ((number,),) = self._probe.execute("PRAGMA data_version").fetchall()
        return int(number)

    async def dispose(self) -> None:
        if self._probe is not None:
            self._probe.close()
            self._probe = None
        if isinstance(self._bind, AsyncEngine):
            await self._bind.dispose()
