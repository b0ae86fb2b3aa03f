"""Removing what a crash left behind: half uploads, and stored files that nothing refers to."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlmodel import col

from tracker.audit.record import take_turn
from tracker.db.base import select
from tracker.db.session import Database
from tracker.instruments.attachment_service import stored_file, sweep
from tracker.instruments.models import StoredFile
from tracker.instruments.store import Store
from tracker.kit import clock


@dataclass(frozen=True, slots=True)
class Left:
    """What was left: names of half uploads, and hashes of files that nobody holds."""

    incoming: list[str]
    files: list[str]


async def tidy(database: Database, store: Store, age: timedelta, *, remove: bool = True) -> Left:
    """Remove what is older than `age`, so that nothing is taken from an upload that is under way; or only look.

    A file is kept in the same transaction that says who holds it, under the turn that this waits for: so what nobody
    holds then is nobody's.
    """
    before = clock.now().timestamp() - age.total_seconds()
    incoming = await asyncio.to_thread(lambda: sorted(_old(store.folder / "incoming", before)))
    if remove:
        for path in incoming:
            await asyncio.to_thread(path.unlink, missing_ok=True)
    files = []
    for sha256 in await _candidates(database, store, before):
        async with database.write() as db:
            await take_turn(db)
            stored = await stored_file(db, sha256)
            if stored is not None and stored.holders:
                continue
            files.append(sha256)
            if remove and stored is not None:
                await sweep(db, store, sha256)
            elif remove:
                await asyncio.to_thread(store.remove, sha256)
    return Left([path.name for path in incoming], files)


def _old(folder: Path, before: float) -> Iterator[Path]:
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            if path.is_file() and path.stat().st_mtime < before:
                yield path
        except FileNotFoundError:
            continue  # its request has ended in this moment


async def _candidates(database: Database, store: Store, before: float) -> list[str]:
    """The hashes of old files that no row holds, as far as can be seen without waiting for anybody."""
    async with database.read() as db:
        held = set((await db.execute(select(StoredFile.sha256).where(col(StoredFile.holders) > 0))).scalars())

    def unheld() -> list[str]:
        names = [name for name in store.names() if name not in held]
        return [n for n in names if any(p.name == n for p in _old(store.path(n).parent, before))]

    return await asyncio.to_thread(unheld)
