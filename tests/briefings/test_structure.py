"""What a reader with assistive technology, or a machine, meets in the PDF; each guard was seen to fail once."""

from io import BytesIO
from itertools import pairwise

import pikepdf
import pytest

from tests.briefings import structure
from tests.personas import Visitor
from tracker.briefings import pdf
from tracker.briefings.document import Document, Facts, Part, Run, Text

STATES = "jurisdictions=US-CT,US-FL,US-LA,US-MI,US-TX"
FICTIONAL = "jurisdictions=XAA,XAB,XAC"
QUERIES = pytest.mark.parametrize("query", [STATES, FICTIONAL], ids=["states", "fictional"])


async def drawn(client: Visitor, query: str) -> bytes:
    answer = await client.get(f"/en/compare/briefing.pdf?{query}")
    assert answer.status_code == 200
    return answer.content


@QUERIES
async def test_headings_lists_tables_figures_and_links(client: Visitor, query: str) -> None:
    root = structure.tree(await drawn(client, query))
    found = list(root.walk())
    levels = [int(e.kind[1]) for e in found if e.kind in ("H1", "H2", "H3", "H4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels)), "no level is left out"
    for one in found:
        if one.kind == "L":
            assert {kid.kind for kid in one.kids} == {"LI"}
        if one.kind == "LI":
            assert [kid.kind for kid in one.kids] == ["Lbl", "LBody"]
        if one.kind == "Figure":
            assert one.alt.strip()
        if one.kind == "TH":
            assert one.scope in ("Row", "Column")
        if one.kind == "Link":
            assert one.refs
            assert one.text.strip()
    tables = [e for e in found if e.kind == "Table"]
    heads = [sum(all(c.scope == "Column" for c in row.kids) for row in t.kids if row.kids) for t in tables]
    assert set(heads) <= {0, 1, 2}, "a head that is drawn again on the next page is no second row"


@QUERIES
async def test_the_file_describes_itself_and_its_links(client: Visitor, query: str) -> None:
    with pikepdf.open(BytesIO(await drawn(client, query))) as file:
        root = file.Root
        assert root.Lang == "en"
        assert root.MarkInfo.Marked
        assert root.ViewerPreferences.DisplayDocTitle
        assert root.PageLabels.Nums
        assert root.Outlines.Count
        title = str(file.docinfo.Title)
        assert title.startswith("How far have")
        assert title in root.Metadata.read_bytes().decode()
        links = [note for page in file.pages for note in page.get("/Annots", [])]
        assert links
        assert all(str(note.get("/Contents", "")).strip() for note in links)
        assert all(page.Tabs == "/S" for page in file.pages)


@QUERIES
async def test_the_first_sheet_has_the_answer_and_where_it_comes_from(client: Visitor, query: str) -> None:
    """Question and key messages on the first page; all cells, the address and how to cite it on the second."""
    root = structure.tree(await drawn(client, query))
    order = [e.text.strip() for e in root.walk() if e.kind in ("H1", "H2", "H3")]
    assert order[1:5] == [
        "Key messages",
        "At a glance",
        "How to find and cite it",
        "What this briefing reads",
    ]
    with pikepdf.open(BytesIO(await drawn(client, query))) as file:
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
    told = structure.tree(pdf.draw(document)).text
    assert "As of" in told
    assert "1 July 2026" in told
