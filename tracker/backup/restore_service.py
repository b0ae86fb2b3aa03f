"""Putting a back-up in place: all of it beside what is there, then in its place; or nothing at all.

Three things are replaced: the database and the folders of attachments and of releases. Each is made beside its place.
What was there is moved aside, not deleted; only PostgreSQL's rows are replaced for good, in the one transaction that
brings the new ones. Whatever fails before that is committed leaves everything as it was.
"""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DataError, IntegrityError

from tracker.backup.archive import Damaged, Manifest, Reader, opened
from tracker.backup.swap import BESIDE_SQLITE, holds_files, swapping
from tracker.db import carry, lifted, migrate
from tracker.db.engine import create_engine
from tracker.db.session import Database
from tracker.instruments.store import Store, sync
from tracker.kit.errors import Refused
from tracker.kit.i18n import gettext as _
from tracker.opendata.store import ReleaseStore
from tracker.settings import Settings

Say = Callable[[str], object]
# Rows in a database, with their indexes, take more room than their lines in an archive.
ROOM = 3
FOLDERS = ("attachments", "releases")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place. `aside`: where that lies which was there before."""

    manifest: Manifest
    aside: list[Path]


async def restore(settings: Settings, path: Path, say: Say, *, force: bool = False) -> Restored:
    """Put the archive in place of the installation. Raises Refused, Damaged included, with nothing changed.

    `force`: even where there is something already, which then is replaced. The service must not run.
    """
    with opened(path) as archive:
        _check(archive, settings, say)
        await _look_at_target(settings, force=force)
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=settings.data_dir) as made:
            await asyncio.to_thread(_unpack, archive, Path(made))
            with swapping() as swap:
                async with _filled(settings, archive, say) as files:
                    for name in FOLDERS:
                        await asyncio.to_thread(swap.put, Path(made) / name, settings.data_dir / name)
                    for finished, place in files:
                        await asyncio.to_thread(swap.put, finished, place)
    return Restored(archive.manifest, swap.aside)


def _check(archive: Reader, settings: Settings, say: Say) -> None:
    """Everything that can be known of the archive without touching anything."""
    manifest = archive.manifest
    if not migrate.knows(manifest.schema):
        told = _(
            "This back-up has the schema %(schema)s, which this version does not know: restore it with a newer one."
        )
        raise Refused(told % {"schema": ascii(manifest.schema)[:40]})
    of = len(manifest.files)
    for number, _name in enumerate(archive.check(), start=1):
        if number % 100 == 0 or number == of:
            say(_("%(number)s of %(of)s files compared with their hashes") % {"number": number, "of": of})
    there = next(p for p in (settings.data_dir, *settings.data_dir.parents) if p.is_dir())
    if shutil.disk_usage(there).free < ROOM * archive.size:
        raise Refused(_("There is not enough room on the disk for what the archive holds."))


async def _look_at_target(settings: Settings, *, force: bool) -> None:
    """Raises Refused while the service runs, and where there is something that was not said to be replaced."""
    held = [name for name in FOLDERS if holds_files(settings.data_dir / name)]
    if not settings.is_sqlite or _file_of(settings).exists():
        if settings.is_sqlite:
            await asyncio.to_thread(_refuse_open_file, _file_of(settings))
        engine = create_engine(settings.migration_database_url)
        try:
            async with engine.connect() as connection:
                if not settings.is_sqlite:
                    await connection.run_sync(_refuse_others, make_url(settings.database_url).username or "")
                held = await connection.run_sync(carry.holding) + held
        finally:
            await engine.dispose()
    if held and not force:
        told = _("There is something here already, in %(held)s. To replace it all, say --force.")
        raise Refused(told % {"held": ", ".join(held[:3]) + (", …" if len(held) > 3 else "")})


def _file_of(settings: Settings) -> Path:
    """SQLite's file."""
    return Path(make_url(settings.database_url).database or "").absolute()


