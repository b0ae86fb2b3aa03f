"""Files that are not what they should be; and SKOS read back by its own library."""

import json
from typing import Any

import pytest
from rdflib import RDF, Graph, URIRef
from rdflib.namespace import SKOS

from tests.frameworks import samples
from tracker.db.session import Database
from tracker.frameworks import files, queries
from tracker.frameworks.tree import Unreadable

HEADER = b"framework,version,key,kind,text\n"


@pytest.mark.parametrize(
    ("data", "where", "field"),
    [
        (b"", "", ""),
        (HEADER + b"f,1,k,item,caf\xe9\n", "row 2", ""),
        (b"framework,version,key,kind\nf,1,k,item\n", "row 1", "text"),
        (HEADER.replace(b"text", b"text,colour") + b"f,1,k,item,t,red\n", "row 1", "colour"),
        (HEADER + b"f,1,k,item\n", "row 2", ""),
        (HEADER + b"f,1,k,item,t\ng,1,l,item,t\n", "row 3", "framework"),
        (HEADER + b'f,1,k,item,"t\n', "row 2", ""),
        (b"#colour,red\n" + HEADER, "row 1", "#colour"),
        (b"#title,One\n#title,Other\n" + HEADER, "row 2", "#title"),
        (HEADER + b"f,1,k,item," + b"x" * 200_000, "row 2", ""),
    ],
)
def test_csv_that_is_no_table(data: bytes, where: str, field: str) -> None:
    with pytest.raises(Unreadable) as refused:
        files.read(data, "csv")
    assert (where, field) in {(fault.where, fault.field) for fault in refused.value.faults}


def changed(path: str, value: Any) -> bytes:
    """The sample as CASE with one element another; `path` such as "CFItems.0.identifier"."""
    package: Any = samples.case_package(samples.items()[:10])
    *way, last = path.split(".")
    inner = package
    for step in way:
        inner = inner[int(step) if step.isdigit() else step]
    inner[last] = value
    return json.dumps(package).encode()


@pytest.mark.parametrize(
    ("data", "where", "field"),
    [
        (b"\xff\xfe{", "line 1", ""),
        (b'{"CFDocument": \n nothing}', "line 2", ""),
        (b"[]", "", ""),
        (b"[" * 100_000, "", ""),
        (b"{}", "CFDocument", ""),
        (changed("CFItems", {}), "CFItems", ""),
        (changed("CFItems.0.identifier", ""), "CFItems[0]", "identifier"),
        (changed("CFItems.0.fullStatement", 7), "CFItems[0]", "fullStatement"),
        (
            changed("CFAssociations.0.originNodeURI", {"identifier": "none"}),
            "CFAssociations[0]",
            "originNodeURI",
        ),
        (changed("CFDocument.extensions", {"tracker": []}), "CFDocument", "extensions.tracker"),
        (changed("CFDocument.extensions", {"tracker": {"ratings": 3}}), "CFDocument", "ratings"),
    ],
)
def test_case_that_is_no_package(data: bytes, where: str, field: str) -> None:
    with pytest.raises(Unreadable) as refused:
        files.read(data, "case")
    assert (where, field) in {(fault.where, fault.field) for fault in refused.value.faults}


def test_an_item_of_case_has_one_identifier_and_one_parent() -> None:
    package = samples.case_package(samples.items()[:10])
    package["CFItems"].append(package["CFItems"][0])
    twin = json.loads(json.dumps(package["CFAssociations"][0]))
    twin["destinationNodeURI"] = package["CFAssociations"][5]["originNodeURI"]
    package["CFAssociations"].append(twin)
    with pytest.raises(Unreadable) as refused:
        files.read(json.dumps(package).encode(), "case")
    assert {f.field for f in refused.value.faults} == {"identifier", "destinationNodeURI"}


def test_case_1_0_within_a_package_and_without_codes() -> None:
    package = samples.case_package(samples.items()[:3])
    for item in package["CFItems"]:
        del item["humanCodingScheme"]
    package["CFAssociations"].append({"associationType": "isRelatedTo"})
    file = files.read(json.dumps({"CFPackage": package}).encode(), "case")
    assert [row.key for row in file.rows] == [item["identifier"] for item in reversed(package["CFItems"])]
    assert file.rows[2].parent == file.rows[1].key
    assert "1 associations" in file.notes[0]
    assert file.head["verbatim_allowed"] == "titles only"


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")  # rdflib's own, of its reader of JSON-LD
@pytest.mark.parametrize(("kind", "form"), [("skos", "turtle"), ("jsonld", "json-ld")])
async def test_skos_has_every_item_in_its_place(database: Database, kind: str, form: str) -> None:
    async with database.read() as db:
        framework = await queries.framework(db, "un-palermo-protocol")
    assert framework is not None
    graph = Graph().parse(data=files.write(framework, kind, ""), format=form)
    scheme = URIRef("urn:tracker:framework:un-palermo-protocol:2000")
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) == len(framework.items)
    assert set(graph.subjects(SKOS.inScheme, scheme)) == concepts
    tops = {item.key for item in framework.items if item.parent_id is None}
    assert {str(graph.value(c, SKOS.notation)) for c in graph.objects(scheme, SKOS.hasTopConcept)} == tops
