"""What is far too long or too much makes a file in step with it: cut where it must be, drawn once where it recurs."""

import io
from dataclasses import replace

from pypdf import PdfReader

from tests.unit.test_briefing_pdf import plain, sample
from tracker.briefings import pdf
from tracker.briefings.document import (
    Block,
    Document,
    Evidence,
    Mark,
    Matrix,
    MatrixCell,
    MatrixRow,
    Part,
    Run,
    Text,
)
from tracker.briefings.pdf.blocks import BODY
from tracker.briefings.pdf.text import MAX_TEXT, Typesetter

UNBREAKABLE = "x" * 1_000_000


def matrix(rows: int, columns: int, word: str) -> Matrix:
    cells = (MatrixCell((Mark("On paper", "3", word),), "", ""),) * columns
    listed = tuple(MatrixRow(f"Place {n}", "", "", cells) for n in range(rows))
    return Matrix("Many", "Place", tuple(f"Item {n}" for n in range(columns)), listed)


def document(*blocks: Block) -> Document:
    return replace(sample(), parts=(Part("many", "Many", 1, blocks),))


def pages(drawn: bytes) -> int:
    return len(PdfReader(io.BytesIO(drawn)).pages)


def test_a_word_of_a_million_characters_is_cut_before_it_is_set() -> None:
    setter = Typesetter(frozenset())
    lines = setter.lines((Run(UNBREAKABLE),), BODY, 435)
    shown = sum(len(segment.text) for line in lines for segment in line)
    assert MAX_TEXT <= shown < MAX_TEXT + 40
    assert len(lines) < MAX_TEXT / 60
    once, often = (pdf.draw(document(*[Text(plain(UNBREAKABLE))] * n)) for n in (1, 20))
    assert pages(often) < 20 * pages(once)
    assert len(often) < 20 * len(once)


def test_a_cell_shows_six_lines_of_it_however_often_it_stands() -> None:
    drawn = pdf.draw(document(matrix(50, 7, UNBREAKABLE)))
    assert pages(drawn) < 15
    assert len(drawn) < 150_000


def test_a_matrix_of_a_hundred_pages_grows_in_step() -> None:
    short, long = (pdf.draw(document(matrix(n, 2, "Adopted in full"))) for n in (300, 2400))
    assert pages(long) < 8.2 * pages(short)
    assert len(long) < 8.1 * len(short)
    assert pages(long) > 100


def test_a_matrix_of_a_hundred_columns_is_drawn_in_groups() -> None:
    drawn = pdf.draw(document(matrix(2, 100, "Adopted in full")))
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(drawn)).pages)
    assert all(f"Item {n}" in text for n in range(100))
    assert "Many (1/" in text


def test_the_title_of_a_source_is_not_left_alone_at_the_foot_of_a_page() -> None:
    lines = tuple(f"detail {n} of the source" for n in range(40))
    source = Evidence(1, "e1", "Act on the Care of Persons", "", lines, "", "", "")
    broken = 0
    for above in range(12, 34):
        drawn = pdf.draw(document(*[Text(plain("A line above."))] * above, source))
        told = [page.extract_text() for page in PdfReader(io.BytesIO(drawn)).pages]
        (begun,) = [text for text in told if "Act on the Care of Persons" in text]
        assert "detail 1 of the source" in begun
        broken += "detail 39 of the source" not in begun
    assert broken > 10


def test_a_title_that_fills_pages_is_drawn_with_what_follows_it() -> None:
    source = Evidence(1, "e1", UNBREAKABLE, "", ("where it stands",), "", "", "")
    text = "".join(
        p.extract_text()
        for p in PdfReader(io.BytesIO(pdf.draw(document(Text(plain("Above.")), source)))).pages
    )
    assert "where it stands" in text
