"""The structure of the document beside its pages: what is a heading, a list, a table, a link.

ReportLab writes pages only. A Node is made for each part while the document is composed; drawing
records on it which marked content of which page belongs to it; `write` turns the tree into the
objects of a tagged PDF (ISO 32000-1, 14.7 and 14.8).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFDocument, PDFName, PDFPage, PDFString

from tracker.briefings.pdf.objects import Objects

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(slots=True)
class Node:
    """One structure element. `kids`: nodes, (page index, content id) and (page index, minus an annotation's object).

    `alternative` tells a figure in words, and gives a Span, which is seen otherwise, as it is read.
    `number` is its object in the file, known once the tree is written.
    """

    kind: str
    scope: str = ""
    language: str = ""
    alternative: str = ""
    number: int = 0
    kids: "list[Node | tuple[int, int]]" = field(default_factory=list)

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

    def annotation(self, node: Node, number: int) -> int:
        """Counts an annotation of `node` on the current page, by the number of its object."""
        node.kids.append((len(self.pages) - 1, -number))
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


def write(tags: Tags, objects: Objects, doc: PDFDocument) -> None:
    """Add the structure tree to `doc`, whose pages are all drawn."""
    root = objects.reserve()
    for node in _walk(tags.root):
        node.number = objects.reserve()
    pages = [doc.idToObjectNumberAndVersion[f"Page{n + 1}"][0] for n in range(len(tags.pages))]
    parents = {tags.root.number: root}
    for node in _walk(tags.root):
        parents.update((kid.number, node.number) for kid in node.kids if isinstance(kid, Node))
        objects.add(node.number, _element(node, parents.pop(node.number), pages, doc))
    tree = objects.reserve()
    objects.add(tree, f"<< /Nums [{' '.join(_owners(tags))}] >>")
    objects.add(
        root,
        f"<< /Type /StructTreeRoot /K {tags.root.number} 0 R /ParentTree {tree} 0 R "
        f"/ParentTreeNextKey {max(page_key(len(tags.pages)), annotation_key(len(tags.annotations)))} >>",
    )
    doc.Catalog.StructTreeRoot = f"{root} 0 R"
    doc.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})


def _owners(tags: Tags) -> Iterator[str]:
    """Each key of the parent tree with its value, in the order of the keys."""
    keyed = [
        (page_key(n), "[" + " ".join(f"{node.number} 0 R" for node in owners) + "]")
        for n, owners in enumerate(tags.pages)
    ]
    keyed += [(annotation_key(n), f"{node.number} 0 R") for n, node in enumerate(tags.annotations)]
    for key, value in sorted(keyed):
        yield f"{key} {value}"


def _walk(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [kid for kid in reversed(node.kids) if isinstance(kid, Node)]


def _element(node: Node, parent: int, pages: list[int], doc: PDFDocument) -> str:
    told = f"<< /Type /StructElem /S /{node.kind} /P {parent} 0 R"
    if node.scope:
        told += f" /A << /O /Table /Scope /{node.scope} >>"
    if node.language:
        told += " /Lang " + PDFString(node.language).format(doc).decode("latin-1")
    if node.alternative:
        told += " /ActualText " if node.kind == "Span" else " /Alt "
        told += PDFString(node.alternative).format(doc).decode("latin-1")
    kids = [
        f"{kid.number} 0 R" if isinstance(kid, Node) else _content(pages[kid[0]], kid[1]) for kid in node.kids
    ]
    return f"{told} /K [{' '.join(kids)}] >>"


def _content(page: int, what: int) -> str:
    if what >= 0:
        return f"<< /Type /MCR /Pg {page} 0 R /MCID {what} >>"
    return f"<< /Type /OBJR /Pg {page} 0 R /Obj {-what} 0 R >>"
