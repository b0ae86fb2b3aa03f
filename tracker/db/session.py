"""The unit of work: one transaction a request, bound to who acts, with the tenant wall inside it.

The wall has two courses. Here, every ORM statement gets the tenant's criteria, and a flush of a
foreign row is refused. On PostgreSQL, row-level security says the same again below us.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria

from tracker.db import stamp
from tracker.db.base import Kind, Private, tables_of


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


def _criteria(bound: Bound, *, reading: bool) -> list[Any]:
    """What each private table shows. What is written is the tenant's alone; what is read may be more:

    a user's own memberships in all organisations, rows whose second party (`counterpart_id`) is the tenant, and
    the row of the token (`key_hash`) that a request came with.
    """
    options = []
    for table in tables_of(Kind.PRIVATE):
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
            known[state.is_select] = _criteria(state.session.info["bound"], reading=state.is_select)
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


def _core(table: type[Private]) -> sa.Table:
    core: sa.Table = table.__table__  # type: ignore[attr-defined]
    return core


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
            await session.flush()
            if session.info.pop("public", False):
                await stamp.renew(session)
            await session.commit()

    async def scrub(self) -> bool:
        """Empty SQLite's write-ahead log, which may still hold what was overwritten. False when a reader hinders it."""
        if not isinstance(self._bind, AsyncEngine) or self._bind.dialect.name != "sqlite":
            return True
        async with self._bind.connect() as connection:
            raw: Any = await connection.get_raw_connection()
            # Straight to the driver: within a transaction the pragma does nothing.
            cursor = await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            hindered, *_counts = await cursor.fetchone()
            await cursor.close()
        return not hindered

    async def dispose(self) -> None:
        if isinstance(self._bind, AsyncEngine):
            await self._bind.dispose()
