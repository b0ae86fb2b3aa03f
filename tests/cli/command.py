"""Running `tracker`: in a process of its own, or in this one where only its words matter."""

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from tests.worlds import World
from tracker.cli import main

ROOT = Path(__file__).parents[2]


def settings_of(world: World, folder: Path) -> dict[str, str]:
    """The variables that point the command at a world."""
    return {
        "TRACKER_DATA_DIR": str(folder / "data"),
        "TRACKER_DATABASE_URL": world.url,
        "TRACKER_MIGRATION_DATABASE_URL": world.owner_url,
    }


def process(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    return subprocess.run(
        [sys.executable, "-m", "tracker", *arguments],
        env={**kept, "PYTHONPATH": str(ROOT), **variables},
        cwd=variables["TRACKER_DATA_DIR"].removesuffix("/data"),
        capture_output=True,
        check=False,
        timeout=120,
    )


def here(variables: dict[str, str], *arguments: str) -> Result:
    """The command in this process. An exception that is not told plainly is raised."""
    unset: dict[str, str | None] = {n: None for n in os.environ if n.startswith("TRACKER_")}
    return CliRunner(env={**unset, **variables}).invoke(main, arguments, catch_exceptions=False)
