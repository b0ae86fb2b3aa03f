"""The wide table as XLSX and Parquet, and what keeps a text from being a formula in a spreadsheet."""

import io
import re
import zipfile
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

SIGNS = ("=", "+", "-", "@", "\t", "\r")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHANGING = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def prefixed(text: str) -> str:
    """For spreadsheets alone: an apostrophe before what they would take for a formula."""
    return f"'{text}" if text.startswith(SIGNS) else text


def xlsx(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str) -> bytes:
    """A workbook of texts; the same rows give the same bytes."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "G2"
    for row in chain([columns], rows):
        sheet.append([_cell(sheet, text) for text in row])
    out = io.BytesIO()
    book.save(out)
    return _without_times(out.getvalue())


def _cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"  # whatever it begins with, it is no formula
    return cell


def _without_times(workbook: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _CHANGING.sub(rb"\g<1>1980-01-01T00:00:00Z\g<2>", content)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return out.getvalue()


def parquet(columns: Sequence[str], rows: Collection[Sequence[str]]) -> bytes:
    """A Parquet file of texts: codes are codes, as in the CSV; no cell is null."""
    from arro3.core import Array, DataType, Table
    from arro3.io import write_parquet

    across = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    arrays: dict[str, Any] = {
        name: Array(list(cells), DataType.utf8()) for name, cells in zip(columns, across, strict=True)
    }
    out = io.BytesIO()
    write_parquet(Table.from_pydict(arrays), out, compression="zstd(3)", skip_arrow_metadata=True)
    return out.getvalue()