def _refuse_open_file(file: Path) -> None:
    """Raises Refused while another process has the database open: it would go on with the old one."""
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            raise Refused(_("The database is in use. Stop the service first.")) from error


def _refuse_others(connection: Connection, role: str) -> None:
    others = connection.execute(
        sa.text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = :role "
            "AND pid <> pg_backend_pid()"
        ),
        {"role": role},
    ).scalar()
    if others:
        raise Refused(_("The database is in use. Stop the service first."))


def _unpack(archive: Reader, beside: Path) -> None:
    """The attachments and releases into a folder of their own, compared with their hashes once more."""
    attachments, releases = Store(beside), ReleaseStore(beside)
    for name in archive.manifest.files:
        kind, _slash, rest = name.partition("/")
        if kind == "attachments":
            path, mode, folder_mode = attachments.path(rest), 0o640, 0o750
        elif kind == "releases":
            number, _slash, file_name = rest.partition("/")
            path, mode, folder_mode = releases.path(int(number)) / file_name, 0o644, 0o755
        else:
            continue
        path.parent.mkdir(mode=folder_mode, parents=True, exist_ok=True)
        with path.open("xb") as file:
            for part in archive.parts(name):
                file.write(part)
        path.chmod(mode)
        sync(path)


@asynccontextmanager
async def _filled(settings: Settings, archive: Reader, say: Say) -> AsyncIterator[list[tuple[Path, Path]]]:
    """The database with the archive's rows, in place when the block ends without fault.

    Yields the files that the block has to put in their places.
    """
    filled = _file if settings.is_sqlite else _server
    try:
        async with filled(settings, archive, say) as files:
            yield files
    except (carry.Unreadable, migrate.BrokenReferences) as error:
        raise Damaged(_("The archive can't be restored: %(why)s") % {"why": error}) from error
    except (IntegrityError, DataError) as error:
        why = str(error.orig).strip().partition("\n")[0]
        raise Damaged(_("The archive can't be restored: %(why)s") % {"why": why}) from error


@asynccontextmanager
async def _file(settings: Settings, archive: Reader, say: Say) -> AsyncIterator[list[tuple[Path, Path]]]:
    place = _file_of(settings)
    made = place.with_name(f".{place.name}.restoring")
    left = [made.with_name(made.name + end) for end in ("", *BESIDE_SQLITE)]
    try:
        for path in left:
            path.unlink(missing_ok=True)
        engine = create_engine(f"sqlite+aiosqlite:///{made}")
        try:
            async with migrate.reworking(engine) as connection:
                await connection.run_sync(_fill, archive, say)
            await Database(engine).scrub()
        finally:
            await engine.dispose()
        yield [(made, place)]
    finally:
        for path in left:
            path.unlink(missing_ok=True)


@asynccontextmanager
async def _server(settings: Settings, archive: Reader, say: Say) -> AsyncIterator[list[tuple[Path, Path]]]:
    engine = create_engine(settings.migration_database_url)
    try:
        async with migrate.reworking(engine) as connection:
            await connection.run_sync(lifted.drop_everything)
            await connection.run_sync(_fill, archive, say)
            yield []
    finally:
        await engine.dispose()


def _fill(connection: Connection, archive: Reader, say: Say) -> None:
    """The schema of the archive, its rows, then the newest schema: in the caller's transaction."""
    manifest = archive.manifest
    migrate.apply(connection, manifest.schema)
    carry.compare(connection, manifest.tables)
    with lifted.guards_lifted(connection):
        for number, table in enumerate(manifest.tables, start=1):
            rows = carry.fill(connection, table, archive.lines(f"tables/{table.name}.jsonl"))
            if rows != manifest.rows[table.name]:
                raise carry.Unreadable(f"{table.name} has {rows} rows instead of {manifest.rows[table.name]}")
            told = {"number": number, "of": len(manifest.tables), "name": table.name, "rows": rows}
            say(_("%(number)s of %(of)s tables: %(name)s, %(rows)s rows") % told)
    migrate.apply(connection)
