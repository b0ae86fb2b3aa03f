"""A back-up of either database, restored into either: the same rows, files, guards, and the same checks."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests import factories, personas
from tests.backup.archives import (
    Contents,
    backed_up,
    contents,
    files,
    guards,
    inhabit,
    left_in,
    quiet,
    restored,
    settings_of,
)
from tests.opendata import released
from tests.worlds import NAMES, World, Worlds
from tracker.backup import after, make_service
from tracker.backup.archive import opened
from tracker.db import carry
from tracker.db.session import Bound, Database
from tracker.kit import clock
from tracker.kit.errors import Refused
from tracker.loading import derived
from tracker.settings import Settings


@dataclass(frozen=True)
class Source:
    """An installation, its back-up, and what was in it then."""

    world: World
    settings: Settings
    archive: Path
    made: make_service.Made
    contents: Contents


@pytest.fixture(scope="module", params=NAMES)
async def source(
    anyio_backend: str,
    worlds: Worlds,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Source]:
    """The tests change nothing of it."""
    folder = tmp_path_factory.mktemp("source")
    async with worlds.copy(request.param) as world:
        settings = settings_of(world, folder)
        await inhabit(world, settings)
        archive = folder / "all.backup"
        made = await backed_up(settings, archive)
        yield Source(world, settings, archive, made, await contents(world, settings))


@pytest.mark.parametrize("target", NAMES)
async def test_what_comes_back_is_what_went_in(
    source: Source, worlds: Worlds, target: str, tmp_path: Path
) -> None:
    async with worlds.empty(target) as empty:
        settings = settings_of(empty, tmp_path)
        done = await restored(settings, source.archive)
        assert done.aside == []
        database = Database(empty.engine)
        await derived.make_if_missing(database, quiet)
        now = await contents(empty, settings)
        for name, rows in source.contents.rows.items():
            assert now.rows[name] == rows, name
        assert now.files == source.contents.files
        assert [f for f in await after.examine(database, settings, done.manifest) if not f[0]] == []
        # a release made now says the same, byte for byte
        with clock.at(datetime(2031, 1, 1, tzinfo=UTC)):
            here = (await released.make(database, settings)).files
            there = (await released.make(Database(source.world.engine), source.settings)).files
        assert here == there
        async with worlds.copy(target) as pristine:
            assert await guards(empty) == await guards(pristine)
        await _goes_on(empty, database)
    assert [name for name in left_in(tmp_path) if "restoring" in name] == []


async def _goes_on(world: World, database: Database) -> None:
    """The guards hold, and new rows get new keys."""
    async with world.owner.connect() as connection:
        with pytest.raises(DBAPIError, match="append-only"):
            await connection.execute(sa.text("UPDATE published_revision SET note = 'x'"))
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    where = await factories.cell(database, item="HTCC-C3")
    await factories.published(database, author, reviewer, where)
    if world.name == "postgresql":
        async with world.engine.connect() as connection:
            assert await connection.scalar(sa.text("SELECT count(*) FROM draft")) == 0


async def test_sessions_and_secrets_stay_out(source: Source) -> None:
    with opened(source.archive) as archive:
        names = {table.name for table in archive.manifest.tables}
        everything = b"".join(b"".join(archive.parts(name)) for name in archive.manifest.files)
    assert not names & carry.LEFT_OUT
    assert source.settings.secret_key.encode() not in everything
    assert source.archive.stat().st_mode & 0o077 == 0


async def test_a_backup_is_of_one_moment(own_world: World, tmp_path: Path) -> None:
    """What is published while it runs is in none of its tables."""
    settings = settings_of(own_world, tmp_path)
    database = Database(own_world.engine)
    before = await contents(own_world, settings)
    begun = False

    def publish_meanwhile(_text: str) -> None:
        nonlocal begun
        if not begun:
            begun = True
            _insert_elsewhere(own_world)

    made = await make_service.make(settings, tmp_path / "all.backup", publish_meanwhile)
    assert made.manifest.rows == {name: len(rows) for name, rows in before.rows.items()}
    async with database.read(Bound()) as db:
        assert (
            await db.scalar(sa.text("SELECT count(*) FROM user_account WHERE email = 'late@x.example'")) == 1
        )


def _insert_elsewhere(world: World) -> None:
    """Another process adds an account and its audit-free trace, in a table that is read later."""
    values = "('0123456789abcdef0123456789abcdef', 'late@x.example', 'Late', 'none', 0, '2026-01-01')"
    statement = (
        f"INSERT INTO user_account (id, email, name, password_hash, epoch, created_at) VALUES {values}"
    )
    if world.name == "sqlite":
        with sqlite3.connect(world.engine.url.database or "") as connection:
            connection.execute(statement)
    else:
        engine = sa.create_engine(world.owner.url)
        with engine.begin() as other:
            other.execute(sa.text(statement))
        engine.dispose()


async def test_a_backup_replaces_no_file(source: Source, tmp_path: Path) -> None:
    there = tmp_path / "yesterday.backup"
    there.write_bytes(b"precious")
    with pytest.raises(Refused, match="is there already"):
        await backed_up(source.settings, there)
    assert left_in(tmp_path) == ["yesterday.backup"]
    assert there.read_bytes() == b"precious"


async def test_what_is_there_is_replaced_only_when_told(
    source: Source, own_world: World, tmp_path: Path
) -> None:
    settings = settings_of(own_world, tmp_path)
    (settings.data_dir / "releases" / "9").mkdir(parents=True)
    (settings.data_dir / "releases" / "9" / "old.csv").write_bytes(b"old")
    before = await contents(own_world, settings)
    await own_world.engine.dispose()
    with pytest.raises(Refused, match="something here already"):
        await restored(settings, source.archive)
    assert await contents(own_world, settings) == before
    with pytest.raises(Refused, match="Stop the service first"):  # the look above has left a connection open
        await restored(settings, source.archive, force=True)
    await own_world.engine.dispose()
    done = await restored(settings, source.archive, force=True)
    assert (await contents(own_world, settings)).rows == source.contents.rows
    assert files(settings.data_dir) == source.contents.files
    (kept,) = [path for path in done.aside if path.name.startswith("releases")]
    assert (kept / "9" / "old.csv").read_bytes() == b"old"


async def test_a_file_that_is_gone_is_told_and_the_rest_is_kept(source: Source, tmp_path: Path) -> None:
    elsewhere = replace(source.settings, data_dir=tmp_path / "nothing")
    made = await backed_up(elsewhere, tmp_path / "all.backup")
    assert [name.partition("/")[0] for name in made.missing] == ["attachments", "releases"]
    assert made.manifest.rows == source.made.manifest.rows
