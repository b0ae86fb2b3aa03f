"""A whole release, validated by the official library of Data Package: `make test-exchange`.

The command is asked for the release, in the environment that the service runs in: TRACKER_PYTHON, else this one.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
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


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release, as the command publishes it."""
    folder = tmp_path_factory.mktemp("world")
    for arguments in (["migrate"], ["load", "reference"], ["load", "demo"], ["release"]):
        tracker(folder, *arguments)
    return folder / "releases" / "1"


def test_frictionless_finds_nothing_wrong(release: Path) -> None:
    package = Package(str(release / "datapackage.json"))
    report = package.validate()
    told = report.flatten(["type", "fieldName", "rowNumber", "note"])
    assert report.valid, told[:10]
    assert sum(task.stats.get("rows", 0) for task in report.tasks) > 500
    # All that was published is told of: every file but those that tell of the others.
    beside = {"datapackage.json", "SHA256SUMS", "CHANGELOG.md"}
    assert {r.path for r in package.resources} == {p.name for p in release.iterdir()} - beside


def test_so_does_its_command(release: Path) -> None:
    command = Path(sys.executable).with_name("frictionless")
    done = subprocess.run(
        [command, "validate", "datapackage.json"], cwd=release, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout[-2000:]


def _with_a_blank_level(folder: Path) -> None:
    path = folder / "adoption.csv"
    content = path.read_bytes()
    path.write_bytes(content.replace(b",not_assessed,not_assessed,", b",,not_assessed,", 1))


def _with_another_parquet(folder: Path) -> None:
    path = folder / "adoption-wide.parquet"
    path.write_bytes(path.read_bytes() + b" ")


def _without_a_framework(folder: Path) -> None:
    path = folder / "frameworks.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if b",HTCC-C1," not in line]
    assert len(kept) == len(lines) - 1
    path.write_bytes(b"".join(kept))


@pytest.mark.parametrize("change", [_with_a_blank_level, _with_another_parquet, _without_a_framework])
def test_it_notices_what_is_not_as_released(release: Path, tmp_path: Path, change: object) -> None:
    folder = shutil.copytree(release, tmp_path / "release")
    change(folder)  # type: ignore[operator]
    descriptor = folder / "datapackage.json"
    if change is not _with_another_parquet:  # the table itself is at fault, not only its hash
        told = json.loads(descriptor.read_text())
        for resource in told["resources"]:
            del resource["bytes"], resource["hash"]
        descriptor.write_text(json.dumps(told))
    assert not Package(str(descriptor)).validate().valid
