"""A release, validated by the official library of Data Package: `make test-exchange`.

The command is asked for the release, in the environment that the service runs in: TRACKER_PYTHON, else this one.
"""

import os
import subprocess
import sys
from pathlib import Path

from frictionless import Package

ROOT = Path(__file__).parents[2]


def tracker(folder: Path, *arguments: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    subprocess.run(
        [os.environ.get("TRACKER_PYTHON", sys.executable), "-m", "tracker", *arguments],
        env={**kept, "PYTHONPATH": str(ROOT), "TRACKER_DATA_DIR": str(folder)},
        cwd=folder,
        check=True,
        timeout=300,
    )


def test_frictionless_finds_nothing_wrong(tmp_path: Path) -> None:
    for arguments in (["migrate"], ["load", "reference"], ["load", "demo"], ["release"]):
        tracker(tmp_path, *arguments)
    report = Package(str(tmp_path / "releases/1/datapackage.json")).validate()
    told = report.flatten(["type", "fieldName", "rowNumber", "note"])
    assert report.valid, told[:10]
    assert sum(task.stats.get("rows", 0) for task in report.tasks) > 500
