"""A CSV however a spreadsheet program saves it, and a plain refusal of what is none."""

import io
from typing import BinaryIO

import pytest

from tests.exchange.sheet import as_csv, row
from tracker.exchange import reading
from tracker.exchange.columns import COLUMNS
from tracker.exchange.reading import Source, Unreadable
from tracker.exchange.sheets import of_bytes

TWO = [row(note="first, with a comma; and more"), row(domain="individual", note="two\nlines")]


def refusal(content: bytes) -> tuple[int, str, str]:
    with pytest.raises(Unreadable) as raised:
        list(of_bytes(content).rows())
    fault = raised.value.faults[0]
    return fault.row, fault.column, fault.text


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ends", [b"\r\n", b"\n"])
def test_every_common_way_to_save_is_read(separator: str, mark: bytes, ends: bytes) -> None:
    content = mark + as_csv(TWO, separator).replace(b"\r\n", ends)
    wanted = [(n, [r[c] for c in COLUMNS]) for n, r in enumerate(TWO, start=2)]
    assert [(n, list(cells)) for n, cells in of_bytes(content).rows()] == wanted


def test_columns_may_stand_in_any_order_and_be_followed_by_blank_ones() -> None:
    columns = tuple(reversed(COLUMNS))
    content = as_csv(TWO, columns=columns).decode().replace("\r\n", ",,\r\n").replace("two,,", "two")
    rows = [list(cells) for _number, cells in of_bytes(content.encode()).rows()]
    assert rows == [[r[c] for c in COLUMNS] for r in TWO]


def test_blank_rows_keep_the_numbers_of_those_after() -> None:
    lines = as_csv([TWO[0]]).split(b"\r\n")
    content = b"\r\n".join([lines[0], b"", b"," * (len(COLUMNS) - 1), lines[1], b"", b""])
    assert [number for number, _cells in of_bytes(content).rows()] == [4]


def test_what_jurisdictions_a_file_names() -> None:
    assert of_bytes(as_csv([row(jurisdiction=" XAA "), row(jurisdiction="XAB")])).jurisdictions() == {
        "XAA",
        "XAB",
    }


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_are_refused_in_words(encoding: str) -> None:
    _row, _column, text = refusal(as_csv(TWO).decode().encode(encoding))
    assert "UTF-8" in text


def test_a_header_in_latin_1_is_refused_in_words() -> None:
    assert "UTF-8" in refusal(as_csv(TWO).replace(b"note", "été".encode("latin-1")))[2]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file(content: bytes) -> None:
    assert "empty" in refusal(content)[2]


@pytest.mark.parametrize("content", [b"%PDF-1.7 and so on", b"\x89PNG\r\n\x1a\n\0", b"\xff\xd8\xff\xe0\0"])
def test_a_pdf_or_a_picture_is_refused_as_such(content: bytes) -> None:
    row, _column, text = refusal(content)
    assert row == 0
    assert "no spreadsheet but a PDF or a picture" in text


@pytest.mark.parametrize("content", [b"\n\n", b"{}", b"a,b\n1,2\n", b"x" * 300_000])
def test_something_else_altogether(content: bytes) -> None:
    assert refusal(content)[0] == 1


def test_columns_unknown_missing_and_twice_are_named() -> None:
    header = list(COLUMNS)
    header[header.index("note")] = "remarks"
    header[header.index("owner")] = "budget"
    with pytest.raises(Unreadable) as raised:
        list(of_bytes(",".join(header).encode()).rows())
    told = {(f.column, f.text.split(".")[0]) for f in raised.value.faults}
    assert told == {
        ("remarks", "This column is not known here"),
        ("budget", "This column is there twice"),
        ("note", "This column is missing"),
        ("owner", "This column is missing"),
    }
    assert {f.row for f in raised.value.faults} == {1}


def test_a_row_of_another_width_is_told() -> None:
    content = as_csv(TWO).splitlines(keepends=True)
    assert refusal(b"".join([content[0], content[1].rstrip() + b",x\r\n"]))[0] == 2
    assert refusal(b"".join([content[0], b"XAA,hhs\r\n"]))[0] == 2


@pytest.mark.parametrize("broken", [b'"never closed', b'"closed" too early,'])
def test_quotation_marks_that_do_not_match(broken: bytes) -> None:
    found, _column, text = refusal(as_csv(TWO) + broken)
    assert found == 4
    assert "quotation" in text


def test_there_is_an_end_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    assert refusal(as_csv(TWO * 2))[0] == 0


def test_only_a_part_of_a_file_is_in_memory() -> None:
    read = 0

    class Counted(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            nonlocal read
            found = super().read1(size)
            read += len(found)
            return found

    content = as_csv(TWO * 5000)

    def opened() -> BinaryIO:
        return Counted(content)

    next(Source(opened).rows())
    assert read < len(content) / 10
