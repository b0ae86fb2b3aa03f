"""The structure of the document beside its pages: what is a heading, a list, a table, a link.

ReportLab writes pages only. A Node is made for each part while the document is composed; drawing
records on it which marked content of which page belongs to it; `write` turns the tree into the
objects of a tagged PDF (ISO 32000-1, 14.7 and 14.8).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFDocument,
    PDFName,
    PDFObjectReference,
    PDFPage,
    PDFString,
)

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(slots=True)
class Node:
    """One structure element. `kids`: nodes, (page index, content id) and (page index, annotation name)."""

    kind: str
    scope: str = ""
    language: str = ""
    alternative: str = ""
    kids: "list[Node | tuple[int, int] | tuple[int, str]]" = field(default_factory=list)

    def add(self, kind: str, scope: str = "", language: str = "", alternative: str = "") -> "Node":
        kept = language if _LANGUAGE.fullmatch(language) else ""
        child = Node(kind, scope, kept, alternative)
        self.kids.append(child)
        return child


@dataclass
class Tags:
    """Which node owns each marked content of each page, and each annotation."""

    root: Node
    pages: list[list[Node]] = field(default_factory=list)
    annotations: list[Node] = field(default_factory=list)

    def content(self, node: Node) -> int:
        """The number of a new marked content of `node` on the current page."""
        owners = self.pages[-1]
        owners.append(node)
        node.kids.append((len(self.pages) - 1, len(owners) - 1))
        return len(owners) - 1

    def annotation(self, node: Node, name: str) -> int:
        """Counts an annotation of `node` on the current page; keys are made final by `write`."""
        node.kids.append((len(self.pages) - 1, name))
        self.annotations.append(node)
        return len(self.annotations) - 1


def annotation_key(number: int) -> int:
    """Keys of annotations in the parent tree: odd, so that pages, even, can be added while drawing."""
    return 2 * number + 1


def page_key(number: int) -> int:
    return 2 * number


def mark_page(page: PDFPage, number: int) -> None:
    """Let ReportLab write the two keys that its page class doesn't know."""
    page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
    page.StructParents = page_key(number)
    page.Tabs = PDFName("S")


def write(tags: Tags, doc: PDFDocument) -> None:
    """Add the structure tree to `doc`, whose pages are all drawn."""
    names = {id(node): f"Struct{number}" for number, node in enumerate(_walk(tags.root))}
    root = PDFDictionary({"Type": PDFName("StructTreeRoot"), "K": PDFObjectReference(names[id(tags.root)])})
    root_reference = doc.Reference(root, "StructTreeRoot")
    _register(tags.root, root_reference, names, doc)
    keyed: dict[int, object] = {}
    for number, owners in enumerate(tags.pages):
        keyed[page_key(number)] = PDFArray([PDFObjectReference(names[id(node)]) for node in owners])
    for number, node in enumerate(tags.annotations):
        keyed[annotation_key(number)] = PDFObjectReference(names[id(node)])
    nums = [entry for key in sorted(keyed) for entry in (key, keyed[key])]
    root["ParentTree"] = doc.Reference(PDFDictionary({"Nums": PDFArray(nums)}), "ParentTree")
    root["ParentTreeNextKey"] = max(keyed, default=-1) + 1
    doc.Catalog.StructTreeRoot = root
    doc.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for kid in node.kids:
        if isinstance(kid, Node):
            yield from _walk(kid)


def _register(node: Node, parent: PDFObjectReference, names: dict[int, str], doc: PDFDocument) -> None:
    element = PDFDictionary({"Type": PDFName("StructElem"), "S": PDFName(node.kind), "P": parent})
    if node.scope:
        element["A"] = PDFDictionary({"O": PDFName("Table"), "Scope": PDFName(node.scope)})
    if node.language:
        element["Lang"] = PDFString(node.language)
    if node.alternative:
        element["Alt"] = PDFString(node.alternative)
    reference = doc.Reference(element, names[id(node)])
    kids = []
    for kid in node.kids:
        if isinstance(kid, Node):
            _register(kid, reference, names, doc)
            kids.append(PDFObjectReference(names[id(kid)]))
        else:
            kids.append(_content(kid[0], kid[1], doc))
    element["K"] = PDFArray(kids)


def _content(page: int, what: int | str, doc: PDFDocument) -> PDFDictionary:
    where = PDFObjectReference(f"Page{page + 1}")
    if isinstance(what, int):
        return PDFDictionary({"Type": PDFName("MCR"), "Pg": where, "MCID": what})
    return PDFDictionary({"Type": PDFName("OBJR"), "Pg": where, "Obj": doc.refAnnotation(what)})
