"""The PDF of the real states and of the invented countries, read as a screen reader and as a printer does."""

import itertools
from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader

from tests.briefings import structure
from tests.personas import Visitor
from tracker.briefings.compose import compose
from tracker.briefings.document import Document, Facts, Part, Run, Text
from tracker.briefings.options import DEFAULT
from tracker.briefings.pdf import draw
from tracker.briefings.queries import gather
from tracker.compare.queries import compare
from tracker.compare.query import parse
from tracker.db.session import Database

STATES = "US-CT,US-FL,US-LA,US-MI,US-TX"
COUNTRIES = "XAA,XAB,XAC"
HEADINGS = ("H1", "H2", "H3", "H4")


async def pdf_of(client: Visitor, codes: str) -> bytes:
    answer = await client.get(f"/en/compare/briefing.pdf?jurisdictions={codes}")
    assert answer.status_code == 200
    return answer.content


@pytest.mark.parametrize("codes", [STATES, COUNTRIES])
async def test_headings_lists_tables_and_figures_are_in_order(client: Visitor, codes: str) -> None:
    found = list(structure.tree(await pdf_of(client, codes)).walk())
    levels = [HEADINGS.index(e.kind) for e in found if e.kind in HEADINGS]
    assert levels.count(0) == 1
    assert levels[0] == 0
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), "a level is jumped over"
    assert all(e.text.strip() for e in found if e.kind in (*HEADINGS, "P", "TH", "LI", "Link"))
    for listing in (e for e in found if e.kind == "L"):
        assert [k.kind for k in listing.kids] == ["LI"] * len(listing.kids)
        assert all([k.kind for k in item.kids] == ["Lbl", "LBody"] for item in listing.kids)
    tables = [e for e in found if e.kind == "Table"]
    assert len(tables) > 8
    for table in tables:
        rows = [row.kids for row in table.walk() if row.kind == "TR"]
        assert len({len(row) for row in rows}) == 1, "a row has more cells than another"
        assert all(row[0].kind == "TH" for row in rows)
        assert all(cell.scope in ("Row", "Column") for row in rows for cell in row if cell.kind == "TH")
    figures = [e for e in found if e.kind == "Figure"]
    assert len(figures) > 5
    assert all(len(f.alt) > 40 for f in figures)
    # What a chart tells stands in its alternative text row by row.
    names = ("Connecticut", "Texas") if codes == STATES else ("Quillmere", "Lumbrava")
    assert sum(all(name in f.alt for name in names) for f in figures) > 2


async def test_headings_of_a_split_table_are_drawn_again_and_read_once(client: Visitor) -> None:
    pdf = await pdf_of(client, COUNTRIES)
    tables = [e for e in structure.tree(pdf).walk() if e.kind == "Table"]
    (cells,) = [t for t in tables if "Quillmere (fictional): cells of which something is recorded" in t.text]
    assert [c.text for row in cells.walk() if row.kind == "TR" for c in row.kids].count("Basis, scope") == 1
    pages = [" ".join(p.extract_text().split()) for p in PdfReader(BytesIO(pdf)).pages]
    first = next(n for n, text in enumerate(pages) if "Quillmere (fictional): cells of which" in text)
    assert all("Basis, scope" in text for text in pages[first : first + 2]), "drawn on both pages"


@pytest.mark.parametrize("codes", [STATES, COUNTRIES])
async def test_links_are_described_and_the_file_shows_its_title(client: Visitor, codes: str) -> None:
    pdf = await pdf_of(client, codes)
    with pikepdf.open(BytesIO(pdf)) as file:
        assert file.Root.ViewerPreferences.DisplayDocTitle
        annotations = [a for page in file.pages for a in page.get("/Annots", [])]
        assert len(annotations) > 100
        assert all(str(a.get("/Contents", "")).strip() for a in annotations)
        assert all(page.Tabs == "/S" for page in file.pages if "/Annots" in page)
        with file.open_metadata() as told:
            assert told["dc:language"]
            assert told["dc:title"] == str(file.docinfo["/Title"])
        assert not any("/JS" in str(a.get("/A", "")) for a in annotations)
        assert "/AcroForm" not in file.Root
        assert "/OpenAction" not in file.Root


async def drawn(database: Database, codes: str, size: str) -> bytes:
    query = parse({"jurisdictions": codes})
    async with database.read() as db:
        comparison = await compare(db, query)
        beside = await gather(db, comparison, DEFAULT)
    told = {"base_url": "http://127.0.0.1:8000", "locale": "en", "service_name": "Tracker"}
    return draw(compose(comparison, beside=beside, **told), size)


@pytest.mark.parametrize("size", ["A4", "Letter"])
@pytest.mark.parametrize("codes", [STATES, COUNTRIES])
async def test_no_page_ends_in_a_heading_or_holds_next_to_nothing(
    database: Database, codes: str, size: str
) -> None:
    pdf = await drawn(database, codes, size)
    headings = {
        " ".join(e.text.split()) for e in structure.tree(pdf).walk() if e.kind in HEADINGS if e.text.strip()
    }
    for number, page in enumerate(PdfReader(BytesIO(pdf)).pages, 1):
        lines = [line.strip() for line in page.extract_text().splitlines() if line.strip()]
        body = [line for line in lines if "not affiliated with" not in line and not line.startswith("page ")]
        assert len(" ".join(body)) > 200, f"page {number} is nearly empty"
        assert body[-1] not in headings, f"page {number} ends in a heading"


@pytest.mark.parametrize("codes", [STATES, COUNTRIES])
async def test_the_first_sheet_has_the_answer_and_where_it_comes_from(client: Visitor, codes: str) -> None:
    """Question and key messages on the first page; all cells, the address and how to cite it on the second."""
    root = structure.tree(await pdf_of(client, codes))
    order = [e.text.strip() for e in root.walk() if e.kind in ("H1", "H2", "H3")]
    assert order[1:5] == [
        "Key messages",
        "At a glance",
        "How to find and cite it",
        "What this briefing reads",
    ]
    with pikepdf.open(BytesIO(await pdf_of(client, codes))) as file:
        pages = {page.objgen: n for n, page in enumerate(file.pages, 1)}
        starts = [pages[entry.destination[0].objgen] for entry in _flat(file)][:3]
    assert starts == [1, 2, 2]


def _flat(file: pikepdf.Pdf) -> list[pikepdf.OutlineItem]:
    names = file.Root.Dests if "/Dests" in file.Root else {}
    with file.open_outline() as outline:
        found = [item for top in outline.root for item in (top, *top.children)]
    for item in found:
        if not isinstance(item.destination, pikepdf.Array):
            item.destination = names[str(item.destination)]
    return found


def test_what_is_read_is_told_in_a_document_of_one_part() -> None:
    document = Document(
        question="Who?",
        subtitle="",
        dated="2026-07-01",
        language="en",
        direction="ltr",
        publisher="T",
        footer="T",
        facts=Facts((("As of", (Run("1 July 2026"),)),)),
        parts=(Part("only", "Only part", 1, (Text((Run("Words."),)),)),),
    )
    told = structure.tree(draw(document)).text
    assert "As of" in told
    assert "1 July 2026" in told
