"""Reading mappings from SSSOM TSV: a commented YAML head, then one row a mapping."""

import csv
from dataclasses import dataclass
from pathlib import Path

from tracker.kit.vocabulary import Relation

RELATIONS = {
    "skos:exactMatch": Relation.EQUAL,
    "skos:narrowMatch": Relation.SUPERSET_OF,
    "skos:broadMatch": Relation.SUBSET_OF,
    "skos:closeMatch": Relation.INTERSECTS_WITH,
    "skos:relatedMatch": Relation.SUPPORTS,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One mapping between two items, by their keys. `confidence` is 0 to 1, None where not given."""

    source: str
    relation: Relation
    target: str
    justification: str
    confidence: float | None
    comment: str


@dataclass(frozen=True, slots=True)
class MappingFile:
    version: str
    licence: str
    comment: str
    rows: tuple[Row, ...]


def read(path: Path) -> MappingFile:
    """Read the file. Raises KeyError or ValueError, naming the predicate or number, on what can't be a mapping."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head: dict[str, str] = {}
    for line in lines:
        if line.startswith("#") and not line.startswith("# "):
            name, _, text = line[1:].partition(":")
            head[name.strip()] = text.strip().strip('"')
    table = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return MappingFile(
        version=head.get("mapping_set_version", ""),
        licence=head.get("license", ""),
        comment=head.get("comment", ""),
        rows=tuple(_row(row) for row in table),
    )


def _row(row: dict[str, str]) -> Row:
    return Row(
        source=row["subject_id"].partition(":")[2],
        relation=RELATIONS[row["predicate_id"]],
        target=row["object_id"].partition(":")[2],
        justification=row["mapping_justification"],
        confidence=float(row["confidence"]) if row["confidence"] else None,
        comment=row["comment"],
    )
