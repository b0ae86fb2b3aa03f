"""A redaction reaches every file of every snapshot, and the hash still stands; what was tampered with does not."""

import asyncio
import hashlib
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from tests import factories, personas
from tests.cli.command import here, settings_of
from tests.conftest import SETTINGS
from tests.personas import Visitor, visitor
from tests.snapshots import reading
from tests.snapshots.frozen import SALT, freeze, read
from tests.worlds import ON_SQLITE, World
from tracker.app import create_app
from tracker.db.session import Database
from tracker.entries.models import PublishedRevision
from tracker.instruments.store import Store
from tracker.kit import clock
from tracker.kit.errors import NotFound
from tracker.privacy import operation
from tracker.snapshots import queries
from tracker.snapshots.models import PublishedSnapshot
from tracker.snapshots.queries import Snapshot
from tracker.snapshots.record import id_of, sha256_of
from tracker.snapshots.verify import check

CODEBOOK = Path(__file__).parents[2] / "docs" / "codebook.md"
SECRET = "Larkspur house wrote to the unit"
ENDINGS = ("csv", "json", "xlsx", "pdf", "record.json", "bib", "ris", "csl.json")


async def published(database: Database, **changes: str) -> PublishedRevision:
    """A revision that says the secret in a text of its own, at the cell that stands first."""
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    what = factories.content(**{"note": SECRET, "owner": f"{SECRET}, owner"} | changes)
    return await factories.published(database, author, reviewer, await factories.cell(database), what)


def words(content: bytes, ending: str) -> str:
    if ending == "pdf":
        return reading.flat("".join(p.extract_text() for p in PdfReader(io.BytesIO(content)).pages))
    if ending == "xlsx":
        sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets
        return reading.flat("".join(str(c.value) for s in sheets for row in s.iter_rows() for c in row))
    return reading.flat(content.decode())


async def told_in(client: Visitor, made: Snapshot, text: str) -> set[str]:
    """The files, and the page (""), that hold the text."""
    found = set()
    for ending in ("", *ENDINGS):
        answer = await client.get(f"/en/snapshots/{made.id}{'.' if ending else ''}{ending}")
        assert answer.status_code == 200
        if reading.flat(text) in words(answer.content, ending):
            found.add(ending)
    return found


async def test_it_reaches_every_file_and_the_hash_stands(database: Database, client: Visitor) -> None:
    revision = await published(database)
    made = await freeze(database, jurisdictions="XAA")
    frozen = await client.get(f"/en/snapshots/{made.id}.record.json")
    assert await told_in(client, made, SECRET) == {"csv", "json", "xlsx", "pdf"}
    for field in ("note", "owner"):
        await operation.redact(
            database, Store(factories.DATA_DIR), revision.uid, field, "It told of a person"
        )
    assert await told_in(client, made, SECRET) == set()
    assert await told_in(client, made, "It told of a person") >= {"csv", "json", "xlsx", "pdf"}
    again = await read(database, made.id)
    assert again.stands
    assert (await client.get(f"/en/snapshots/{made.id}.record.json")).content == frozen.content
    page = (await client.get(f"/en/snapshots/{made.id}")).text
    assert "a text of it was redacted" in page
    async with database.read() as db:
        checked = await check(db, made.id)
    assert (checked.verdict, checked.stands) == ("redacted", True)
    assert checked.why == "2 texts redacted since, in XAA/HTCC-UC/educator"


async def test_read_again_unchecked_it_is_the_same_comparison_with_the_same_redactions(
    database: Database,
) -> None:
    revision = await published(database)
    made = await freeze(database, jurisdictions="XAA,XAB")
    for gone in (set(), {"note"}):
        for field in gone:
            await operation.redact(
                database, Store(factories.DATA_DIR), revision.uid, field, "It told of a person"
            )
        whole = await read(database, made.id)
        async with database.read() as db:
            again = await queries.reread(db, made.id)
            assert await queries.redacted(db, again) == whole.redacted
        assert (again.id, again.sha256, again.frozen_at) == (whole.id, whole.sha256, whole.frozen_at)
        assert again.comparison == whole.comparison
        assert {t.text.field for t in whole.redacted} == gone
    async with database.read() as db:
        with pytest.raises(NotFound):
            await queries.reread(db, "nothing")


async def test_what_was_redacted_can_not_be_guessed_from_what_is_public(
    database: Database, client: Visitor
) -> None:
    """Who guesses the text could else compare its hash."""
    revision = await published(database)
    made = await freeze(database, jurisdictions="XAA")
    before = json.loads((await client.get(f"/en/snapshots/{made.id}.json")).content)
    await operation.redact(database, Store(factories.DATA_DIR), revision.uid, "note", "It told of a person")
    after = json.loads((await client.get(f"/en/snapshots/{made.id}.json")).content)
    assert after["record"] == before["record"]
    (gone,) = [t for t in after["texts"] if t["redacted_at"] != "none"]
    assert (gone["field"], gone["salt"]) == ("note", "none")
    (was,) = [t for t in before["texts"] if t not in after["texts"]]
    everything = json.dumps(after)
    for hint in (was["salt"], hashlib.sha256(SECRET.encode()).hexdigest(), SALT):
        assert hint not in everything


async def test_the_same_is_frozen_before_and_after(database: Database) -> None:
    revision = await published(database)
    at = {"on": clock.today().isoformat(), "jurisdictions": "XAA"}
    first = await freeze(database, **at)
    at["as_of"] = first.comparison.at.as_of.isoformat().replace("+00:00", "Z")
    await operation.redact(database, Store(factories.DATA_DIR), revision.uid, "note", "It told of a person")
    assert (await freeze(database, **at)).id == first.id


