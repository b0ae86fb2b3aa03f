"""Wide readings on the synthetic record, on SQLite and on PostgreSQL, against plain floors; see docs/performance.md.

CPU time of this process and of the database's that serve it, the median of pairs measured in turn. `make bench`
takes fewer jurisdictions; `python -m bench scale` takes 5,200, about 146,000 cells with their history.
"""

import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bench import scale_world
from bench.scale_answers import conditional, files, page
from bench.scale_file import long_file
from bench.scale_matrices import matrices, slope
from bench.scale_world import World
from tracker.db.session import PUBLIC
from tracker.kit.garbage import collect_seldom

WHOLE, PART = 5_200, 300
PEERS = """  beside, CPU per request of a leading open-source assessment system on a like machine:
    90 ms to compare two assessments of 56 items; 206 ms for one item tree; 3748 ms for a report over 100
    assessments as JSON"""


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
        for line in await matrices(world, codes, bound, who):
            yield line
    for line in await conditional(world, codes, folder):
        yield line
    for line in [*await page(world, codes, folder), *await files(world, codes, folder)]:
        yield line
    for line in [*await long_file(world), await slope(world)]:
        yield line
