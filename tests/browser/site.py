"""A real server process on a copy of the loaded demo world, and the accounts that its loader printed."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.services.ports import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 30
ACCOUNT = re.compile(r"^  (\S+@\S+) +(\S+) +\w+ of \S+$", re.MULTILINE)


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """The process's environment without the caller's TRACKER_* settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    # The suite may run from an environment that has the package installed from elsewhere.
    return {**kept, "PYTHONPATH": str(ROOT), "TRACKER_DATA_DIR": str(data_dir), **more}


def tracker(data_dir: Path, *arguments: str) -> str:
    """What a command printed. Raises CalledProcessError when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "tracker", *arguments],
        env=environment(data_dir),
        cwd=data_dir.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout


@dataclass(frozen=True)
class World:
    """A data folder with the demo world, and the passwords of its accounts by e-mail."""

    data_dir: Path
    passwords: dict[str, str]


def make_world(data_dir: Path) -> World:
    """What `make run` does before it serves."""
    tracker(data_dir, "migrate")
    tracker(data_dir, "load", "reference")
    printed = tracker(data_dir, "load", "demo")
    return World(data_dir, dict(ACCOUNT.findall(printed)))


class Site:
    """`tracker serve` on its own copy of a world; a context manager."""

    def __init__(self, world: World, folder: Path) -> None:
        self.passwords = world.passwords
        self.data_dir = folder / "data"
        shutil.copytree(world.data_dir, self.data_dir)
        self.url = f"http://127.0.0.1:{free_port()}"
        self.log = (folder / "log").open("w+b")

    def __enter__(self) -> "Site":
        port = self.url.rpartition(":")[2]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tracker", "serve", "--port", port],
            env=environment(self.data_dir),
            cwd=self.data_dir.parent,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise RuntimeError(f"the server did not start: {self.printed()}")
            time.sleep(0.1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def printed(self) -> str:
        """All that the server has said so far; a defect of ours leaves its trace there."""
        self.log.flush()
        self.log.seek(0)
        text = self.log.read().decode(errors="replace")
        self.log.seek(0, 2)
        return text
