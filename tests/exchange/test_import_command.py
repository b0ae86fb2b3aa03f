"""`tracker entries export` and `tracker entries import`, on both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.exchange.sheet import as_csv, of_csv, row
from tests.worlds import World
from tracker.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run(own_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command on a world of its own."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", own_world.url)
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path / "data"))

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(main, ["entries", *map(str, arguments)])

    return invoke


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_out_and_in_changes_nothing(run: Run, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"grid.{kind}"
    out = run("export", "--organisation", "open-care-watch", "--format", kind, "--out", file)
    assert out.exit_code == 0, out.output
    back = run("import", "--organisation", "open-care-watch", file)
    assert back.exit_code == 0, back.output
    assert "0 added, 0 changed" in back.output
    assert out.output.strip().endswith("rows")


def test_all_jurisdictions_or_one(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "grid.csv"
    run("export", "--organisation", "open-care-watch", "--out", file)
    codes = {r["jurisdiction"] for r in of_csv(file.read_bytes())}
    assert {"XAA", "US-FL", "US-TX"} <= codes
    run("export", "--organisation", "open-care-watch", "--jurisdiction", "US-TX", "--out", file)
    assert {r["jurisdiction"] for r in of_csv(file.read_bytes())} == {"US-TX"}
    options = ["--jurisdiction", "US-TX", "--framework", "delta87-justice@2021"]
    run("export", "--organisation", "open-care-watch", *options, "--out", file)
    assert {r["framework"] for r in of_csv(file.read_bytes())} == {"delta87-justice"}


@pytest.mark.parametrize(
    "wrong",
    [
        ("--organisation", "nobody"),
        ("--organisation", "health-xaa", "--jurisdiction", "XAB"),
        ("--organisation", "health-xaa", "--framework", "none"),
    ],
)
def test_what_is_not_there_is_not_exported(run: Run, tmp_path: Path, wrong: tuple[str, ...]) -> None:
    file = tmp_path / "grid.csv"
    file.write_text("as it was")
    assert run("export", *wrong, "--out", file).exit_code == 1
    assert file.read_text() == "as it was"
    assert list(tmp_path.glob(".*")) == []


def test_a_dry_run_writes_nothing_and_an_import_does(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "grid.csv"
    file.write_bytes(as_csv([row(note="by command"), row(domain="individual", commitment="", practice="")]))
    dry = run("import", "--organisation", "health-xaa", "--dry-run", file)
    assert dry.exit_code == 0
    assert "2 rows:" in dry.output and "nothing was written" in dry.output
    assert "row 3, basis: Both axes are blank" in dry.output
    wet = run("import", "--organisation", "health-xaa", file)
    assert wet.exit_code == 0
    assert "1 left alone" in wet.output and "SHA-256" in wet.output
    again = run("import", "--organisation", "health-xaa", file)
    assert "0 added, 0 changed, 1 unchanged, 1 left alone" in again.output
    grid = tmp_path / "after.csv"
    run("export", "--organisation", "health-xaa", "--out", grid)
    assert "by command" in {r["note"] for r in of_csv(grid.read_bytes())}


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_faults_are_told_and_nothing_is_taken(run: Run, tmp_path: Path, dry: tuple[str, ...]) -> None:
    file = tmp_path / "grid.csv"
    file.write_bytes(as_csv([row(note="good"), row(domain="individual", valid_from="tomorrow")]))
    refused = run("import", "--organisation", "health-xaa", *dry, file)
    assert refused.exit_code == 1
    assert "row 3, valid_from: Write the day as year-month-day" in refused.output
    assert "1 fault; nothing of it was taken" in refused.output
    file.write_bytes(as_csv([row()]).replace(b"note", b"remark"))
    refused = run("import", "--organisation", "health-xaa", *dry, file)
    assert refused.exit_code == 1
    assert "row 1, remark" in refused.output
    for content in (b"", b"PK\x03\x04", "é".encode("latin-1")):
        file.write_bytes(content)
        assert run("import", "--organisation", "health-xaa", *dry, file).exit_code == 1


def test_progress_is_told(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.exchange.command.PROGRESS_EVERY", 2)
    monkeypatch.setattr("tracker.exchange.service.CHUNK", 2)
    file = tmp_path / "grid.csv"
    domains = ("individual", "organization", "researcher", "educator")
    file.write_bytes(
        as_csv([row(domain=domain, item=i) for i in ("HTCC-C1", "HTCC-C2") for domain in domains])
    )
    told = run("import", "--organisation", "health-xaa", "--dry-run", file).output
    assert [f"{n} rows read" in told for n in (2, 4, 6, 8)] == [True] * 4
