"""Reading the page and the files of a snapshot back, each by its own means, into the same cells.

A cell is (jurisdiction, item, domain), its path in addresses; its answer the pairs of words, on paper and in practice,
of every voice that is heard.
"""

import csv
import io
import json
import re
import unicodedata
from collections import defaultdict
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urlsplit

import openpyxl
from pypdf import PdfReader

from tracker.kit.vocabulary import VALUE_CODES, Axis, value

Cell = tuple[str, str, str]
Answer = tuple[str, ...]
Cells = dict[Cell, Answer]
CELL = re.compile(r"/en/jurisdictions/([^/]+)/[^/]+@[^/]+/([^/]+)/([^/?]+)")


def cell_of(url: str) -> Cell | None:
    found = CELL.search(unquote(urlsplit(url).path))
    return (found[1], found[2], found[3]) if found else None


def of_rows(rows: list[dict[str, Any]]) -> Cells:
    found: dict[Cell, list[str]] = defaultdict(list)
    for row in rows:
        words = [value(axis, str(row[axis.value])).word for axis in Axis]
        found[row["jurisdiction"], row["item"], row["domain"]] += words
    return {cell: tuple(words) for cell, words in found.items()}


def csv_rows(content: bytes) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def xlsx_rows(content: bytes) -> list[dict[str, Any]]:
    head, *rows = openpyxl.load_workbook(io.BytesIO(content))["Data"].iter_rows()
    assert {cell.data_type for row in rows for cell in row} == {"s"}
    return [{h.value: c.value for h, c in zip(head, row, strict=True)} for row in rows]


