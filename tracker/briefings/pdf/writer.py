"""A Document to the bytes of a PDF: compose flows, divide them into pages, draw."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from threading import Lock
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.utils import TimeStamp
from reportlab.pdfbase.pdfdoc import PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas

from tracker.briefings.document import Block, Bullets, Chart, Document, Evidence, Part, Run, Table, Text
from tracker.briefings.pdf import cover, fonts, matrix, tagged
from tracker.briefings.pdf.blocks import Composer
from tracker.briefings.pdf.layout import Lines
from tracker.briefings.pdf.objects import Objects, press
from tracker.briefings.pdf.pages import Flow, Page, Paginator, Sheet
from tracker.briefings.pdf.pen import Pen
from tracker.briefings.pdf.tagged import Node, Tags
from tracker.briefings.pdf.text import Typesetter, label
from tracker.briefings.pdf.wrap import MUTED, Style
from tracker.kit.i18n import gettext

PAGE_SIZES = {"A4": A4, "Letter": LETTER}
FOOTER = Style(7.2, 9.6, MUTED)
# A page this much used by what stands before a sideways matrix would leave it no room of its own.
BEFORE_MATRIX = 0.4
# A text no higher than this may be a heading to what follows; a longer one stands by itself.
SHORT = 80.0

# A ReportLab font must not serve two documents at the same time.
_ONE_AT_A_TIME = Lock()


def draw(document: Document, page_size: str = "A4") -> bytes:
    """`document` as a tagged PDF on `page_size`, "A4" or "Letter".

    Same document, same language, same bytes. Raises KeyError for another page size.
    """
    sheets = _sheets(*PAGE_SIZES[page_size])
    with _ONE_AT_A_TIME:
        for name in fonts.FACES:
            fonts.face(name)
        setter = Typesetter(_places(document))
        tags = Tags(Node("Document"))
        pages = Paginator(_compose(document, setter, tags.root, sheets), sheets).run()
        return _write(document, pages, setter, tags)


def _sheets(width: float, height: float) -> tuple[Sheet, Sheet]:
    return Sheet(width, height, 56, 64, 66), Sheet(height, width, 48, 36, 58)


def _places(document: Document) -> frozenset[str]:
    anchors = {part.anchor for part in document.parts}
    anchors |= {b.anchor for part in document.parts for b in part.blocks if isinstance(b, Evidence)}
    return frozenset(anchors - {""})


def _compose(document: Document, setter: Typesetter, root: Node, sheets: tuple[Sheet, Sheet]) -> list[Flow]:
    composer = Composer(setter, sheets)
    flows = cover.cover(document, composer, root, sheets[0])
    told = next((n for n, part in enumerate(document.parts) if n and part.level == 1), len(document.parts))
    waiting: list[Flow] = []  # headings of parts without blocks: they stand with what comes next
    for number, part in enumerate(document.parts):
        if number == told:
            flows += cover.about(document, composer, root, sheets[0])
        section = root.add("Sect")
        waiting.append(cover.heading(part, composer, section, sheets[0].measure))
        if part.blocks:
            blocks = _blocks(part, composer, section)
            flows += _part([*waiting, *blocks], sheets[1])
            waiting = []
    flows += waiting
    if told == len(document.parts):
        flows += cover.about(document, composer, root, sheets[0])
    return flows + cover.closing(setter.notes, composer, root, sheets[0].measure)


def _blocks(part: Part, composer: Composer, section: Node) -> list[Flow]:
    """What introduces a list, a table, a chart or the parts below stands with the beginning of it.

    So does a text after a chart, which says what the chart leaves out.
    """
    if (beside := composer.beside(part.blocks, section)) is not None:
        return beside
    flows: list[Flow] = []
    last: Block | None = None
    following = [*part.blocks[1:], None]
    for block, after in zip(part.blocks, following, strict=True):
        made = composer.block(block, section)
        introduces = (
            isinstance(after, Bullets | Table | Chart) if after else part.level == 1 and len(part.blocks) == 1
        )
        short = made and isinstance(block, Text) and made[-1].box.height <= SHORT
        if short and isinstance(last, Chart):
            flows[-1] = replace(flows[-1], keep=True)
        elif short and introduces:
            made[-1] = replace(made[-1], keep=True)
        flows += made
        last = block
    return flows


def _part(flows: list[Flow], sideways: Sheet) -> list[Flow]:
    """Lets a short introduction stand on the sideways page of the matrix that it introduces."""
    first = next((i for i, flow in enumerate(flows) if flow.landscape), None)
    if first is None:
        return [replace(flows[0], landscape=False if flows[0].level == 1 else None), *flows[1:]]
    before = sum(flow.gap + flow.box.height for flow in flows[:first])
    joins = before <= BEFORE_MATRIX * sideways.room
    return [replace(f, landscape=joins, keep=f.keep or joins) for f in flows[:first]] + flows[first:]


def _write(document: Document, pages: list[Page], setter: Typesetter, tags: Tags) -> bytes:
    out = BytesIO()
    canvas = Canvas(
        out,
        pageCompression=1,
        invariant=1,
        initialFontName=fonts.REGULAR,
        lang=document.language,
        pdfVersion=(1, 7),
    )
    _describe(document, canvas)
    matrix.define_symbols(canvas)
    objects = Objects(canvas._doc)
    numbers = _numbers(pages)
    places = {anchor: objects.reserve() for anchor in numbers}
    pen = Pen(canvas, objects, tags, places, numbers)
    words = setter.lines((Run(document.footer),), FOOTER, pages[0].sheet.measure - 90, most=3)
    footer = Lines(words, FOOTER, tags.root)
    setter.forget()
    outline = -1
    for number, page in enumerate(pages):
        sheet = page.sheet
        canvas.setPageSize((sheet.width, sheet.height))
        tags.pages.append([])
        tops: dict[str, float] = {}
        for flow, used in page.items:
            top = sheet.height - sheet.top - used
            for anchor in flow.anchors:
                if numbers.get(anchor) == number + 1:
                    tops.setdefault(anchor, top + 8)
            if flow.level:
                outline = _bookmark(canvas, flow, top, outline, number)
            flow.box.draw(pen, sheet.side, top)
        _foot(pen, footer, sheet, number + 1, len(pages))
        page.items.clear()  # what is drawn need not be kept
        canvas.showPage()
        name = f"Page{number + 1}"
        tagged.mark_page(canvas._doc.idToObject[name], number)
        press(canvas._doc.idToObject[name])
        for anchor, spot in tops.items():
            page_object = canvas._doc.idToObjectNumberAndVersion[name][0]
            objects.add(places[anchor], f"[{page_object} 0 R /XYZ 0 {spot:.2f} null]")
    tagged.write(tags, objects, canvas._doc)
    canvas.save()
    return out.getvalue()


def _describe(document: Document, canvas: Canvas) -> None:
    """Title, author and date, in the information dictionary and as XMP."""
    title, author = label(document.question), label(document.publisher)
    day = document.midnight
    stamp = TimeStamp(invariant=1)
    stamp.t, stamp.lt = day.timestamp(), day.timetuple()
    stamp.YMDhms = tuple(stamp.lt)[:6]
    doc = canvas._doc
    doc._timeStamp = stamp
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.setSubject(label(document.subtitle))
    canvas.setCreator("tracker")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas.addPageLabel(0, style="ARABIC", start=1)
    canvas.showOutline()
    packet = PDFStream()
    packet.dictionary["Type"] = PDFName("Metadata")
    packet.dictionary["Subtype"] = PDFName("XML")
    packet.content = _xmp(title, author, document.language, day).encode()
    doc.Catalog.Metadata = packet


def _xmp(title: str, author: str, language: str, day: datetime) -> str:
    when = day.strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{escape(language)}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{when}</xmp:CreateDate><xmp:ModifyDate>{when}</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def _numbers(pages: list[Page]) -> dict[str, int]:
    """The number of the page of each anchor. Of two alike the first counts."""
    numbers: dict[str, int] = {}
    for number, page in enumerate(pages, 1):
        for flow, _ in page.items:
            for anchor in flow.anchors:
                if anchor:
                    numbers.setdefault(anchor, number)
    return numbers


def _bookmark(canvas: Canvas, flow: Flow, top: float, before: int, page: int) -> int:
    """Add a heading to the outline; a level may only be one below the last. Returns the level used."""
    level = min(flow.level - 1, before + 1)
    key = f"heading{page}-{top:.0f}"
    canvas.bookmarkHorizontalAbsolute(key, top + 8, left=0)
    canvas.addOutlineEntry(label(flow.title) or "—", key, level)
    return level


def _foot(pen: Pen, footer: Lines, sheet: Sheet, number: int, count: int) -> None:
    """The document's footer and the page number, on every page."""
    words = gettext("page %(number)d of %(count)d") % {"number": number, "count": count}
    with pen.artifact():
        pen.rule(sheet.side, sheet.bottom - 15, sheet.measure)
        top = sheet.bottom - 19
        footer.draw(pen, sheet.side, top)
        left = sheet.width - sheet.side - fonts.width(words, FOOTER.font) * FOOTER.size
        pen.word(words, FOOTER, left, top, footer.node)
