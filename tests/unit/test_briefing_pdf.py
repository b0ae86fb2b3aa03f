"""The PDF of a briefing: the same bytes, nothing lost, nothing unsafe, fonts embedded, structure sound."""

import csv
import hashlib
import os
import re
import subprocess
import sys
import time
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from tests.briefings.structure import unpacked
from tracker.briefings.document import (
    Block,
    Bullets,
    Document,
    Evidence,
    Facts,
    Key,
    Mark,
    Matrix,
    MatrixCell,
    MatrixRow,
    Notice,
    Part,
    Run,
    Runs,
    Table,
    Text,
)
from tracker.briefings.pdf import draw
from tracker.briefings.pdf.matrix import LEVELS
from tracker.briefings.pdf.text import Notes, clean, safe_link
from tracker.kit.vocabulary import LEVEL_CODES, MISSING_CODES, Axis, value, word

ROOT = Path(__file__).parents[2]
STATES = {
    "US-CT": "Connecticut",
    "US-FL": "Florida",
    "US-LA": "Louisiana",
    "US-MI": "Michigan",
    "US-TX": "Texas",
}
AXES = (Axis.COMMITMENT, Axis.PRACTICE)
SITE = "https://tracker.example.org/en"


def plain(text: str) -> Runs:
    return (Run(text),)


def mark(axis: Axis, code: str, label: str = "") -> Mark:
    return Mark(label or value(axis, code).axis_word, code, value(axis, code).word)


def seed(name: str) -> list[dict[str, str]]:
    with (ROOT / "seed" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=1)
def sample() -> Document:
    """The five states as the seed codes them, three fictional countries, and every kind of block."""
    instruments = seed("instruments-us-states.csv")
    items = [i for i in seed("framework-items.csv") if i["key"].startswith("HTCC-")]
    parts = (
        Part("read", "How to read this briefing", 1, reading()),
        Part("matrix", "Five states at a glance", 1, (states_intro(), states_matrix(items, instruments))),
        Part("fictional", "Three fictional countries, by domain", 1, fictional()),
        Part("states", "State by state", 1, (Text(plain("Each state with the instruments found for it.")),)),
        *(state(key, instruments) for key in STATES),
        Part("evidence", "Evidence annex", 1, (*annex(instruments), *fictional_annex(len(instruments)))),
        Part("method", "Method and limitations", 1, method()),
    )
    facts = Facts(
        (
            ("State of the record", plain("2 December 2025, the day of the last published change")),
            ("Jurisdictions", plain(", ".join(STATES.values()))),
            (
                "Framework",
                (
                    Run(
                        "Core Competencies for Human Trafficking Response in Health Care and "
                        "Behavioral Health "
                        "Systems, 2021",
                        href=f"{SITE}/frameworks/hhs-core-competencies",
                    ),
                ),
            ),
            (
                "Whose voice",
                plain("Best verified: one whole entry for each cell, chosen by verification, then recency"),
            ),
            (
                "Cite as",
                plain("Competency Tracker, briefing 7, first edition, state of the record 2 December 2025"),
            ),
        )
    )
    return Document(
        "How far have five states adopted the core competencies for responding "
        "to human trafficking in health care?",
        "Training duties in the law of Connecticut, Florida, Louisiana, "
        "Michigan and Texas, and what is known of "
        "their use",
        "2025-12-02",
        "en",
        "ltr",
        "Competency Tracker, a demonstration",
        "Not affiliated with HHS, UNU, WHO, IOM or HEAL Trafficking. Level on paper is not practice. "
        "Snapshot 7f3a-91c2, CC BY 4.0.",
        facts,
        parts,
    )


