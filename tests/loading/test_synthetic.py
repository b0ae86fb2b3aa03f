"""The invented record for measuring: the same on every run, marked as invented, and never beside anybody's own."""

import hashlib
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from tests.cli.command import here, settings_of
from tests.worlds import World, Worlds
from tracker.access.models import Organisation
from tracker.db import migrate
from tracker.db.session import Database
from tracker.entries.models import PublishedCitation, PublishedRevision, PublishedWithdrawal
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit.errors import Conflict
from tracker.loading import reference, synthetic
from tracker.packed import check_queries
from tracker.packed.models import PackedLines
from tracker.reviews.models import PublishedReview


def say_nothing(_line: str) -> None:
    pass


async def held(database: Database) -> tuple[dict[str, int], str]:
    """How many rows of each table there are, and a hash of the file's lines."""
    tables = (PublishedRevision, PublishedCitation, PublishedWithdrawal, PublishedReview)
    async with database.read() as db:
        counts = {
            str(t.__tablename__): (await db.execute(select(sa.func.count()).select_from(t))).scalar_one()
            for t in tables
        }
        lines = (
            await db.execute(
                select(PackedLines.lines)
                .join(Jurisdiction, col(Jurisdiction.id) == PackedLines.jurisdiction_id)
                .order_by(Jurisdiction.code)
            )
        ).scalars()
        return counts, hashlib.sha256("".join(lines).encode()).hexdigest()


async def test_it_is_the_same_whole_and_marked_as_invented(world: World, worlds: Worlds) -> None:
    found = []
    for steps in ((16,), (5, 16, 16)):
        async with worlds.empty(world.name) as empty:
            await migrate.upgrade(empty.owner)
            database = Database(empty.engine)
            await reference.load(database, say_nothing)
            for number in steps:
                await synthetic.load(database, number, say_nothing)
            found.append(await held(database))
            async with database.read() as db:
                assert await check_queries.faults(db) == []
                places = (
                    await db.execute(select(Jurisdiction).where(col(Jurisdiction.code).startswith("XZZ")))
                ).scalars()
                assert [p.fictional for p in places] == [True] * 17
                voices = (
                    await db.execute(
                        select(Organisation).where(
                            col(Organisation.id).in_(select(PublishedRevision.organisation_id))
                        )
                    )
                ).scalars()
                assert [v.fictional and "invented" in v.name for v in voices] == [True] * 3
    assert found[0] == found[1]
    counts = found[0][0]
    assert counts["published_revision"] > 16 * 28 * 1.3
    assert min(counts.values()) > 0


async def test_it_keeps_away_from_what_others_published(database: Database) -> None:
    async with database.read() as db:
        before = (await db.execute(select(sa.func.count()).select_from(Organisation))).scalar_one()
    with pytest.raises(Conflict, match="a database of its own"):
        await synthetic.load(database, 2, say_nothing)
    async with database.read() as db:
        assert (await db.execute(select(sa.func.count()).select_from(Organisation))).scalar_one() == before


async def test_its_command(world: World, worlds: Worlds, tmp_path: Path) -> None:
    async with worlds.empty(world.name) as empty:
        variables = settings_of(empty, tmp_path)
        done = await _in_thread(variables, "migrate")
        assert done.exit_code == 0, done.output
        refused = await _in_thread(variables, "load", "synthetic", "--jurisdictions", "2")
        assert refused.exit_code == 1
        assert "load the reference data first" in refused.output
        await reference.load(Database(empty.engine), say_nothing)
        done = await _in_thread(variables, "load", "synthetic", "--jurisdictions", "2")
        assert done.exit_code == 0, done.output
        assert "2 synthetic jurisdictions, 2 packed" in done.output
        checked = await _in_thread(variables, "verify", "projection", "--rebuild")
        assert checked.exit_code == 0, checked.output
        assert "0 packs differ from the record" in checked.output


async def _in_thread(variables: dict[str, str], *arguments: str):  # type: ignore[no-untyped-def]
    """The command runs a loop of its own."""
    import asyncio

    return await asyncio.to_thread(here, variables, *arguments)
