"""Workbooks: what we write is text and comes back; what is made to harm is refused, and harms nothing."""

import io
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from tests.exchange.sheet import as_xlsx, of_csv, planned, rezipped, row
from tracker.exchange import sheets
from tracker.exchange.columns import COLUMNS, plain
from tracker.exchange.reading import Unreadable
from tracker.exchange.sheets import csv_of, of_bytes
from tracker.exchange.workbook import build
from tracker.frameworks.queries import Framework, Item
from tracker.kit import workbooks, xlsx_child
from tracker.kit.errors import Invalid
from tracker.kit.vocabulary import PRACTITIONER_DOMAINS, VALUE_CODES

FRAMEWORK = Framework(
    id=1,
    key="hhs-core-competencies",
    version="2021",
    title="",
    publisher="",
    year=2021,
    kind="",
    applies_by_domain=True,
    licence="",
    verbatim_allowed="",
    landing_url="",
    note="",
    left_to_import="",
    items=(Item(10, "HTCC-UC", None, "", "", "The text", "", "", "", "", "", PRACTITIONER_DOMAINS),),
)
NASTY = [
    '=HYPERLINK("http://example.org")',
    "+1",
    "-1",
    "@SUM(A1)",
    "'=quoted",
    "'",
    "''-x",
    "two\nlines and a\ttab",
    "العربية 中文 🙂 ",
    "0012",
    "1e5",
    "2024-03-27",
    "TRUE",
    'a;b,c"d"',
    "&lt;b&gt; <c>",
    "_x000D_",
]


def cells(*changes: tuple[str, Any]) -> list[Any]:
    """The cells of a row, blank ones None, with some changed to any value."""
    return list(({k: v or None for k, v in row().items()} | dict(changes)).values())


def refusal(content: bytes) -> tuple[int, str, str]:
    with pytest.raises(Unreadable) as raised:
        csv_of(content)
    (fault,) = raised.value.faults
    return fault.row, fault.column, fault.text


def test_what_we_write_comes_back_as_it_was() -> None:
    rows = [list(row(note=text, owner=text).values()) for text in NASTY]
    content = build(rows, FRAMEWORK, [("act-1", "=Title", "Cited")])
    back = [list(found) for _number, found in of_bytes(csv_of(content)).rows()]
    planner, found = planned(csv_of(content))
    assert len(back) == len(rows)
    note = COLUMNS.index("note") - 5
    wanted = {plain(rows[0][COLUMNS.index("note")])}
    assert {found[0].texts[note]} == wanted
    assert planner.report.faulty == len(rows) - 1  # all are about the same cell


@pytest.mark.parametrize("text", NASTY)
def test_every_text_survives(text: str) -> None:
    content = build([list(row(note=text).values())], FRAMEWORK, [])
    _planner, found = planned(csv_of(content))
    assert found[0].texts[COLUMNS.index("note") - 5] == plain(text)


def test_no_cell_is_a_formula_and_the_sheets_help() -> None:
    rows = [list(row(note=text).values()) for text in NASTY]
    book = openpyxl.load_workbook(io.BytesIO(build(rows, FRAMEWORK, [("=k", "=t", "=c")])))
    assert book.sheetnames == ["Entries", "Instructions", "Codebook", "Instruments"]
    for sheet in book:
        assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n", "inlineStr"}
        assert not [
            c for line in sheet.iter_rows() for c in line if c.data_type == "n" and c.value is not None
        ]
    entries = book["Entries"]
    assert entries.freeze_panes == "F2"
    lists = {str(v.sqref).split("2:")[0]: v.formula1 for v in entries.data_validations.dataValidation}
    assert lists["F"] == lists["G"] == f'"{",".join(VALUE_CODES)}"'
    assert len(lists) == 6 + 3
    codebook = [[c.value for c in line] for line in book["Codebook"].iter_rows(min_row=2)]
    assert {code for column, code, *_rest in codebook if column == "practice"} == set(VALUE_CODES)
    assert all(word for _column, _code, word, _meaning in codebook)


def test_a_grid_too_large_for_a_workbook_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.exchange.workbook.MOST_ROWS", 2)
    with pytest.raises(Invalid, match="CSV"):
        build([["XAA"]] * 2, FRAMEWORK, [])


