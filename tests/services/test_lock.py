"""The locked requirements are complete, agree with each other and name no place to fetch from."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2]
RUNTIME = FOLDER / "requirements.txt"
DEVELOPMENT = FOLDER / "requirements-dev.txt"
# advanced-alchemy makes `-W error` fail at import, and its sessions commit nothing; it comes in by extras.
UNWANTED = {"advanced-alchemy"}


def pins(file: Path) -> dict[str, str]:
    """Package -> the rest of its line: version and marker."""
    return dict(re.findall(r"^([a-z0-9-]+)==(.+?) *\\$", file.read_text(), re.MULTILINE))


def test_development_adds_to_what_runs_and_changes_nothing() -> None:
    assert pins(RUNTIME).items() <= pins(DEVELOPMENT).items()
    assert pins(RUNTIME)["reportlab"] == "5.1.0"
    assert not UNWANTED & pins(DEVELOPMENT).keys()


@pytest.mark.parametrize("file", [RUNTIME, DEVELOPMENT], ids=lambda file: file.name)
def test_every_package_has_hashes_and_none_an_address(file: Path) -> None:
    text = file.read_text()
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]

    assert len(entries) == len(pins(file))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted-host", text)