async def test_everybody_can_check_the_file_by_the_recipe_of_the_codebook(
    database: Database, client: Visitor, tmp_path: Path
) -> None:
    made = await freeze(database, jurisdictions="XAA,XAB,US-TX", source="all")
    file = json.loads((await client.get(f"/en/snapshots/{made.id}.json")).content)
    (tmp_path / "snapshot.json").write_text(json.dumps(file), encoding="utf-8")
    recipe = re.findall(r"```python\n(.*?)```", CODEBOOK.read_text(encoding="utf-8"), re.S)[-1]
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", recipe], cwd=tmp_path, check=True)
    canonical = json.dumps(file["record"], sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    assert hashlib.sha256(canonical.encode()).hexdigest() == file["sha256"]
    frozen = set()
    for cell in file["record"]["cells"]:
        for voice in cell["voices"]:
            for part in (voice, *voice["citations"], *voice["reviews"], *voice["replies"]):
                frozen |= set(part["texts"].values())
    assert frozen
    told = set()
    for text in file["texts"]:
        own = hashlib.sha256(text["text"].encode()).hexdigest()
        told.add(hashlib.sha256(f"{text['salt']}:{own}".encode()).hexdigest())
    assert told == frozen


async def test_tampering_is_named(own_world: World, tmp_path: Path) -> None:
    """By whoever owns the tables: triggers off, a level or a text changed."""
    database = Database(own_world.engine)
    revision = await published(database)
    good = await freeze(database, jurisdictions="US-TX")
    bad = await freeze(database, jurisdictions="XAA")
    variables = settings_of(own_world, tmp_path)
    done = await asyncio.to_thread(here, variables, "verify", "snapshots")
    assert done.exit_code == 0, done.output
    assert "2 snapshots, 0 with redactions since, 0 wrong or missing" in done.output
    async with own_world.owner.begin() as connection:
        if own_world.name == "sqlite":
            await connection.exec_driver_sql("DROP TRIGGER published_revision_no_update")
        else:
            await connection.exec_driver_sql("ALTER TABLE published_revision DISABLE TRIGGER USER")
        await connection.exec_driver_sql(
            f"UPDATE published_revision SET note = 'Something else' WHERE id = {revision.id}"
        )
    done = await asyncio.to_thread(here, variables, "verify", "snapshots")
    assert done.exit_code == 1
    assert f"ok       {good.id}\n" in done.output
    assert f"WRONG    {bad.id} the record gives something else: XAA/HTCC-UC/educator\n" in done.output
    assert "2 snapshots, 0 with redactions since, 1 wrong or missing" in done.output
    async with visitor(create_app(SETTINGS, database), SETTINGS) as client:
        assert "does not stand" in (await client.get(f"/en/snapshots/{bad.id}")).text


async def _added(database: Database, canonical: bytes, *, sha256: str = "") -> str:
    sha256 = sha256 or sha256_of(canonical)
    async with database.write() as db:
        made = PublishedSnapshot(
            id=id_of(sha256),
            sha256=sha256,
            salt=SALT,
            canonical=canonical.decode(),
            recorded_at=clock.now(),
        )
        db.add(made)
    return made.id


@pytest.mark.parametrize(
    ("change", "verdict", "why"),
    [
        (("US-TX", "XZZ"), "missing", "XZZ is no longer in the record"),
        (("HTCC-C6", "HTCC-C9"), "missing", "hhs-core-competencies@2021 HTCC-C9 is no longer in the record"),
        (('"value":2', '"value":3'), "WRONG", "the record gives something else: US-TX/HTCC-C1/individual"),
        (('"axis":"both"', '"axis":"none"'), "WRONG", "what was frozen can't be read"),
        (('{"cells":', '["cells",'), "WRONG", "what was frozen can't be read"),
    ],
)
async def test_what_does_not_stand_is_told(
    database: Database, change: tuple[str, str], verdict: str, why: str
) -> None:
    made = await freeze(database, jurisdictions="US-TX")
    other = await _added(database, made.canonical.replace(change[0].encode(), change[1].encode()))
    async with database.read() as db:
        checked = await check(db, other)
    assert (checked.verdict, checked.stands) == (verdict, False)
    assert why in checked.why


async def test_a_frozen_record_without_its_hash_is_wrong(database: Database) -> None:
    made = await freeze(database, jurisdictions="US-TX")
    other = await _added(database, made.canonical + b" ", sha256="ab" * 32)
    async with database.read() as db:
        assert (await check(db, other)).why == "what was frozen does not have its hash"


@ON_SQLITE
async def test_every_place_of_the_demo_world_can_be_redacted(database: Database, client: Visitor) -> None:
    """Every text that a snapshot has, one after the other: each is gone from its files, and the hash stands."""
    made = await freeze(database, jurisdictions="XAB", items="HTCC-C2,HTCC-C3", source="all")
    fields = {(t.voice.uid, t.text.field): t.text.text for t in made.texts}
    assert {f.split(".")[0] for _uid, f in fields} >= {"citation", "note", "review"}
    for uid, field in fields:
        now = {(t.voice.uid, t.text.field): t.text for t in (await read(database, made.id)).texts}
        if not now[uid, field].redacted_at:  # with an exact copy elsewhere
            await operation.redact(database, Store(factories.DATA_DIR), uid, field, "Test")
    again = await read(database, made.id)
    assert again.stands
    assert {t.salt for t in again.texts} == {""}
    file = (await client.get(f"/en/snapshots/{made.id}.json")).content.decode()
    assert not [text for text in fields.values() if len(text) > 60 and json.dumps(text)[1:-1] in file]
