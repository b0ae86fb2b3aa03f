"""The long CSV of everything against text that the database builds: its cost, its memory, and its first lines."""

import resource
import sqlite3
import statistics
import time
from pathlib import Path
from typing import Any

import psycopg

from bench.measure import Work
from bench.scale_cost import cpu, ratio
from bench.scale_world import BASE, World
from tracker.compare.files import COLUMNS
from tracker.packed import queries
from tracker.packed.long_file import pieces

_SELECTED = """
    SELECT j.code AS a, j.name AS b, v.key AS c, v.version AS d, i.key AS e, i.text AS f, r.domain AS g,
      r.commitment AS h, CASE WHEN r.commitment IN ('0','1','2','3','4') THEN 'none' ELSE r.commitment END AS k,
      CASE WHEN r.commitment_claimed THEN 'true' ELSE 'false' END AS l, 'V1' AS m, r.practice AS n,
      CASE WHEN r.practice IN ('0','1','2','3','4') THEN 'none' ELSE r.practice END AS o,
      CASE WHEN r.practice_claimed THEN 'true' ELSE 'false' END AS p, 'V1' AS q, coalesce(r.basis, 'none') AS s,
      coalesce(r.scope, 'none') AS t, 'false' AS u, coalesce(CAST(r.valid_from AS VARCHAR), 'unknown') AS w,
      coalesce(CAST(r.valid_to AS VARCHAR), 'open') AS x, CAST(r.recorded_at AS VARCHAR) AS y, o.key AS z,
      'sources left out' AS aa,
      'https://tracker.example/en/jurisdictions/' || j.code || '/' || v.key || '@' || v.version || '/' || i.key
        || '/' || r.domain AS bb
    FROM bench_holding h JOIN published_revision r ON r.id = h.id JOIN jurisdiction j ON j.id = r.jurisdiction_id
    JOIN framework_item i ON i.id = r.item_id JOIN framework_version v ON v.id = i.framework_version_id
    JOIN organisation o ON o.id = r.organisation_id
"""
_TEXT = "SELECT " + " || ',' || ".join(
    f"'\"' || {name} || '\"'" if name in ("b", "f", "aa") else name
    for name in "a b c d e f g h k l m n o p q s t u w x y z aa bb".split()
)


async def long_file(world: World) -> list[Any]:
    """The ratio, and a line on memory and first lines."""
    first: list[tuple[float, float]] = []
    held: list[float] = []
    size = 0

    async def file() -> object:
        nonlocal size
        size, told, pids = 0, False, world.server()
        start, spent = time.perf_counter(), cpu(pids)
        async with world.database.read() as db:
            head = await queries.head(db)
            async for piece in pieces(db, head, base_url=BASE, locale="en"):
                if size and not told:  # the piece after the header
                    first.append((time.perf_counter() - start, cpu(pids) - spent))
                    told = True
                size += len(piece.encode())
                held.append(_resident())
        return size

    before = _resident()
    held.append(before)
    await file()
    grown = max(held) - before
    floor, base, at_most = _text_floor(world)
    told = await ratio(world, "long CSV of everything", file, floor, base, at_most, pairs=3, times=1)
    assert len(COLUMNS) == 24
    return [
        told,
        f"{world.name}, long CSV: {size / 1e6:.0f} MB, memory grown by {grown:.0f} MB (at most 32), "
        f"first lines after {statistics.median(w for w, _c in first) * 1000:.0f} ms (at most 100), "
        f"{statistics.median(c for _w, c in first) * 1000:.0f} ms of them CPU",
    ]


def _resident() -> float:
    """Megabytes that this process holds now; the highest ever would hide what the loading before it took."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * resource.getpagesize() / 1e6 if statm.exists() else 0.0


def _text_floor(world: World) -> tuple[str, Work, float]:
    """The same columns without their sources, as text that SQL builds; on PostgreSQL through COPY."""
    if world.name == "SQLite":

        async def built() -> object:
            db = sqlite3.connect(world.path)
            size = sum(len(line) for (line,) in db.execute(f"{_TEXT} FROM ({_SELECTED})"))
            db.close()
            return size

        return "SQL-built text", built, 1.6

    held: list[psycopg.AsyncConnection[Any]] = []

    async def copied() -> object:
        if not held:  # one connection, so that its backend's time is counted like that of ours
            held.append(await psycopg.AsyncConnection.connect(world.path))
        size = 0
        async with (
            held[0].cursor() as cursor,
            cursor.copy(f"COPY ({_SELECTED}) TO STDOUT WITH (FORMAT csv)") as copy,
        ):
            async for block in copy:
                size += len(block)
        return size

    return "COPY", copied, 1.2
