"""datapackage.json (Data Package version 2) and the change log of a release."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.entries.queries import Moment
from tracker.kit import licences
from tracker.opendata import schema
from tracker.opendata.changes import Changes
from tracker.opendata.schema import Field, Resource
from tracker.opendata.store import sha256

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
NAME = "core-competencies-adoption"
KEYWORDS = ["human trafficking", "health care", "behavioral health", "core competencies", "policy adoption"]
DESCRIPTION = (
    "How far jurisdictions have adopted the Core Competencies for Human Trafficking Response in Health Care and "
    "Behavioral Health Systems, on paper and in practice, each claim with its evidence. Missing values are codes "
    "(not_assessed, not_applicable, inconclusive, no_response, withheld), never blank and never 0. "
    "A jurisdiction that is not in a file is not assessed. Levels are ordinal; nothing is ranked."
)


@dataclass(frozen=True, slots=True)
class About:
    """What is told of a release besides its data."""

    number: int
    at: Moment
    service_name: str
    base_url: str
    licence: str
    note: str
    forced: str
    fictional: bool

    @property
    def title(self) -> str:
        return f"{self.service_name}: open data, release {self.number}"

    @property
    def address(self) -> str:
        """Where its files are."""
        return f"{self.base_url}/data/{self.number}/"

    @property
    def moment(self) -> str:
        return self.at.as_of.strftime("%Y-%m-%dT%H:%M:%SZ")


def datapackage(about: About, files: Mapping[str, bytes]) -> bytes:
    """The descriptor; `files`: the tables, by name, the wide one also as XLSX and Parquet."""
    told = {
        "$schema": PROFILE,
        "name": NAME,
        "id": about.address,
        "title": about.title,
        "description": DESCRIPTION
        + (" It holds fictional jurisdictions, marked so." if about.fictional else ""),
        "version": str(about.number),
        "created": about.moment,
        "homepage": f"{about.base_url}/en/data/{about.number}",
        "keywords": KEYWORDS,
        "licenses": [
            {
                "name": about.licence,
                "path": licences.address(about.licence),
                "title": licences.title(about.licence),
            }
        ],
        "contributors": [{"title": about.service_name, "path": about.base_url, "roles": ["publisher"]}],
        "resources": [_resource(r, files[r.path]) for r in schema.TABLES]
        + [_binary(name, files[name]) for name in schema.BINARIES],
    }
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()


def _binary(name: str, content: bytes) -> dict[str, Any]:
    """The wide table in a format that only some programs read: to the standard a file, as it has no `type`.

    `format` in capitals: by "xlsx" and "parquet" the official library takes the file for a table all the same, and finds fault
    where what reads these is not installed beside it.
    """
    stem, _dot, kind = name.rpartition(".")
    return {
        "name": f"{stem}-{kind}",
        "title": schema.BINARIES[name],
        "path": name,
        "format": kind.upper(),
        "mediatype": media_type(name),
        "bytes": len(content),
        "hash": f"sha256:{sha256(content)}",
    }


def _resource(resource: Resource, content: bytes) -> dict[str, Any]:
    dialect: dict[str, Any] = {"delimiter": resource.delimiter}
    if resource is schema.CROSSWALKS:
        dialect["commentChar"] = "#"
    table: dict[str, Any] = {
        "$schema": SCHEMA,
        "fields": [_field(f, required=not resource.blanks) for f in resource.fields],
        "missingValues": [""] if resource.blanks else [],
    }
    if resource.key:
        table["primaryKey"] = list(resource.key)
    if resource.links:
        table["foreignKeys"] = [
            {"fields": list(k.fields), "reference": {"resource": k.resource, "fields": list(k.of)}}
            for k in resource.links
        ]
    return {
        "name": resource.name,
        "title": resource.title,
        "path": resource.path,
        "type": "table",
        "format": "tsv" if resource.delimiter == "\t" else "csv",
        "mediatype": "text/tab-separated-values" if resource.delimiter == "\t" else "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{sha256(content)}",
        "dialect": dialect,
        "schema": table,
    }


def _field(field: Field, *, required: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"name": field.name, "type": field.kind, "description": field.about}
    if field.kind == "boolean":
        told |= {"trueValues": ["true"], "falseValues": ["false"]}
    limits: dict[str, Any] = {"required": True} if required else {}
    if field.codes:
        limits["enum"] = list(field.codes)
    elif field.pattern:
        limits["pattern"] = f"^({field.pattern})$"
    return told | ({"constraints": limits} if limits else {})


MEDIA = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "md": "text/markdown",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "": "text/plain",
}


def media_type(name: str) -> str:
    return MEDIA["" if "." not in name else name.rpartition(".")[2]]


_TOLD = {
    "added": "voices that were not in it",
    "changed": "voices that say something else",
    "redacted": "voices in whose sources a text was redacted, and that say the same otherwise",
    "withdrawn": "voices that are gone because their revision was withdrawn (tombstones.csv)",
    "corrected": "voices that are gone because a correction begins on another day",
    "ended": "voices that are gone because what they told of has ended",
    "same": "voices that say the same",
    "unexplained": "rows that are gone and that nothing explains",
}


def changelog(about: About, rows: Mapping[str, int], changes: Changes | None, before: str) -> bytes:
    """CHANGELOG.md: what this release holds and what became of the rows of the one before, with all before below."""
    lines = [
        f"## Release {about.number}",
        "",
        f"Data as of {about.moment}, read on {about.at.on.isoformat()}.",
    ]
    lines += ["", about.note] if about.note else []
    lines += ["", "| file | rows |", "| --- | ---: |"]
    lines += [f"| {r.path} | {rows[r.name]} |" for r in schema.TABLES]
    if changes is None:
        lines += ["", "The first release."]
    else:
        lines += [
            "",
            f"Against release {about.number - 1}, by row of adoption.csv in which somebody speaks:",
            "",
        ]
        lines += ["| what | rows | |", "| --- | ---: | --- |"]
        lines += [f"| {word} | {n} | {_TOLD[word]} |" for word, n in changes.counts().items()]
        if changes.moved_from:
            moved = f"The service has moved from {changes.moved_from} to {about.base_url}."
            lines += [
                "",
                f"{moved} The addresses of its pages in the files have, too; no row counts as changed for it.",
            ]
        if about.forced:
            lines += ["", f"Rows were let go that nothing explains: {about.forced}"]
    head = f"# Changes\n\n{about.service_name}: open data.\n\n"
    older = before.partition("\n## ")
    earlier = f"\n## {older[2]}" if older[1] else ""
    return (head + "\n".join(lines) + "\n" + earlier).encode()
