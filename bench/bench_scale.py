"""Wide readings on the synthetic record, on SQLite and on PostgreSQL, against plain floors; see docs/performance.md.

CPU time of this process and of the database's that serve it, the median of pairs measured in turn. `make bench`
takes fewer jurisdictions; `python -m bench scale` takes 5,200, about 146,000 cells with their history.
"""

import asyncio
import math
import resource
import sqlite3
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from bench import scale_world
from bench.measure import Ratio
from bench.scale_world import World
from tracker.app import App, create_app
from tracker.compare.cells import matrix_cell
from tracker.compare.files import COLUMNS, cell_path
from tracker.compare.query import Query
from tracker.db.session import PUBLIC, Bound
from tracker.kit.garbage import collect_seldom
from tracker.kit.vocabulary import Domain
from tracker.packed import queries
from tracker.packed.long_file import pieces
from tracker.packed.overview import overview
from tracker.packed.reading import read
from tracker.settings import Settings

WHOLE, PART = 5_200, 300
BASE = "https://tracker.example"
PEERS = """  beside, CPU per request of a leading open-source assessment system on a like machine:
    90 ms to compare two assessments of 56 items; 206 ms for one item tree; 3748 ms for a report over 100
    assessments as JSON"""
Work = Callable[[], Awaitable[object]]


async def run(folder: Path) -> list[Any]:
    """Ratios and lines to print, of both databases."""
    number = WHOLE if "scale" in sys.argv[1:] else PART
    collect_seldom()  # as `tracker serve` does
    found: list[Any] = []
    for name in ("SQLite", "PostgreSQL"):
        start = time.process_time()
        async with scale_world.make(folder, name, number) as world:
            loaded = time.process_time() - start
            found.append(f"{name}: {number} jurisdictions, loaded and packed in {loaded:.0f} s of CPU")
            async for line in _of(world, folder):
                found.append(line)
                print(
                    f"  {line}", file=sys.stderr, flush=True
                )  # it takes minutes; all of it is printed again at the end
    return [*found, PEERS]


async def _of(world: World, folder: Path) -> AsyncIterator[Any]:
    codes = tuple(world.codes[: min(200, len(world.codes))])
    for bound, who in ((PUBLIC, "public"), (world.tenant, "bound to a tenant")):
        for line in await _matrices(world, codes, bound, who):
            yield line
    for line in await _conditional(world, codes, folder):
        yield line
    for line in [*await _page(world, codes, folder), *await _files(world, codes, folder)]:
        yield line
    for line in [*await _long_file(world), await _slope(world)]:
        yield line


def _cpu(pids: list[int]) -> float:
    """Seconds of CPU of this process and of those of the database, which Linux tells to the nanosecond."""
    spent = time.process_time()
    for pid in pids:
        stat = Path(f"/proc/{pid}/schedstat")
        if stat.exists():
            spent += int(stat.read_text().split()[0]) / 1e9
    return spent


async def _spent(world: World, work: Work, times: int) -> float:
    pids = world.server()
    start = _cpu(pids)
    for _ in range(times):
        await work()
    return (_cpu(pids) - start) / times


async def _ratio(
    world: World,
    what: str,
    work: Work,
    floor: str,
    base: Work,
    at_most: float | None,
    pairs: int = 9,
    times: int = 5,
) -> Ratio:
    await work()
    await base()
    measured = [(await _spent(world, work, times), await _spent(world, base, times)) for _ in range(pairs)]
    ratio = statistics.median(w / max(b, 1e-9) for w, b in measured)
    return Ratio(
        f"{world.name}, {what}", floor, ratio, statistics.median(w for w, _b in measured) * 1000, at_most
    )


def _reading(world: World, query: Query, bound: Bound) -> Work:
    async def work() -> object:
        async with world.database.read(bound) as db:
            return (await read(db, query)).json()

    return work


def _floor(world: World, codes: tuple[str, ...], column: str, bound: Bound) -> Work:
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


async def _matrices(world: World, codes: tuple[str, ...], bound: Bound, who: str) -> list[Ratio]:
    floor = "one plain SQL read and a formatted string"
    any_day = {"on": date(2025, 9, 1), "as_of": datetime(2025, 10, 1, tzinfo=UTC)}
    found = []
    for columns, column, narrow in (
        (7, "one_domain", {"domains": (Domain.EDUCATOR,)}),
        (28, "all_cells", {}),
    ):
        query = Query(jurisdictions=codes, **narrow)  # type: ignore[arg-type]
        base = _floor(world, codes, column, bound)
        what = f"JSON of {len(codes)} x {columns}, {who}"
        found += [
            await _ratio(world, f"{what}, current", _reading(world, query, bound), floor, base, 2),
            await _ratio(
                world, f"{what}, any day", _reading(world, replace(query, **any_day), bound), floor, base, 10
            ),
        ]
    return found


async def _conditional(world: World, codes: tuple[str, ...], folder: Path) -> list[Ratio]:
    app = _app(world, folder)
    asked = "/api/v1/matrix", f"jurisdictions={','.join(codes)}"
    tag = (await _get(app, *asked))[1][b"etag"]

    async def conditional() -> object:
        status, _headers, _size = await _get(app, *asked, {b"if-none-match": tag})
        assert status == 304

    async def constant() -> object:
        return await _get(app, "/health/live", "")

    async def whole() -> object:
        return await _get(app, *asked)

    base = "a constant response"
    found = []
    async with world.database.listening():
        await asyncio.sleep(1)
        assert world.database.state() is not None
        found.append(
            await _ratio(world, "conditional request (304)", conditional, base, constant, 2, times=20)
        )
    if world.name != "SQLite":
        what = "conditional request (304) while nothing is heard"
        found.append(await _ratio(world, what, conditional, base, constant, None, times=20))
    return [
        *found,
        await _ratio(
            world,
            "the whole request of 200 x 28",
            whole,
            "the floor of its JSON",
            _floor(world, codes, "all_cells", PUBLIC),
            None,
        ),
    ]