def reading() -> tuple[Block, ...]:
    entries = [(mark(a, c), word(f"meaning.{a.value}", c)) for a in AXES for c in LEVEL_CODES]
    entries += [(Mark("", c, word("missing", c)), word("meaning.missing", c)) for c in MISSING_CODES]
    return (
        Text(
            (
                Run("Law on paper is not practice. "),
                Run("Two scales", bold=True),
                Run(
                    " are kept apart in every cell: what a jurisdiction has adopted on "
                    "paper, and what is in use in practice. "
                    "A level is told by its word, its symbol and its colour; what is not "
                    "known is named, never left blank."
                ),
            )
        ),
        Bullets(
            (
                plain(
                    "“In part” means some professions, regions or facilities, or some of "
                    "the content of the item."
                ),
                (
                    Run("Each cell leads to its evidence; numbers in square brackets, such as "),
                    Run("[1]", href="#e1"),
                    Run(", lead to the annex."),
                ),
                plain("A level without its least evidence is shown and marked as claimed."),
            )
        ),
        Key("Levels and missing values", tuple(entries)),
        Notice(
            plain(
                "This briefing can’t tell whether training changes the care that "
                "individuals who have experienced "
                "trafficking receive. A cell that is not assessed says nothing about adoption."
            )
        ),
    )


def states_intro() -> Text:
    return Text(
        plain(
            "Four of the seven competencies are named in the content of at least one state’s duty; none of "
            "the instruments names the competencies themselves."
        )
    )


def states_matrix(items: list[dict[str, str]], instruments: list[dict[str, str]]) -> Matrix:
    coded = {(r["jurisdiction"], r["item"]): r for r in seed("coding-us-states.csv")}
    rows = []
    for key, name in STATES.items():
        cells = []
        for item in items:
            row = coded.get((key, item["key"]))
            codes = (row["commitment"], row["practice"]) if row else ("not_assessed", "not_assessed")
            remarks = f"{row['valid_from'][:4] or 'undated'} · equivalent · targeted" if row else ""
            marks = tuple(mark(a, c) for a, c in zip(AXES, codes, strict=True))
            cells.append(MatrixCell(marks, remarks, f"{SITE}/cells/{key}/{item['key']}"))
        number = [i["jurisdiction"] for i in instruments].index(key) + 1
        rows.append(MatrixRow(name, f"#{key}", f"{key} · evidence [{number}]", tuple(cells)))
    return Matrix(
        "On paper and in practice, individual practitioners",
        "State",
        tuple(f"{i['source_number'].replace('Core ', '')}: {i['short_label']}" for i in items),
        tuple(rows),
    )


def fictional() -> tuple[Block, ...]:
    codes = (*LEVEL_CODES, *MISSING_CODES)
    rows = []
    for offset, name in enumerate(("Aldovia (fictional)", "Brontland (fictional)", "Cervaria (fictional)")):
        cells = tuple(
            MatrixCell(
                tuple(mark(a, codes[(3 * offset + column + 4 * n) % 10]) for n, a in enumerate(AXES)),
                "V2 reviewed, since 2023" if column % 2 else "",
                "#e6",
            )
            for column in range(4)
        )
        rows.append(MatrixRow(name, "", "Self-report", cells))
    columns = tuple(word("domain", d) for d in ("individual", "organization", "researcher", "educator"))
    matrix = Matrix("Competency 2: Risk, by domain", "Country", columns, tuple(rows))
    return (
        Text(plain("These countries do not exist; they show every level and every missing value.")),
        matrix,
    )


def state(key: str, instruments: list[dict[str, str]]) -> Part:
    number, found = next((n, i) for n, i in enumerate(instruments, 1) if i["jurisdiction"] == key)
    coded = [r for r in seed("coding-us-states.csv") if r["jurisdiction"] == key]
    table = Table(
        "What was found",
        ("Competency", "On paper", "Since", "Why"),
        tuple(
            (
                plain(r["item"].removeprefix("HTCC-")),
                plain(value(Axis.COMMITMENT, r["commitment"]).word),
                plain(r["valid_from"] or "unknown"),
                (*plain(r["rationale"] + " "), Run(f"[{number}]", href=f"#e{number}")),
            )
            for r in coded
        ),
        (0.16, 0.2, 0.16, 0.48),
    )
    facts = Facts(
        (
            ("Instrument", (Run(found["citation"], href=f"#e{number}"),)),
            ("Duty", plain(found["duty"])),
            ("In force from", plain(found["effective_from"] or "not known")),
        )
    )
    return Part(key, STATES[key], 2, (facts, table) if coded else (facts,))


