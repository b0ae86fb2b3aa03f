"""Whole answers of the application: the matrix asked for again, the compare page, and its files."""

import asyncio
from pathlib import Path
from typing import Any

from bench.measure import Ratio, Work
from bench.scale_cost import ratio
from bench.scale_matrices import plain_floor
from bench.scale_world import BASE, World
from tracker.app import App, create_app
from tracker.compare.cells import matrix_cell
from tracker.compare.files import cell_path
from tracker.compare.query import Query
from tracker.db.session import PUBLIC
from tracker.packed.overview import overview
from tracker.settings import Settings


async def conditional(world: World, codes: tuple[str, ...], folder: Path) -> list[Ratio]:
    """The matrix of whoever holds it already, against an answer that is always the same."""
    app = _app(world, folder)
    asked = "/api/v1/matrix", f"jurisdictions={','.join(codes)}"
    tag = (await _get(app, *asked))[1][b"etag"]

    async def again() -> object:
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
        found.append(await ratio(world, "conditional request (304)", again, base, constant, 2, times=20))
    if world.name != "SQLite":
        what = "conditional request (304) while nothing is heard"
        found.append(await ratio(world, what, again, base, constant, None, times=20))
    return [
        *found,
        await ratio(
            world,
            "the whole request of 200 x 28",
            whole,
            "the floor of its JSON",
            plain_floor(world, codes, "all_cells", PUBLIC),
            None,
        ),
    ]


async def files(world: World, codes: tuple[str, ...], folder: Path) -> list[Ratio]:
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
        await ratio(world, f"{path}, {len(codes)} x 28", file(path), floor, base, None, pairs=3, times=1)
        for path in ("/en/compare.csv", "/en/compare.json", "/en/compare.xlsx", "/api/v1/compare")
    ]


async def page(world: World, codes: tuple[str, ...], folder: Path) -> list[Ratio]:
    """The compare page and the cells in it, against formatted strings."""
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

    async def whole() -> object:
        status, _headers, _size = await _get(
            app, "/en/compare", f"jurisdictions={','.join(codes)}&framework=hhs-core-competencies"
        )
        assert status == 200

    return [
        await ratio(
            world, f"page cells, {len(codes)} x 28 x 2", cells, "formatted strings", text, 3, pairs=5, times=1
        ),
        await ratio(
            world,
            f"the whole compare page, {len(codes)} x 28",
            whole,
            "formatted strings",
            text,
            None,
            pairs=3,
            times=1,
        ),
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
