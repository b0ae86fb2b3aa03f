"""Page, PDF, Word file, tables and JSON of one briefing: the same numbers, number by number, and the same bytes again."""

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import docx
import pytest
from babel import Locale
from docx.oxml.ns import qn

from tests.briefings import structure
from tests.pages import html
from tests.personas import Visitor

STATES = "jurisdictions=US-CT,US-FL,US-LA,US-MI,US-TX"
QUERIES = pytest.mark.parametrize("query", [STATES, "jurisdictions=XAA,XAB,XAC"], ids=["states", "fictional"])
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
# What stands in a PDF for a text in a script that its typefaces lack.
STAND_IN = re.compile(r"\[\w+ text, \d+ characters\]")


async def file(client: Visitor, kind: str, query: str) -> bytes:
    answer = await client.get(f"/en/compare/briefing{kind}?{query}")
    assert answer.status_code == 200, html.words(answer.text)
    return answer.content


async def data(client: Visitor, query: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(await file(client, ".json", query))
    return told


def numbers(text: str) -> Counter[str]:
    return Counter(NUMBER.findall(text))


def runs(given: list[dict[str, Any]]) -> str:
    return "".join(run["text"] for run in given)


def texts(block: dict[str, Any], *, codes: bool, chart: bool = True) -> Iterator[str]:
    """Every text of a block. `codes`: with the number of a level, which the PDF draws as a sign."""
    match block["kind"]:
        case "Text" | "Notice":
            yield runs(block["runs"])
        case "Bullets":
            yield from map(runs, block["items"])
        case "Facts":
            for label, value in block["rows"]:
                yield f"{label} {runs(value)}"
        case "Table":
            yield from (block["caption"], *block["columns"])
            yield from (runs(cell) for row in block["rows"] for cell in row)
        case "Matrix":
            yield from (block["caption"], block["corner"], *block["columns"])
            for row in block["rows"]:
                yield f"{row['header']} {row['remark']}"
                for cell in row["cells"]:
                    yield " ".join([*(mark(m, codes) for m in cell["marks"]), cell["remarks"]])
        case "Key":
            yield block["title"]
            yield from (f"{mark(m, codes)} {meaning}" for m, meaning in block["entries"])
        case "Evidence":
            yield f"{block['number']} {block['title']}"
            yield from (*block["lines"], block["quote"], block["translation"])
        case "Chart" if chart:
            yield from (block["spec"]["title"], block["spec"]["summary"], *block["table"]["columns"])
            yield from (cell for row in block["table"]["rows"] for cell in row)


def mark(given: dict[str, Any], codes: bool) -> str:
    word = given["word"]
    number = f"{given['code']} " if codes and given["code"].isdigit() and not word[0].isdigit() else ""
    return f"{given['label']} {number}{word}"


def by_part(document: dict[str, Any], **how: bool) -> dict[str, Counter[str]]:
    return {
        part["anchor"]: sum(
            (numbers(text) for block in part["blocks"] for text in texts(block, codes=True, **how)),
            numbers(part["heading"]),
        )
        for part in document["parts"]
    }


@QUERIES
async def test_the_page_has_the_numbers_of_the_json(client: Visitor, query: str) -> None:
    document = (await data(client, query))["document"]
    page = (await file(client, "", query)).decode()
    article = page.partition('<article class="briefing"')[2].partition("</article>\n<")[0]
    # A level is its sign on the page; the drawing of a chart is left to the table below it.
    article = re.sub(r'<svg class="chart".*?</svg>', "", article, flags=re.S)
    article = re.sub(r'<ul class="figure-key">.*?</ul>', "", article, flags=re.S)
    # A chip that tells the number in its word has the sign besides.
    article = re.sub(r'<svg class="sym"[^>]*><use href="#s-([0-4])"/></svg>(?!\d)', r" \1 ", article)
    pieces = re.split(r'<h[23] id="([^"]+)">', article)[1:]
    found = {
        anchor: numbers(html.words(body)) for anchor, body in zip(pieces[::2], pieces[1::2], strict=True)
    }
    found.pop("contents", None)
    wanted = by_part(document)
    assert set(found) == set(wanted)
    for part in document["parts"]:
        summaries = [b["spec"]["summary"] for b in part["blocks"] if b["kind"] == "Chart"]
        titles = [b["spec"]["title"] for b in part["blocks"] if b["kind"] == "Chart"]
        more = sum(map(numbers, titles), Counter())  # once over the drawing, once over its table
        less = sum(map(numbers, summaries), Counter())
        if part is document["parts"][-1]:
            more += numbers(document["footer"])
        assert found[part["anchor"]] == wanted[part["anchor"]] + more - less, part["anchor"]


@QUERIES
async def test_the_word_file_has_the_numbers_of_the_json(client: Visitor, query: str) -> None:
    document = (await data(client, query))["document"]
    made = docx.Document(io.BytesIO(await file(client, ".docx", query)))
    found: dict[str, Counter[str]] = {}
    anchors = iter([part["anchor"] for part in document["parts"]])
    anchor = ""
    for element in made.element.body:
        style = element.find(f".//{qn('w:pStyle')}")
        if (
            element.tag == qn("w:p")
            and style is not None
            and style.get(qn("w:val")) in ("Heading1", "Heading2")
        ):
            first = element.find(f".//{qn('w:t')}").text
            anchor = anchor if first.startswith("[") else next(anchors)  # a numbered source is no part
        told = "".join(
            node.text or "" if node.tag == qn("w:t") else " "
            for node in element.iter(qn("w:t"), qn("w:br"), qn("w:p"))
        )
        found[anchor] = found.get(anchor, Counter()) + numbers(told)
    found.pop("")
    assert next(anchors, None) is None
    assert found == by_part(document)


@QUERIES
async def test_the_pdf_has_the_numbers_of_the_json(client: Visitor, query: str) -> None:
    """By its structure: what a screen reader reads, part by part."""
    document = (await data(client, query))["document"]
    root = structure.tree(await file(client, ".pdf", query))
    headed = [kid for kid in root.kids if kid.kind == "Sect" and kid.kids[0].kind in ("H2", "H3")]
    (reads,) = [kid for kid in headed if kid.kids[0].text.strip() == "What this briefing reads"]
    facts = " ".join(f"{label} {runs(value)}" for label, value in document["facts"]["rows"])
    assert numbers(reads.text) == numbers(facts)
    headed.remove(reads)
    assert [kid.kids[0].text.strip() for kid in headed][: len(document["parts"])] == [
        part["heading"] for part in document["parts"]
    ]
    for part, section in zip(document["parts"], headed, strict=False):
        wanted = numbers(part["heading"])
        for block in part["blocks"]:
            if block["kind"] == "Chart":
                wanted += glance(block) if block["spec"]["kind"] == "Glance" else chart(block)
            else:
                wanted += sum(map(numbers, texts(block, codes=False)), Counter())
        assert numbers(STAND_IN.sub("", section.text)) == wanted, part["anchor"]


def glance(block: dict[str, Any]) -> Counter[str]:
    """All cells at once are told by how often each reading occurs; the matrix below has each by itself."""
    found = numbers(f"{block['spec']['title']} {block['spec']['summary']}")
    for row in block["table"]["rows"]:
        found += Counter(str(n) for n in Counter(row[1:]).values())
    return found + sum((numbers(m["word"]) for m in block["key"]), Counter())


def chart(block: dict[str, Any]) -> Counter[str]:
    """A figure's alternative text has its table row by row, each value after its column; then comes its key."""
    spec, table = block["spec"], block["table"]
    told = [spec["title"], spec["summary"]]
    for row in table["rows"]:
        told += [row[0], *(t for pair in zip(table["columns"][1:], row[1:], strict=True) for t in pair)]
    told += [m["word"] for m in block["key"]]
    return sum(map(numbers, told), Counter())


@QUERIES
async def test_the_tables_have_the_numbers_of_the_json(client: Visitor, query: str) -> None:
    document = (await data(client, query))["document"]
    packed = zipfile.ZipFile(io.BytesIO(await file(client, ".zip", query)))
    listed = list(csv.DictReader(io.StringIO(packed.read("tables.csv").decode())))
    assert {row["file"] for row in listed} == set(packed.namelist()) - {"tables.csv", "briefing.json"}
    assert packed.read("briefing.json") == await file(client, ".json", query)
    tables = [b for part in document["parts"] for b in part["blocks"] if b["kind"] == "Table"]
    found = [list(csv.reader(io.StringIO(packed.read(row["file"]).decode()))) for row in listed]
    for table in tables:
        rows = [[runs(cell) for cell in row] for row in table["rows"]]
        assert [table["columns"], *rows] in found, table["caption"]
    assert all(cell for rows in found for row in rows for cell in row), "no cell is blank"


@pytest.mark.parametrize("kind", [".pdf", ".docx", ".json", ".zip"])
async def test_the_same_state_gives_the_same_bytes(client: Visitor, kind: str) -> None:
    query = "jurisdictions=US-FL,XAA"
    assert await file(client, kind, query) == await file(client, kind, query)


async def test_the_word_file_can_be_edited_and_read_aloud(client: Visitor) -> None:
    content = await file(client, ".docx", STATES)
    made = docx.Document(io.BytesIO(content))
    assert made.core_properties.title.startswith("How far have Connecticut")
    assert made.core_properties.language == "en"
    styles = [p.style.name for p in made.paragraphs if p.style]
    assert styles[:2] == ["Title", "Subtitle"]
    levels = [int(s[-1]) for s in styles if s.startswith("Heading")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for table in made.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(cell.text.strip() for cell in table.rows[0].cells)
    links = [r.target_ref for r in made.part.rels.values() if r.is_external]
    assert links
    assert all(link.startswith(("http://", "https://")) for link in links)


async def test_a_translation_says_of_which_language_it_is_in_each(client: Visitor) -> None:
    query = "jurisdictions=XAA,XAB,XAC"
    document = (await data(client, query))["document"]
    sources = [b for part in document["parts"] for b in part["blocks"] if b["kind"] == "Evidence"]
    translated = sorted(b["quote_language"] for b in sources if b["translation"])
    assert translated
    names = sorted(Locale.parse(code, sep="-").get_display_name("en") for code in translated)
    made = docx.Document(io.BytesIO(await file(client, ".docx", query)))
    for told in (
        html.words((await file(client, "", query)).decode()),
        " ".join(p.text for p in made.paragraphs),
        structure.tree(await file(client, ".pdf", query)).text,
    ):
        assert sorted(re.findall(r"Translation from ([^:]+):", told)) == names
        assert "Translation:" not in told