def annex(instruments: list[dict[str, str]]) -> list[Block]:
    return [
        Evidence(
            n,
            f"e{n}",
            i["citation"],
            i["source_url"],
            (
                f"{STATES[i['jurisdiction']]} · {i['kind'].capitalize()} · in force "
                f"from {i['effective_from'] or 'not known'}",
                i["duty"],
            ),
            "",
            "",
            "",
        )
        for n, i in enumerate(instruments, 1)
    ]


def fictional_annex(after: int) -> list[Block]:
    quotes = (
        (
            "es",
            "El personal de salud recibirá, cada dos años, formación sobre la "
            "atención centrada en la persona y el "
            "trauma; la revelación no es el objetivo.",
            "Health staff shall receive training every two years in "
            "person-centred, trauma-informed care; disclosure is "
            "not the goal.",
        ),
        (
            "fr",
            "Les établissements désignent un référent et lui allouent un budget.",
            "Facilities appoint a focal point and give them a budget.",
        ),
    )
    return [
        Evidence(
            after + n,
            f"e{after + n}",
            f"Decree {n} on training in health care (fictional)",
            f"{SITE}/instruments/{n}",
            (
                "Ministry of Health of Aldovia, 3 March 2023, article 4",
                f"SHA-256 {hashlib.sha256(b'%d' % n).hexdigest()}",
            ),
            quote,
            language,
            translation,
        )
        for n, (language, quote, translation) in enumerate(quotes, 1)
    ]


def method() -> tuple[Block, ...]:
    return (
        Text(
            plain(
                "Levels were coded from the instruments cited, by one organisation, "
                "and not confirmed by another. "
                "The scales, the least evidence of each level and the rules of verification are those of the "
                "method, version 1."
            )
        ),
        Table(
            "Least evidence of each level on paper",
            ("Level", "Word", "Least evidence"),
            tuple(
                (plain(c), plain(value(Axis.COMMITMENT, c).word), plain(word("evidence.commitment", c)))
                for c in LEVEL_CODES
            ),
            (0.12, 0.33, 0.55),
        ),
        Text(
            (
                Run("Corrections are welcome and published: "),
                Run(f"{SITE}/corrections", href=f"{SITE}/corrections"),
                Run("."),
            )
        ),
    )


HOSTILE_LINKS = (
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    "http://",
    "#nowhere",
    "https://a b/",
    "HTTPS://[::1",
    "https://ok.example/\u202egpj.exe",
    "//example.org",
    "vbscript:x",
    "https://x.example/" + "a" * 9000,
)


@lru_cache(maxsize=1)
def hostile() -> Document:
    bad = "<img src='file:///etc/passwd'/> <b>bold & <a href='javascript:alert(1)'>x</a> ]]> <para> \\ ( ) %"
    arabic = "هذا اقتباس باللغة العربية لا يملك الخط حروفه"
    devanagari = "यह उद्धरण इन अक्षरों में नहीं"
    marks = tuple(Mark("<label>", code, bad) for code in ("0", "withheld", "nonsense"))
    links = tuple(Run(f"link {n} ", href=h) for n, h in enumerate(HOSTILE_LINKS))
    cell = MatrixCell(marks, "x" * 1_000_000, "javascript:alert(1)")
    empty = (
        Bullets(()),
        Facts(()),
        Key("", ()),
        Table("", (), (), ()),
        Matrix("", "", (), ()),
        Text(()),
        Text(plain("")),
        Notice(plain("")),
        Bullets((plain(""), ())),
        Matrix("tall", "c", ("d",), (MatrixRow("r", "", "", (MatrixCell(marks * 9, "", "#e1"),)),)),
        Matrix("only rows", "c", (), (MatrixRow("r", "", "", ()),)),
        Table("short rows", ("a", "b"), ((plain("1"),), (), (plain("1"), plain("2"), plain("3"))), (0.5,)),
    )
    quoted = Evidence(
        1,
        "e1",
        bad,
        "javascript:alert(1)",
        (bad, "", arabic),
        arabic + "\u202e" + bad + devanagari,
        "not a language",
        arabic,
    )
    return Document(
        bad,
        arabic,
        "not a day",
        "en",
        "ltr",
        "\x00\x07Pub\u200elisher\ufeff",
        bad * 20,
        Facts((("", plain("")), (bad, plain(bad)))),
        (
            Part("e1", "", 2, empty),
            Part(
                "long",
                "One word",
                1,
                (Text(plain("a" * 1_000_000)), Notice(plain("/b" * 500_000)), Text(links)),
            ),
            Part(
                "long",
                "zalgo e" + "\u0301" * 5000,
                7,
                (Text(plain("missing: \U0001f600 中文字符测试 \ud800 \ue000 ≥")), quoted),
            ),
            Part(
                "many",
                "Columns",
                1,
                (
                    Matrix(
                        bad,
                        "w" * 500,
                        tuple(bad for _ in range(30)),
                        (MatrixRow("h" * 100_000, "#e1", bad, (cell,) * 30),),
                    ),
                    Table("t" * 5000, ("c" * 9000,) * 9, ((plain("v" * 6_000),) * 9,), (1.0,) * 9),
                    Bullets((plain("z" * 30_000),)),
                    Facts((("k" * 3000, plain("y" * 30_000)),)),
                    Key("k", ((marks[0], "m" * 9000), (marks[2], "\n\n\r\n\x0b"))),
                ),
            ),
        ),
    )


