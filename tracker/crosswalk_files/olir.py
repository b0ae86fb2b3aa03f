"""Crosswalks as a table with the columns of NIST's OLIR template and our own after them; CSV, and the same as XLSX.

Rows that begin with # state the set; a file made elsewhere, which has none, is read as well. In OLIR the column
Rationale holds one of three words for the kind of reason, which the record does not keep: why stands under Comments.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from tracker.crosswalk_files.rules import MOST_ROWS, Row, assemble, plain
from tracker.crosswalk_files.values import (
    CrosswalkFile,
    Head,
    ItemName,
    Said,
    SetContent,
    in_order,
    without_missing,
)
from tracker.exchange.columns import marked, unmarked
from tracker.frameworks.tree import Fault, Unreadable
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Relation

SHEET = "Relationships"
FOCAL, REFERENCE = "Focal Document Element", "Reference Document Element"
RATIONALE, COMMENTS = "Rationale", "Comments"
OLIR = [
    FOCAL,
    f"{FOCAL} Description",
    RATIONALE,
    "Relationship",
    REFERENCE,
    f"{REFERENCE} Description",
    "Fulfilled By",
    "Group Identifier",
    COMMENTS,
    "Strength of Relationship",
]
# What the fields of Said are called here; those that OLIR has no column for are ours.
NAMES = {
    "source": FOCAL,
    "target": REFERENCE,
    "relation": "Relationship",
    "group": "Group Identifier",
    "rationale": COMMENTS,
    "strength": "Strength of Relationship",
    "confidence": "Confidence",
    "domains": "Domains",
    "citation": "Citation",
    "justification": "Justification",
    "author": "Author",
    "authored_on": "Authored On",
    "reviewer": "Reviewer",
    "reviewed_on": "Reviewed On",
}
COLUMNS = [*OLIR, *(name for name in NAMES.values() if name not in OLIR)]
NEEDED = (FOCAL, "Relationship", REFERENCE)
HEAD = ("key", "version", "title", "licence", "comment", "source", "target")
RELATIONS = {
    "equal": Relation.EQUAL,
    "subset of": Relation.SUBSET_OF,
    "superset of": Relation.SUPERSET_OF,
    "intersects with": Relation.INTERSECTS_WITH,
    "supports": Relation.SUPPORTS,
    "not related to": Relation.NO_RELATIONSHIP,
}
WORDS = {relation: words for words, relation in RELATIONS.items()}
# As NIST IR 8477 writes it.
SPELT = {"no relationship": "not related to"} | {r.value: words for words, r in RELATIONS.items()}
KINDS_OF_REASON = ("syntactic", "semantic", "functional")
# Where the whole of the focal element is in the reference element.
FULFILLED = (Relation.EQUAL, Relation.SUBSET_OF)
_OPTIONAL = re.compile(r"\s*\((optional|y/n)\)\s*$", re.IGNORECASE)


def lines(content: SetContent, labels: Mapping[tuple[str, str], str]) -> Iterator[list[str]]:
    """The table: what states the set, the header, a row for each pair of items."""
    told = {name: getattr(content.head, name, "") for name in HEAD}
    told |= {"source": content.source, "target": content.target}
    yield from ([f"#{name}", told[name]] for name in HEAD)
    yield COLUMNS
    for number, said in enumerate(content.said, start=1):
        yield from _rows(content, said, number, labels)


def _rows(
    content: SetContent, said: Said, number: int, labels: Mapping[tuple[str, str], str]
) -> Iterator[list[str]]:
    common = {
        "Relationship": WORDS[said.relation],
        "Fulfilled By": "Y" if said.relation in FULFILLED else "N",
        "Group Identifier": f"group-{number}" if len(said.sources) * len(said.targets) > 1 else "",
        COMMENTS: said.rationale,
        "Strength of Relationship": "" if said.strength is None else str(said.strength),
        "Confidence": "" if said.confidence is None else repr(said.confidence),
        "Domains": ", ".join(said.domains),
        "Citation": said.citation,
        "Justification": said.justification,
        "Author": said.author,
        "Authored On": said.authored_on.isoformat() if said.authored_on else "",
        "Reviewer": said.reviewer,
        "Reviewed On": said.reviewed_on.isoformat() if said.reviewed_on else "",
    }
    for source, target in product(said.sources or ("",), said.targets or ("",)):
        row = common | {
            FOCAL: source,
            f"{FOCAL} Description": labels.get((content.source, source), ""),
            REFERENCE: target,
            f"{REFERENCE} Description": labels.get((content.target, target), ""),
        }
        yield [row.get(name, "") for name in COLUMNS]


def write_csv(content: SetContent, labels: Mapping[tuple[str, str], str]) -> bytes:
    """UTF-8 with a byte order mark, and an apostrophe before what a spreadsheet program would run."""
    out = io.StringIO()
    out.write("\ufeff")
    csv.writer(out).writerows([marked(text) for text in line] for line in lines(content, labels))
    return out.getvalue().encode()


def read_csv(data: bytes) -> CrosswalkFile:
    """Read the table; its faults name the row and column of everything that is no such mapping.

    Raises Unreadable for what is no text, or too much of it.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise Unreadable((Fault(_row(row), "", _("This is not UTF-8 text.")),)) from None
    csv.field_size_limit(131_072)  # it is one for the whole process, and others set theirs
    reader = _Reader()
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1):
            reader.take(number, [plain(unmarked(cell)) for cell in cells])
            if len(reader.rows) > MOST_ROWS:
                raise Unreadable((Fault("", "", _("%(most)s rows at most.") % {"most": MOST_ROWS}),))
    except csv.Error as error:
        reader.faults.append(Fault(_row(number + 1), "", str(error)))
    return reader.result()


