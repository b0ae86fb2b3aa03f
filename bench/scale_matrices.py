"""The matrix as JSON against a plain floor, and how its cost grows with the jurisdictions."""

import math
import statistics
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import sqlalchemy as sa

from bench.measure import Ratio, Work
from bench.scale_cost import cost, ratio
from bench.scale_world import World
from tracker.compare.query import Query
from tracker.db.session import PUBLIC, Bound
from tracker.kit.vocabulary import Domain
from tracker.packed.reading import read


def reading(world: World, query: Query, bound: Bound) -> Work:
    """The matrix of a query as JSON."""

    async def work() -> object:
        async with world.database.read(bound) as db:
            return (await read(db, query)).json()

    return work


def plain_floor(world: World, codes: tuple[str, ...], column: str, bound: Bound) -> Work:
    """One plain SQL read of values packed per jurisdiction, and a formatted string for each cell."""
    statement = sa.text(f"SELECT code, {column} FROM bench_floor WHERE code IN :codes").bindparams(
        sa.bindparam("codes", expanding=True)
    )

    async def work() -> object:
        async with world.database.read(bound) as db:
            rows = (await db.execute(statement, {"codes": list(codes)})).all()
        return ",".join(f'"{code}":{{{",".join(_cells(text))}}}' for code, text in rows)

    return work


def _cells(text: str) -> Iterator[str]:
    for part in text.split(";"):
        key, _, values = part.partition("=")
        paper, claimed, mark, practice, also, other, contested = values.split(",")
        yield f'"{key}":["{paper}",{claimed},"{mark}","{practice}",{also},"{other}",{contested}]'


async def matrices(world: World, codes: tuple[str, ...], bound: Bound, who: str) -> list[Ratio]:
    """One domain and all cells, as they are and on any day."""
    floor = "one plain SQL read and a formatted string"
    any_day = {"on": date(2025, 9, 1), "as_of": datetime(2025, 10, 1, tzinfo=UTC)}
    found = []
    for columns, column, narrow in (
        (7, "one_domain", {"domains": (Domain.EDUCATOR,)}),
        (28, "all_cells", {}),
    ):
        query = Query(jurisdictions=codes, **narrow)  # type: ignore[arg-type]
        base = plain_floor(world, codes, column, bound)
        what = f"JSON of {len(codes)} x {columns}, {who}"
        found += [
            await ratio(world, f"{what}, current", reading(world, query, bound), floor, base, 2),
            await ratio(
                world, f"{what}, any day", reading(world, replace(query, **any_day), bound), floor, base, 10
            ),
        ]
    return found


async def slope(world: World) -> str:
    """How the cost of the whole matrix grows with its jurisdictions: 1 is linear."""
    steps = [n for n in (50, 100, 200, 400, 800, 1600, 3200, 5200) if n <= len(world.codes)]
    points = []
    for number in steps:
        work = reading(world, Query(jurisdictions=tuple(world.codes[:number])), PUBLIC)
        await work()
        spent = statistics.median([await cost(world, work, 1) for _ in range(9)])
        points.append((number, spent))
    logs = [(math.log(n), math.log(s)) for n, s in points]
    x, y = (statistics.mean(part) for part in zip(*logs, strict=True))
    whole = sum((a - x) * (b - y) for a, b in logs) / sum((a - x) ** 2 for a, _b in logs)
    last = (math.log(points[-1][1] / points[-2][1])) / math.log(points[-1][0] / points[-2][0])
    shown = ", ".join(f"{n}: {s * 1000:.1f} ms" for n, s in points)
    return f"{world.name}, slope of the cost over jurisdictions x 28: {whole:.2f}, at the end {last:.2f} ({shown})"
