"""Reading SSSOM TSV: the metadata block, then one row a pair of items. What its slots mean stands in `sssom`."""

import csv
import io
import re
from typing import Any

from tracker.crosswalk_files import sssom_head
from tracker.crosswalk_files.rules import MOST_ROWS, Row, assemble, plain
from tracker.crosswalk_files.sssom import (
    ANY_RELATION,
    COLUMNS,
    NAMES,
    NEEDED,
    NOT_FOUND,
    RELATED,
    RELATIONS,
    SHARED,
    UNSPECIFIED_LICENCE,
    predicate_of,
)
from tracker.crosswalk_files.values import CrosswalkFile, Head, ItemName, in_order, without_missing
from tracker.frameworks.tree import Fault, Unreadable
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Relation


def _several(text: str) -> str:
    """The values of such a slot as one text."""
    parts = re.split(r"(?<!\\)\|", text)
    return "; ".join(part.replace(r"\|", "|").strip() for part in parts)


def read(data: bytes) -> CrosswalkFile:
    """Read the file; its faults name the row and column of everything that is no such mapping.

    Raises Unreadable for what is no text, or too much of it.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise Unreadable((Fault(_row(row), "", _("This is not UTF-8 text.")),)) from None
    lines = text.replace("\r\n", "\n").split("\n")
    size = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    head: dict[str, Any] | None
    faults: tuple[Fault, ...] = ()
    try:
        head = sssom_head.load("\n".join(line[1:] for line in lines[:size]))
    except Unreadable as refusal:
        head, faults = None, refusal.faults
    return _Reader(head, size, faults).read("\n".join(lines[size:]))


def _row(number: int) -> str:
    return _("row %(number)s") % {"number": number}


class _Reader:
    """Takes the rows of the table, of which `above` lines stand before the header. `head` None: it can't be read."""

    def __init__(self, head: dict[str, Any] | None, above: int, faults: tuple[Fault, ...]) -> None:
        self.faults: list[Fault] = [*faults]
        self.notes: list[str] = []
        self.above = above
        self.headless = head is None
        self.head = {name: value for name, value in (head or {}).items() if isinstance(value, str)}
        self.missing: list[str] = []
        prefixes = (head or {}).get("curie_map")
        self.prefixes: dict[str, str | None] = {}  # None: one whose fault was told
        for prefix, space in prefixes.items() if isinstance(prefixes, dict) else ():
            if isinstance(prefix, str):
                self.prefixes[prefix] = space if isinstance(space, str) else None
            if not isinstance(space, str) or not isinstance(prefix, str):
                self.faults.append(Fault("", "curie_map", _("Each prefix stands for one text.")))

    def read(self, table: str) -> CrosswalkFile:
        csv.field_size_limit(131_072)  # it is one for the whole process, and others set theirs
        reader = csv.reader(io.StringIO(table, newline=""), delimiter="\t", strict=True)
        rows: list[Row] = []
        try:
            columns = [name.strip() for name in next(reader, [])]
            self._header(columns)
            for cells in reader:
                where = _row(self.above + reader.line_num)
                if any(cells) and (row := self._take(where, columns, cells)):
                    rows.append(row)
                if reader.line_num > MOST_ROWS * 2 or len(rows) > MOST_ROWS:
                    raise Unreadable((Fault("", "", _("%(most)s rows at most.") % {"most": MOST_ROWS}),))
        except csv.Error as error:
            self.faults.append(Fault(_row(self.above + reader.line_num), "", str(error)))
        named, faults, notes = assemble(rows, NAMES)
        found = without_missing((*self.faults, *faults), self.missing, _row(self.above + 1))
        return CrosswalkFile(self._head(), named, (*self.notes, *notes), in_order(found))

    def _header(self, columns: list[str]) -> None:
        self.missing = [name for name in NEEDED if name not in columns]
        for name in self.missing:
            self.faults.append(Fault(_row(self.above + 1), name, _("This column is missing.")))
        if len(set(columns)) != len(columns):
            self.faults.append(Fault(_row(self.above + 1), "", _("A column is there twice.")))
        unused = sorted(
            set(columns) - set(COLUMNS) - {*SHARED, "subject_source_version", "object_source_version"}
        )
        if unused:
            told = {"all": ", ".join(name[:40] for name in unused[:20])}
            self.notes.append(_("Columns that are not used here: %(all)s.") % told)

    def _head(self) -> Head:
        licence = self.head.get("licence") or self.head.get("license", "")
        return Head(
            key=plain(self.head.get("crosswalk", "")),
            version=plain(self.head.get("mapping_set_version", "")),
            title=plain(self.head.get("mapping_set_title", "")),
            licence="" if licence == UNSPECIFIED_LICENCE else plain(licence),
            comment=plain(self.head.get("comment", "")),
        )

    def _take(self, where: str, columns: list[str], cells: list[str]) -> Row | None:
        if len(cells) != len(columns):
            told = {"cells": len(cells), "columns": len(columns)}
            self.faults.append(Fault(where, "", _("%(cells)s cells for %(columns)s columns.") % told))
            return None
        given = dict.fromkeys(NEEDED, "") | dict(zip(columns, cells, strict=True))
        for name in (*SHARED, "subject_source_version", "object_source_version"):
            given.setdefault(name, self.head.get(name, ""))
        source, target = self._item(where, "subject", given), self._item(where, "object", given)
        relation = self._relation(where, given, lone=not (source and target))
        fields = {
            name: given.get(column, "")
            for name, column in NAMES.items()
            if name not in ("source", "target", "group")
        }
        fields |= {name: _several(fields[name]) for name in ("author", "reviewer")}
        fields["domains"] = fields["domains"].replace("|", ",")
        other = "" if source and target else self._framework(given, "object" if source else "subject")
        return Row(where, source, target, relation, plain(given.get("mapping_group", "")), fields, other)

    def _item(self, where: str, side: str, given: dict[str, str]) -> ItemName | None:
        """The item of a side; None where it says that none was found, or what it says is no item."""
        text = given[f"{side}_id"].strip()
        prefix, colon, key = text.partition(":")
        if text == NOT_FOUND:
            return None
        if self.headless or (prefix in self.prefixes and self.prefixes[prefix] is None):
            return ItemName("")
        if not colon or not key or "/" in key or prefix not in self.prefixes:
            words = _("“%(text)s” is no item: write prefix:key, with the prefix in the curie_map.")
            self.faults.append(Fault(where, f"{side}_id", words % {"text": text[:80]}))
            return ItemName("")
        stated = sssom_head.framework_of(self.prefixes[prefix] or "")
        return ItemName(key, stated or self._framework(given, side))

    def _framework(self, given: dict[str, str], side: str) -> str:
        """The framework version that `…_source` names, where it is one of ours."""
        prefix, colon, rest = given[f"{side}_source"].strip().partition(":")
        return sssom_head.framework_of((self.prefixes.get(prefix) or "") + rest) if colon else ""

    def _relation(self, where: str, given: dict[str, str], *, lone: bool) -> Relation | None:
        predicate, negated = given["predicate_id"].strip(), given.get("predicate_modifier", "").strip()
        exact = given.get("relation", "").strip()
        fault = ""
        if negated not in ("", "Not"):
            self.faults.append(Fault(where, "predicate_modifier", _("This can only be Not.")))
            return None
        if predicate not in RELATIONS and predicate != ANY_RELATION:
            told = {"text": predicate[:60], "all": ", ".join([*RELATIONS, ANY_RELATION])}
            fault = _("“%(text)s” is not known here; it can be %(all)s.") % told
        elif lone:
            return Relation.NO_RELATIONSHIP
        elif negated and predicate not in (ANY_RELATION, RELATED):
            fault = _("This says only what the relation is not. Not goes with skos:mappingRelation.")
        elif not negated and predicate == ANY_RELATION:
            fault = _("This says that there is some relation, and not which.")
        if fault:
            self.faults.append(Fault(where, "predicate_id", fault))
            return None
        told_by_predicate = Relation.NO_RELATIONSHIP if negated else RELATIONS[predicate]
        if not exact:
            return told_by_predicate
        if exact not in tuple(Relation):
            told = {"text": exact[:60], "all": ", ".join(Relation)}
            self.faults.append(
                Fault(where, "relation", _("“%(text)s” is not known here; it can be %(all)s.") % told)
            )
            return None
        return self._consistent(where, Relation(exact), predicate, negated=bool(negated))

    def _consistent(
        self, where: str, relation: Relation, predicate: str, *, negated: bool
    ) -> Relation | None:
        """The exact relation, unless the predicate beside it says otherwise."""
        possible = {predicate_of(relation, sources=s, targets=t) for s in (1, 2) for t in (1, 2)}
        if negated is (relation is Relation.NO_RELATIONSHIP) and (negated or predicate in possible):
            return relation
        told = {"relation": relation.value, "predicate": predicate}
        text = _("“%(relation)s” and “%(predicate)s” contradict each other.")
        self.faults.append(Fault(where, "relation", text % told))
        return None
