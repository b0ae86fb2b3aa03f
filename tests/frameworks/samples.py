"""A test sample, invented: three levels and 500 items, as CSV, as XLSX, and as a CASE package of another system."""

import csv
import io
import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

HEAD = {
    "title": "A large framework (test sample)",
    "publisher": "Example Press",
    "year": "2024",
    "kind": "framework",
    "applies_by_domain": "no",
    "licence": "CC BY 4.0",
    "verbatim_allowed": "titles only",
}
COLUMNS = ["framework", "version", "key", "kind", "parent", "text", "source_number"]

Item = tuple[str, str, str, str]  # key, kind, parent, text


def items() -> list[Item]:
    """10 themes, each with 7 items, each of those with 6 parts: 10 + 70 + 420."""
    found: list[Item] = []
    for theme in range(1, 11):
        found.append((f"L{theme}", "theme", "", f"Theme {theme}"))
        for item in range(1, 8):
            found.append((f"L{theme}.{item}", "item", f"L{theme}", f"Item {item} of theme {theme}"))
            for part in range(1, 7):
                found.append(
                    (f"L{theme}.{item}.{part}", "part", f"L{theme}.{item}", f"Part {part} of {theme}.{item}")
                )
    return found


def as_csv(rows: list[Item], head: dict[str, str] = HEAD, version: str = "1") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([f"#{name}", value] for name, value in head.items())
    writer.writerow(COLUMNS)
    writer.writerows(
        ["a-large-framework", version, key, kind, parent, text, key] for key, kind, parent, text in rows
    )
    return out.getvalue().encode()


def as_xlsx(rows: list[Item], version: str = "1") -> bytes:
    """The CSV's rows as a person's spreadsheet program saves them: numbers as numbers, no trailing cells."""
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    for row in csv.reader(io.StringIO(as_csv(rows, version=version).decode())):
        book.active.append([int(cell) if cell.isdigit() else cell or None for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_case(rows: list[Item], version: str = "1") -> bytes:
    return json.dumps(case_package(rows, version)).encode()


def case_package(rows: list[Item], version: str = "1") -> dict[str, Any]:
    """The items come last first, so that only sequence numbers tell their order."""
    document = {"identifier": _id("document"), "title": HEAD["title"], "creator": HEAD["publisher"]}
    document |= {"version": version, "lastChangeDateTime": "2024-05-01T00:00:00Z"}
    elements = [
        {"identifier": _id(key), "humanCodingScheme": key, "CFItemType": kind, "fullStatement": text}
        for key, kind, _parent, text in rows
    ]
    associations = [
        {
            "identifier": _id(f"association {key}"),
            "associationType": "isChildOf",
            "sequenceNumber": number,
            "originNodeURI": {"identifier": _id(key), "title": key, "uri": "urn:x"},
            "destinationNodeURI": {"identifier": _id(parent or "document"), "title": "", "uri": "urn:x"},
        }
        for number, (key, _kind, parent, _text) in enumerate(rows)
    ]
    return {
        "CFDocument": document | {"licenseURI": {"title": HEAD["licence"], "uri": "urn:x"}},
        "CFItems": elements[::-1],
        "CFAssociations": associations[::-1],
    }


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))
