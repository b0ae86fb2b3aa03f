"""Whatever is wrong with the tables, nothing is published: no row, no folder, no file, and the command says what."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.opendata import released
from tracker.db.session import Database
from tracker.kit.errors import Invalid
from tracker.opendata import queries, schema, spool, tables
from tracker.opendata.store import ReleaseStore
from tracker.settings import Settings

Rows = list[list[str]]
Change = Callable[[dict[str, Rows]], None]


def cell(table: str, column: str, text: str) -> Change:
    """Another text in the third row of a table."""

    def change(rows: dict[str, Rows]) -> None:
        (resource,) = [r for r in schema.TABLES if r.name == table]
        first, second, row, *rest = map(list, rows[table])
        row[resource.columns.index(column)] = text
        rows[table] = [first, second, row, *rest]

    return change


def twice(rows: dict[str, Rows]) -> None:
    rows["citations"] = [*rows["citations"], *list(rows["citations"])[:1]]


def shorter(rows: dict[str, Rows]) -> None:
    rows["tombstones"] = [["only", "two"]]


def unlisted(rows: dict[str, Rows]) -> None:
    rows["instruments"] = list(rows["instruments"])[:1]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (cell("adoption", "commitment", ""), "adoption.csv row 4: commitment is blank"),
        (cell("adoption", "practice", " "), "adoption.csv row 4: practice is blank"),
        (cell("adoption", "practice", "5"), "adoption.csv row 4: practice has the unknown code '5'"),
        (cell("adoption", "commitment", "NA"), "adoption.csv row 4: commitment has the unknown code 'NA'"),
        (
            cell("adoption-wide", "individual_practice", ""),
            "adoption-wide.csv row 4: individual_practice is blank",
        ),
        (cell("adoption", "contested", "no"), "contested is neither true nor false: 'no'"),
        (cell("adoption", "recorded_at", "2026-01-01"), "recorded_at can't be '2026-01-01'"),
        (cell("frameworks", "year", "MMXXI"), "frameworks.csv row 4: year is no number: 'MMXXI'"),
        (cell("citations", "axis", "neither"), "citations.csv row 4: axis has the unknown code 'neither'"),
        (cell("adoption", "item", "HTCC-C9"), "is not in frameworks.csv"),
        (unlisted, "is not in instruments.csv"),
        (twice, "is there twice"),
        (shorter, "tombstones.csv row 2 has 2 cells for"),
    ],
)
async def test_nothing_is_published_of_what_is_wrong(
    database: Database, here: Settings, monkeypatch: pytest.MonkeyPatch, change: Change, says: str
) -> None:
    whole = tables.build

    async def spoilt(*given: object, **named: object) -> tables.Tables:
        found = await whole(*given, **named)  # type: ignore[arg-type]
        rows = dict(found.rows)
        change(rows)  # type: ignore[arg-type]
        return replace(found, rows=rows)

    # The record can't hold it, so the reader of it does.
    monkeypatch.setattr(tables, "build", spoilt)
    with pytest.raises(Invalid) as refused:
        await released.release(database, here)
    assert says in refused.value.faults["release"]
    async with database.read() as db:
        assert await queries.releases(db) == []
    # Rows are spooled in a hidden file while they are checked; nothing else is in the folder.
    assert not [
        p for p in ReleaseStore(here.data_dir).folder.iterdir() if not p.name.startswith(spool.PREFIX)
    ]