def test_what_people_and_programs_make_of_cells() -> None:
    content = as_xlsx(
        [
            cells(("commitment", 2), ("practice", 3.0), ("valid_from", date(2024, 3, 27))),
            [],
            cells(("valid_from", datetime(2024, 3, 27)), ("note", True), ("framework_version", 2021)),
        ]
    )
    first, second = of_csv(csv_of(content).replace(b"\r\n\r\n", b"\r\n"))
    assert (first["commitment"], first["practice"], first["valid_from"]) == ("2", "3", "2024-03-27")
    assert (second["valid_from"], second["note"], second["framework_version"]) == (
        "2024-03-27",
        "TRUE",
        "2021",
    )
    assert [number for number, _cells in of_bytes(csv_of(content)).rows()] == [2, 4]


def test_the_sheet_called_entries_is_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([cells()])))
    book.active.title = "Entries"  # type: ignore[union-attr]
    book.create_sheet("Mine", 0)["A1"] = "=1+1"
    out = io.BytesIO()
    book.save(out)
    assert len(of_csv(csv_of(out.getvalue()))) == 1


def test_a_formula_is_refused_by_its_cell() -> None:
    assert refusal(as_xlsx([cells(), cells(("note", "=1+1"))]))[:2] == (3, "S3")


def test_an_error_value_is_refused_by_its_cell() -> None:
    assert refusal(as_xlsx([cells(("note", "#N/A"))]))[:2] == (2, "S2")


def test_a_text_longer_than_cells_hold_is_refused_by_its_cell() -> None:
    def stretch(parts: dict[str, bytes]) -> None:
        name = (
            "xl/worksheets/sheet1.xml"
            if b"STRETCH" in parts["xl/worksheets/sheet1.xml"]
            else "xl/sharedStrings.xml"
        )
        parts[name] = parts[name].replace(b"STRETCH", bytes(range(97, 123)) * 40_000)

    content = rezipped(as_xlsx([cells(("note", "STRETCH"))]), stretch)
    found = refusal(content)
    assert found[:2] == (2, "S2") or "unpacks" in found[2]


def with_part(name: str, content: bytes = b"x") -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.update({name: content})


@pytest.mark.parametrize(
    "name",
    [
        "xl/vbaProject.bin",
        "xl/externalLinks/externalLink1.xml",
        "xl/embeddings/oleObject1.bin",
        "xl/activeX/activeX1.xml",
        "xl/macrosheets/sheet1.xml",
        "xl/connections.xml",
        "xl/queryTables/queryTable1.xml",
        "../../etc/passwd",
        "evil.sh",
    ],
)
def test_macros_links_and_strange_parts_are_refused_by_name(name: str) -> None:
    assert name in refusal(rezipped(as_xlsx([cells()]), with_part(name)))[2]


def test_too_many_parts() -> None:
    def add(parts: dict[str, bytes]) -> None:
        parts.update({f"docProps/p{n}": b"" for n in range(300)})

    assert "parts" in refusal(rezipped(as_xlsx([cells()]), add))[2]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and nothing more",
        as_xlsx([cells()])[:-400],
        as_xlsx([cells()])[:200] + bytes(200) + as_xlsx([cells()])[400:],
        rezipped(as_xlsx([cells()]), lambda parts: parts.pop("xl/workbook.xml") and None),
        rezipped(as_xlsx([cells()]), with_part("xl/workbook.xml", b"<a")),
    ],
    ids=["no zip", "cut off", "damaged", "without a workbook", "no XML"],
)
def test_damaged_files(content: bytes) -> None:
    assert "can't be read" in refusal(content)[2]


def test_an_old_or_locked_workbook() -> None:
    assert ".xlsx" in refusal(b"\xd0\xcf\x11\xe0" + bytes(2000))[2]


def test_too_large_a_file() -> None:
    assert "10 MB" in refusal(bytes(sheets.LARGEST_FILE + 1))[2]


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b']><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>'
)
EXTERNAL = ENTITIES.replace(b'<!ENTITY a "aaaaaaaaaa">', b'<!ENTITY a SYSTEM "file:///etc/hostname">')