def json_rows(content: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(content)["rows"]
    return rows


def as_text(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """JSON's numbers and truth values as the CSV writes them."""
    return [
        {name: str(v).lower() if isinstance(v, bool) else str(v) for name, v in row.items()} for row in rows
    ]


def record_rows(content: bytes) -> list[dict[str, Any]]:
    """What was frozen, cell by cell: a cell of which nobody speaks is not assessed."""
    nobody = [{axis.value: {"value": "not_assessed"} for axis in Axis}]
    return [
        {name: cell[name] for name in ("jurisdiction", "item", "domain")}
        | {axis.value: voice[axis.value]["value"] for axis in Axis}
        for cell in json.loads(content)["cells"]
        for voice in cell["voices"] or nobody
    ]


class _Page(HTMLParser):
    """The words of the levels in each cell of the matrix: what follows the symbol of each axis."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[Cell, list[str]] = defaultdict(list)
        self.cell: Cell | None = None
        self.inside = self.label = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        if tag == "td":
            self.inside = "cell" in (a.get("class") or "").split()
        elif tag == "a" and self.inside:
            self.cell = cell_of(a.get("href") or "")
        elif tag == "use" and self.cell:
            self.label = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self.inside, self.cell = False, None

    def handle_data(self, data: str) -> None:
        if self.label and self.cell and data.strip():
            self.found[self.cell].append(data.strip())
            self.label = False


def of_page(page: str) -> Cells:
    reader = _Page()
    reader.feed(page)
    return {cell: tuple(words) for cell, words in reader.found.items()}


def pdf_texts(content: bytes) -> dict[Cell, list[str]]:
    """For each cell the text that stands within each of the links to it, white space taken out."""
    found: dict[Cell, list[str]] = defaultdict(list)
    for page in PdfReader(io.BytesIO(content)).pages:
        pieces: list[tuple[float, float, str]] = []

        def visit(text: str, cm: Any, tm: Any, font: Any, size: Any, into: Any = pieces) -> None:
            if text.strip():
                x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
                into.append((x, y, text))

        page.extract_text(visitor_text=visit)
        for annotation in (a.get_object() for a in page.get("/Annots", [])):
            cell = cell_of(str(annotation.get("/A", {}).get("/URI", "")))
            if cell:
                left, bottom, right, top = (float(n) for n in annotation["/Rect"])
                inside = [t for x, y, t in pieces if left <= x <= right and bottom <= y <= top]
                found[cell].append(flat("".join(inside)))
    return found


def of_pdf(content: bytes) -> Cells:
    """The cells of the matrix: of all that links to a cell, what names both axes in a cell's way."""
    return {
        cell: (_WORDS[Axis.COMMITMENT][found[1]], _WORDS[Axis.PRACTICE][found[2]])
        for cell, texts in pdf_texts(content).items()
        for text in texts
        if (found := _IN_A_CELL.match(text))
    }


def flat(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


_WORDS = {axis: {flat(value(axis, c).word): value(axis, c).word for c in VALUE_CODES} for axis in Axis}
_ANY = {
    axis: "|".join(sorted(map(re.escape, words), key=len, reverse=True)) for axis, words in _WORDS.items()
}
_IN_A_CELL = re.compile(f"paper({_ANY[Axis.COMMITMENT]})practice({_ANY[Axis.PRACTICE]})")


Marks = dict[Cell, list[tuple[str, ...]]]
_FLAGS = ("claimed", "contested")
_DRAWN = re.compile(r'<td class="cell[^"]*"><a href="([^"]+)">(.*?)</a></td>', re.S)
_TAIL = re.compile(r"<small>(.*?)</small>", re.S)


def marks_of_rows(rows: list[dict[str, Any]]) -> Marks:
    """What is marked on each voice of each cell: claimed, contested; and of a level its year, verification, scope, basis."""
    found: Marks = defaultdict(list)
    for row in rows:
        flags = [
            name
            for name, holds in (
                ("claimed", "true" in (row["commitment_claimed"], row["practice_claimed"])),
                ("contested", row["contested"] == "true"),
            )
            if holds
        ]
        marks = []
        if row["commitment"].isdigit() or row["practice"].isdigit():
            verified = [
                v for v in (row["commitment_verification"], row["practice_verification"]) if v != "none"
            ]
            year = "start unknown" if row["valid_from"] == "unknown" else row["valid_from"][:4]
            basis = {"by_name": "by name", "equivalent": "equivalent", "none": ""}[row["basis"]]
            scope = row["scope"].split(":")[0]
            marks = [
                year,
                "/".join(dict.fromkeys(verified)),
                *(w for w in (scope, basis) if w not in ("", "none")),
            ]
        found[row["jurisdiction"], row["item"], row["domain"]].append(
            tuple(flat(m) for m in (*flags, *marks))
        )
    return dict(found)


def marks_of_page(page: str) -> Marks:
    found: Marks = {}
    for href, inner in _DRAWN.findall(page):
        cell = cell_of(href)
        assert cell is not None
        voices = inner.split("<strong>")[1:] if "<strong>" in inner else [inner]
        found[cell] = [_marked(small[1] if (small := _TAIL.search(voice)) else "") for voice in voices]
    return found


def _marked(small: str) -> tuple[str, ...]:
    flags = [f for f in re.findall(r'<b data-s="[^"]*">(.*?)</b>', small) if f in _FLAGS]
    rest = re.sub(r"</?span[^>]*>", "", re.sub(r"<b .*?</b>", "", small)).strip()
    return tuple(flat(part) for part in (*flags, *(rest.split("·") if rest else ())))


def marks_of_pdf(content: bytes) -> Marks:
    """Those of the matrix, in which one voice stands in a cell. *Stale* is of the day of reading, not of the record."""
    return {
        cell: [tuple(_as_on_the_page(p) for p in text[found.end() :].split("·") if p and p != "stale")]
        for cell, texts in pdf_texts(content).items()
        for text in texts
        if (found := _IN_A_CELL.match(text))
    }


def _as_on_the_page(part: str) -> str:
    """The briefing names the axis where the two differ; the page has them in their order."""
    return "claimed" if part.endswith("claimed") else re.sub("paper|practice", "", part).replace(",", "/")
