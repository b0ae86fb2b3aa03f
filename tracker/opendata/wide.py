"""The wide table as XLSX and Parquet, and what keeps a text from being a formula in a spreadsheet."""

import io
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from tracker.compare.workbook import always_the_same

SIGNS = ("=", "+", "-", "@", "\t", "\r")


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
    return always_the_same(out.getvalue())


def _cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"  # whatever it begins with, it is no formula
    return cell


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
