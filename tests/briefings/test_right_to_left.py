"""What is written from right to left stands in the PDF whole: joined, in its order, and read as it was written."""

import io
import re
import zipfile
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from markupsafe import escape
from pypdf import PdfReader

from tests.briefings import structure
from tests.unit.test_briefing_pdf import plain, sample
from tracker.briefings import pdf
from tracker.briefings.document import (
    Block,
    Bullets,
    Evidence,
    Mark,
    Matrix,
    MatrixCell,
    MatrixRow,
    Notice,
    Part,
    Run,
    Text,
)
from tracker.briefings.pdf import fonts, shaped
from tracker.briefings.pdf.blocks import BODY, QUOTE
from tracker.briefings.pdf.text import MAX_TEXT, Notes, Typesetter, clean
from tracker.briefings.twins import docx
from tracker.web.render import environment

ARABIC = (
    "تؤكد وزارة الصحة أن القرار رقم 145 لسنة 2023 (المادة 5، الفقرة ب) يلزم جميع المرافق الصحية بتدريب العاملين، "
    "وأن نسبة التنفيذ بلغت 87.5% بالتعاون مع منظمة الصحة العالمية (WHO) وفقا لـ «الدليل الوطني»."
)
HEBREW = "משרד הבריאות מאשר כי חוזר מס' 12/2023 (סעיף 4(ב)) מחייב את כל בתי החולים להכשיר את הצוות."
PERSIAN = "وزارت بهداشت اعلام می‌کند که آیین‌نامهٔ شمارهٔ ۱۲۳ لازم‌الاجراست."
MIXED = "The ministry calls it (قرار 145/2023), and adds: see חוזר 12, section 4."
ROOM = 435.0


def drawn(*blocks: Block) -> bytes:
    return pdf.draw(replace(sample(), parts=(Part("words", "Words", 1, blocks),)))


def quoted(text: str, language: str) -> Evidence:
    return Evidence(1, "e1", text[:40], "https://example.org/a", (text,), text, language, "What it means.")


@cache
def placed(text: str) -> tuple[tuple[str, float, float], ...]:
    """The segments of a text on one line, as they are read: text, left edge, right edge."""
    (line,) = Typesetter(frozenset()).lines((Run(text),), BODY, 4_000)
    return tuple((s.text, s.x, s.x + s.width) for s in line)


@pytest.mark.parametrize(("text", "language"), [(ARABIC, "ar"), (HEBREW, "he"), (PERSIAN, "fa")])
def test_a_quote_is_read_whole_and_in_its_language(text: str, language: str) -> None:
    file = drawn(quoted(text, language), Bullets((plain(text),)))
    found = list(structure.tree(file).walk())
    (quote,) = [e for e in found if e.language == language]
    assert quote.text == text
    assert [e.text for e in found if e.kind == "LBody"] == [text]
    assert "What this file could not show" not in structure.tree(file).text
    (link,) = [e for e in found if e.kind == "Link" and e.refs == ["https://example.org/a"]]
    assert link.text == text[:40].strip()
    assert drawn(quoted(text, language), Bullets((plain(text),))) == file


def test_what_is_copied_are_letters_and_no_forms_of_letters() -> None:
    """A shape is copied as what it stands for: two letters where two are joined to one."""
    copied = "".join(page.extract_text() for page in PdfReader(io.BytesIO(drawn(quoted(ARABIC, "ar")))).pages)
    assert all(word in copied for word in ("وزارة", "الصحة", "العاملين", "القرار"))
    assert not [c for c in copied if "\ufb50" <= c <= "\ufefc" or ord(c) > 0xFFFF or c == "\ufffd"]
    codes = [code for stretch, _, _ in shaped.shape("لا", fonts.ARABIC, 1).stretches for code in stretch]
    assert [fonts.glyph_font(fonts.ARABIC)._texts[ord(code)] for code in codes] == ["لا"]


def test_letters_are_joined() -> None:
    """Heh at the beginning, within, at the end and alone are four shapes; joined they are narrower than alone."""
    font = fonts.glyph_font(fonts.ARABIC)
    alone = shaped.shape("ه", fonts.ARABIC, 1)
    joined = shaped.shape("ههه", fonts.ARABIC, 1)
    shapes = {
        font.face.charToGlyph[ord(c)] for made in (alone, joined) for run, _, _ in made.stretches for c in run
    }
    assert len(shapes) == 4
    apart = shaped.shape("ه\u200cه", fonts.ARABIC, 1)
    assert {font.face.charToGlyph[ord(c)] for run, _, _ in apart.stretches for c in run} == {
        font.face.charToGlyph[ord(c)] for run, _, _ in alone.stretches for c in run
    }


def test_the_order_on_paper_is_that_of_the_script() -> None:
    spots = {text.strip(): (left, right) for text, left, right in placed(ARABIC)}
    assert placed(ARABIC)[0][2] == pytest.approx(4_000), "flush right"
    # The number stands left of the word before it, and is itself read from the left.
    assert spots["145"][1] < placed(ARABIC)[0][1] + 3
    assert spots["145"][0] > spots["2023"][1]
    mixed = placed(MIXED)
    assert mixed[0][:2] == ("The ministry calls it (", 0.0)
    number, word = (next(s for s in mixed if wanted in s[0]) for wanted in ("145/2023", "قرار"))
    assert number[2] < word[1] + 3
    edges = sorted((left, right) for _, left, right in mixed)
    assert all(a[1] <= b[0] + 0.01 for a, b in pairwise(edges)), "nothing lies over another"
    assert mixed[-1][0] == ", section 4."


