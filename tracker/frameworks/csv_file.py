"""Frameworks as CSV: rows that begin with # state the framework, then a header, then one row an item.

The rows of the head are rows like any other, so that a spreadsheet keeps them whole.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from tracker.frameworks.queries import Framework, Lineage
from tracker.frameworks.tree import (
    FIELDS,
    HEAD_FIELDS,
    Fault,
    FrameworkFile,
    RatingRow,
    Row,
    Unreadable,
    codes_of,
)
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Wording

COLUMNS = ["framework", "version", *FIELDS, "replaces"]
NEEDED = ("key", "kind", "text")

# Characters; more is no cell of a framework.
LARGEST_CELL = 131_072


def read(data: bytes) -> FrameworkFile:
    """Read the file. Raises Unreadable naming the row and column of everything that is no such table."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise Unreadable((Fault(_row(row), "", _("This is not UTF-8 text.")),)) from None
    csv.field_size_limit(LARGEST_CELL)  # it is one for the whole process, and others set theirs
    return read_rows(csv.reader(io.StringIO(text, newline=""), strict=True))


def read_rows(rows: Iterable[Sequence[str]], *, padded: bool = False) -> FrameworkFile:
    """Read a file by its rows. `padded`: a row that ends early ends in empty cells. Raises Unreadable."""
    reader = _Reader(padded=padded)
    number = 0
    try:
        for number, cells in enumerate(rows, start=1):
            reader.take(number, [cell.strip() for cell in cells])
    except csv.Error as error:
        reader.faults.append(Fault(_row(number + 1), "", str(error)))
    return reader.result()


def _row(number: int) -> str:
    return _("row %(number)s") % {"number": number}


class _Reader:
    """Takes rows one by one: first the head, then the header, then items."""

    def __init__(self, *, padded: bool) -> None:
        self.padded = padded
        self.faults: list[Fault] = []
        self.head: dict[str, str] = {}
        self.ratings: list[RatingRow] = []
        self.columns: list[str] = []
        self.rows: list[Row] = []
        self.names: dict[
            str, tuple[str, str]
        ] = {}  # framework, version: the value and the row that stated it

    def take(self, number: int, cells: list[str]) -> None:
        if not any(cells):
            return
        if cells[0].startswith("#"):
            self._head(_row(number), cells[0][1:].strip(), [*cells[1:], "", "", ""])
        elif not self.columns:
            while self.padded and not cells[-1]:
                cells.pop()
            self._header(_row(number), cells)
        else:
            self._item(_row(number), cells)

    def _head(self, where: str, name: str, cells: list[str]) -> None:
        if name == "rating":
            self.ratings.append(RatingRow(where, *cells[:3]))
        elif name in ("framework", "version", "replaces"):
            self._name(where, name, cells[0])
        elif name in self.head:
            self.faults.append(Fault(where, f"#{name}", _("This is there twice.")))
        elif name in HEAD_FIELDS:
            self.head[name] = cells[0]
        else:
            self.faults.append(Fault(where, f"#{name[:40]}", _("There is no such field of a framework.")))

    def _header(self, where: str, cells: list[str]) -> None:
        self.columns = cells
        for name in sorted(set(cells) - set(COLUMNS)):
            self.faults.append(Fault(where, name[:40], _("There is no such column.")))
        for name in NEEDED:
            if name not in cells:
                self.faults.append(Fault(where, name, _("This column is missing.")))
        if len(set(cells)) != len(cells):
            self.faults.append(Fault(where, "", _("A column is there twice.")))

    def _item(self, where: str, cells: list[str]) -> None:
        if self.padded:
            cells = cells + [""] * (len(self.columns) - len(cells))
        if len(cells) != len(self.columns):
            told = {"cells": len(cells), "columns": len(self.columns)}
            self.faults.append(Fault(where, "", _("%(cells)s cells for %(columns)s columns.") % told))
            return
        fields = dict(zip(self.columns, cells, strict=True))
        for name in ("framework", "version"):
            if name in fields:
                self._name(where, name, fields[name])
        replaces = codes_of(fields["replaces"]) if "replaces" in fields else None
        self.rows.append(Row(where, {name: fields[name] for name in FIELDS if name in fields}, replaces))

    def _name(self, where: str, name: str, value: str) -> None:
        first, stated = self.names.setdefault(name, (value, where))
        if value != first:
            told = {"value": value[:60], "first": first[:60], "where": stated}
            text = _(
                "“%(value)s”, where %(where)s says “%(first)s”: a file holds one version of one framework."
            )
            self.faults.append(Fault(where, name, text % told))

    def result(self) -> FrameworkFile:
        if not self.columns and not self.faults:
            self.faults.append(Fault("", "", _("There is no table in it.")))
        if self.faults:
            raise Unreadable(tuple(self.faults))
        key, version, replaces = (
            self.names.get(name, ("", ""))[0] for name in ("framework", "version", "replaces")
        )
        return FrameworkFile(
            key, version, self.head, tuple(self.ratings), tuple(self.rows), replaces=replaces
        )


def write(framework: Framework, lineage: Lineage | None = None) -> str:
    """The whole version as CSV; reading it gives the same."""
    out = io.StringIO()
    csv.writer(out).writerows(lines(framework, lineage))
    return out.getvalue()


def lines(framework: Framework, lineage: Lineage | None = None) -> Iterator[list[str]]:
    """The rows of the file."""
    for name, text in head_of(framework).items():
        yield [f"#{name}", text]
    for rating in framework.ratings:
        yield ["#rating", rating.code, rating.label, rating.definition]
    if lineage:
        yield ["#replaces", lineage.version]
    yield COLUMNS
    for fields in items_of(framework):
        replaces = ", ".join(lineage.replaced_by(fields["key"])) if lineage else ""
        yield [framework.key, framework.version, *(fields[name] for name in FIELDS), replaces]


def head_of(framework: Framework) -> dict[str, str]:
    """What a file states of a framework, by HEAD_FIELDS."""
    plain = {name: str(getattr(framework, name)) for name in HEAD_FIELDS if name != "applies_by_domain"}
    told = plain | {"applies_by_domain": "yes" if framework.applies_by_domain else "no"}
    return {name: told[name] for name in HEAD_FIELDS}


def items_of(framework: Framework) -> Iterator[dict[str, str]]:
    """What a file states of each item, by FIELDS; domains only where they are not all of the framework's.

    An item whose text is withheld has none: what stands in its place here is its key.
    """
    keys = {item.id: item.key for item in framework.items}
    for item in framework.items:
        own = item.domains if item.domains != framework.domains else ()
        told = {name: str(getattr(item, name)) for name in FIELDS if name not in ("parent", "domains")}
        told |= {"parent": keys[item.parent_id] if item.parent_id else "", "domains": ", ".join(own)}
        if item.wording == Wording.WITHHELD:
            told["text"] = ""
        yield {name: told[name] for name in FIELDS}
