"""What catalogues and search engines read of the releases: DCAT 3, schema.org, Signposting, a citation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, XSD, Namespace

from tracker.kit import licences
from tracker.opendata.package import DESCRIPTION, KEYWORDS, media_type
from tracker.opendata.queries import Release
from tracker.opendata.store import StoredFile
from tracker.web import signposts
from tracker.web.signposts import Post

DCAT = Namespace("http://www.w3.org/ns/dcat#")  # version 3: rdflib's own knows no series
SPDX = Namespace("http://spdx.org/rdf/terms#")
IANA = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True, slots=True)
class Told:
    """The service's own facts. `releases`: the newest first."""

    base_url: str
    service_name: str
    locale: str
    releases: Sequence[Release]

    @property
    def page(self) -> str:
        return f"{self.base_url}/{self.locale}/data"

    def address(self, release: Release) -> str:
        """The one to cite."""
        return f"{self.base_url}/data/{release.number}"

    def title(self, release: Release) -> str:
        return f"{self.service_name}: open data, release {release.number}"


def citation(told: Told, release: Release) -> str:
    day = release.recorded_at.date()
    return (
        f"{told.service_name} ({day.year}). Open data, release {release.number} of {day.isoformat()}, "
        f"record as of {release.as_of.strftime('%Y-%m-%dT%H:%M:%SZ')}. {told.address(release)}"
    )


def dataset(told: Told, release: Release, files: Sequence[StoredFile]) -> dict[str, Any]:
    """schema.org's Dataset as JSON-LD."""
    address = told.address(release)
    publisher = {"@type": "Organization", "name": told.service_name, "url": told.base_url}
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": address,
        "name": told.title(release),
        "description": DESCRIPTION,
        "url": address,
        "identifier": address,
        "version": str(release.number),
        "license": licences.address(release.licence),
        "keywords": KEYWORDS,
        "isAccessibleForFree": True,
        "inLanguage": "en",
        "creator": publisher,
        "publisher": publisher,
        "datePublished": release.recorded_at.date().isoformat(),
        "dateModified": (release.rewritten or release.recorded_at).date().isoformat(),
        "temporalCoverage": f"../{release.on_day.isoformat()}",
        "citation": citation(told, release),
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": f"{told.service_name}: open data",
            "url": told.page,
        },
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.name,
                "contentUrl": f"{address}/{file.name}",
                "encodingFormat": media_type(file.name),
                "contentSize": f"{file.size} B",
                "sha256": file.sha256,
            }
            for file in files
        ],
    }


def link_header(told: Told, release: Release, files: Sequence[StoredFile]) -> str:
    """The Link header of a release's page (Signposting)."""
    address = told.address(release)
    return signposts.header(
        cite_as=address,
        kind="https://schema.org/Dataset",
        licence=licences.address(release.licence),
        described_by=[
            Post(f"{address}/datapackage.json", "application/json"),
            Post(f"{told.base_url}/data/catalog.jsonld", "application/ld+json"),
        ],
        items=[Post(f"{address}/{f.name}", media_type(f.name)) for f in files],
    )


def written(told: Told, files: Mapping[int, Sequence[StoredFile]], kind: str) -> str:
    """The catalogue in "json-ld" or "turtle"."""
    graph = _graph(told, files)
    if kind == "json-ld":
        return graph.serialize(format=kind, auto_compact=True)
    return graph.serialize(format=kind)


def _graph(told: Told, files: Mapping[int, Sequence[StoredFile]]) -> Graph:
    graph = Graph(bind_namespaces="none")
    for prefix, space in (("dcat", DCAT), ("dcterms", DCTERMS), ("foaf", FOAF), ("spdx", SPDX)):
        graph.bind(prefix, space)
    publisher, whole = URIRef(told.base_url + "/"), URIRef(f"{told.base_url}/data/catalog")
    series = URIRef(f"{told.base_url}/data/latest")
    graph.add((publisher, RDF.type, FOAF.Agent))
    graph.add((publisher, FOAF.name, Literal(told.service_name)))
    graph.add((whole, RDF.type, DCAT.Catalog))
    graph.add((series, RDF.type, DCAT.DatasetSeries))
    for node, title in ((whole, "open data"), (series, "adoption of the core competencies")):
        graph.add((node, DCTERMS.title, Literal(f"{told.service_name}: {title}", lang="en")))
        graph.add((node, DCTERMS.description, Literal(DESCRIPTION, lang="en")))
        graph.add((node, DCTERMS.publisher, publisher))
    graph.add((whole, FOAF.homepage, URIRef(told.page)))
    graph.add((whole, DCAT.dataset, series))
    for release in told.releases:
        node = _release(graph, told, release, publisher, files.get(release.number, ()))
        graph.add((whole, DCAT.dataset, node))
        graph.add((node, DCAT.inSeries, series))
        before = [r for r in told.releases if r.number == release.number - 1]
        if before:
            graph.add((node, DCAT.prev, URIRef(told.address(before[0]))))
    if told.releases:
        graph.add((series, DCAT.last, URIRef(told.address(told.releases[0]))))
        graph.add((series, DCAT.first, URIRef(told.address(told.releases[-1]))))
    return graph


def _release(
    graph: Graph, told: Told, release: Release, publisher: URIRef, files: Sequence[StoredFile]
) -> URIRef:
    node = URIRef(told.address(release))
    licence = URIRef(licences.address(release.licence))
    made = release.rewritten or release.recorded_at
    for predicate, value in (
        (RDF.type, DCAT.Dataset),
        (DCTERMS.title, Literal(told.title(release), lang="en")),
        (DCTERMS.description, Literal(DESCRIPTION, lang="en")),
        (DCTERMS.publisher, publisher),
        (DCTERMS.license, licence),
        (DCTERMS.identifier, Literal(str(node))),
        (DCAT.version, Literal(str(release.number))),
        (DCTERMS.issued, Literal(release.recorded_at.isoformat(), datatype=XSD.dateTime)),
        (DCTERMS.modified, Literal(made.isoformat(), datatype=XSD.dateTime)),
        (DCAT.landingPage, URIRef(f"{told.page}/{release.number}")),
        *((DCAT.keyword, Literal(word, lang="en")) for word in KEYWORDS),
    ):
        graph.add((node, predicate, value))
    for file in files:
        graph.add((node, DCAT.distribution, _distribution(graph, node, licence, file)))
    return node


def _distribution(graph: Graph, release: URIRef, licence: URIRef, file: StoredFile) -> URIRef:
    address = URIRef(f"{release}/{file.name}")
    graph.add((address, RDF.type, DCAT.Distribution))
    graph.add((address, DCTERMS.title, Literal(file.name)))
    graph.add((address, DCAT.downloadURL, address))
    graph.add((address, DCAT.accessURL, release))
    graph.add((address, DCAT.mediaType, URIRef(IANA + media_type(file.name))))
    graph.add((address, DCAT.byteSize, Literal(file.size, datatype=XSD.nonNegativeInteger)))
    graph.add((address, DCTERMS.license, licence))
    checksum = BNode(f"sum{file.sha256[:16]}")
    graph.add((address, SPDX.checksum, checksum))
    graph.add((checksum, RDF.type, SPDX.Checksum))
    graph.add((checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
    graph.add((checksum, SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary)))
    return address