@pytest.mark.parametrize("sheet", [ENTITIES, EXTERNAL], ids=["billion laughs", "external entity"])
def test_entities_are_not_expanded(sheet: bytes) -> None:
    start = time.monotonic()
    assert "can't be read" in refusal(rezipped(as_xlsx([]), with_part("xl/worksheets/sheet1.xml", sheet)))[2]
    assert time.monotonic() - start < 10


HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'


def sheet_xml(rows: bytes) -> Callable[[dict[str, bytes]], None]:
    return with_part("xl/worksheets/sheet1.xml", HEAD + b"<sheetData>" + rows + b"</sheetData></worksheet>")


def header_xml() -> bytes:
    cells_ = b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % name.encode() for name in COLUMNS)
    return b'<row r="1">%s</row>' % cells_


def test_a_sheet_that_says_it_is_full_and_ends_far_below() -> None:
    """The size a file states is ignored, and a last row at 1,048,576 is not waited for."""
    far = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    content = rezipped(as_xlsx([]), sheet_xml(header_xml() + far))
    start = time.monotonic()
    assert of_csv(csv_of(content)) == []
    assert time.monotonic() - start < 10


def test_a_sheet_of_a_million_blank_rows() -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(2, 1_048_577, 4))
    content = rezipped(as_xlsx([]), sheet_xml(header_xml() + rows))
    start = time.monotonic()
    assert of_csv(csv_of(content)) == []
    assert time.monotonic() - start < 15


def test_more_rows_than_a_workbook_may_have() -> None:
    rows = b"".join(b'<row><c t="n"><v>%d</v></c></row>' % n for n in range(xlsx_child.MOST_ROWS))
    found, _column, text = refusal(rezipped(as_xlsx([]), sheet_xml(header_xml() + rows)))
    assert found == xlsx_child.MOST_ROWS + 1
    assert "CSV" in text


def bomb(size: int) -> bytes:
    """A workbook with one part of zeros, whose listing says so."""
    return rezipped(as_xlsx([cells()]), with_part("xl/styles.xml", b"<styleSheet>" + bytes(size)))


def test_a_bomb_is_seen_in_the_listing() -> None:
    content = bomb(300 * 1024 * 1024)
    assert len(content) < 1024 * 1024
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    assert "unpacks" in refusal(content)[2]
    assert time.monotonic() - start < 5
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 2


def test_a_listing_that_lies_is_not_believed() -> None:
    """The part unpacks to far more than its listing says: it fits neither that nor the process's memory."""
    content = bytearray(bomb(300 * 1024 * 1024))
    said, true = (300 * 1024 * 1024 + 12).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    assert content.count(said) == 2
    text = refusal(bytes(content.replace(said, true)))[2]
    assert "can't be read" in text or "unpacks" in text


def test_what_gets_past_the_listing_meets_the_limits_of_the_process() -> None:
    """One row of very many cells, beside ballast that does not compress: the listing looks harmless."""
    row_ = b'<row r="1">' + b'<c t="n"><v>1</v></c>' * 4_000_000 + b"</row>"
    content = rezipped(as_xlsx([]), sheet_xml(row_))
    content = rezipped(content, with_part("docProps/thumbnail.jpeg", random.Random(7).randbytes(500_000)))
    start = time.monotonic()
    assert "unpacks" in refusal(content)[2]
    assert time.monotonic() - start < workbooks._PATIENCE


@pytest.mark.parametrize("harm", ["b'x' * (2 << 30)", "[0] * (1 << 31)"])
def test_the_reader_has_little_memory(harm: str) -> None:
    code = f"import sys; sys.argv = ['x']; from tracker.kit import xlsx_child as c; c.limit(); {harm}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert b"MemoryError" in done.stderr


def test_a_reader_that_is_ended_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    harmful = tmp_path / "child.py"
    harmful.write_text("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)")
    monkeypatch.setattr(xlsx_child, "__file__", str(harmful))
    assert "not opened" in refusal(as_xlsx([cells()]))[2]
    harmful.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(workbooks, "_PATIENCE", 0.5)
    assert "not opened" in refusal(as_xlsx([cells()]))[2]


def test_the_reader_knows_nothing_of_the_service() -> None:
    """It is run by path and isolated: no environment, so no settings and no keys, and no module of ours."""
    source = xlsx_child.__file__
    with open(source, encoding="utf-8") as text:  # noqa: PTH123
        assert "tracker." not in text.read().split('"""', 2)[2]
