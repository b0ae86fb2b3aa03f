"""Crosswalks as SSSOM TSV, version 1.1: the standard of the mapping community.

A row is one pair of items. What belongs together (many to many) shares a `mapping_group`; the exact relation and what
SSSOM has no slot for stand in declared extension slots. docs/parts/crosswalk-files.md has the tables.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from tracker.crosswalk_files import sssom_head
from tracker.crosswalk_files.rules import MOST_ROWS, Row, assemble, plain
from tracker.crosswalk_files.values import NOT_STATED, CrosswalkFile, Head, ItemName, Said, SetContent
from tracker.frameworks.tree import Fault, Unreadable
from tracker.kit.i18n import gettext as _
from tracker.kit.safe import safe_url
from tracker.kit.vocabulary import Relation

NOT_FOUND = "sssom:NoTermFound"
ANY_RELATION = "skos:mappingRelation"  # what all the predicates below are kinds of
RELATED = "skos:relatedMatch"
PREDICATES = {
    Relation.EQUAL: "skos:exactMatch",
    Relation.SUPERSET_OF: "skos:narrowMatch",
    Relation.SUBSET_OF: "skos:broadMatch",
    Relation.INTERSECTS_WITH: "skos:closeMatch",
    Relation.SUPPORTS: RELATED,
}
RELATIONS = {predicate: relation for relation, predicate in PREDICATES.items()}
UNSPECIFIED_LICENCE = "https://w3id.org/sssom/license/unspecified"
# Our own slots, which every file declares. Of a mapping, and of the set.
EXTENSIONS = {
    "citation": "tracker:citation",
    "domains": "tracker:domains",
    "mapping_group": "tracker:mapping_group",
    "relation": "tracker:relation",
    "strength": "tracker:strength",
}
SET_EXTENSIONS = {"crosswalk": "tracker:crosswalk", "licence": "tracker:licence"}
# The standard's slots in the standard's order, then ours.
COLUMNS = [
    "subject_id",
    "subject_label",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "object_label",
    "mapping_justification",
    "author_label",
    "reviewer_label",
    "mapping_date",
    "review_date",
    "confidence",
    "comment",
    *EXTENSIONS,
]
# What the fields of Said are called here.
NAMES = {
    "source": "subject_id",
    "target": "object_id",
    "group": "mapping_group",
    "rationale": "comment",
    "citation": "citation",
    "justification": "mapping_justification",
    "author": "author_label",
    "authored_on": "mapping_date",
    "reviewer": "reviewer_label",
    "reviewed_on": "review_date",
    "confidence": "confidence",
    "strength": "strength",
    "domains": "domains",
}
NEEDED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
SHARED = ("subject_source", "object_source")


def predicate_of(relation: Relation, *, sources: int, targets: int) -> str:
    """What holds of each single pair of a mapping, told by a predicate.

    Of several that are *jointly* equal to one, each is a part of it: no single pair is an exact match.
    """
    if relation is Relation.NO_RELATIONSHIP:
        return ANY_RELATION
    if sources == targets == 1:
        return PREDICATES[relation]
    if targets == 1 and relation in (Relation.EQUAL, Relation.SUBSET_OF):
        return PREDICATES[Relation.SUBSET_OF]
    if sources == 1 and relation in (Relation.EQUAL, Relation.SUPERSET_OF):
        return PREDICATES[Relation.SUPERSET_OF]
    return RELATED


def write(content: SetContent, labels: Mapping[tuple[str, str], str], base_url: str) -> bytes:
    """The set as SSSOM TSV. `labels`: of the items, by (framework, key)."""
    rows = [
        row for number, said in enumerate(content.said, 1) for row in _rows(content, said, number, labels)
    ]
    columns = [name for name in COLUMNS if name in NEEDED or any(row.get(name) for row in rows)]
    out = io.StringIO()
    out.write(sssom_head.dump(_head(content, base_url, [c for c in columns if c in EXTENSIONS])))
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return out.getvalue().encode()


def _head(content: SetContent, base_url: str, used: list[str]) -> dict[str, Any]:
    head = content.head
    link = safe_url(head.licence) == head.licence and bool(head.licence)
    own = {"crosswalk": head.key} | ({} if link or not head.licence else {"licence": head.licence})
    slots = {name: EXTENSIONS[name] for name in used} | {name: SET_EXTENSIONS[name] for name in own}
    told = {
        "curie_map": {
            "source": sssom_head.item_space(content.source),
            "target": sssom_head.item_space(content.target),
            "framework": sssom_head.ITEMS,
            "tracker": "urn:tracker:mapping:",
        },
        "sssom_version": "1.1",
        "mapping_set_id": f"{base_url}/en/crosswalks/{head.key}@{head.version}",
        "mapping_set_version": head.version,
        "mapping_set_title": head.title,
        "license": head.licence if link else UNSPECIFIED_LICENCE,
        "subject_source": _source(content.source),
        "subject_source_version": content.source.partition("@")[2],
        "object_source": _source(content.target),
        "object_source_version": content.target.partition("@")[2],
        "comment": head.comment,
        "extension_definitions": [
            {"slot_name": name, "property": slot} for name, slot in sorted(slots.items(), key=lambda s: s[1])
        ],
        **own,
    }
    return {name: value for name, value in told.items() if value}


def _source(framework: str) -> str:
    return "framework:" + sssom_head.item_space(framework).removeprefix(sssom_head.ITEMS).rstrip(":")


def _rows(
    content: SetContent, said: Said, number: int, labels: Mapping[tuple[str, str], str]
) -> Iterator[dict[str, str]]:
    predicate = predicate_of(said.relation, sources=len(said.sources), targets=len(said.targets))
    common = {
        "predicate_id": predicate,
        "predicate_modifier": "Not" if said.relation is Relation.NO_RELATIONSHIP and not said.lone else "",
        "relation": "" if said.lone else said.relation.value,
        "mapping_group": f"group-{number}" if len(said.sources) * len(said.targets) > 1 else "",
        "mapping_justification": said.justification or NOT_STATED,
        "author_label": _one(said.author),
        "reviewer_label": _one(said.reviewer),
        "mapping_date": said.authored_on.isoformat() if said.authored_on else "",
        "review_date": said.reviewed_on.isoformat() if said.reviewed_on else "",
        "confidence": "" if said.confidence is None else repr(said.confidence),
        "strength": "" if said.strength is None else str(said.strength),
        "domains": "|".join(said.domains),
        "citation": said.citation,
        "comment": said.rationale,
    }
    for source, target in product(said.sources or ("",), said.targets or ("",)):
        yield common | {
            "subject_id": f"source:{source}" if source else NOT_FOUND,
            "subject_label": labels.get((content.source, source), ""),
            "object_id": f"target:{target}" if target else NOT_FOUND,
            "object_label": labels.get((content.target, target), ""),
        }


def _one(text: str) -> str:
    """A single value of a slot that may have several, between which | stands."""
    return text.replace("|", r"\|")


def _several(text: str) -> str:
    """The values of such a slot as one text."""
    parts = re.split(r"(?<!\\)\|", text)
    return "; ".join(part.replace(r"\|", "|").strip() for part in parts)


def read(data: bytes) -> CrosswalkFile:
    """Read the file. Raises Unreadable naming the row and column of everything that is no such mapping."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise Unreadable((Fault(_row(row), "", _("This is not UTF-8 text.")),)) from None
    lines = text.replace("\r\n", "\n").split("\n")
    size = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    head = sssom_head.load("\n".join(line[1:] for line in lines[:size]))
    return _Reader(head, size).read("\n".join(lines[size:]))


