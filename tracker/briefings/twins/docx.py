"""A briefing as a Word file for editing: styles, headings, real tables with header rows, links; no pictures.

python-docx brings the package, its styles and properties. The body is written as XML of our own, for its tables take
seconds where a register has thousands of cells. Every text is escaped; nothing is read but the library's own template.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from tracker.briefings.bidi import base_level
from tracker.briefings.document import (
    Block,
    Bullets,
    Chart,
    Document,
    Evidence,
    Facts,
    Key,
    Mark,
    Matrix,
    Notice,
    Part,
    Run,
    Runs,
    Table,
    Text,
)
from tracker.briefings.twins.tables import STAMP
from tracker.charts.spec import Glance
from tracker.kit.i18n import gettext as _
from tracker.kit.safe import safe_url

SIZES = {"A4": (Mm(210), Mm(297)), "Letter": (Mm(215.9), Mm(279.4))}
SIGNS = {
    "0": "○",
    "1": "◔",
    "2": "◑",
    "3": "◕",
    "4": "●",
    "not_assessed": "–",
    "not_applicable": "⊘",
    "inconclusive": "?",
    "no_response": "…",
    "withheld": "■",
}
GROUNDS = {"0": "FFFFCC", "1": "A1DAB4", "2": "41B6C4", "3": "2273AB", "4": "253494"}
LONGEST_LINK = 2_000
_NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_OVERRIDES = re.compile("[\u202d\u202e]")

# More columns than this need a page turned sideways.
MOST_UPRIGHT = 4

Content = tuple[Runs, str]  # the runs of a table's cell and its ground, "" for none


def write(document: Document, page_size: str = "A4") -> bytes:
    """The bytes of the file; the same document gives the same. `page_size`: of SIZES."""
    file = docx.Document()
    _describe(file, document, page_size)
    writer = _Writer(file, document)
    xml = "".join(writer.body())
    body = file.element.body
    for element in list(body):
        if element.tag != qn("w:sectPr"):
            body.remove(element)
    # Parsed with the frame around it: elements moved into another tree take longer the more there are.
    before, begin, after = file.part.blob.partition(b"<w:body>")
    file.part._element = parse_xml(before + begin + xml.encode() + after)
    out = io.BytesIO()
    file.save(out)
    return _fixed(out.getvalue())


def _describe(file: "docx.document.Document", document: Document, page_size: str) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = SIZES[page_size]
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(16))
    section.footer.paragraphs[0].text = _clean(document.footer)
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10)
    _language(normal, document.language)
    told = file.core_properties
    told.title, told.author = _clean(document.question)[:250], _clean(document.publisher)[:250]
    told.subject, told.language = _clean(document.subtitle)[:250], document.language
    told.comments = told.keywords = told.last_modified_by = ""
    told.created = told.modified = document.midnight
    told.revision = 1


def _language(style: object, language: str) -> None:
    """The language of the text, for spelling and for reading it aloud."""
    properties = style.element.get_or_add_rPr()  # type: ignore[attr-defined]
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    properties.append(parse_xml(f"<w:lang {nsdecls('w')} w:val={quoteattr(language)}/>"))


def _clean(text: str) -> str:
    """Without the characters that XML can't hold, and without those that turn the letters that follow about."""
    return _NEVER.sub("\ufffd", _OVERRIDES.sub("", text))


