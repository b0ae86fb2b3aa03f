"""`make bench`: runs every benchmark on a database of its own and prints its ratios."""

import asyncio
import importlib
import pkgutil
import sys
import tempfile
from pathlib import Path

import bench
from bench.measure import Ratio


def main() -> None:
    wanted = set(sys.argv[1:])
    for module in pkgutil.iter_modules(bench.__path__):
        if not module.name.startswith("bench_") or (wanted and module.name[6:] not in wanted):
            continue
        with tempfile.TemporaryDirectory() as folder:
            ratios: list[Ratio] = asyncio.run(
                importlib.import_module(f"bench.{module.name}").run(Path(folder))
            )
        print(f"{module.name[6:]}")
        for ratio in ratios:
            print(f"  {ratio}")


main()
