"""`tracker backup` and `tracker restore`, as an operator runs them."""

from pathlib import Path

import pytest

from tests.cli.command import here, settings_of
from tests.worlds import World


@pytest.fixture
def variables(world: World, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "data").mkdir(mode=0o700)
    return settings_of(world, tmp_path)


def test_there_and_back(variables: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "all.zip"
    made = here(variables, "backup", "--out", str(out))
    assert made.exit_code == 0, made.output
    assert "tables: published_revision" in made.output
    assert "SHA-256" in made.output
    again = here(variables, "backup", "--out", str(out))
    assert (again.exit_code, again.output.count("\n")) == (1, 1)
    elsewhere = {"TRACKER_DATA_DIR": str(tmp_path / "new")}
    back = here(elsewhere, "restore", str(out))
    assert back.exit_code == 0, back.output
    assert "ok    log: " in back.output
    assert "WRONG" not in back.output
    refused = here(elsewhere, "restore", str(out))
    assert refused.exit_code == 1
    assert "say --force" in refused.output
    forced = here(elsewhere, "restore", str(out), "--force")
    assert forced.exit_code == 0, forced.output
    assert "what was there before lies in" in forced.output
    assert here(elsewhere, "doctor").exit_code == 0


def test_what_is_no_backup_is_told_in_one_line(tmp_path: Path) -> None:
    nothing = tmp_path / "x.zip"
    nothing.write_bytes(b"nothing")
    for name in (nothing, tmp_path / "absent"):
        told = here({"TRACKER_DATA_DIR": str(tmp_path / "new")}, "restore", str(name))
        assert told.exit_code == 1
        assert told.output.startswith("Error: ")
        assert told.output.count("\n") == 1
    assert not (tmp_path / "new" / "tracker.sqlite3").exists()
