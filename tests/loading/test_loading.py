"""Reference data and the demo world: whole, repeatable, all or nothing, and true to their files."""

import hashlib
from collections.abc import Iterable

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from tests.worlds import NAMES, World, Worlds
from tracker.access.models import Membership, User
from tracker.crosswalks.models import Crosswalk, Mapping
from tracker.db import migrate, registry
from tracker.db.base import metadata
from tracker.db.engine import create_engine
from tracker.db.session import Bound, Database
from tracker.entries.models import Draft, PublishedCitation, PublishedRevision
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.instruments.models import PublishedInstrument
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit.errors import Conflict
from tracker.kit.vocabulary import Basis, JurisdictionKind
from tracker.loading import demo, reference, seed
from tracker.organisations import queries as organisations


def say_nothing(_line: str) -> None:
    pass


async def contents(world: World) -> dict[str, tuple[int, str]]:
    """(rows, a hash of them all) of each table, as the database's superuser sees them: nothing is walled off."""
    registry.load()
    engine = create_engine(world.owner_url.replace("tracker_owner@", "postgres@"))
    found = {}
    async with engine.connect() as connection:
        for name, table in sorted(metadata.tables.items()):
            # The index may have the same texts, made again under other numbers.
            told = [c for c in table.columns if (name, c.name) != ("search_document", "id")]
            rows = sorted(repr(tuple(row)) for row in await connection.execute(sa.select(*told)))
            found[name] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    await engine.dispose()
    return found


async def count(database: Database, *where: sa.ColumnElement[bool], of: type) -> int:
    async with database.read() as db:
        return (await db.scalar(sa.select(sa.func.count()).select_from(of).where(*where))) or 0


async def test_reference_loaded_again_changes_nothing(own_world: World) -> None:
    before = await contents(own_world)
    lines: list[str] = []
    await reference.load(Database(own_world.engine), lines.append)
    assert await contents(own_world) == before
    assert "jurisdictions: 5300, 0 of them new" in lines
    assert "crosswalk drafts: 13 sets, 0 of them new, 64 mappings" in lines
    await reference.load(Database(own_world.engine), lines.append)
    assert await contents(own_world) == before


async def test_reference_mends_what_was_changed(own_world: World) -> None:
    """What a newer version of the files says replaces what is stored."""
    before = await contents(own_world)
    async with own_world.owner.begin() as connection:
        await connection.execute(
            sa.update(Jurisdiction).where(col(Jurisdiction.code) == "KEN").values(name="Old", income_group="")
        )
        await connection.execute(
            sa.update(FrameworkItem).where(col(FrameworkItem.key) == "HTCC-C3").values(short_label="Old")
        )
    await reference.load(Database(own_world.engine), say_nothing)
    after = await contents(own_world)
    assert after.pop("record_stamp") != before.pop("record_stamp"), "who keeps a copy learns that it is old"
    assert after.pop("packed_head") != before.pop("packed_head")
    assert after == before


async def test_reference_rewords_nothing_that_is_referred_to(own_world: World) -> None:
    """Published entries hold HTCC-C3; nothing that is published holds D87J-CRIM."""
    before = (await contents(own_world))["framework_item"]
    for key, mended in (("D87J-CRIM", True), ("HTCC-C3", False)):
        async with own_world.owner.begin() as connection:
            await connection.execute(
                sa.update(FrameworkItem).where(col(FrameworkItem.key) == key).values(text="Old")
            )
        changed = await contents(own_world)
        if mended:
            await reference.load(Database(own_world.engine), say_nothing)
            assert (await contents(own_world))["framework_item"] == before
            continue
        with pytest.raises(Conflict, match="HTCC-C3: text differs"):
            await reference.load(Database(own_world.engine), say_nothing)
        assert await contents(own_world) == changed


async def test_demo_loaded_again_changes_nothing(own_world: World) -> None:
    before = await contents(own_world)
    assert await demo.load(Database(own_world.engine), say_nothing) == []
    assert await contents(own_world) == before


async def test_the_files_are_all_there(database: Database) -> None:
    # those of the reference data, and the demo world's fictional standard with its crosswalk
    assert await count(database, of=FrameworkVersion) == 15 + 1
    assert await count(database, of=FrameworkItem) == 106 + 6
    assert await count(database, of=Crosswalk) == 13 + 1
    assert await count(database, of=Mapping) == 64 + 5
    assert await count(database, col(PublishedInstrument.key).is_not(None), of=PublishedInstrument) == 5
    countries = [
        col(Jurisdiction.kind) == JurisdictionKind.COUNTRY,
        col(Jurisdiction.fictional).is_(False),
    ]
    assert await count(database, *countries, of=Jurisdiction) == 249
    subdivisions = col(Jurisdiction.kind) == JurisdictionKind.SUBDIVISION
    assert await count(database, subdivisions, of=Jurisdiction) > 5000
    async with database.read() as db:
        rows = (await db.execute(sa.select(Jurisdiction))).scalars().all()
    for place in rows:
        ids = [int(part) for part in place.path.split("/") if part]
        assert (place.parent_id is None and not ids) or ids[-1] == place.parent_id
        assert place.name.strip()