def _row(number: int) -> str:
    return _("row %(number)s") % {"number": number}


def _column(text: str) -> str:
    """A header as we spell it: OLIR's own files break its lines and add "(optional)"."""
    name = _OPTIONAL.sub("", re.sub(r"\s+", " ", text)).strip()
    return next((known for known in COLUMNS if known.casefold() == name.casefold()), name)


class _Reader:
    """Takes rows one by one: first those that state the set, then the header, then pairs."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self.head: dict[str, str] = {}
        self.columns: list[str] = []
        self.header = ""  # which row it is
        self.missing: list[str] = []
        self.rows: list[Row] = []

    def take(self, number: int, cells: list[str]) -> None:
        where = _row(number)
        if not any(cells):
            return
        if not self.columns and cells[0].startswith("#"):
            self._state(where, cells[0][1:].strip(), cells[1] if len(cells) > 1 else "")
        elif not self.columns:
            self._header(where, [_column(cell) for cell in cells])
        elif any(cells[len(self.columns) :]):
            told = {"cells": len(cells), "columns": len(self.columns)}
            self.faults.append(Fault(where, "", _("%(cells)s cells for %(columns)s columns.") % told))
        else:
            padded = cells + [""] * (len(self.columns) - len(cells))
            self._pair(where, dict(zip(self.columns, padded, strict=False)))

    def _state(self, where: str, name: str, text: str) -> None:
        if name not in HEAD:
            self.faults.append(Fault(where, f"#{name[:40]}", _("A crosswalk has no such field.")))
        elif name in self.head:
            self.faults.append(Fault(where, f"#{name}", _("This is there twice.")))
        self.head[name] = text

    def _header(self, where: str, columns: list[str]) -> None:
        while columns and not columns[-1]:
            columns.pop()
        self.columns, self.header = columns, where
        self.missing = [name for name in NEEDED if name not in columns]
        for name in self.missing:
            self.faults.append(Fault(where, name, _("This column is missing.")))
        for name in dict.fromkeys(c for c in columns if columns.count(c) > 1):
            self.faults.append(Fault(where, name[:40], _("A column is there twice.")))
        unused = [name for name in columns if name not in COLUMNS]
        if unused:
            told = {"all": ", ".join(name[:40] for name in unused[:20])}
            self.notes.append(_("Columns that are not used here: %(all)s.") % told)

    def _pair(self, where: str, given: dict[str, str]) -> None:
        words = re.sub(r"\s+", " ", given.get("Relationship", "")).casefold()
        relation = RELATIONS.get(SPELT.get(words, words))
        source, target = self._item("source", given, FOCAL), self._item("target", given, REFERENCE)
        if relation is None:
            told = {"text": words[:60], "all": ", ".join(RELATIONS)}
            text = _("“%(text)s” is not known here; it can be %(all)s.")
            self.faults.append(Fault(where, "Relationship", text % told))
        elif not (source and target) and relation is not Relation.NO_RELATIONSHIP:
            empty = FOCAL if target else REFERENCE
            text = _("Name the item; only “not related to” leaves one side empty, for no counterpart.")
            self.faults.append(Fault(where, empty, text))
        if relation is not Relation.NO_RELATIONSHIP:
            source, target = source or ItemName(""), target or ItemName("")
        fields = {
            name: given.get(column, "")
            for name, column in NAMES.items()
            if name not in ("source", "target", "group", "relation")
        }
        fields["rationale"] = self._why(where, given)
        other = "" if source and target else self.head.get("target" if source else "source", "")
        self.rows.append(
            Row(where, source, target, relation, given.get("Group Identifier", ""), fields, other)
        )

    def _item(self, side: str, given: dict[str, str], column: str) -> ItemName | None:
        key = given.get(column, "")
        return ItemName(key, self.head.get(side, "")) if key else None

    def _why(self, where: str, given: dict[str, str]) -> str:
        """What stands under Comments; of a file that has the whole reason under Rationale, that."""
        comments, rationale = given.get(COMMENTS, ""), given.get(RATIONALE, "")
        if not rationale or rationale.casefold() in KINDS_OF_REASON:
            return comments
        if comments and comments != rationale:
            text = _("Here stands syntactic, semantic or functional; why stands under Comments.")
            self.faults.append(Fault(where, RATIONALE, text))
        return rationale

    def result(self) -> CrosswalkFile:
        if not self.columns:
            self.faults.append(Fault("", "", _("There is no table in it.")))
        named, faults, notes = assemble(self.rows, NAMES)
        found = without_missing((*self.faults, *faults), self.missing, self.header)
        head = Head(**{name: self.head.get(name, "") for name in HEAD if name not in ("source", "target")})
        return CrosswalkFile(head, named, (*self.notes, *notes), in_order(found))


def write_xlsx(content: SetContent, labels: Mapping[tuple[str, str], str]) -> bytes:
    """The table as a workbook of texts, none of which can become a formula."""
    from openpyxl import Workbook  # it takes a third of a second to import
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    for place, name in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = 50 if name == COMMENTS else 24

    def cell(text: str, *, bold: bool) -> Any:
        if not text:
            return None
        made = WriteOnlyCell(sheet, text)
        made.data_type = "s"
        made.alignment = Alignment(wrap_text=True, vertical="top")
        if bold:
            made.font = Font(bold=True)
        return made

    for line in lines(content, labels):
        sheet.append([cell(text, bold=line is COLUMNS) for text in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
