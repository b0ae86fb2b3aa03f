"""The lens against reading the cells that it needs: 200 jurisdictions x 28 cells through 500 mappings."""

from itertools import cycle, islice
from pathlib import Path
from uuid import uuid4

import httpx
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bench import world
from bench.measure import Ratio, ratio
from tracker import settings
from tracker.app import create_app
from tracker.compare.queries import compare
from tracker.compare.query import parse
from tracker.crosswalks import queries
from tracker.crosswalks.lens_files import lens_json
from tracker.crosswalks.lens_queries import read_through
from tracker.crosswalks.models import Crosswalk, Mapping, MappingSide
from tracker.crosswalks.reading import Reading
from tracker.db.base import select
from tracker.db.session import Database
from tracker.entries.models import PublishedRevision
from tracker.frameworks.models import FrameworkItem
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit.vocabulary import JurisdictionKind, Relation

KEY = "hhs-core-competencies--iom-caring-for-trafficked-persons"
PLACES, MAPPINGS = 200, 500


async def run(folder: Path) -> list[Ratio]:
    """Ratios of the lens, and of one jurisdiction's lens as JSON."""
    database = await world.make(folder)
    codes = await _widen(database)
    wide, one = (parse({"jurisdictions": ",".join(c)}) for c in (codes, codes[:1]))

    async def read(codes_of: object = wide) -> Reading:
        async with database.read() as db:
            crosswalk = await queries.crosswalk(db, KEY)
            assert crosswalk is not None
            return await read_through(db, crosswalk, wide if codes_of is wide else one)

    async def lens() -> object:
        reading = await read()
        return [reading.lines(place) for place in reading.comparison.places]

    async def cells() -> object:
        async with database.read() as db:
            return await compare(db, wide)

    async def one_lens() -> object:
        reading = await read(one)
        return lens_json(reading, "https://tracker.example", "en")

    async def one_compare() -> object:
        async with database.read() as db:
            return await compare(db, one)

    app = create_app(settings.load({"TRACKER_DATA_DIR": str(folder)}), database)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000")

    async def page(of: str) -> None:
        answer = await client.get(f"/en/compare?jurisdictions={codes[0]}{of}")
        assert answer.status_code == 200

    floor = "the comparison's query"
    ratios = [
        await ratio(f"lens, {PLACES} x 28 through {MAPPINGS}", lens, floor, cells, at_most=3, pairs=5),
        await ratio("lens of one jurisdiction, as JSON", one_lens, floor, one_compare),
        await ratio(
            f"page of one jurisdiction through {MAPPINGS}",
            lambda: page(f"&through={KEY}"),
            "its plain compare page",
            lambda: page(""),
            at_most=1.5,
        ),
    ]
    await database.dispose()
    return ratios


async def _widen(database: Database) -> list[str]:
    """Give 200 countries the entries of the demo's first, and the crosswalk 500 mappings."""
    async with database.write() as db:
        countries = (
            await db.execute(
                select(Jurisdiction)
                .where(col(Jurisdiction.kind) == JurisdictionKind.COUNTRY)
                .order_by(Jurisdiction.code)
            )
        ).scalars()
        places = [c for c in countries if not c.fictional][:PLACES]
        await _copy_entries(db, places)
        await _add_mappings(db)
        return [place.code for place in places]


async def _copy_entries(db: AsyncSession, places: list[Jurisdiction]) -> None:
    source = (await db.execute(select(Jurisdiction.id).where(col(Jurisdiction.code) == "XAA"))).scalar_one()
    held = (
        await db.execute(select(PublishedRevision).where(col(PublishedRevision.jurisdiction_id) == source))
    ).scalars()
    latest = {(row.item_id, row.domain): row for row in held if row.corrects_id is None}
    for place in places:
        for row in latest.values():
            fields = row.model_dump(exclude={"id"}) | {"uid": uuid4(), "jurisdiction_id": place.id}
            db.add(PublishedRevision(**fields))
    await db.flush()


async def _add_mappings(db: AsyncSession) -> None:
    crosswalk = (await db.execute(select(Crosswalk).where(col(Crosswalk.key) == KEY))).scalar_one()
    items = [
        (await db.execute(select(FrameworkItem.id).where(col(FrameworkItem.framework_version_id) == version)))
        .scalars()
        .all()
        for version in (crosswalk.source_version_id, crosswalk.target_version_id)
    ]
    relations = cycle([r for r in Relation if r is not Relation.NO_RELATIONSHIP])
    pairs = islice(zip(relations, cycle(items[0]), cycle(items[1]), strict=False), MAPPINGS)
    for relation, source, target in pairs:
        mapping = Mapping(crosswalk_id=crosswalk.id, relation=relation, rationale="For a benchmark.")
        db.add(mapping)
        await db.flush()
        db.add(MappingSide(mapping_id=mapping.id, item_id=source, side="source"))
        db.add(MappingSide(mapping_id=mapping.id, item_id=target, side="target"))
    await db.flush()
