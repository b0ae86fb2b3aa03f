"""CPU time of a piece of work against a floor, measured in turn, the median of the pairs."""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Ratio:
    """`times` the floor's CPU time; `at_most` is the bound the product sets itself, None for none."""

    what: str
    floor: str
    times: float
    milliseconds: float
    at_most: float | None = None

    def __str__(self) -> str:
        bound = f" (at most {self.at_most:g})" if self.at_most else ""
        return f"{self.what}: {self.milliseconds:.1f} ms CPU, {self.times:.2f} times {self.floor}{bound}"


async def _cpu(work: Work) -> float:
    start = time.process_time()
    await work()
    return time.process_time() - start


async def ratio(
    what: str, work: Work, floor: str, base: Work, *, at_most: float | None = None, pairs: int = 15
) -> Ratio:
    """The median of `pairs` ratios, after one warm-up of each."""
    await work()
    await base()
    measured = [(await _cpu(work), await _cpu(base)) for _ in range(pairs)]
    times = statistics.median(w / max(b, 1e-9) for w, b in measured)
    return Ratio(what, floor, times, statistics.median(w for w, _b in measured) * 1000, at_most)