async def _files(world: World, codes: tuple[str, ...], folder: Path) -> list[Ratio]:
    """The files of the compare page, with every text and source, against the same read from a pack by its page."""
    app = _app(world, folder)
    asked = f"jurisdictions={','.join(codes)}&framework=hhs-core-competencies"

    async def base() -> object:
        async with world.database.read() as db:
            return await overview(db, Query(jurisdictions=codes))

    def file(path: str) -> Work:
        async def work() -> object:
            status, _headers, _size = await _get(app, path, asked)
            assert status == 200

        return work

    floor = "the same comparison without texts"
    return [
        await _ratio(world, f"{path}, {len(codes)} x 28", file(path), floor, base, None, pairs=3, times=1)
        for path in ("/en/compare.csv", "/en/compare.json", "/en/compare.xlsx", "/api/v1/compare")
    ]


def _app(world: World, folder: Path) -> App:
    settings = Settings(
        database_url="sqlite+aiosqlite://",
        migration_database_url="sqlite+aiosqlite://",
        data_dir=folder,
        secret_key="a key for the benchmark alone, which nobody else has",
        base_url=BASE,
        allowed_hosts=frozenset({"localhost"}),
    )
    return create_app(settings, world.database)


async def _get(
    app: App, path: str, query: str, headers: dict[bytes, bytes] | None = None
) -> tuple[int, dict[bytes, bytes], int]:
    """(status, headers, bytes) of a GET, straight to the application: no client's own time in it."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), *(headers or {}).items()],
        "client": ("127.0.0.1", 50000), "server": ("localhost", 80), "state": {},
    }  # fmt: skip
    told: dict[str, Any] = {"size": 0}

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.update(status=message["status"], headers=dict(message["headers"]))
        else:
            told["size"] += len(message.get("body", b""))

    await app(scope, receive, send)
    return told["status"], told["headers"], told["size"]


async def _page(world: World, codes: tuple[str, ...], folder: Path) -> list[Ratio]:
    query = Query(jurisdictions=codes)
    async with world.database.read() as db:
        compared = await overview(db, query)

    async def cells() -> object:
        return "".join(matrix_cell(c, cell_path(compared, c, "en"), query.axes) for c in compared.rows())

    async def text() -> object:
        return "".join(
            f'<td class="cell {c.value(a).code}"><a href="{c.place.code}/{c.item.key}">{c.domain}</a></td>'
            for c in compared.rows()
            for a in query.axes
        )

    app = _app(world, folder)

    async def page() -> object:
        status, _headers, _size = await _get(
            app, "/en/compare", f"jurisdictions={','.join(codes)}&framework=hhs-core-competencies"
        )
        assert status == 200

    return [
        await _ratio(
            world, f"page cells, {len(codes)} x 28 x 2", cells, "formatted strings", text, 3, pairs=5, times=1
        ),
        await _ratio(
            world,
            f"the whole compare page, {len(codes)} x 28",
            page,
            "formatted strings",
            text,
            None,
            pairs=3,
            times=1,
        ),
    ]


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


async def _long_file(world: World) -> list[Any]:
    first: list[tuple[float, float]] = []
    held: list[float] = []
    size = 0

    async def file() -> object:
        nonlocal size
        size, told, pids = 0, False, world.server()
        start, spent = time.perf_counter(), _cpu(pids)
        async with world.database.read() as db:
            head = await queries.head(db)
            async for piece in pieces(db, head, base_url=BASE, locale="en"):
                if size and not told:  # the piece after the header
                    first.append((time.perf_counter() - start, _cpu(pids) - spent))
                    told = True
                size += len(piece.encode())
                held.append(_resident())
        return size

    before = _resident()
    held.append(before)
    await file()
    grown = max(held) - before
    floor, base, at_most = _text_floor(world)
    told = await _ratio(world, "long CSV of everything", file, floor, base, at_most, pairs=3, times=1)
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


async def _slope(world: World) -> str:
    """How the cost of the whole matrix grows with its jurisdictions: 1 is linear."""
    steps = [n for n in (50, 100, 200, 400, 800, 1600, 3200, 5200) if n <= len(world.codes)]
    points = []
    for number in steps:
        work = _reading(world, Query(jurisdictions=tuple(world.codes[:number])), PUBLIC)
        await work()
        spent = statistics.median([await _spent(world, work, 1) for _ in range(9)])
        points.append((number, spent))
    logs = [(math.log(n), math.log(s)) for n, s in points]
    x, y = (statistics.mean(part) for part in zip(*logs, strict=True))
    slope = sum((a - x) * (b - y) for a, b in logs) / sum((a - x) ** 2 for a, _b in logs)
    last = (math.log(points[-1][1] / points[-2][1])) / math.log(points[-1][0] / points[-2][0])
    shown = ", ".join(f"{n}: {s * 1000:.1f} ms" for n, s in points)
    return f"{world.name}, slope of the cost over jurisdictions x 28: {slope:.2f}, at the end {last:.2f} ({shown})"
