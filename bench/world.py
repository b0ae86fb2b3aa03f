"""A database of its own for a benchmark: the reference data and the demo world, on SQLite."""

from pathlib import Path

from tracker.db import migrate, registry
from tracker.db.engine import create_engine
from tracker.db.session import Database
from tracker.loading import demo, reference


async def make(folder: Path) -> Database:
    """Migrated and loaded; takes some seconds, most of them for the demo passwords."""
    registry.load()
    engine = create_engine(f"sqlite+aiosqlite:///{folder}/bench.sqlite3")
    await migrate.upgrade(engine)
    database = Database(engine)
    await reference.load(database, lambda _text: None)
    await demo.load(database, lambda _text: None)
    return database
