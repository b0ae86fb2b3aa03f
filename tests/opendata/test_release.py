"""A release holds what the record says, once, whole, and the same each time; what is wrong is never published."""

import gc
import io
import json
import os
import time
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import load_workbook

from tests import factories, personas
from tests.opendata import released
from tracker.compare.files import COLUMNS
from tracker.db.session import Database
from tracker.entries.publish import withdraw
from tracker.kit import clock
from tracker.kit.errors import Invalid
from tracker.kit.vocabulary import LEVEL_CODES, MISSING_CODES
from tracker.opendata import checks, queries, schema, service, tables, wide
from tracker.opendata.spool import PREFIX
from tracker.opendata.store import SUMS, ReleaseStore, sha256
from tracker.settings import Settings


async def _revision(database: Database, **changes: object) -> object:
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    where = await factories.cell(database)
    return await factories.published(database, author, reviewer, where, factories.content(**changes))


async def test_it_holds_every_voice_of_everybody_spoken_of(database: Database, here: Settings) -> None:
    made = await released.release(database, here, note="The first.")
    adoption = released.rows(made.files["adoption.csv"])
    assert list(adoption[0]) == COLUMNS
    contested = [r for r in adoption if r["contested"] == "true"]
    assert len({r["organisation"] for r in contested}) > 1
    assert {"US-CT", "XAA", "XAB"} <= {r["jurisdiction"] for r in adoption}
    assert "KEN" not in {r["jurisdiction"] for r in adoption}
    whole = {r["jurisdiction"] for r in adoption if r["framework"] == "hhs-core-competencies"}
    for code in whole:  # every cell of these is there, spoken of or not
        cells = {
            (r["item"], r["domain"])
            for r in adoption
            if r["jurisdiction"] == code and r["framework"] == "hhs-core-competencies"
        }
        assert len(cells) == 28
    assert not [r for r in adoption if "" in r.values()]


async def test_the_citations_lead_to_the_register(database: Database, here: Settings) -> None:
    made = await released.release(database, here)
    register = {r["instrument"] for r in released.rows(made.files["instruments.csv"])}
    citations = released.rows(made.files["citations.csv"])
    assert citations and {c["instrument"] for c in citations} <= register


async def test_the_same_record_gives_the_same_bytes(database: Database, here: Settings) -> None:
    with clock.at(datetime(2027, 1, 1, tzinfo=UTC)):
        first = await released.make(database, here)
    with clock.at(datetime(2028, 5, 5, tzinfo=UTC)):
        second = await released.make(database, here)
    assert first.files == second.files
    assert not first.faults


async def test_the_wide_files_agree(database: Database, here: Settings) -> None:
    from arro3.io import read_parquet

    made = await released.release(database, here)
    rows = released.rows(made.files["adoption-wide.csv"])
    book = load_workbook(io.BytesIO(made.files["adoption-wide.xlsx"]))
    cells = [[c.value for c in row] for row in book.active.iter_rows()]
    assert cells == [list(rows[0]), *(list(r.values()) for r in rows)]
    table = read_parquet(io.BytesIO(made.files["adoption-wide.parquet"])).read_all()
    assert {n: table[n].to_pylist() for n in table.schema.names} == {n: [r[n] for r in rows] for n in rows[0]}
    best = {(r["jurisdiction"], r["item"]): r for r in rows if r["framework"] == "hhs-core-competencies"}
    assert best["US-CT", "HTCC-C1"]["individual_commitment"] == "2"
    assert best["US-CT", "HTCC-C1"]["all_commitment"] == "none"


def test_only_the_spreadsheet_variant_prefixes_formulas() -> None:
    row = ["XAA", '=HYPERLINK("x")', "f", "1", "i", "@SUM(A1)", *["none"] * 10]
    text = tables.text_of(schema.WIDE, [row]).decode()
    assert "'=HYPERLINK" in text and "'@SUM" in text
    raw = tables.text_of(schema.FRAMEWORKS, [["=1"] * len(schema.FRAMEWORKS.fields)]).decode()
    assert "'=1" not in raw
    book = wide.xlsx(schema.WIDE.columns, [row], "Adoption")
    assert load_workbook(io.BytesIO(book)).active["B2"].data_type == "s"
    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet


async def test_sums_and_descriptor_are_of_the_files(database: Database, here: Settings) -> None:
    made = await released.release(database, here)
    on_disk = ReleaseStore(here.data_dir).read(1)
    assert on_disk == made.files
    for line in on_disk[SUMS].decode().splitlines():
        digest, name = line.split("  ")
        assert sha256(on_disk[name]) == digest
    assert {line.split("  ")[1] for line in on_disk[SUMS].decode().splitlines()} == set(on_disk) - {SUMS}
    package = json.loads(on_disk["datapackage.json"])
    assert package["$schema"].startswith("https://datapackage.org/profiles/2.0/")
    assert package["version"] == "1" and package["licenses"][0]["name"] == "CC-BY-4.0"
    for resource in package["resources"]:
        content = on_disk[resource["path"]]
        assert resource["hash"] == f"sha256:{sha256(content)}" and resource["bytes"] == len(content)
    of = {resource["path"]: resource for resource in package["resources"]}
    assert set(of) == {r.path for r in schema.TABLES} | {"adoption-wide.xlsx", "adoption-wide.parquet"}
    assert len({resource["name"] for resource in package["resources"]}) == len(of)
    # Version 2 knows no other type; what has none is a file.
    assert {resource.get("type", "file") for resource in package["resources"]} == {"table", "file"}
    assert of["adoption-wide.parquet"]["mediatype"] == "application/vnd.apache.parquet"
    adoption = package["resources"][0]["schema"]
    assert adoption["missingValues"] == []
    levels = next(f for f in adoption["fields"] if f["name"] == "commitment")["constraints"]
    assert levels == {"required": True, "enum": [*LEVEL_CODES, *MISSING_CODES]}


async def test_the_codebook_tells_of_every_column(database: Database, here: Settings) -> None:
    made = await released.make(database, here)
    told = {(r["resource"], r["field"]) for r in released.rows(made.files["codebook.csv"])}
    assert told == {(r.name, f.name) for r in schema.TABLES for f in r.fields}
    for name in ("adoption.csv", "instruments.csv", "citations.csv", "frameworks.csv", "tombstones.csv"):
        head = made.files[name].decode().splitlines()[0].split(",")
        assert {(name.removesuffix(".csv"), column) for column in head} <= told


async def test_the_change_log_counts_what_became_of_each_voice(database: Database, here: Settings) -> None:
    await released.release(database, here)
    revision = await _revision(database)
    second = await released.release(database, here)
    assert second.changes is not None
    assert second.changes.added + second.changes.changed == 1
    reviewer = await personas.actor(database, personas.TEAMMATE)
    async with database.write(personas.bound(reviewer)) as db:
        await withdraw(db, reviewer, revision.uid, reason="Withdrawn for the test.")  # type: ignore[attr-defined]
    third = await released.release(database, here)
    assert third.changes is not None and not third.changes.unexplained
    assert third.changes.withdrawn + third.changes.changed == 1
    stones = released.rows(third.files["tombstones.csv"])
    assert [s["reason"] for s in stones] == ["Withdrawn for the test."]
    log = third.files["CHANGELOG.md"].decode()
    newest = log.partition("## Release 2")[0]
    for resource in schema.TABLES:
        assert f"| {resource.path} | {third.rows[resource.name]} |" in newest
    # No moment in the links: what says the same has the same row in each release.
    assert not any("?" in row["cell_url"] for row in released.rows(third.files["adoption.csv"]))
    for word, n in third.changes.counts().items():
        assert f"| {word} | {n} | " in newest
    assert [log.index(f"## Release {n}") for n in (3, 2, 1)] == sorted(
        log.index(f"## Release {n}") for n in (3, 2, 1)
    )


async def test_a_service_that_has_moved_has_changed_nothing_else(database: Database, here: Settings) -> None:
    first = await released.release(database, here)
    assert first.changes is None
    elsewhere = replace(here, base_url="https://adoption.example")
    moved = await released.release(database, elsewhere)
    assert moved.changes is not None and moved.changes.changed == 0 and not moved.changes.unexplained
    spoken = [r for r in released.rows(moved.files["adoption.csv"]) if r["organisation"] != "none"]
    assert moved.changes.same == len(spoken) > 0
    assert all(r["cell_url"].startswith("https://adoption.example/en/") for r in spoken)
    newest = moved.files["CHANGELOG.md"].decode().partition("## Release 1")[0]
    assert f"The service has moved from {here.base_url} to https://adoption.example" in newest
    # What really changes is counted, wherever the service is.
    await _revision(database)
    third = await released.make(database, here)
    assert third.changes is not None and third.changes.added + third.changes.changed == 1
    again = await released.make(database, elsewhere)
    assert again.changes is not None and again.changes.counts() == third.changes.counts()
    assert b"has moved" not in again.files["CHANGELOG.md"].partition(b"## Release 2")[0]


async def test_what_has_ended_is_an_explained_drop(database: Database, here: Settings) -> None:
    now = datetime(2027, 3, 1, tzinfo=UTC)
    with clock.at(now):
        where = await factories.cell(database, "US-CT", "HTCC-C6")
        ngo, reviewer = [await personas.actor(database, p) for p in (personas.NGO, personas.NGO_REVIEWER)]
        await factories.published(
            database, ngo, reviewer, where, factories.content(valid_to=date(2027, 3, 2))
        )
        await released.release(database, here)
    with clock.at(now + timedelta(days=9)):
        made = await released.make(database, here)
    assert made.changes is not None and made.changes.ended == 1 and not made.faults


