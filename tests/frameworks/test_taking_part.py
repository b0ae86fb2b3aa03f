"""Items imported at three levels are items like any other: grid, entry, compare, lens, briefing, spreadsheet."""

import csv
import io

import openpyxl
import pytest
from pypdf import PdfReader
from sqlmodel import col, select

from tests import factories, personas
from tests.frameworks import samples
from tests.frameworks.test_import import take_in
from tests.pages import html
from tests.personas import Visitor
from tracker.crosswalks.models import Crosswalk, Mapping, MappingSide
from tracker.db.session import Database
from tracker.frameworks import files
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.kit import clock
from tracker.kit.vocabulary import Domain, Relation

NAME = "a-large-framework@1"
DEEP, ABOVE, BESIDE = "L3.2.5", "L3.2", "L3.2.6"
GRID = "/en/o/health-xaa/jurisdictions/XAA"


@pytest.fixture
async def spoken_of(database: Database) -> None:
    """The sample with an entry of Quillmere's on an item of the third level, and none above it."""
    await take_in(database, files.read(samples.as_csv(samples.items()), "csv"))
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    where = await factories.cell(database, "XAA", DEEP, Domain.ALL)
    await factories.published(database, author, reviewer, where)


@pytest.mark.usefixtures("spoken_of")
async def test_grid_and_entry(owner: Visitor) -> None:
    grid = await owner.get(f"{GRID}?framework={NAME}")
    assert grid.status_code == 200
    assert grid.text.count("/cells/a-large-framework@1/") == 500
    entry = f"{GRID}/cells/{NAME}/{BESIDE}/all"
    assert (await owner.get(entry)).status_code == 200
    saved = await owner.submit(entry, factories.entry_form())
    assert saved.status_code == 303
    applied = await owner.get(f"{GRID}/apply?framework={NAME}")
    assert f'value="{DEEP}:all"' in applied.text


@pytest.mark.usefixtures("spoken_of")
async def test_compare_with_cells_of_their_own(client: Visitor) -> None:
    query = f"jurisdictions=XAA,XAB&framework={NAME}"
    page = await client.get(f"/en/compare?{query}&show=differences")
    assert page.status_code == 200
    assert f"{NAME}/{DEEP}/all" in page.text
    assert f"{NAME}/{ABOVE}/all" not in page.text
    rows = list(csv.DictReader(io.StringIO((await client.get(f"/en/compare.csv?{query}")).text)))
    assert len(rows) == 2 * 500
    said = {row["item"]: row["commitment"] for row in rows if row["jurisdiction"] == "XAA"}
    assert (said[DEEP], said[ABOVE], said[BESIDE]) == ("2", "not_assessed", "not_assessed")
    cell = await client.get(f"/en/jurisdictions/XAA/{NAME}/{DEEP}/all")
    assert cell.status_code == 200


@pytest.mark.usefixtures("spoken_of")
async def test_the_lens_reads_them(client: Visitor, database: Database) -> None:
    await mapped(database, DEEP, "D87J-CRIM")
    told = (await client.get("/en/crosswalks/sample/lens.json?jurisdictions=XAA")).json()
    (item,) = [i for i in told["jurisdictions"][0]["items"] if i["item"] == "D87J-CRIM"]
    assert (item["commitment"]["low"], item["commitment"]["high"]) == (2, 2)
    page = await client.get("/en/crosswalks/sample/lens?jurisdictions=XAA")
    assert f"{NAME}/{DEEP}/all" in page.text


async def mapped(database: Database, source: str, target: str) -> None:
    """A crosswalk from the sample to the guide, with one mapping."""
    async with database.write() as db:
        ids = {}
        for key in ("a-large-framework", "delta87-justice"):
            found = await db.scalar(select(FrameworkVersion.id).where(col(FrameworkVersion.key) == key))
            assert found is not None
            ids[key] = found
        crosswalk = Crosswalk(
            key="sample",
            version="1",
            title="A test sample",
            source_version_id=ids["a-large-framework"],
            target_version_id=ids["delta87-justice"],
            created_at=clock.now(),
        )
        db.add(crosswalk)
        await db.flush()
        mapping = Mapping(crosswalk_id=crosswalk.id, relation=Relation.EQUAL, rationale="For a test.")
        db.add(mapping)
        await db.flush()
        for side, key in (("source", source), ("target", target)):
            item = await db.scalar(select(FrameworkItem.id).where(col(FrameworkItem.key) == key))
            assert item is not None
            db.add(MappingSide(mapping_id=mapping.id, item_id=item, side=side))


@pytest.mark.usefixtures("spoken_of")
async def test_the_briefing_tells_of_them(client: Visitor) -> None:
    items = ",".join(key for key, *_rest in samples.items() if key.startswith("L3.2") or key == "L3")
    query = f"jurisdictions=XAA,XAB&framework={NAME}&items={items}"
    twin = await client.get(f"/en/compare/briefing?{query}")
    assert twin.status_code == 200
    assert "Part 5 of 3.2" in html.words(twin.text)
    pdf = await client.get(f"/en/compare/briefing.pdf?{query}")
    assert pdf.status_code == 200
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    assert "Part 5 of 3.2" in " ".join(text.split())


@pytest.mark.usefixtures("spoken_of")
async def test_the_spreadsheet_takes_them_out_and_in(owner: Visitor) -> None:
    out = (await owner.get(f"{GRID}/export.csv?framework={NAME}")).text
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 500
    assert {row["item"]: row["commitment"] for row in rows}[DEEP] == "2"
    book = openpyxl.load_workbook(
        io.BytesIO((await owner.get(f"{GRID}/export.xlsx?framework={NAME}")).content)
    )
    assert book["Entries"].max_row == 501
    for row in rows:
        if row["item"] == BESIDE:
            row |= {"commitment": "not_assessed", "practice": "no_response", "note": "Filled in."}
    filled = io.StringIO()
    writer = csv.DictWriter(filled, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    sent = {"file": ("grid.csv", filled.getvalue().encode())}
    looked = await owner.submit("/en/o/health-xaa/import", {}, files=sent)
    assert looked.status_code == 303, html.words(looked.text)
    assert (await owner.submit(looked.headers["location"])).status_code == 303
    entry = await owner.get(f"{GRID}/cells/{NAME}/{BESIDE}/all")
    assert "Filled in." in entry.text