def _fixed(made: bytes) -> bytes:
    """The same package without the time of day in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(given.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            file.writestr(zipfile.ZipInfo(name, STAMP), given.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


class _Writer:
    """Writes blocks as WordprocessingML; links become relationships of the file."""

    def __init__(self, file: "docx.document.Document", document: Document) -> None:
        self._part = file.part
        self._document = document
        self._links: dict[str, str] = {}
        self._marks: dict[str, int] = {}
        anchors = [p.anchor for p in document.parts]
        anchors += [b.anchor for p in document.parts for b in p.blocks if isinstance(b, Evidence)]
        for anchor in anchors:
            self._marks.setdefault(anchor, len(self._marks) + 1)
        self._rtl = document.direction == "rtl"
        upright = file.sections[0]._sectPr
        self._upright = _section(upright, sideways=False)
        self._sideways = _section(upright, sideways=True)

    def body(self) -> Iterator[str]:
        document = self._document
        yield self._p((Run(document.question),), "Title")
        yield self._p((Run(document.subtitle),), "Subtitle")
        yield from self._facts(document.facts)
        sideways = False
        for number, part in enumerate(document.parts):
            # A heading of nothing but further parts goes with the first of them.
            first = part if part.blocks or number + 1 == len(document.parts) else document.parts[number + 1]
            if sideways != _wide(first):
                yield f"<w:p><w:pPr>{self._sideways if sideways else self._upright}</w:pPr></w:p>"
                sideways = not sideways
            yield self._p((Run(part.heading),), f"Heading {part.level}", part.anchor)
            for block in part.blocks:
                yield from self._block(block)

    def _block(self, block: Block) -> Iterator[str]:
        match block:
            case Text():
                yield self._p(block.runs)
            case Notice():
                yield self._p(block.runs, "Intense Quote")
            case Bullets():
                yield from (self._p(runs, "List Bullet") for runs in block.items)
            case Facts():
                yield from self._facts(block)
            case Table():
                rows = [[(runs, "") for runs in row] for row in block.rows]
                yield from self._table(block.caption, block.columns, rows, block.widths)
            case Matrix():
                rows = [
                    [
                        ((Run(row.header, True, row.href), Run(f"\n{row.remark}")), ""),
                        *(
                            (self._cell(cell.marks, cell.remarks, cell.href), _ground(cell.marks))
                            for cell in row.cells
                        ),
                    ]
                    for row in block.rows
                ]
                yield from self._table(block.caption, (block.corner, *block.columns), rows)
            case Key():
                rows = [
                    [((Run(_signed(mark)),), GROUNDS.get(mark.code, "")), ((Run(told),), "")]
                    for mark, told in block.entries
                ]
                yield from self._table(block.title, (_("Sign and word"), _("Meaning")), rows, (0.4, 0.6))
            case Chart():
                yield from self._chart(block)
            case Evidence():
                yield from self._evidence(block)

    def _evidence(self, block: Evidence) -> Iterator[str]:
        title = (Run(f"[{block.number}] "), Run(block.title, href=block.href))
        yield self._p(title, "Heading 2", block.anchor)
        yield from (self._p((Run(line),)) for line in block.lines if line)
        if block.quote:
            yield self._p((Run(block.quote),), "Quote", language=block.quote_language)
        if block.translation:
            yield self._p((Run(_("Translation:") + " ", bold=True), Run(block.translation)), "Quote")

    def _chart(self, block: Chart) -> Iterator[str]:
        """A chart as its table; the many cells of a glance by their signs alone, under headings that stand upright."""
        told = block.spec.told()
        yield self._p((Run(block.spec.summary),))
        columns = (told.columns[0] or _("Name"), *told.columns[1:])
        if isinstance(block.spec, Glance):
            tiles: list[list[Content]] = [
                [((Run(row[0]),), ""), *(((Run(SIGNS[c]),), GROUNDS.get(c, "")) for c in line.codes)]
                for row, line in zip(told.rows, block.spec.rows, strict=True)
            ]
            share = 0.75 / max(len(columns) - 1, 1)
            widths = (0.25, *[share] * (len(columns) - 1))
            yield from self._table(block.spec.title, columns, tiles, widths, turned=True)
        else:
            plain: list[list[Content]] = [[((Run(cell),), "") for cell in row] for row in told.rows]
            yield from self._table(block.spec.title, columns, plain)

    def _facts(self, block: Facts) -> Iterator[str]:
        rows: list[list[Content]] = [[((Run(label),), ""), (value, "")] for label, value in block.rows]
        yield from self._table("", (_("What"), _("Value")), rows, (0.25, 0.75))

    def _cell(self, marks: tuple[Mark, ...], remarks: str, href: str) -> Runs:
        runs = [Run(("\n" if n else "") + _signed(mark), href=href) for n, mark in enumerate(marks)]
        return (*runs, Run(f"\n{remarks}")) if remarks else tuple(runs)

    def _table(
        self,
        caption: str,
        columns: tuple[str, ...],
        rows: Iterable[list[Content]],
        widths: tuple[float, ...] = (),
        *,
        turned: bool = False,
    ) -> Iterator[str]:
        """A real table: its first row repeats on each page, the first cell of each row is in bold as its header.

        `widths`: shares of the page's width, or as wide as the words need. `turned`: headings are read from below.
        """
        if caption:
            yield self._p((Run(caption),), "Caption")
        width = max(len(columns), 1)
        described = f"<w:tblCaption w:val={_attribute(caption)}/>" if caption else ""
        shares = widths if len(widths) == width else ()
        fixed = '<w:tblLayout w:type="fixed"/>' if shares else ""
        if turned:
            sides = '<w:left w:w="15" w:type="dxa"/><w:right w:w="15" w:type="dxa"/>'
            fixed += f"<w:tblCellMar>{sides}</w:tblCellMar>"
        grid = (
            "".join(f'<w:gridCol w:w="{share * _TWIPS:.0f}"/>' for share in shares) or "<w:gridCol/>" * width
        )
        yield (
            '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/>'
            f"{fixed}"
            f'<w:tblLook w:val="04A0" w:firstRow="1" w:firstColumn="1" w:noHBand="0" w:noVBand="1"/>{described}</w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>"
        )
        head = "".join(
            self._tc((Run(title, bold=True),), "F3F5F8", turned=turned and n > 0)
            for n, title in enumerate(columns)
        )
        high = '<w:trHeight w:val="4700" w:hRule="exact"/>' if turned else ""
        yield f"<w:tr><w:trPr><w:cantSplit/>{high}<w:tblHeader/></w:trPr>{head}</w:tr>"
        for row in rows:
            cells = [*row, *[((), "")] * (width - len(row))][:width]
            first = tuple(Run(run.text, True, run.href) for run in cells[0][0])
            told = self._tc(first, cells[0][1]) + "".join(
                self._tc(runs, ground) for runs, ground in cells[1:]
            )
            yield f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{told}</w:tr>"
        yield "</w:tbl>" + self._p(())

    def _tc(self, runs: Runs, ground: str, *, turned: bool = False) -> str:
        shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{ground}"/>' if ground else ""
        told = self._p(runs, "", light=ground in _DARK, size=_TURNED if turned else 0)
        turn = '<w:textDirection w:val="btLr"/>' if turned else ""
        return f'<w:tc><w:tcPr><w:tcW w:w="0" w:type="auto"/>{shade}{turn}</w:tcPr>{told}</w:tc>'

    def _p(
        self,
        runs: Runs,
        style: str = "",
        anchor: str = "",
        language: str = "",
        light: bool = False,
        size: int = 0,
    ) -> str:
        styled = f"<w:pStyle w:val={_attribute(style.replace(' ', ''))}/>" if style else ""
        # A caption is never left alone above a page's end.
        # A paragraph that people wrote runs in the direction it begins in, as on the page and in the PDF.
        rtl = self._rtl or base_level("".join(run.text for run in runs))
        bidi = ("<w:keepNext/>" if style == "Caption" else "") + ("<w:bidi/>" if rtl else "")
        told = "".join(self._run(run, language, light, size) for run in runs)
        if anchor in self._marks:
            number = self._marks[anchor]
            told = f'<w:bookmarkStart w:id="{number}" w:name="place{number}"/>{told}<w:bookmarkEnd w:id="{number}"/>'
        return f"<w:p><w:pPr>{styled}{bidi}</w:pPr>{told}</w:p>"

    def _run(self, run: Run, language: str, light: bool, size: int) -> str:
        linked = self._link(run.href)
        marks = "<w:b/>" if run.bold else ""
        if light:
            marks += '<w:color w:val="FFFFFF"/>'
        elif linked:
            marks += '<w:color w:val="1B4F8A"/>'
        if size:
            marks += f'<w:sz w:val="{size}"/>'
        if linked:
            marks += '<w:u w:val="single"/>'
        marks += "<w:rtl/>" if self._rtl or base_level(run.text) else ""
        marks += f"<w:lang w:val={_attribute(language)}/>" if language else ""
        lines = _clean(run.text).split("\n")
        told = "<w:br/>".join(
            f'<w:t xml:space="preserve">{escape(line)}</w:t>' if line else "" for line in lines
        )
        inner = f"<w:r><w:rPr>{marks}</w:rPr>{told}</w:r>"
        return f"<w:hyperlink {linked}>{inner}</w:hyperlink>" if linked else inner

    def _link(self, href: str) -> str:
        """The attribute of a link: to a place in this file, or to a web address; nothing for any other."""
        if href.startswith("#"):
            number = self._marks.get(href[1:])
            return f'w:anchor="place{number}"' if number else ""
        if href not in self._links:
            if not safe_url(href) or len(href) > LONGEST_LINK:
                return ""
            # numbered here: the library looks through all links for each new one, which took minutes
            self._links[href] = f"link{len(self._links) + 1}"
            self._part.rels.add_relationship(
                RELATIONSHIP_TYPE.HYPERLINK, _clean(href), self._links[href], is_external=True
            )
        return f'r:id="{self._links[href]}"'


# The size of headings that are read from below, in half points.
_TURNED = 13
# The room of an upright page between its margins, in twentieths of a point, as near as shares need it.
_TWIPS = 10_000


def _wide(part: Part) -> bool:
    return any(isinstance(block, Matrix) and len(block.columns) > MOST_UPRIGHT for block in part.blocks)


def _section(upright: Any, *, sideways: bool) -> str:
    """The end of a section with the footer and margins of the file's own, upright or sideways."""
    made = deepcopy(upright)
    size = made.find(qn("w:pgSz"))
    if sideways:
        size.set(qn("w:orient"), "landscape")
        across, along = size.get(qn("w:w")), size.get(qn("w:h"))
        size.set(qn("w:w"), along)
        size.set(qn("w:h"), across)
    return str(made.xml)


_DARK = frozenset({GROUNDS["3"], GROUNDS["4"]})


def _signed(mark: Mark) -> str:
    """Label, sign and word of a reading."""
    number = f"{mark.code} " if mark.code.isdigit() and not mark.word.startswith(mark.code) else ""
    told = f"{SIGNS.get(mark.code, '')} {number}{mark.word}".strip()
    return f"{mark.label}: {told}" if mark.label else told


def _ground(marks: tuple[Mark, ...]) -> str:
    """The colour of a cell of one reading; of several, each has its sign."""
    return GROUNDS.get(marks[0].code, "") if len(marks) == 1 else ""


def _attribute(text: str) -> str:
    return quoteattr(_clean(text).replace("\n", " "))
