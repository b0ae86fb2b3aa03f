"""CPU time of this process and of the database's that serve it: what a reading on the synthetic record costs."""

import statistics
import time
from pathlib import Path

from bench.measure import Ratio, Work
from bench.scale_world import World


def cpu(pids: list[int]) -> float:
    """Seconds of CPU of this process and of those of the database, which Linux tells to the nanosecond."""
    spent = time.process_time()
    for pid in pids:
        stat = Path(f"/proc/{pid}/schedstat")
        if stat.exists():
            spent += int(stat.read_text().split()[0]) / 1e9
    return spent


async def cost(world: World, work: Work, times: int) -> float:
    """Seconds of CPU of one run, of so many one after another."""
    pids = world.server()
    start = cpu(pids)
    for _ in range(times):
        await work()
    return (cpu(pids) - start) / times


async def ratio(
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
    measured = [(await cost(world, work, times), await cost(world, base, times)) for _ in range(pairs)]
    median = statistics.median(w / max(b, 1e-9) for w, b in measured)
    return Ratio(
        f"{world.name}, {what}", floor, median, statistics.median(w for w, _b in measured) * 1000, at_most
    )
