"""What a crash leaves is removed, and nothing that somebody holds or is just sending."""

import asyncio
import os
import shutil
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from tests import factories, personas
from tests.factories import DATA_DIR, PDF
from tests.worlds import World
from tracker.cli import main
from tracker.db.session import Database
from tracker.instruments.attachment_service import delete
from tracker.instruments.models import StoredFile
from tracker.instruments.store import Store
from tracker.instruments.tidy_service import Left, tidy
from tracker.kit import clock

DAY = timedelta(hours=24)
HELD, ORPHAN, DELETED = PDF, PDF + b"orphan", PDF + b"deleted"


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


async def _crashed(database: Database, folder: Path) -> Store:
    """A file that is held, one whose transaction never ended, one whose row was deleted before a crash, a half upload."""
    store, author = Store(folder), await personas.actor(database, personas.OWNER)
    instrument = await factories.instrument(database, author)
    await factories.attached(database, author, instrument, folder, content=HELD)
    gone = await factories.attached(database, author, instrument, folder, content=DELETED)
    async with database.write(personas.bound(author)) as db:
        await delete(db, author, gone)
    incoming = store.folder / "incoming" / "0123"
    incoming.write_bytes(ORPHAN)
    shutil.copy(incoming, folder / "orphan")
    store.keep(folder / "orphan", digest(ORPHAN))
    return store


def _age(store: Store) -> None:
    old = clock.now().timestamp() - DAY.total_seconds() - 1
    for path in store.folder.rglob("*"):
        os.utime(path, (old, old))


async def test_what_is_young_stays(database: Database) -> None:
    store = await _crashed(database, DATA_DIR)
    assert await tidy(database, store, DAY) == Left([], [])
    assert len(list(store.names())) == 3


async def test_what_is_old_and_nobodys_goes(database: Database) -> None:
    store = await _crashed(database, DATA_DIR)
    _age(store)
    left = Left(["0123"], sorted([digest(ORPHAN), digest(DELETED)]))
    assert await tidy(database, store, DAY, remove=False) == left
    assert len(list(store.names())) == 3
    assert await tidy(database, store, DAY) == left
    assert list(store.names()) == [digest(HELD)]
    assert list((store.folder / "incoming").iterdir()) == []
    async with database.read() as db:
        assert (await db.execute(sa.select(StoredFile.sha256))).scalars().all() == [digest(HELD)]  # type: ignore[call-overload]
    assert await tidy(database, store, DAY) == Left([], [])


async def test_the_command(own_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _age(await _crashed(Database(own_world.engine), tmp_path))
    monkeypatch.setenv("TRACKER_DATABASE_URL", own_world.url)
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path))
    await own_world.engine.dispose()

    async def run(*flags: str) -> str:
        ran = await asyncio.to_thread(CliRunner().invoke, main, ["tidy", *flags])
        assert ran.exit_code == 0, ran.output
        return ran.output.splitlines()[-1]

    assert await run("--dry-run") == "1 half uploads and 2 files of nobody would be removed"
    assert await run("--older-than", "48") == "0 half uploads and 0 files of nobody removed"
    assert await run() == "1 half uploads and 2 files of nobody removed"
    assert await run() == "0 half uploads and 0 files of nobody removed"
