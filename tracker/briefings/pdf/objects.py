"""The objects of the file: ReportLab's own, and the many that it need not know of.

A register has more than a hundred thousand links and elements of structure. As ReportLab's objects each takes half a
kilobyte of memory and some 200 bytes of the file. Here they are text, and are packed into compressed object streams
(ISO 32000-1, 7.5.7) as they come; what ReportLab made joins them when the file is written.
"""

import struct
import zlib

from reportlab.pdfbase import pdfdoc
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFDocument, PDFName, PDFPage, PDFStream

# So many objects share a stream: a reader unpacks all of them to see one.
PACK = 200
_HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_LEVEL = 6


class Objects:
    """The objects of `doc`, which is written by this instead of by itself."""

    def __init__(self, doc: PDFDocument) -> None:
        self._doc = doc
        self._waiting: list[tuple[int, bytes]] = []
        self._packs: list[tuple[list[int], bytes]] = []
        doc.format = self._file

    def reserve(self) -> int:
        """The number of an object that is added later."""
        self._doc.objectcounter += 1
        number: int = self._doc.objectcounter
        return number

    def add(self, number: int, told: str | bytes) -> None:
        """The object of a reserved number: anything but a stream."""
        self._waiting.append((number, told.encode("latin-1") if isinstance(told, str) else told))
        if len(self._waiting) == PACK:
            self._pack()

    def _pack(self) -> None:
        numbers = [number for number, _ in self._waiting]
        places, at = [], 0
        for number, told in self._waiting:
            places.append(b"%d %d" % (number, at))
            at += len(told) + 1
        index = b" ".join(places) + b"\n"
        body = zlib.compress(index + b"\n".join(told for _, told in self._waiting), _LEVEL)
        head = b"<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>\nstream\n"
        self._packs.append((numbers, head % (len(numbers), len(index), len(body)) + body + b"\nendstream"))
        self._waiting = []

    def _file(self) -> bytes:
        """The whole file. Formatting ReportLab's objects may make more of them."""
        doc, parts, size = self._doc, [_HEAD], len(_HEAD)
        where: dict[int, tuple[int, int, int]] = {0: (0, 0, 65535)}
        root, info = doc.Reference(doc.Catalog), doc.Reference(doc.info)

        def place(number: int, told: bytes) -> None:
            nonlocal size
            where[number] = (1, size, 0)
            parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, told))
            size += len(parts[-1])

        number = 0
        while number < doc.objectcounter:
            number += 1
            name = doc.numberToId.get(number)
            if name is None:
                continue
            told = pdfdoc.format(doc.idToObject[name], doc, toplevel=1).strip(b"\n")
            if told.endswith(b"endstream"):
                place(number, told)
            else:
                self.add(number, told)
        if self._waiting:
            self._pack()
        for numbers, stream in self._packs:
            holder = self.reserve()
            place(holder, stream)
            where.update((packed, (2, holder, index)) for index, packed in enumerate(numbers))
        table = self.reserve()
        where[table] = (1, size, 0)
        parts.append(self._table(table, where, size, (root.format(doc), info.format(doc))))
        return b"".join(parts)

    def _table(
        self, number: int, where: dict[int, tuple[int, int, int]], start: int, ends: tuple[bytes, bytes]
    ) -> bytes:
        """The cross-reference stream, which is also the trailer."""
        body = zlib.compress(b"".join(struct.pack(">BIH", *where[n]) for n in range(number + 1)), _LEVEL)
        return (
            b"%d 0 obj\n<< /Type /XRef /Size %d /W [1 4 2] /Root %s /Info %s /ID %s /Filter /FlateDecode /Length %d >>"
            b"\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
        ) % (number, number + 1, *ends, self._id(), len(body), body, start)

    def _id(self) -> bytes:
        digest = self._doc.signature.hexdigest().encode()[:32]
        return b"[<%s> <%s>]" % (digest, digest)


def press(page: PDFPage) -> None:
    """Compress the content of a page that is drawn, so that it need not be kept as text until all are."""
    stream = PDFStream(PDFDictionary({"Filter": PDFArray([PDFName("FlateDecode")])}))
    stream.content = zlib.compress(page.stream.encode("latin-1"), _LEVEL)
    page.Contents, page.stream = stream, None
