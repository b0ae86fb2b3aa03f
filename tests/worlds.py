"""Databases for tests: migrated by Alembic and loaded once a run, copied where a test commits for real."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.services import postgres
from tracker.db import migrate
from tracker.db.engine import create_engine
from tracker.db.session import Database
from tracker.loading import demo, reference

NAMES = ("sqlite", "postgresql")
# For tests of what only one of the two has.
ON_SQLITE = pytest.mark.parametrize("world", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("world", ["postgresql"], indirect=True)


@dataclass(frozen=True)
class World:
    """A database with the newest schema, the reference data and the demo world.

    `engine` is the service's own: on PostgreSQL the role `tracker_app`, which row-level security binds.
    `owner` owns the tables; on SQLite both are the same. `passwords`: of the demo accounts, by e-mail.
    """

    name: str
    engine: AsyncEngine
    owner: AsyncEngine
    passwords: dict[str, str]

    @property
    def url(self) -> str:
        """For the setting TRACKER_DATABASE_URL."""
        return self.engine.url.render_as_string(hide_password=False)

    @property
    def owner_url(self) -> str:
        """For the setting TRACKER_MIGRATION_DATABASE_URL."""
        return self.owner.url.render_as_string(hide_password=False)

    async def dispose(self) -> None:
        await self.engine.dispose()
        await self.owner.dispose()


class Worlds:
    """The worlds of one run, made when a test first asks. A pristine copy of each is kept to copy from."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shared: dict[str, World] = {}
        self._stack = AsyncExitStack()
        self._number = count(1)
        self._server: postgres.PostgresServer | None = None

    async def shared(self, name: str) -> World:
        """The one that tests share, each within a transaction that is rolled back."""
        if name not in self._shared:
            passwords = await self._load(name)
            self._shared[name] = world = self._open(name, self._copy(name), passwords)
            self._stack.push_async_callback(world.dispose)
        return self._shared[name]

    @asynccontextmanager
    async def copy(self, name: str) -> AsyncIterator[World]:
        """A world of one's own, for tests that commit or that need several connections."""
        passwords = (await self.shared(name)).passwords
        place = self._copy(name)
        world = self._open(name, place, passwords)
        try:
            yield world
        finally:
            await world.dispose()
            self._drop(name, place)

    @asynccontextmanager
    async def empty(self, name: str) -> AsyncIterator[World]:
        """A database without any table."""
        place = f"empty_{next(self._number)}"
        if name == "postgresql":
            self.server.create_database(place)
        world = self._open(name, place, {})
        try:
            yield world
        finally:
            await world.dispose()
            self._drop(name, place)

    async def close(self) -> None:
        await self._stack.aclose()
        if self._server:
            self._server.stop()

    @property
    def server(self) -> postgres.PostgresServer:
        if self._server is None:
            self._server = postgres.start_postgres(self._folder)
        return self._server

    async def _load(self, name: str) -> dict[str, str]:
        if name == "postgresql":
            self.server.create_database("pristine")
        world = self._open(name, "pristine", {})
        try:
            await migrate.upgrade(world.owner)
            database = Database(world.engine)
            await reference.load(database, lambda _line: None)
            made = await demo.load(database, lambda _line: None)
        finally:
            await world.dispose()
        return {email: password for email, password, _role in made}

    def _open(self, name: str, place: str, passwords: dict[str, str]) -> World:
        if name == "sqlite":
            engine = create_engine(f"sqlite+aiosqlite:///{self._folder / place}.sqlite3")
            return World(name, engine, engine, passwords)
        engine = create_engine(self.server.url(place))
        return World(name, engine, create_engine(self.server.url(place, postgres.OWNER)), passwords)

    def _copy(self, name: str) -> str:
        place = f"copy_{next(self._number)}"
        if name == "sqlite":
            source = sqlite3.connect(self._folder / "pristine.sqlite3")
            target = sqlite3.connect(self._folder / f"{place}.sqlite3")
            source.backup(target)
            source.close()
            target.close()
        else:
            with self.server.connect(postgres.SUPERUSER, postgres.SUPERUSER) as connection:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE pristine OWNER {}").format(
                        sql.Identifier(place), sql.Identifier(postgres.OWNER)
                    )
                )
        return place

    def _drop(self, name: str, place: str) -> None:
        if name == "sqlite":
            for left in self._folder.glob(f"{place}.sqlite3*"):
                left.unlink()
        else:
            with self.server.connect(postgres.SUPERUSER, postgres.SUPERUSER) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(place)))
