"""Frameworks as SKOS in Turtle or JSON-LD: a concept scheme with a concept for each item. For reading elsewhere, not for import."""

from urllib.parse import quote

from tracker.frameworks.queries import Framework, Item
from tracker.kit.safe import safe_url


def write(framework: Framework, form: str) -> str:
    """The whole version. `form`: turtle or json-ld."""
    # Imported here: it takes a fifth of a second, and only this one file needs it.
    from rdflib import RDF, Graph, Literal, URIRef
    from rdflib.namespace import DCTERMS, SKOS

    graph = Graph()
    graph.bind("skos", SKOS)
    graph.bind("dcterms", DCTERMS)
    scheme = URIRef(_uri(framework))
    about = [
        (RDF.type, SKOS.ConceptScheme),
        (SKOS.prefLabel, Literal(framework.title, "en")),
        (DCTERMS.publisher, Literal(framework.publisher)),
        (DCTERMS.issued, Literal(str(framework.year))),
        (DCTERMS.hasVersion, Literal(framework.version)),
        (DCTERMS.rights, Literal(f"{framework.licence}; may be quoted: {framework.verbatim_allowed}")),
    ]
    if safe_url(framework.landing_url):
        about.append((DCTERMS.source, URIRef(framework.landing_url)))
    for predicate, thing in about:
        graph.add((scheme, predicate, thing))
    by_id = {item.id: item for item in framework.items}
    for item in framework.items:
        concept = URIRef(_uri(framework, item))
        graph.add((concept, RDF.type, SKOS.Concept))
        graph.add((concept, SKOS.inScheme, scheme))
        graph.add((concept, SKOS.prefLabel, Literal(item.text, "en")))
        graph.add((concept, SKOS.notation, Literal(item.key)))
        if item.short_label:
            graph.add((concept, SKOS.altLabel, Literal(item.short_label, "en")))
        graph.add((concept, SKOS.editorialNote, Literal(f"{item.wording}; {item.provenance}")))
        if item.parent_id:
            parent = URIRef(_uri(framework, by_id[item.parent_id]))
            graph.add((concept, SKOS.broader, parent))
            graph.add((parent, SKOS.narrower, concept))
        else:
            graph.add((concept, SKOS.topConceptOf, scheme))
            graph.add((scheme, SKOS.hasTopConcept, concept))
    if form == "json-ld":
        names = {"skos": str(SKOS), "dcterms": str(DCTERMS)}
        return graph.serialize(format=form, context=names, sort_keys=True)
    return graph.serialize(format=form)


def _uri(framework: Framework, item: Item | None = None) -> str:
    parts = [framework.key, framework.version, *([item.key] if item else [])]
    return "urn:tracker:framework:" + ":".join(quote(part, safe="") for part in parts)