async def test_an_unexplained_drop_is_refused_without_a_reason(database: Database, here: Settings) -> None:
    await released.release(database, here)
    store = ReleaseStore(here.data_dir)
    files = store.read(1)
    lines = files["adoption.csv"].split(b"\r\n")
    spoken = next(line for line in lines if b",open-care-watch," in line)
    ghosts = [lines[1].replace(b"HTCC-UC", b"HTCC-C9"), spoken.replace(b"open-care-watch", b"gone-watch")]
    content = b"\r\n".join([*lines[:-1], *ghosts, b""])
    # As if the last release had had two rows more, with sums and row to match.
    async with database.read() as db:
        last = (await queries.releases(db))[0]
        found = await tables.build(
            db,
            service.entries.Moment(last.on_day, last.as_of, last.as_of.date()),
            here.base_url,
            here.data_dir,
        )
    compared = service.changes.compared(tables.read_csv(content.decode()), found)
    assert {(key[3], key[-1]) for key in compared.unexplained if "HTCC-C9" in key} == {("HTCC-C9", "none")}
    assert [key[-1] for key in compared.unexplained if "HTCC-C9" not in key] == ["gone-watch"]


async def test_a_forced_drop_is_kept_with_its_reason(
    database: Database, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await released.release(database, here)
    whole = tables.build

    async def without_connecticut(*given: object, **named: object) -> tables.Tables:
        found = await whole(*given, **named)  # type: ignore[arg-type]
        kept = [r for r in found.rows["adoption"] if r[0] != "US-CT"]
        return replace(found, rows={**found.rows, "adoption": kept})

    # The record itself can't lose a row, so the reader of it does.
    monkeypatch.setattr(tables, "build", without_connecticut)
    refused = await released.make(database, here)
    assert any("US-CT" in fault for fault in refused.faults) and not refused.files
    with pytest.raises(Invalid):
        await released.release(database, here)
    assert not ReleaseStore(here.data_dir).path(2).exists()
    await released.release(database, here, force_drop="Connecticut left the record.")
    async with database.read() as db:
        kept = (await queries.releases(db))[0]
    assert (kept.number, kept.forced) == (2, "Connecticut left the record.")
    assert b"Connecticut left the record." in ReleaseStore(here.data_dir).read(2)["CHANGELOG.md"]


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("commitment", "", "is blank"),
        ("commitment", "5", "unknown code"),
        ("practice", "n/a", "unknown code"),
        ("contested", "yes", "neither true nor false"),
        ("valid_from", "soon", "can't be"),
        ("item", "HTCC-X", "is not in frameworks.csv"),
    ],
)
async def test_a_bad_cell_is_refused(
    database: Database, here: Settings, column: str, cell: str, says: str
) -> None:
    async with database.read() as db:
        found = await tables.build(db, await service.entries.moment(db), here.base_url, here.data_dir)
    assert checks.faults(found.rows) == []
    rows = list(found.rows["adoption"])
    rows[3][COLUMNS.index(column)] = cell
    assert [f for f in checks.faults({**found.rows, "adoption": rows}) if says in f and "row 5" in f]


async def test_a_broken_file_stops_the_next_release(database: Database, here: Settings) -> None:
    await released.release(database, here)
    path = ReleaseStore(here.data_dir).path(1) / "instruments.csv"
    path.write_bytes(path.read_bytes() + b" ")
    made = await released.make(database, here)
    assert made.faults == [
        "release 1: instruments.csv is not what its hash says: put it back from a back-up first"
    ]


async def test_a_crash_leaves_nothing(
    database: Database, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ReleaseStore(here.data_dir)

    def crash(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(ReleaseStore, "publish", crash)
        with pytest.raises(OSError, match="full"):
            await released.release(database, here)
    async with database.read() as db:
        assert await queries.releases(db) == []
    assert list(store.folder.iterdir()) == []
    # Killed between the rename and the commit: the folder is there, no row is. The next run removes it.
    (store.folder / "7").mkdir()
    (store.folder / ".building-x").mkdir()
    await released.release(database, here)
    assert [p.name for p in store.folder.iterdir()] == ["1"]


async def test_what_is_made_lies_beside_the_releases_and_is_gone_after(
    database: Database, here: Settings
) -> None:
    """Not in a temporary folder, which may be memory; and a crash's remains are removed when nobody can read them."""
    made = await released.release(database, here)
    folder = here.data_dir / "releases"
    beside = [p.name for p in folder.iterdir() if p.name != "1"]
    assert beside
    assert all(name.startswith(PREFIX) for name in beside)
    assert dict(made.files) == {p.name: p.read_bytes() for p in (folder / "1").iterdir()}
    del made
    gc.collect()
    assert [p.name for p in folder.iterdir()] == ["1"]
    for name, age in (("old", 25), ("young", 23)):
        left = folder / f"{PREFIX}{name}"
        left.mkdir()
        then = time.time() - age * 3600
        os.utime(left, (then, then))
    await released.release(database, here, note="Again")
    gc.collect()
    assert sorted(p.name for p in folder.iterdir()) == [f"{PREFIX}young", "1", "2"]