def _row(number: int) -> str:
    return _("row %(number)s") % {"number": number}


class _Reader:
    """Takes the rows of the table, of which `above` lines stand before the header."""

    def __init__(self, head: dict[str, Any], above: int) -> None:
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self.above = above
        self.head = {name: value for name, value in head.items() if isinstance(value, str)}
        prefixes = head.get("curie_map")
        self.prefixes = prefixes if isinstance(prefixes, dict) else {}
        for prefix, space in self.prefixes.items():
            if not isinstance(space, str) or not isinstance(prefix, str):
                self.faults.append(Fault("", "curie_map", _("Each prefix stands for one text.")))

    def read(self, table: str) -> CrosswalkFile:
        csv.field_size_limit(131_072)  # it is one for the whole process, and others set theirs
        reader = csv.reader(io.StringIO(table, newline=""), delimiter="\t", strict=True)
        rows: list[Row] = []
        try:
            columns = [name.strip() for name in next(reader, [])]
            self._header(columns)
            for cells in reader if not self.faults else ():
                where = _row(self.above + reader.line_num)
                if any(cells) and (row := self._take(where, columns, cells)):
                    rows.append(row)
                if reader.line_num > MOST_ROWS * 2 or len(rows) > MOST_ROWS:
                    self.faults.append(Fault("", "", _("%(most)s rows at most.") % {"most": MOST_ROWS}))
                    break
        except csv.Error as error:
            self.faults.append(Fault(_row(self.above + reader.line_num), "", str(error)))
        named, faults, notes = assemble(rows, NAMES)
        if self.faults or faults:
            raise Unreadable((*self.faults, *faults))
        return CrosswalkFile(self._head(), named, (*self.notes, *notes))

    def _header(self, columns: list[str]) -> None:
        for name in NEEDED:
            if name not in columns:
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
        given = dict(zip(columns, cells, strict=True))
        for name in (*SHARED, "subject_source_version", "object_source_version"):
            given.setdefault(name, self.head.get(name, ""))
        source, target = self._item(where, "subject", given), self._item(where, "object", given)
        relation = self._relation(where, given, lone=not (source and target))
        if relation is None:
            return None
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
        if not colon or not key or "/" in key or prefix not in self.prefixes:
            words = _("“%(text)s” is no item: write prefix:key, with the prefix in the curie_map.")
            self.faults.append(Fault(where, f"{side}_id", words % {"text": text[:80]}))
            return ItemName("")
        stated = sssom_head.framework_of(self.prefixes[prefix])
        return ItemName(key, stated or self._framework(given, side))

    def _framework(self, given: dict[str, str], side: str) -> str:
        """The framework version that `…_source` names, where it is one of ours."""
        prefix, colon, rest = given[f"{side}_source"].strip().partition(":")
        return sssom_head.framework_of(str(self.prefixes.get(prefix, "")) + rest) if colon else ""

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
