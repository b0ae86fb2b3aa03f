"""The structure of the document beside its pages: what is a heading, a list, a table, a link.

ReportLab writes pages only. A Node is made for each part while the document is composed; drawing
records on it which marked content of which page belongs to it; `write` turns the tree into the
objects of a tagged PDF (ISO 32000-1, 14.7 and 14.8).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from reportlab.pdfbase.pdfdoc import (
    PDFDictionary,
    PDFDocument,
    PDFName,
    PDFObject,
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


class Raw(PDFObject):
    """An object of the file as the text that it will be; `last` is a value known only when the file is written."""

    def __init__(self, text: str = "", last: PDFObject | None = None) -> None:
        self.text, self.last = text, last

    def format(self, document: PDFDocument) -> bytes:
        last = b" " + self.last.format(document) if self.last else b""
        return self.text.encode("latin-1") + last + b" >>"


def write(tags: Tags, doc: PDFDocument) -> None:
    """Add the structure tree to `doc`, whose pages are all drawn.

    A register has tens of thousands of elements, so they are written as text: ReportLab's dictionaries would take most
    of the time of the whole file.
    """
    nodes = list(_walk(tags.root))
    made = [Raw() for _node in nodes]
    numbers = {
        id(node): _number(doc, raw, f"Struct{n}")
        for n, (node, raw) in enumerate(zip(nodes, made, strict=True))
    }
    root = Raw()
    root_number = _number(doc, root, "StructTreeRoot")
    parents = {id(kid): numbers[id(node)] for node in nodes for kid in node.kids if isinstance(kid, Node)}
    for node, raw in zip(nodes, made, strict=True):
        raw.text = _element(node, parents.get(id(node), root_number), numbers, doc)
    keyed: dict[int, str] = {}
    for number, owners in enumerate(tags.pages):
        keyed[page_key(number)] = "[" + " ".join(f"{numbers[id(node)]} 0 R" for node in owners) + "]"
    for number, node in enumerate(tags.annotations):
        keyed[annotation_key(number)] = f"{numbers[id(node)]} 0 R"
    nums = " ".join(f"{key} {keyed[key]}" for key in sorted(keyed))
    tree = _number(doc, Raw(f"<< /Nums [{nums}]"), "ParentTree")
    root.text = (
        f"<< /Type /StructTreeRoot /K {numbers[id(tags.root)]} 0 R /ParentTree {tree} 0 R "
        f"/ParentTreeNextKey {max(keyed, default=-1) + 1}"
    )
    doc.Catalog.StructTreeRoot = PDFObjectReference("StructTreeRoot")
    doc.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})


def _number(doc: PDFDocument, raw: Raw, name: str) -> int:
    """The number under which `raw` stands in the file."""
    doc.Reference(raw, name)
    number: int = doc.idToObjectNumberAndVersion[name][0]
    return number


def _walk(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [kid for kid in reversed(node.kids) if isinstance(kid, Node)]


def _element(node: Node, parent: int, numbers: dict[int, int], doc: PDFDocument) -> str:
    # Raw closes what is begun here
    told = f"<< /Type /StructElem /S /{node.kind} /P {parent} 0 R"
    if node.scope:
        told += f" /A << /O /Table /Scope /{node.scope} >>"
    if node.language:
        told += " /Lang " + PDFString(node.language).format(doc).decode("latin-1")
    if node.alternative:
        told += " /Alt " + PDFString(node.alternative).format(doc).decode("latin-1")
    kids = [
        f"{numbers[id(kid)]} 0 R" if isinstance(kid, Node) else _content(kid[0], kid[1], doc)
        for kid in node.kids
    ]
    return f"{told} /K [{' '.join(kids)}]"


def _content(page: int, what: int | str, doc: PDFDocument) -> str:
    where = doc.idToObjectNumberAndVersion[f"Page{page + 1}"][0]
    if isinstance(what, int):
        return f"<< /Type /MCR /Pg {where} 0 R /MCID {what} >>"
    number = doc.idToObjectNumberAndVersion[doc.annotationName(what)][0]
    return f"<< /Type /OBJR /Pg {where} 0 R /Obj {number} 0 R >>"