async def test_the_five_states_are_coded_exactly_as_the_file_says(database: Database) -> None:
    async with database.read() as db:
        rows = await db.execute(
            sa.select(
                Jurisdiction.code,
                FrameworkItem.key,
                PublishedRevision.domain,
                PublishedRevision.commitment,
                PublishedRevision.practice,
                PublishedRevision.basis,
                PublishedRevision.scope,
                PublishedRevision.valid_from,
                PublishedInstrument.key,
                PublishedCitation.locator,
                PublishedRevision.note,
            )
            .join(Jurisdiction, col(Jurisdiction.id) == PublishedRevision.jurisdiction_id)
            .join(FrameworkItem, col(FrameworkItem.id) == PublishedRevision.item_id)
            .join(PublishedCitation, col(PublishedCitation.revision_id) == PublishedRevision.id)
            .join(PublishedInstrument, col(PublishedInstrument.id) == PublishedCitation.instrument_id)
            .where(col(Jurisdiction.fictional).is_(False))
        )
        found = {tuple(str(value or "") for value in row) for row in rows}
    wanted = {tuple(row.values()) for row in seed.rows("coding-us-states")}
    assert len(wanted) == 8
    assert found == wanted


async def test_no_real_place_adopted_anything_by_name(database: Database) -> None:
    real = col(PublishedRevision.jurisdiction_id).in_(
        sa.select(Jurisdiction.id).where(col(Jurisdiction.fictional).is_(False))
    )
    assert await count(database, real, of=PublishedRevision) == 8
    assert (
        await count(database, real, col(PublishedRevision.basis) != Basis.EQUIVALENT, of=PublishedRevision)
        == 0
    )
    assert (
        await count(database, ~real, col(PublishedRevision.basis) == Basis.BY_NAME, of=PublishedRevision) > 0
    )


async def test_each_organisation_has_a_member_of_each_role(database: Database) -> None:
    wanted = {(row["organisation"], row["role"]) for row in seed.rows("demo/members")}
    held = set()
    for row in seed.rows("demo/organisations"):
        async with database.read() as db:
            organisation = await organisations.organisation_by_key(db, row["key"])
        assert organisation
        async with database.read(Bound(tenant=organisation.id)) as db:
            held |= {
                (row["key"], role.value) for role in (await db.execute(select(Membership.role))).scalars()
            }
        assert {"viewer", "contributor", "reviewer", "admin"} <= {r for o, r in held if o == row["key"]}
    assert held == wanted


async def prepared(worlds: Worlds, world: World) -> Database:
    await migrate.upgrade(world.owner)
    return Database(world.engine)


def empty(found: dict[str, tuple[int, str]], but: Iterable[str] = ("audit_head", "record_stamp")) -> bool:
    return all(number == 0 for name, (number, _hash) in found.items() if name not in but)


@pytest.mark.parametrize("name", NAMES)
async def test_the_demo_world_without_reference_data_is_refused_whole(
    anyio_backend: str, worlds: Worlds, name: str
) -> None:
    async with worlds.empty(name) as world:
        database = await prepared(worlds, world)
        before = await contents(world)
        assert empty(before)
        with pytest.raises(demo.NeedsReference, match="tracker load reference"):
            await demo.load(database, say_nothing)
        assert await contents(world) == before


@pytest.mark.parametrize("name", NAMES)
async def test_the_demo_world_is_whole_or_not_there(anyio_backend: str, worlds: Worlds, name: str) -> None:
    """The last account of its file is taken already, so it fails in the middle."""
    last = seed.rows("demo/members")[-1]
    async with worlds.empty(name) as world:
        database = await prepared(worlds, world)
        await reference.load(database, say_nothing)
        async with database.write() as db:
            db.add(
                User(email=last["email"], name="Here before", password_hash="-", created_at=demo.FOUNDED_AT)
            )
        before = await contents(world)
        with pytest.raises(IntegrityError):
            await demo.load(database, say_nothing)
        assert await contents(world) == before


async def test_the_history_happened_at_its_dates(database: Database) -> None:
    async with database.read() as db:
        moments = (await db.execute(select(PublishedRevision.recorded_at))).scalars().all()
        waiting = (await db.execute(sa.select(sa.func.count()).select_from(Draft))).scalar_one()
    published = [row for row in seed.rows("demo/revisions") if row["state"] == "published"]
    wanted = sorted([seed.moment(row["recorded_on"]) for row in published] + [demo.CODED_AT] * 8)
    assert sorted(moments) == wanted
    assert waiting == 0, "no draft is seen from outside"
