"""Reading a tagged PDF as a screen reader does: the structure tree, and the text of each element in its order."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

import pikepdf


@dataclass
class Element:
    """One structure element; `text` is its own, `kids` come in order. `refs`: the annotations it owns."""

    kind: str
    scope: str = ""
    alt: str = ""
    language: str = ""
    parts: "list[Element | str]" = field(default_factory=list)
    refs: list[str] = field(default_factory=list)

    @property
    def kids(self) -> "list[Element]":
        return [part for part in self.parts if isinstance(part, Element)]

    @property
    def text(self) -> str:
        """All that is read of it: of a figure its alternative text, of a span what stands for it."""
        if self.kind in ("Figure", "Span"):
            return self.alt
        return " ".join(part if isinstance(part, str) else part.text for part in self.parts)

    def walk(self) -> "Iterator[Element]":
        yield self
        for kid in self.kids:
            yield from kid.walk()


def tree(pdf: bytes) -> Element:
    """The Document element."""
    with pikepdf.open(BytesIO(pdf)) as file:
        texts = {page.objgen: _texts(page) for page in file.pages}
        root = file.Root.StructTreeRoot.K
        return _element(root[0] if isinstance(root, pikepdf.Array) else root, texts)


def unpacked(pdf: bytes) -> bytes:
    """The same file with every object in the open, for tests that look for what must not be in it."""
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as file:
        none = pikepdf.StreamDecodeLevel.none
        file.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, stream_decode_level=none)
    return out.getvalue()


def _element(node: pikepdf.Object, texts: dict[tuple[int, int], dict[int, str]]) -> Element:
    attributes = node.get("/A")
    made = Element(
        str(node.S)[1:],
        str(attributes.get("/Scope", ""))[1:] if attributes is not None else "",
        str(node.get("/ActualText" if node.S == "/Span" else "/Alt", "")),
        str(node.get("/Lang", "")),
    )
    kids = node.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        kind = kid.get("/Type")
        if kind == "/MCR":
            made.parts.append(texts[kid.Pg.objgen].get(int(kid.MCID), ""))
        elif kind == "/OBJR":
            assert kid.Obj.Subtype == "/Link"
            made.refs.append(str(kid.Obj.A.URI) if "/A" in kid.Obj else "#")
        else:
            made.parts.append(_element(kid, texts))
    return made


def _texts(page: pikepdf.Page) -> dict[int, str]:
    """The text of each marked content of a page, by its id."""
    found: dict[int, str] = defaultdict(str)
    fonts = {name: _unicode(font) for name, font in page.Resources.get("/Font", {}).items()}
    font: dict[int, str] = {}
    stack: list[int | None] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "BDC":
            stack.append(int(operands[1].MCID))
        elif name == "BMC":
            stack.append(None)
        elif name == "EMC":
            stack.pop()
        elif name == "Tf":
            font = fonts[str(operands[0])]
        elif name == "Tj" and stack and stack[-1] is not None:
            found[stack[-1]] += "".join(font.get(code, "\ufffd") for code in bytes(operands[0]))
    return dict(found)


def _unicode(font: pikepdf.Object) -> dict[int, str]:
    if "/ToUnicode" not in font:
        return {code: chr(code) for code in range(32, 127)}
    table = font.ToUnicode.read_bytes().decode("ascii")
    pairs = re.findall(r"<([0-9A-F]{2})> <([0-9A-F]{4,})>", table.partition("beginbfchar")[2])
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be", "replace") for code, text in pairs}
