"""What a release must be before it is published. Each fault is a sentence; none of them is let through."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tracker.opendata.schema import TABLES, Resource
from tracker.opendata.spool import Rows, digest

MOST_TOLD = 5  # of one kind


def faults(rows: Mapping[str, Rows]) -> list[str]:
    """What is wrong with the tables: widths, blanks, codes, shapes, keys and links. Empty where nothing is."""
    found = []
    for resource in TABLES:
        found += _few(_cells(resource, rows[resource.name]))
        found += _few(_keys(resource, rows[resource.name]))
        found += _few(_links(resource, rows))
    return found


def _few(told: Iterator[str]) -> list[str]:
    found = list(told)
    more = len(found) - MOST_TOLD
    return found[:MOST_TOLD] + ([f"and {more} more of the same file"] if more > 0 else [])


def _cells(resource: Resource, rows: Rows) -> Iterator[str]:
    looks = [(f, frozenset(f.codes), re.compile(f.pattern) if f.pattern else None) for f in resource.fields]
    for number, row in enumerate(rows, start=2):
        where = f"{resource.path} row {number}"
        if len(row) != len(looks):
            yield f"{where} has {len(row)} cells for {len(looks)} columns"
            continue
        for (field, codes, pattern), cell in zip(looks, row, strict=True):
            if not cell.strip():
                if not resource.blanks:
                    yield f"{where}: {field.name} is blank"
            elif codes and cell not in codes:
                yield f"{where}: {field.name} has the unknown code {cell[:40]!r}"
            elif pattern and not pattern.fullmatch(cell):
                yield f"{where}: {field.name} can't be {cell[:40]!r}"
            elif field.kind == "integer" and not cell.isdigit():
                yield f"{where}: {field.name} is no number: {cell[:40]!r}"
            elif field.kind == "boolean" and cell not in ("true", "false"):
                yield f"{where}: {field.name} is neither true nor false: {cell[:40]!r}"


def _key(row: Sequence[str], places: Iterable[int]) -> tuple[str, ...]:
    """The cells in these places; of a row that is too short, which is told already, those that there are."""
    return tuple(row[i] for i in places if i < len(row))


def _keys(resource: Resource, rows: Rows) -> Iterator[str]:
    places = resource.places(resource.key)
    seen: set[bytes] = set()
    for number, row in enumerate(rows if places else [], start=2):
        key = _key(row, places)
        known = digest(key)
        if known in seen:
            yield f"{resource.path} row {number}: {' '.join(key)} is there twice"
        seen.add(known)


def _links(resource: Resource, rows: Mapping[str, Rows]) -> Iterator[str]:
    by_name = {r.name: r for r in TABLES}
    for link in resource.links:
        there = by_name[link.resource].places(link.of)
        known = {_key(row, there) for row in rows[link.resource]}
        here = resource.places(link.fields)
        for number, row in enumerate(rows[resource.name], start=2):
            key = _key(row, here)
            if key not in known:
                yield f"{resource.path} row {number}: {' '.join(key)} is not in {by_name[link.resource].path}"
