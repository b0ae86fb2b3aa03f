"""All published crosswalks in one SSSOM table: which set a row is of, and its two frameworks, stand in the row."""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from itertools import product

from tracker.crosswalk_files.sssom import PREDICATES, predicate_of
from tracker.crosswalk_files.values import NOT_STATED
from tracker.crosswalks.queries import CrosswalkLine, MappingLine
from tracker.opendata.schema import Resource

_HEAD = """#curie_map:
#  framework: "urn:tracker:framework:"
#  semapv: "https://w3id.org/semapv/vocab/"
#  skos: "http://www.w3.org/2004/02/skos/core#"
#  tracker: "urn:tracker:mapping:"
#extension_definitions:
#  - slot_name: relation
#    property: tracker:relation
#  - slot_name: mapping_group
#    property: tracker:mapping_group
#  - slot_name: domains
#    property: tracker:domains
#  - slot_name: strength
#    property: tracker:strength
#  - slot_name: citation
#    property: tracker:citation
"""
_COMMENT = (
    "The published crosswalks of one release; mapping_source names the set that a row is of, whose page has its "
    "licence. A mapping of several items to several is one row for each pair; its rows share a mapping_group."
)


def rows(sets: Sequence[tuple[CrosswalkLine, Sequence[MappingLine]]], base_url: str) -> list[list[str]]:
    """The rows of all sets, by the name of the set. What has no relationship is no mapping, so it is left out."""
    found: list[list[str]] = []
    for line, mappings in sorted(sets, key=lambda one: one[0].name):
        for number, mapping in enumerate(mappings, 1):
            if mapping.relation in PREDICATES:
                found += _rows(line, mapping, number, f"{base_url}/en/crosswalks/{line.name}")
    return found


def _rows(line: CrosswalkLine, mapping: MappingLine, number: int, page: str) -> Iterator[list[str]]:
    source_key, _, source_version = line.source_name.partition("@")
    target_key, _, target_version = line.target_name.partition("@")
    many = len(mapping.sources) * len(mapping.targets) > 1
    for source, target in product(mapping.sources, mapping.targets):
        yield [
            f"framework:{line.source_name}:{source.key}",
            source.label,
            predicate_of(mapping.relation, sources=len(mapping.sources), targets=len(mapping.targets)),
            f"framework:{line.target_name}:{target.key}",
            target.label,
            mapping.justification or NOT_STATED,
            f"framework:{source_key}",
            source_version,
            f"framework:{target_key}",
            target_version,
            mapping.author,
            mapping.reviewer,
            mapping.authored_on.isoformat() if mapping.authored_on else "",
            mapping.reviewed_on.isoformat() if mapping.reviewed_on else "",
            "" if mapping.confidence is None else repr(mapping.confidence),
            mapping.rationale,
            page,
            mapping.relation.value,
            f"{line.key}-{number}" if many else "",
            "|".join(d.value for d in mapping.domains),
            "" if mapping.strength is None else str(mapping.strength),
            mapping.citation,
        ]


def text(resource: Resource, found: Collection[Sequence[str]]) -> bytes:
    """The file: SSSOM's head as comments, then tabs."""
    out = io.StringIO()
    out.write('#sssom_version: "1.1"\n#mapping_set_id: urn:tracker:release:crosswalks\n')
    out.write("#license: https://w3id.org/sssom/license/unspecified\n")
    out.write(f'#comment: "{_COMMENT}"\n{_HEAD}')
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(resource.columns)
    writer.writerows(found)
    return out.getvalue().encode()
