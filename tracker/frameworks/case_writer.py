"""Writing frameworks as CASE 1.1 JSON. `case_file` reads it."""

import json
from collections.abc import Iterator, Mapping

from tracker.frameworks.case_file import CHILD, NAMES, OURS, OWN, Json, identifier_of
from tracker.frameworks.csv_file import head_of, items_of
from tracker.frameworks.queries import Framework, Lineage


def write(framework: Framework, base_url: str, lineage: Lineage | None = None) -> str:
    """The whole version as a CASE 1.1 package; reading it gives the same."""
    head, moment = head_of(framework), f"{framework.year:04}-01-01T00:00:00+00:00"
    page = f"{base_url}/en/frameworks/{framework.name}"
    document = {
        "identifier": _identifier(framework),
        "uri": page,
        "caseVersion": "1.1",
        "title": framework.title,
        "creator": framework.publisher,
        "publisher": framework.publisher,
        "version": framework.version,
        "frameworkType": framework.kind,
        "officialSourceURL": framework.landing_url,
        "notes": framework.note,
        "statusStartDate": moment[:10],
        "lastChangeDateTime": moment,
        "CFPackageURI": _link(framework.title, _identifier(framework, "package"), page),
        "extensions": {
            OURS: {
                "key": framework.key,
                "version": framework.version,
                **{n: head[n] for n in ("applies_by_domain", "verbatim_allowed", "licence")},
                **({"replaces": lineage.version} if lineage else {}),
                "ratings": [
                    {"code": r.code, "label": r.label, "definition": r.definition} for r in framework.ratings
                ],
            }
        },
    }
    rows = list(items_of(framework))
    nodes = {fields["key"]: _node(framework, fields, page) for fields in rows}
    nodes[""] = _document_link(framework, page)
    package = {
        "CFDocument": {name: value for name, value in document.items() if value},
        "CFItems": [_item(framework, fields, page, moment) for fields in rows],
        "CFAssociations": [
            *(
                _association(framework, n, fields, nodes[fields["parent"]], page, moment)
                for n, fields in enumerate(rows, start=1)
            ),
            *(_continued(framework, lineage, rows, page, moment) if lineage else ()),
        ],
    }
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def _identifier(framework: Framework, *parts: str) -> str:
    return identifier_of(framework.key, framework.version, *parts)


def _link(title: str, identifier: str, uri: str) -> Json:
    return {"title": title, "identifier": identifier, "uri": uri}


def _document_link(framework: Framework, page: str) -> Json:
    return _link(framework.title, _identifier(framework), page)


def _item(framework: Framework, fields: Mapping[str, str], page: str, moment: str) -> Json:
    named = {case: fields[name] for name, case in NAMES.items() if fields[name]}
    named.setdefault(NAMES["text"], fields["key"])
    return {
        "identifier": fields["identifier"] or _identifier(framework, "item", fields["key"]),
        "uri": f"{page}#{fields['key']}",
        **named,
        "CFDocumentURI": _document_link(framework, page),
        "lastChangeDateTime": moment,
        "extensions": {OURS: {name: fields[name] for name in OWN if fields[name]}},
    }


def _node(framework: Framework, fields: Mapping[str, str], page: str) -> Json:
    identifier = fields["identifier"] or _identifier(framework, "item", fields["key"])
    return _link(fields["text"] or fields["key"], identifier, f"{page}#{fields['key']}")


def _association(
    framework: Framework, number: int, fields: Mapping[str, str], parent: Json, page: str, moment: str
) -> Json:
    identifier = _identifier(framework, "association", fields["key"])
    return {
        "identifier": identifier,
        "uri": f"{page}#{identifier}",
        "associationType": CHILD,
        "originNodeURI": _node(framework, fields, page),
        "destinationNodeURI": parent,
        "sequenceNumber": number,
        "CFDocumentURI": _document_link(framework, page),
        "lastChangeDateTime": moment,
    }


def _continued(
    framework: Framework, lineage: Lineage, rows: list[dict[str, str]], page: str, moment: str
) -> Iterator[Json]:
    """replacedBy, from each item of the earlier version to those that continue it."""
    there = page.rpartition("@")[0] + f"@{lineage.version}"
    for fields in rows:
        for old in lineage.replaced_by(fields["key"]):
            known = lineage.identifiers.get(old)
            before = known or identifier_of(framework.key, lineage.version, "item", old)
            identifier = _identifier(framework, "replaces", fields["key"], old)
            yield {
                "identifier": identifier,
                "uri": f"{page}#{identifier}",
                "associationType": "replacedBy",
                "originNodeURI": _link(old, before, f"{there}#{old}"),
                "destinationNodeURI": _node(framework, fields, page),
                "CFDocumentURI": _document_link(framework, page),
                "lastChangeDateTime": moment,
            }
