"""Installations to back up, and what must be the same of them afterwards."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import msgspec
import sqlalchemy as sa

from tests import factories, personas
from tests.conftest import SETTINGS
from tests.editions import made as editions
from tests.opendata import released
from tests.snapshots import frozen
from tests.worlds import World
from tracker.backup import make_service, restore_service
from tracker.backup.archive import MANIFEST
from tracker.db import carry
from tracker.db.session import Database
from tracker.instruments.store import Store
from tracker.kit.vocabulary import PublishAs
from tracker.privacy import operation
from tracker.settings import Settings


def settings_of(world: World, folder: Path) -> Settings:
    """The settings of an installation on a world, with a data folder of its own."""
    return replace(
        SETTINGS, database_url=world.url, migration_database_url=world.owner_url, data_dir=folder / "data"
    )


def quiet(_text: str) -> None:
    """Nobody listens."""


async def inhabit(world: World, settings: Settings) -> None:
    """Something of everything that is awkward: files, a release, redactions, drawn editions, a frozen comparison."""
    database = Database(world.engine)
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    instrument = await factories.instrument(database, author)
    await factories.attached(database, author, instrument, settings.data_dir, published_as=PublishAs.FILE)
    where = await factories.cell(database)
    cited = replace(factories.CITATION, instrument=instrument, quote="Größe — 健康 \U0001f600")
    what = factories.content(citations=(cited,), note="Jane Doe wrote this.")
    revision = await factories.published(database, author, reviewer, where, what)
    await factories.draft(database, author, where)
    await frozen.freeze(database, jurisdictions="XAA")
    await released.release(database, settings)
    await operation.redact(database, Store(settings.data_dir), revision.uid, "note", "A name.")
    edition = await editions.begun(database, author, sketched=True)
    await editions.final(database, author, reviewer, edition, sketched=True)


async def backed_up(settings: Settings, out: Path) -> make_service.Made:
    return await make_service.make(settings, out, quiet)


async def restored(settings: Settings, path: Path, *, force: bool = False) -> restore_service.Restored:
    return await restore_service.restore(settings, path, quiet, force=force)


@dataclass(frozen=True)
class Contents:
    """All rows, as they are carried, and all files of the data folder."""

    rows: dict[str, list[bytes]]
    files: dict[str, bytes]


async def contents(world: World, settings: Settings) -> Contents:
    async with world.engine.connect() as connection:
        rows = await connection.run_sync(lambda c: {t.name: list(carry.lines(c, t)) for t in carry.tables()})
    return Contents(rows, files(settings.data_dir))


def files(folder: Path) -> dict[str, bytes]:
    """What lies in the folders of attachments and releases, by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for name in ("attachments", "releases")
        for path in sorted((folder / name).rglob("*"))
        if path.is_file()
    }


def left_in(folder: Path) -> list[str]:
    """The names of everything below a folder."""
    return sorted(path.name for path in folder.rglob("*"))


async def guards(world: World) -> set[tuple[object, ...]]:
    """Triggers, row-level security and references, as the database tells of them."""
    queries = {
        "sqlite": ["SELECT type, name, sql FROM sqlite_master"],
        "postgresql": [
            "SELECT tgrelid::regclass::text, tgname, tgenabled::text, pg_get_triggerdef(oid) FROM pg_trigger "
            "WHERE NOT tgisinternal",
            "SELECT relname::text, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = 'public'::regnamespace",
            "SELECT conname::text, pg_get_constraintdef(oid), convalidated FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace",
            "SELECT tablename::text, policyname::text, qual, with_check FROM pg_policies",
            "SELECT table_name::text, grantee::text, privilege_type::text FROM information_schema.role_table_grants",
        ],
    }
    found: set[tuple[object, ...]] = set()
    async with world.owner.connect() as connection:
        for query in queries[world.name]:
            found |= {tuple(row) for row in await connection.execute(sa.text(query))}
    return found


def rewritten(
    path: Path, out: Path, change: Callable[[dict[str, bytes]], None], *, honest: bool = False
) -> Path:
    """The archive with its files changed; `honest`: its manifest tells the new sizes and hashes."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    change(content)
    if honest:
        manifest = msgspec.json.decode(content[MANIFEST])
        manifest["files"] = {
            name: {"size": len(body), "sha256": sha256(body).hexdigest()}
            for name, body in content.items()
            if name != MANIFEST
        }
        content[MANIFEST] = msgspec.json.encode(manifest)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in content.items():
            archive.writestr(name, body)
    return out
