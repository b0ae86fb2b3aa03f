"""An import of 100,000 rows at the command line against a bare `csv` read and one bulk insert of the same rows.

Each is measured in a process of its own, on a copy of the same database, for its CPU time and peak memory. The
floor reads the file with `csv.reader`, then inserts what an import makes of it, ready to insert, into the same
tables with the driver's `executemany`; the import's time is that of the whole command, its start included.
"""

import json
import shutil
import sqlite3
import statistics
import subprocess
import sys
from pathlib import Path

from bench import world
from bench.measure import Ratio
from tracker.db.session import Bound, Database
from tracker.exchange import grid, queries
from tracker.exchange.columns import COLUMNS
from tracker.frameworks import queries as frameworks
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit.vocabulary import MandateKind, OrganisationKind
from tracker.organisations import service as organisations

ROWS = 100_000
KEY = "bench-care-watch"
PAIRS = 3
MEGABYTES = 200

_FLOOR = """
import csv, json, sqlite3, sys, time
file, target, source, tenant = sys.argv[1:]
with sqlite3.connect(source) as done:
    def rows(table):
        return done.execute("SELECT * FROM " + table + " WHERE tenant_id = ?", [tenant]).fetchall()
    ready = {table: rows(table) for table in ("draft", "draft_citation")}
db = sqlite3.connect(target, isolation_level=None)
for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
    db.execute("PRAGMA " + pragma)
start = time.process_time()
with open(file, encoding="utf-8-sig", newline="") as text:
    for row in csv.reader(text):
        pass
db.execute("BEGIN IMMEDIATE")
for table, rows in ready.items():
    db.executemany("INSERT INTO " + table + " VALUES (" + ",".join("?" * len(rows[0])) + ")", rows)
db.execute("COMMIT")
print(json.dumps([time.process_time() - start, 0]))
"""
_IMPORT = """
import json, resource, sys, time
from tracker.cli import main
file, key = sys.argv[1:]
try:
    main(["entries", "import", "--organisation", key, file])
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps([time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


async def run(folder: Path) -> list[Ratio]:
    """Ratios for a first import, and for the same file again, which changes nothing."""
    database = await world.make(folder)
    file = folder / "rows.csv"
    await _write(database, file)
    await database.dispose()
    first, again, floors = [], [], []
    for _pair in range(PAIRS):
        bare, data = folder / "bare.sqlite3", folder / "data"
        shutil.copy(folder / "bench.sqlite3", bare)
        data.mkdir()
        imported = data / "tracker.sqlite3"
        shutil.copy(folder / "bench.sqlite3", imported)
        first.append(_measure(_IMPORT, data, file, KEY))
        again.append(_measure(_IMPORT, data, file, KEY))
        floors.append(_measure(_FLOOR, data, file, bare, imported, _check(imported)))
        shutil.rmtree(data)
        bare.unlink()
    return [
        _ratio("import of 100,000 rows", first, floors, at_most=6),
        _ratio("the same file again", again, floors, at_most=6),
    ]


async def _write(database: Database, file: Path) -> None:
    """Admit an assessor of every country, and write a grid of real subdivisions, every second row with a citation."""
    async with database.read() as db:
        framework = await frameworks.framework(db, "hhs-core-competencies")
        countries = [p for p in await jurisdictions.listed(db, limit=300) if not p.fictional]
        places = await jurisdictions.by_codes(db, [c.code for c in countries])
        citable = sorted((await queries.instruments(db)).keys)
        below = [p.code for c in places.values() for p in await jurisdictions.below(db, c)]
    assert framework is not None
    organisation = organisations.new_organisation(key=KEY, name="Bench", kind=OrganisationKind.NGO)
    async with database.write(Bound(tenant=organisation.id)) as db:
        await organisations.add_organisation(db, organisation)
        for place in places.values():
            await organisations.add_mandate(db, organisation, place, MandateKind.ASSESSOR, None)
    cells = [(i.key, d.value) for i in framework.items for d in i.domains]
    rows = (
        _row(n, code, [framework.key, framework.version, *cell], citable)
        for n, (code, cell) in enumerate((code, cell) for code in sorted(set(below)) for cell in cells)
    )
    with file.open("wb") as out:
        out.write(grid.as_csv([]))
        for batch in queries.batches(row for _n, row in zip(range(ROWS), rows, strict=False)):
            out.write(grid.as_csv(batch, header=False))


def _row(n: int, code: str, cell: list[str], citable: list[str]) -> list[str]:
    row = dict.fromkeys(COLUMNS, "") | dict(zip(COLUMNS, [code, *cell], strict=False))
    row |= {
        "commitment": str(1 + n % 4),
        "practice": "not_assessed" if n % 3 else "1",
        "basis": "equivalent",
        "scope": "targeted" if n % 5 else "general",
        "scope_note": "Nurses and midwives" if n % 5 else "",
        "valid_from": f"20{10 + n % 15}-0{1 + n % 9}-1{n % 10}",
        "owner": "Directorate of quality",
        "note": f"Read in the gazette and confirmed by letter number {n}.",
        "kind": "change",
    }
    if n % 2:
        row |= {
            "citation_1_axis": "commitment",
            "citation_1_instrument": citable[n % len(citable)],
            "citation_1_locator": f"section {n % 90}",
            "citation_1_quote": "Each licensee shall complete training on the subject at every renewal.",
            "citation_1_quote_language": "en",
        }
    return list(row.values())


def _measure(work: str, data: Path, *arguments: object) -> list[float]:
    """[seconds of CPU, peak memory in MB] of a process that does the work."""
    program = [sys.executable, "-c", work, *map(str, arguments)]
    environ = {"PYTHONPATH": str(Path(__file__).parents[1]), "TRACKER_DATA_DIR": str(data)}
    done = subprocess.run(program, env=environ, capture_output=True, text=True, check=True)
    measured: list[float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _check(database: Path) -> str:
    """The organisation's id, after looking that each row is a draft and that one event tells of them."""
    db = sqlite3.connect(database)
    tenant = db.execute("SELECT id FROM organisation WHERE key = ?", [KEY]).fetchone()[0]
    drafts = db.execute("SELECT count(*) FROM draft WHERE tenant_id = ?", [tenant]).fetchone()[0]
    events = db.execute(
        "SELECT count(*) FROM audit_event WHERE tenant_id = ? AND action = 'import.applied'", [tenant]
    ).fetchone()[0]
    db.close()
    assert (drafts, events) == (ROWS, 1), (drafts, events)
    return str(tenant)


def _ratio(what: str, work: list[list[float]], floors: list[list[float]], *, at_most: float) -> Ratio:
    memory = max(m for _seconds, m in work)
    assert memory < MEGABYTES, f"{memory:.0f} MB"
    times = statistics.median(w[0] / f[0] for w, f in zip(work, floors, strict=True))
    seconds = statistics.median(w[0] for w in work)
    named = f"{what} (peak memory {memory:.0f} MB, at most {MEGABYTES})"
    return Ratio(named, "a bare csv read and one bulk insert", times, seconds * 1000, at_most)
