"""Whether the packs say what the published rows say: what `tracker verify projection` asks."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.base import Table, select
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit import clock
from tracker.kit.batches import batches
from tracker.packed import service
from tracker.packed.models import FORMAT, PackedCells


@dataclass(frozen=True, slots=True)
class Fault:
    """A pack that does not say what the rows say. `what`: the part that differs, or that there is one too many."""

    framework: str
    jurisdiction: str
    what: str


async def faults(db: AsyncSession, say: Callable[[int, int], None] = lambda _n, _of: None) -> list[Fault]:
    """Compare the head and every pack with what the rows give, on the days that each is for."""
    head, pairs = await service.head_of(db), await service.spoken(db)
    found = [] if head.format == FORMAT else [Fault("", "", "nothing is packed")]
    recorded, days = await service.dates(db)
    if (
        found
        or head.recorded_at != max([service.BEGINNING, *recorded])
        or head.days != service.days_text(days, head.recorded_at)
    ):
        found = found or [Fault("", "", "the moment of the last change")]
    for part in service.PARTS:
        rows = await db.execute(select(part.framework_version_id, part.jurisdiction_id))  # type: ignore[attr-defined]
        held = {(version, place) for version, place in rows}
        found += [await _fault(db, pair, f"{part.__tablename__} too many") for pair in sorted(held - pairs)]
    done = 0
    for version_id in sorted({version for version, _place in pairs}):
        places = sorted(place for version, place in pairs if version == version_id)
        for some in batches(places, service.BATCH):
            found += await _differences(db, version_id, some)
            done += len(some)
            say(done, len(pairs))
    return found


async def _differences(db: AsyncSession, version_id: int, some: list[int]) -> list[Fault]:
    """The packs that differ; each is made for a day of its own span, which is today for nearly all."""
    held: dict[type[Table], dict[int, Any]] = {}
    for part in service.PARTS:
        columns = [getattr(part, name) for name in part.model_fields]
        rows = await db.execute(
            select(*columns).where(
                col(part.framework_version_id) == version_id,  # type: ignore[attr-defined]
                col(part.jurisdiction_id).in_(some),  # type: ignore[attr-defined]
            )
        )
        held[part] = {row.jurisdiction_id: row._asdict() for row in rows}
    today, by_day = clock.today(), defaultdict(list)
    for place in some:
        cells = held[PackedCells].get(place)
        stale = cells and not (cells["since"] <= today and (cells["until"] is None or today < cells["until"]))
        by_day[cells["since"] if cells and stale else today].append(place)
    framework, found = await service.framework_of(db, version_id), []
    for day, places in by_day.items():
        for place, pack in (await service.packs(db, framework, places, day)).items():
            for part in service.PARTS:
                if held[part].get(place) != pack.parts[part]:
                    found.append(await _fault(db, (version_id, place), str(part.__tablename__)))
    return found


async def _fault(db: AsyncSession, pair: service.Pair, what: str) -> Fault:
    framework = await service.framework_of(db, pair[0])
    places = await jurisdictions.by_ids(db, [pair[1]])
    return Fault(framework.name, places[0].code if places else str(pair[1]), what)
