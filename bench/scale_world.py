"""The synthetic record on SQLite and on PostgreSQL, with the tables that the floors read."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.services import postgres
from tracker.db import migrate, registry
from tracker.db.engine import create_engine
from tracker.db.session import Bound, Database
from tracker.loading import reference, synthetic

BASE = "https://tracker.example"
# What a reader without packs of ours would keep: the values of a jurisdiction's cells in one text, nothing else.
_FLOOR = "CREATE TABLE bench_floor (code VARCHAR(24) PRIMARY KEY, all_cells TEXT, one_domain TEXT)"
_LINES = "CREATE TABLE bench_holding (id INTEGER PRIMARY KEY)"


@dataclass(frozen=True)
class World:
    """`name`: of the database. `server`: its process ids besides ours, whose CPU time counts too."""

    name: str
    database: Database
    tenant: Bound
    codes: list[str]
    path: str
    server: Callable[[], list[int]]


def _nobody() -> list[int]:
    return []


@asynccontextmanager
async def make(folder: Path, name: str, number: int) -> AsyncIterator[World]:
    """A database with `number` synthetic jurisdictions; gone when the block ends."""
    registry.load()
    if name == "SQLite":
        path = f"{folder}/scale.sqlite3"
        url = owner = f"sqlite+aiosqlite:///{path}"
        async with _loaded(name, url, owner, path, number, _nobody) as world:
            yield world
        return
    with postgres.start_postgres(folder) as server:
        server.create_database("scale")
        url, owner = server.url("scale"), server.url("scale", postgres.OWNER)

        def backends() -> list[int]:
            with server.connect("scale", postgres.SUPERUSER) as connection:
                found = connection.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'tracker_app'")
                return [pid for (pid,) in found]

        path = url.replace("postgresql+psycopg:", "postgresql:")
        async with _loaded(name, url, owner, path, number, backends) as world:
            yield world


@asynccontextmanager
async def _loaded(
    name: str, url: str, owner: str, path: str, number: int, server: Callable[[], list[int]]
) -> AsyncIterator[World]:
    owning = create_engine(owner)
    await migrate.upgrade(owning)
    database = Database(create_engine(url))
    await reference.load(database, lambda _line: None)
    await synthetic.load(database, number, lambda _line: None)
    await _floors(owning)
    async with owning.connect() as connection:
        codes = (
            await connection.execute(
                sa.text("SELECT code FROM jurisdiction WHERE code LIKE 'XZZ-%' ORDER BY code")
            )
        ).scalars()
        tenant = (
            await connection.execute(
                sa.text("SELECT id FROM organisation WHERE key = 'synthetic-ministry'").columns(id=sa.Uuid())
            )
        ).scalar_one()
        yield World(name, database, Bound(tenant=tenant), list(codes), path, server)
    await database.dispose()
    await owning.dispose()


async def _floors(owning: AsyncEngine) -> None:
    async with owning.begin() as connection:
        for statement in (_FLOOR, _LINES):
            await connection.execute(sa.text(statement))
        rows = await connection.execute(
            sa.text(
                "SELECT j.code, p.cells FROM packed_cells p JOIN jurisdiction j ON j.id = p.jurisdiction_id"
            )
        )
        packed = []
        for code, text in rows:
            cells = msgspec.json.decode(text)
            whole = [f"{key}={','.join(_plain(v) for v in values)}" for key, values in cells.items()]
            one = [part for part in whole if "/educator=" in part]
            packed.append({"code": code, "a": ";".join(whole), "o": ";".join(one)})
        await connection.execute(sa.text("INSERT INTO bench_floor VALUES (:code, :a, :o)"), packed)
        # Every voice that holds, chosen beforehand: the floor of the long file only has to write it.
        await connection.execute(
            sa.text(
                "INSERT INTO bench_holding SELECT id FROM published_revision r WHERE NOT EXISTS "
                "(SELECT 1 FROM published_revision n WHERE n.jurisdiction_id = r.jurisdiction_id "
                "AND n.item_id = r.item_id AND n.domain = r.domain AND n.organisation_id = r.organisation_id "
                "AND (n.recorded_at > r.recorded_at OR (n.recorded_at = r.recorded_at AND n.id > r.id)))"
            )
        )
        if connection.dialect.name == "postgresql":
            await connection.execute(sa.text("GRANT SELECT ON bench_floor, bench_holding TO tracker_app"))
            await connection.execute(sa.text("ANALYZE"))


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
