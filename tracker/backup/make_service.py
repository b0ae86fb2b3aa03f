"""Making a back-up: all rows as of one moment, while the service runs, and every file that they name."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from tracker.audit.models import AuditHead
from tracker.backup.archive import FORMAT, Manifest, Writer, measured, written
from tracker.db import carry, migrate
from tracker.db.base import select
from tracker.db.engine import create_engine
from tracker.instruments.models import StoredFile
from tracker.instruments.store import Store
from tracker.kit import clock
from tracker.kit.errors import Refused
from tracker.kit.i18n import gettext as _
from tracker.opendata.models import PublishedRelease, PublishedReleaseRewrite
from tracker.opendata.store import Broken, ReleaseStore
from tracker.settings import Settings

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Made:
    """A finished archive. `missing`: files that the rows name and the disk does not have, or has altered."""

    manifest: Manifest
    sha256: str
    size: int

    @property
    def missing(self) -> list[str]:
        return self.manifest.missing


class Meanwhile(Refused):
    """A file went or changed while the back-up ran, so it would not go with the rows."""


async def make(settings: Settings, out: Path, say: Say) -> Made:
    """Write the archive, whole or not at all. Raises Refused."""
    engine = create_engine(settings.database_url)
    try:
        if await migrate.current(engine) != migrate.newest():
            raise Refused(_("The database is not at the newest schema: run tracker migrate first."))
        with written(out) as writer:
            manifest = await _write(engine, settings, writer, say)
            await asyncio.to_thread(writer.finish, manifest)
    except OSError as error:
        raise Refused(f"{out}: {error.strerror}") from error
    finally:
        await engine.dispose()
    sha256, size = await asyncio.to_thread(measured, out)
    return Made(manifest, sha256, size)


async def _write(engine: AsyncEngine, settings: Settings, writer: Writer, say: Say) -> Manifest:
    """Everything but the manifest, which it returns."""
    made_at = clock.now()
    async with engine.connect() as connection:
        # One snapshot for all tables. On SQLite a transaction that has read is one, and hinders no writer.
        if engine.dialect.name != "sqlite":
            await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        async with connection.begin():
            head = (await connection.scalars(select(AuditHead.hash))).one()
            tables = carry.tables()
            rows = await connection.run_sync(lambda c: _rows(c, tables, writer, say))
            missing = await _attachments(engine, connection, Store(settings.data_dir), writer, say)
            missing += await _releases(engine, connection, ReleaseStore(settings.data_dir), writer, say)
    return Manifest(
        format=FORMAT,
        made_at=made_at.isoformat(),
        program=version("tracker"),
        schema=migrate.newest(),
        log_head=str(head),
        tables=tables,
        rows=rows,
        files=dict(writer.files),
        missing=missing,
    )


def _rows(connection: Connection, tables: list[carry.Carried], writer: Writer, say: Say) -> dict[str, int]:
    counts = {}
    for number, table in enumerate(tables, start=1):
        counts[table.name] = writer.add(f"tables/{table.name}.jsonl", carry.lines(connection, table))
        say(
            _("%(number)s of %(of)s tables: %(name)s, %(rows)s rows")
            % {
                "number": number,
                "of": len(tables),
                "name": table.name,
                "rows": counts[table.name],
            }
        )
    return counts


async def _attachments(
    engine: AsyncEngine, connection: AsyncConnection, store: Store, writer: Writer, say: Say
) -> list[str]:
    """Add the files that anybody holds. Returns the names of those that are not there as they were stored."""
    held = select(StoredFile.sha256, StoredFile.size).where(col(StoredFile.holders) > 0)
    found = (await connection.execute(held)).all()
    missing = []
    for number, (sha256, size) in enumerate(sorted(found), start=1):
        name = f"attachments/{sha256}"
        fault = await asyncio.to_thread(store.fault, sha256, size)
        if fault is None:
            try:
                await asyncio.to_thread(writer.add_file, name, store.path(sha256), squeeze=False)
            except FileNotFoundError:
                fault = "missing"
        if fault is not None:
            async with engine.connect() as now:  # what is held now, beside the snapshot
                if not (await now.scalar(select(StoredFile.holders).where(col(StoredFile.sha256) == sha256))):
                    raise Meanwhile(_("A file was removed while the back-up ran. Run it again."))
            missing.append(name)
        if number % 100 == 0 or number == len(found):
            say(_("%(number)s of %(of)s attachments") % {"number": number, "of": len(found)})
    return missing


async def _releases(
    engine: AsyncEngine, connection: AsyncConnection, store: ReleaseStore, writer: Writer, say: Say
) -> list[str]:
    """Add the files of every release. Returns the names of releases that are not what their hashes say."""
    found = await _sums(connection)
    missing = []
    for number, sums in sorted(found.items()):
        fault = await asyncio.to_thread(store.fault, number, sums)
        if fault:
            async with engine.connect() as now:
                if (await _sums(now)).get(number) != sums:
                    raise Meanwhile(_("A release was rewritten while the back-up ran. Run it again."))
            missing.append(f"releases/{number}")
        try:
            for file in await asyncio.to_thread(store.listed, number):
                path = store.path(number) / file.name
                await asyncio.to_thread(writer.add_file, f"releases/{number}/{file.name}", path, squeeze=True)
        except (Broken, FileNotFoundError):
            continue  # told already
        say(_("release %(number)s") % {"number": number})
    return missing


async def _sums(connection: AsyncConnection) -> dict[int, str]:
    """The hash of each release's SHA256SUMS, after the last time that a redaction changed it."""
    sums: dict[int, str] = {}
    made = await connection.execute(select(PublishedRelease.number, PublishedRelease.sums_sha256))
    for number, text in made:
        sums[number] = text
    rewritten = select(PublishedReleaseRewrite.number, PublishedReleaseRewrite.sums_after)
    for number, text in await connection.execute(rewritten.order_by(col(PublishedReleaseRewrite.id))):
        sums[number] = text
    return sums
