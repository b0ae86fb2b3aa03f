"""Turns an XLSX into CSV, run as a process of its own with little memory and little time.

It takes the file on standard input and writes on standard output either CSV or, with exit code 3, a JSON
object {"fault", "row", "column", "values"}; the parent has the words. A file made to exhaust the reader
exhausts this process only. It is run by path, isolated, with the name of the
sheet as its argument, and imports nothing of the tracker.
"""

import csv
import io
import json
import re
import resource
import sys
import zipfile
from datetime import date, datetime, time
from typing import Any, NoReturn

MEMORY = 512 * 1024 * 1024
SECONDS = 30
REFUSED = 3

MOST_PARTS = 200
MOST_UNPACKED = 150 * 1024 * 1024
MOST_RATIO = 250
MOST_ROWS = 20_000
MOST_COLUMNS = 64
MOST_EMPTY_ROWS = 1_000
LONGEST_TEXT = 32_767  # what a spreadsheet program lets a cell hold

# What spreadsheet programs write for a plain workbook. Macros, external links and embedded objects are not here.
_EXPECTED = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/[\w.-]+|docMetadata/[\w.-]+|customXml/[\w./-]+"
    r"|xl/(workbook|styles|sharedStrings|metadata|calcChain|sheetMetadata)\.xml|xl/_rels/workbook\.xml\.rels"
    r"|xl/(theme|tables|persons|threadedComments|richData|drawings|printerSettings)/[\w./-]+"
    r"|xl/comments\d*\.xml|xl/comments/[\w.-]+|xl/worksheets/(_rels/)?[\w.-]+",
)


class Refusal(Exception):
    """What the parent is told."""

    def __init__(self, fault: str, row: int = 0, column: str = "", **values: Any) -> None:
        self.told = {"fault": fault, "row": row, "column": column, "values": values}
        super().__init__(fault)


def limit() -> None:
    """Bound this process before it looks at a byte."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def check_listing(content: bytes) -> None:
    """Look at the zip's listing before anything of it is unpacked. Raises Refusal."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
    if len(parts) > MOST_PARTS or len({part.filename for part in parts}) != len(parts):
        raise Refusal("parts", n=len(parts))
    for part in parts:
        if not part.is_dir() and not _EXPECTED.fullmatch(part.filename):
            raise Refusal("part", name=part.filename[:80])
        if part.flag_bits & 1:
            raise Refusal("locked")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(len(content), 4096):
        raise Refusal("bomb")


def convert(content: bytes, out: Any, wanted: str) -> None:
    """Write the rows of the sheet called `wanted`, else of the first, as CSV, a blank row as a blank line so that numbers stay. Raises Refusal."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    names = book.sheetnames
    sheet = book[wanted if wanted in names else names[0]]
    # The size that the file states may be any; the rows themselves are counted.
    sheet.reset_dimensions()
    writer = csv.writer(out)
    width, empty = 0, 0
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        texts = [_text(cell, number) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        empty = 0 if texts else empty + 1
        if empty > MOST_EMPTY_ROWS:
            return
        if number > MOST_ROWS and texts:
            raise Refusal("rows", row=number, most=MOST_ROWS)
        width = width or len(texts)
        writer.writerow(texts + [""] * (width - len(texts)) if texts else [])


def _text(cell: Any, row: int) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f" or not isinstance(value, str | int | float | bool | date | time):
        raise Refusal("formula", row=row, column=cell.coordinate)
    if cell.data_type == "e":
        raise Refusal("error", row=row, column=cell.coordinate, text=str(value)[:20])
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise Refusal("long", row=row, column=cell.coordinate, size=len(value))
        # The CSV's mark for what looks like a formula is taken off again: a text that has one gets another.
        return "'" + value if re.match(r"'*[=+\-@\t\r]", value) else value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _refuse(told: dict[str, Any]) -> NoReturn:
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()
    sys.exit(REFUSED)


def main() -> None:
    limit()
    content = sys.stdin.buffer.read()
    out = io.StringIO()
    try:
        check_listing(content)
        convert(content, out, sys.argv[1])
    except Refusal as refusal:
        _refuse(refusal.told)
    except MemoryError:
        out.close()
        _refuse(Refusal("bomb").told)
    except Exception as error:
        # Whatever a broken file makes the library raise means the same to its owner.
        _refuse(Refusal("broken", kind=type(error).__name__).told)
    sys.stdout.buffer.write(out.getvalue().encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