@lru_cache(maxsize=8)
def drawn(name: str, page_size: str = "A4") -> bytes:
    return draw({"sample": sample, "hostile": hostile}[name](), page_size)


def reader(name: str) -> PdfReader:
    return PdfReader(BytesIO(drawn(name)))


def text_of(name: str) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader(name).pages).split())


def links(name: str) -> list[DictionaryObject]:
    return [a.get_object() for page in reader(name).pages for a in page.get("/Annots", ())]


def outline(entries: list[object], level: int = 0) -> list[tuple[int, str]]:
    found = []
    for entry in entries:
        found += outline(entry, level + 1) if isinstance(entry, list) else [(level, entry.title)]
    return found


def test_same_document_same_bytes() -> None:
    assert draw(sample()) == drawn("sample")
    assert draw(hostile()) == drawn("hostile")


def test_same_bytes_in_another_process_at_another_time() -> None:
    code = (
        "import hashlib, runpy; m = runpy.run_path('tests/unit/test_briefing_pdf.py'); "
        "print(hashlib.sha256(m['draw'](m['sample']())).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == hashlib.sha256(drawn("sample")).hexdigest()


def test_is_described() -> None:
    pdf = reader("sample")
    assert pdf.metadata.title == sample().question
    assert pdf.metadata.author == sample().publisher
    assert pdf.metadata["/CreationDate"].startswith("D:20251202000000")
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert pdf.xmp_metadata.dc_title["x-default"] == sample().question
    assert pdf.page_labels[:3] == ["1", "2", "3"]


def test_every_statute_and_quote_is_in_the_text() -> None:
    text = text_of("sample")
    for instrument in seed("instruments-us-states.csv"):
        assert instrument["citation"] in text
        assert instrument["duty"] in text
    assert "centrada en la persona y el trauma" in text
    assert "Translation from Spanish: Health staff shall" in text
    for axis in AXES:
        for code in (*LEVEL_CODES, *MISSING_CODES):
            assert value(axis, code).word in text


def test_every_page_bears_the_footer_and_its_number() -> None:
    pages = reader("sample").pages
    for number, page in enumerate(pages, 1):
        text = " ".join(page.extract_text().split())
        assert f"page {number} of {len(pages)}" in text
        assert "Not affiliated with HHS" in text


@pytest.mark.parametrize("page_size", ["A4", "Letter"])
def test_no_page_is_nearly_empty(page_size: str) -> None:
    for page in PdfReader(BytesIO(drawn("sample", page_size))).pages:
        assert len(page.extract_text()) > 500


def test_bookmarks_follow_the_parts() -> None:
    told = outline(reader("sample").outline)
    assert told.count((1, "What this briefing reads")) == 1
    told.remove((1, "What this briefing reads"))
    assert told == [(part.level - 1, part.heading) for part in sample().parts]
    titles = [title for _, title in outline(reader("hostile").outline)]
    assert titles[:3] == ["—", "What this briefing reads", "One word"]
    assert len(titles[3]) == 301


def test_cells_lead_to_their_evidence() -> None:
    found = links("sample")
    addresses = {link["/A"]["/URI"] for link in found if "/A" in link}
    assert f"{SITE}/cells/US-TX/HTCC-C4" in addresses
    assert {i["source_url"] for i in seed("instruments-us-states.csv")} <= addresses
    pdf = reader("sample")
    places = {page.indirect_reference.idnum for page in pdf.pages}
    inner = [link for link in found if "/Dest" in link]
    assert len(inner) > 20
    assert all(link["/Dest"].get_object()[0].idnum in places for link in inner)


def test_no_unsafe_link_gets_in() -> None:
    for link in links("hostile"):
        if "/A" in link:
            assert link["/A"]["/S"] == "/URI"
            assert link["/A"]["/URI"].startswith(("http://", "https://"))
    raw = unpacked(drawn("hostile"))
    assert b"/Subtype /Link" in raw
    assert not re.search(
        rb"/URI\s*\((javascript|file|data|vbscript)|/JavaScript|/Launch|/GoToR|/EmbeddedFile", raw
    )


@pytest.mark.parametrize("href", HOSTILE_LINKS)
def test_unsafe_link_is_dropped_and_counted(href: str) -> None:
    notes = Notes()
    assert safe_link(href, frozenset({"e1"}), notes) == ""
    assert notes.links == 1


def test_safe_links_are_kept() -> None:
    notes = Notes()
    assert safe_link("#e1", frozenset({"e1"}), notes) == "#e1"
    assert safe_link("https://example.org/ley/año?a=(1)&b=%20#x", frozenset(), notes) == (
        "https://example.org/ley/a%C3%B1o?a=(1)&b=%20#x"
    )
    assert notes == Notes()


@pytest.mark.parametrize("name", ["sample", "hostile"])
def test_every_font_is_embedded(name: str) -> None:
    pdf = PdfReader(BytesIO(unpacked(drawn(name))))
    fonts = [o.get_object() for o in pdf.xref[0] and map(pdf.get_object, sorted(pdf.xref[0]))]
    fonts = [o for o in fonts if isinstance(o, DictionaryObject) and o.get("/Type") == "/Font"]
    assert fonts
    for font in fonts:
        assert "NotoSans" in font["/BaseFont"]
        assert "/FontFile2" in font["/FontDescriptor"].get_object()
    assert not any(b in unpacked(drawn(name)) for b in (b"Helvetica", b"Times-", b"Courier"))


def test_markup_is_shown_as_text_and_nothing_is_read() -> None:
    text = text_of("hostile")
    assert "<img src='file:///etc/passwd'/>" in text
    assert "root:" not in text
    assert b"/Image" not in unpacked(drawn("hostile")).replace(b"/ImageB /ImageC /ImageI", b"")


def test_what_could_not_be_shown_is_said() -> None:
    text = text_of("hostile")
    assert "[Devanagari text, 24 characters]" in text
    assert "What this file could not show" in text
    assert "U+0905 DEVANAGARI LETTER A" in text
    assert "ARABIC" not in text
    assert "[… 950,000]" in text
    assert "What this file could not show" not in text_of("sample")


def test_hostile_document_is_drawn_in_bounded_time() -> None:
    start = time.process_time()
    draw(hostile())
    # It takes half a second on the machine where it was written.
    assert time.process_time() - start < 10


def test_a_large_matrix_is_quick() -> None:
    cell = MatrixCell(
        (mark(AXES[0], "2"), mark(AXES[1], "no_response")), "2023 · equivalent", f"{SITE}/cells/x"
    )
    rows = tuple(MatrixRow(f"Jurisdiction {n}", "", f"X-{n}", (cell,) * 7) for n in range(200))
    matrix = Matrix("Register", "Jurisdiction", tuple(f"Competency {n}" for n in range(7)), rows)
    facts = Facts((("Rows", plain("200")),))
    document = Document("Q?", "", "2025-01-01", "en", "ltr", "P", "f", facts, (Part("m", "M", 1, (matrix,)),))
    start = time.process_time()
    pdf = PdfReader(BytesIO(draw(document)))
    assert time.process_time() - start < 5
    text = pdf.pages[-1].extract_text()
    # The header stands again on the last page.
    assert "Competency 6" in text
    assert "Jurisdiction 199" in text


def test_text_is_made_drawable() -> None:
    notes = Notes()
    assert clean("a\u202eb\x00c\u200d \u2003d\r\ne\n\n f", notes) == "abc d\ne\nf".replace(" d", "  d")
    assert notes.controls == 3
    assert clean("\U0001f600 x", notes) == "\ufffd x"
    assert clean("soft\u00adhyphen", notes) == "softhyphen"
    assert notes.missing.total() == 1


def luminance(code: str) -> float:
    parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("code", LEVEL_CODES)
def test_symbols_stand_out_from_their_ground(code: str) -> None:
    light, dark = sorted((luminance(c) for c in LEVELS[code]), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


CONTENT = re.compile(rb"/(\w+) (?:<</MCID (\d+)>> )?(BDC|BMC)|\b(EMC)\b|\b(Tj|TJ|Do)\b")


@pytest.mark.parametrize("name", ["sample", "hostile"])
def test_all_content_is_tagged_or_an_artifact(name: str) -> None:
    for page in reader(name).pages:
        depth, ids = 0, []
        code = re.sub(rb"\((?:\\.|[^\\()])*\)", b"()", page.get_contents().get_data())
        for _, number, begins, ends, shows in CONTENT.findall(code):
            depth += bool(begins) - bool(ends)
            assert 0 <= depth <= 1
            assert not shows or depth == 1
            ids += [int(number)] if number else []
        assert depth == 0
        assert ids == list(range(len(ids)))


def elements(node: DictionaryObject) -> list[DictionaryObject]:
    kids = [k.get_object() for k in node.get("/K", ())]
    return [node, *(e for kid in kids if kid.get("/Type") == "/StructElem" for e in elements(kid))]


@pytest.mark.parametrize("name", ["sample", "hostile"])
def test_structure_tree_and_parent_tree_agree(name: str) -> None:
    pdf = reader(name)
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    tree = root["/StructTreeRoot"]
    nums = tree["/ParentTree"]["/Nums"]
    parents = {int(nums[i]): nums[i + 1].get_object() for i in range(0, len(nums), 2)}
    pages = {page.indirect_reference.idnum: page for page in pdf.pages}
    contents = annotations = 0
    for element in elements(tree["/K"].get_object()):
        for kid in (k.get_object() for k in element["/K"]):
            if kid["/Type"] == "/MCR":
                owners = parents[pages[kid.raw_get("/Pg").idnum]["/StructParents"]]
                assert isinstance(owners, ArrayObject)
                assert owners[kid["/MCID"]].get_object() == element
                contents += 1
            elif kid["/Type"] == "/OBJR":
                assert parents[kid["/Obj"]["/StructParent"]] == element
                assert element["/S"] == "/Link"
                annotations += 1
    assert contents == sum(len(p) for p in parents.values() if isinstance(p, ArrayObject))
    assert annotations == len(links(name))


def test_tables_have_headers_with_scope_and_headings_have_levels() -> None:
    found = elements(reader("sample").trailer["/Root"]["/StructTreeRoot"]["/K"].get_object())
    kinds = [e["/S"] for e in found]
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == sum(p.level == 1 for p in sample().parts)
    assert kinds.count("/H3") == 1 + sum(p.level == 2 for p in sample().parts)
    headers = [e for e in found if e["/S"] == "/TH"]
    assert {e["/A"]["/Scope"] for e in headers} == {"/Column", "/Row"}
    assert len(headers) > 40
    assert {e["/Lang"] for e in found if "/Lang" in e} == {"es", "fr"}
    for row in (e for e in found if e["/S"] == "/TR"):
        assert {k.get_object()["/S"] for k in row["/K"]} <= {"/TH", "/TD"}


@pytest.mark.parametrize("name", ["sample", "hostile"])
def test_nothing_is_drawn_outside_the_page(name: str) -> None:
    for page in reader(name).pages:
        places: list[tuple[float, float]] = []

        def note(
            text: str,
            moved: list[float],
            at: list[float],
            *rest: object,
            found: list[tuple[float, float]] = places,
        ) -> None:
            # Cells of a matrix are drawn once and moved.
            if text.strip():
                found.append((at[4] + moved[4], at[5] + moved[5]))

        page.extract_text(visitor_text=note)
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        assert all(40 < x < width - 40 and 12 < y < height - 40 for x, y in places)
