"""Crosswalks written as SSSOM TSV, version 1.1: the standard of the mapping community. `sssom_read` reads them.

A row is one pair of items. What belongs together (many to many) shares a `mapping_group`; the exact relation and what
SSSOM has no slot for stand in declared extension slots. docs/parts/crosswalk-files.md has the tables.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from tracker.crosswalk_files import sssom_head
from tracker.crosswalk_files.values import NOT_STATED, Said, SetContent
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
