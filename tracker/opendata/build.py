"""All files of a release from its tables. The same tables, number and words give the same bytes."""

import json
from collections.abc import Mapping
from pathlib import Path

from tracker.opendata import schema, wide
from tracker.opendata.changes import Changes
from tracker.opendata.package import About, changelog, datapackage
from tracker.opendata.spool import Files, Rows
from tracker.opendata.store import SUMS, sha256, sums_of
from tracker.opendata.tables import Tables, pieces_of, read_csv

CHANGELOG = "CHANGELOG.md"
PACKAGE = "datapackage.json"


def files(about: About, tables: Tables, changes: Changes | None, log_before: str, folder: Path) -> Files:
    """Every file by name, within `folder`. Takes seconds for much data, so call it off the event loop."""
    made = Files.beside(folder)
    for resource in schema.TABLES:
        made.put(resource.path, pieces_of(resource, tables.rows[resource.name]))
    rows = tables.rows[schema.WIDE.name]
    made["adoption-wide.xlsx"] = wide.xlsx(schema.WIDE.columns, rows, "Adoption")
    made["adoption-wide.parquet"] = wide.parquet(schema.WIDE.columns, rows)
    made[CHANGELOG] = changelog(about, counts(tables.rows), changes, log_before)
    made[PACKAGE] = datapackage(about, made)
    made[SUMS] = sums_of(made)
    return made


def counts(rows: Mapping[str, Rows]) -> dict[str, int]:
    return {name: len(found) for name, found in rows.items()}


def rows_of(resource: schema.Resource, content: bytes) -> Rows:
    """The rows of a released table, below its header and what SSSOM has above that."""
    text = content.decode()
    while resource is schema.CROSSWALKS and text.startswith("#"):
        text = text.partition("\n")[2]
    return read_csv(text, resource.delimiter)


def with_hashes(whole: Mapping[str, bytes]) -> bytes:
    """The descriptor of a release with the sizes and hashes of its files as they are now."""
    told = json.loads(whole[PACKAGE])
    for resource in told["resources"]:
        content = whole[resource["path"]]
        resource |= {"bytes": len(content), "hash": f"sha256:{sha256(content)}"}
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()
