"""A face drawn glyph by glyph, for scripts whose letters change with their neighbours.

ReportLab draws characters. Each glyph here has a private code for each text it stands for, so that whoever copies from the
file gets letters: the same shape may end two letters that differ elsewhere.
"""

from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont, makeToUnicodeCMap

_FIRST = 0xF0000
_MOST = 0x1F000


class GlyphFont(TTFont):
    """`code` gives the private code of a glyph; what is drawn with it can be copied as its text."""

    def __init__(self, name: str, path: str) -> None:
        super().__init__(name, path, shapable=False)
        self._codes: dict[tuple[int, str], int] = {}
        self._texts: dict[int, str] = {}

    def code(self, glyph: int, text: str) -> int:
        """The code of glyph number `glyph` where it stands for `text`, which may be empty."""
        key = (glyph, text if len(self._codes) < _MOST else "")
        if key not in self._codes:
            code = self._codes[key] = _FIRST + len(self._codes)
            self._texts[code] = key[1]
            self.face.charToGlyph[code] = glyph
            width = self.face.hmetrics[min(glyph, len(self.face.hmetrics) - 1)][0]
            self.face.charWidths[code] = self.face._pdfScale(width)
        return self._codes[key]

    def addObjects(self, doc: PDFDocument) -> None:  # noqa: N802  ReportLab's name
        subsets = self.state[doc].subsets
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            base = b"".join((SUBSETN(number), b"+", self.face.name, self.face.subfontNameX)).decode("latin-1")
            doc.idToObject[f"toUnicodeCMap:{base}"].content = self._unicode(base, subset)

    def _unicode(self, base: str, subset: list[int]) -> str:
        """The table from codes to text, of which ReportLab knows the frame only."""
        frame = makeToUnicodeCMap(base, subset)
        lines = [
            f"<{place:02X}> <{self._texts.get(code, chr(code)).encode('utf-16-be').hex().upper()}>"
            for place, code in enumerate(subset)
            if self._texts.get(code, "-")
        ]
        before, _, rest = frame.partition(f"{len(subset)} beginbfchar\n")
        _, _, after = rest.partition("endbfchar")
        told = "\n".join(lines)
        return f"{before}{len(lines)} beginbfchar\n{told}\nendbfchar{after}"