def test_a_bracket_is_drawn_turned_round_and_read_as_it_was_written() -> None:
    assert shaped.shape("(", fonts.REGULAR, 1).stretches[0][0] == ")"
    assert shaped.shape("»)", fonts.REGULAR, 1).stretches[0][0] == "(«"
    assert shaped.shape("(a", fonts.REGULAR, 0).stretches[0][0] == "(a"
    assert "".join(text for text, _, _ in placed(HEBREW)) == HEBREW


def test_lines_are_broken_before_they_are_turned() -> None:
    lines = Typesetter(frozenset()).lines((Run(ARABIC * 3),), QUOTE, ROOM)
    assert len(lines) > 3
    read = "".join(s.text for line in lines for s in line)
    assert read == ARABIC * 3
    assert all(max(s.x + s.width for s in line) == pytest.approx(ROOM) for line in lines), "flush right"
    assert all(min(s.x for s in line) >= 0 for line in lines)
    assert all(s.font in (fonts.REGULAR, fonts.ARABIC) for line in lines for s in line), (
        "no figures in italics"
    )


def test_a_reply_runs_its_own_way_below_the_name_of_who_replies() -> None:
    head = "Ministry of Health, 3 May 2024:"
    lines = Typesetter(frozenset()).lines((Run(head, bold=True), Run(" " + ARABIC)), BODY, ROOM)
    assert [s.text for s in lines[0]] == [head]
    assert lines[0][0].x == 0
    assert all(max(s.x + s.width for s in line) == pytest.approx(ROOM) for line in lines[1:])
    file = drawn(Notice((Run(head, bold=True), Run(" " + ARABIC))))
    assert f"{head} {ARABIC}" in [e.text for e in structure.tree(file).walk() if e.kind == "P"]


def test_a_cell_of_a_matrix_is_read_as_it_was_written() -> None:
    cell = MatrixCell((Mark("على الورق", "2", "معتمد جزئيا (قرار 5)"),), "ملاحظة", "https://example.org/c")
    matrix = Matrix("مصفوفة", "x", ("الكفاءة 1",), (MatrixRow("المملكة", "", "", (cell,)),))
    found = list(structure.tree(drawn(matrix)).walk())
    assert "على الورق معتمد جزئيا (قرار 5) ملاحظة" in [e.text for e in found if e.kind == "Link"]
    assert "الكفاءة 1" in [e.text.strip() for e in found if e.kind == "TH"]


def test_controls_are_left_out_and_joiners_kept_where_they_join() -> None:
    notes = Notes()
    assert clean("\u202eمرحبا\u202c \u200fabc\u2067", notes) == "مرحبا abc"
    assert notes.controls == 4
    assert clean("می‌کند\u200c a\u200db", notes) == "می‌کند ab"
    assert notes.missing.total() == 0
    assert clean("مرحبا 日本語の文書", notes) == "مرحبا [CJK text, 6 characters]"


@pytest.mark.parametrize("word", ["ا", "ب\u200c", "ב\u05b7\u05bc", "(א)", "ب\u064e\u0651"])
@pytest.mark.parametrize("most", [0, 6])
def test_a_word_of_a_million_letters_is_cut(word: str, most: int) -> None:
    setter = Typesetter(frozenset())
    lines = setter.lines((Run(word * 1_000_000),), BODY, ROOM, most)
    shown = "".join(s.text for line in lines for s in line)
    assert all(max(s.x + s.width for s in line) <= ROOM + 0.01 for line in lines)
    if most:
        assert len(lines) == most
        assert shown.endswith("…")
    else:
        assert MAX_TEXT <= len(shown) < MAX_TEXT + 40
    assert setter.notes.shortened == 1 + bool(most)


def test_a_text_without_such_letters_asks_for_no_face_of_theirs() -> None:
    assert not any(
        name.encode() in structure.unpacked(drawn(Text(plain("Ž, ä, Ω, Ж")))) for name in ("Arabic", "Hebrew")
    )
    assert b"NotoSansHebrew" in structure.unpacked(drawn(Text(plain(HEBREW))))


@pytest.mark.parametrize(
    ("text", "leftwards"), [(ARABIC, True), (HEBREW, True), (MIXED, False)], ids=["ar", "he", "mixed"]
)
def test_page_and_word_file_let_a_paragraph_run_as_it_begins(text: str, leftwards: bool) -> None:
    document = replace(
        sample(), parts=(Part("words", "Words", 1, (Text((Run(text),)), Bullets((plain(text),)))),)
    )
    with zipfile.ZipFile(io.BytesIO(docx.write(document))) as packed:
        word = packed.read("word/document.xml").decode()
    (paragraph, bullet) = [p for p in re.findall(r"<w:p>.*?</w:p>", word) if text in p]
    assert {"<w:bidi/>" in paragraph, "<w:rtl/>" in paragraph, "<w:bidi/>" in bullet} == {leftwards}
    page = (
        environment()
        .from_string("{% from 'macros/blocks.html' import text, bullets %}{{ text(a) }}{{ bullets(b) }}")
        .render(a=Text((Run(text),)), b=Bullets((plain(text),)))
    )
    assert re.findall(r'<(\w+) dir="auto">' + re.escape(str(escape(text))), page) == ["p", "li"]
