"""A briefing drawn against the same matrix, text lines and links bare on ReportLab's canvas.

The floor draws what the document holds with no structure, no escaping, no line or page breaking worth the name: each
text in lines of a fixed number of characters, each cell as its words at a fixed place with its link.
"""

import asyncio
import gc
import resource
import statistics
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from bench import world
from bench.bench_crosswalk import _copy_entries
from bench.measure import Ratio, ratio
from tracker.briefings import document as d
from tracker.briefings import pdf
from tracker.briefings.compose import compose
from tracker.briefings.pdf import fonts
from tracker.compare.comparison import Comparison
from tracker.compare.queries import compare
from tracker.compare.query import parse
from tracker.db.base import select
from tracker.db.session import Database
from tracker.jurisdictions.models import Jurisdiction

LINE = 95


async def run(folder: Path) -> list[Ratio]:
    """Ratios of a full briefing of 5, and of registers of 200 and 1,000."""
    database = await world.make(folder)
    codes = await _widen(database, 1000)
    documents = {}
    for name, chosen in (("full", codes[:5]), ("register", codes[:200]), ("long", codes)):
        async with database.read() as db:
            documents[name] = _composed(await compare(db, parse({"jurisdictions": ",".join(chosen)})))
    ratios = []
    bounds = {"full": 4.0, "register": 4.0, "long": None}
    for name, title in (("full", "briefing of 5 in full"), ("register", "register of 200")):
        document = documents[name]

        async def drawn(document: d.Document = document) -> object:
            return pdf.draw(document)

        async def bare(document: d.Document = document) -> object:
            return _floor(document)

        what = "the same texts, cells and links bare on the canvas"
        ratios.append(await ratio(title, drawn, what, bare, at_most=bounds[name], pairs=3))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = _seconds(documents["long"])
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    linear = f"register of 1,000 (memory grew by {grown:.0f} MB, at most 100)"
    per = seconds / 5 / (ratios[1].milliseconds / 1000)
    ratios.append(Ratio(linear, "a fifth of it the register of 200", per, seconds * 1000, 1.3))
    ratios += await _meanwhile(database, documents["register"])
    await database.dispose()
    return ratios


def _seconds(document: d.Document) -> float:
    gc.collect()
    start = time.process_time()
    pdf.draw(document)
    return time.process_time() - start


def _composed(comparison: Comparison) -> d.Document:
    return compose(comparison, base_url="https://tracker.example", locale="en", service_name="Tracker")


async def _widen(database: Database, count: int) -> list[str]:
    """The codes of `count` real jurisdictions, each with the entries of the demo's first country."""
    async with database.write() as db:
        rows = (await db.execute(select(Jurisdiction).order_by(Jurisdiction.code))).scalars()
        places = [j for j in rows if not j.fictional][:count]
        await _copy_entries(db, places)
        return [place.code for place in places]


async def _meanwhile(database: Database, document: d.Document) -> list[Ratio]:
    """How long a comparison takes to answer while a register is drawn in a thread, and while nothing is."""
    query = parse({"jurisdictions": "XAA,XAB"})

    async def answers(until: asyncio.Future[bytes] | None) -> list[float]:
        times = []
        while len(times) < 60 if until is None else not until.done():
            start = time.perf_counter()
            async with database.read() as db:
                await compare(db, query)
            times.append((time.perf_counter() - start) * 1000)
            await asyncio.sleep(0.005)
        return times

    alone = await answers(None)
    drawing = asyncio.ensure_future(asyncio.to_thread(pdf.draw, document))
    beside = await answers(drawing)
    await drawing
    high, low = (statistics.quantiles(times, n=100)[98] for times in (beside, alone))
    return [
        Ratio("p99 of answers while a register is drawn", "their p99 alone (wall clock)", high / low, high)
    ]


def _floor(document: d.Document) -> bytes:
    out = BytesIO()
    for name in fonts.FACES:
        fonts.face(name)
    canvas = Canvas(out, pagesize=A4, pageCompression=1, invariant=1)
    y = 800.0
    for part in document.parts:
        for block in part.blocks:
            if isinstance(block, d.Matrix):
                y = _matrix(canvas, block, y)
                continue
            for text, href in _texts(block):
                for start in range(0, len(text) or 1, LINE):
                    y = _turned(canvas, y, 12)
                    canvas.setFont(fonts.REGULAR, 9)
                    canvas.drawString(56, y, text[start : start + LINE])
                if href.startswith("http"):
                    canvas.linkURL(href, (56, y, 300, y + 10))
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _turned(canvas: Canvas, y: float, height: float) -> float:
    if y - height < 60:
        canvas.showPage()
        return 800.0 - height
    return y - height


def _matrix(canvas: Canvas, matrix: d.Matrix, y: float) -> float:
    for row in matrix.rows:
        y = _turned(canvas, y, 50)
        canvas.setFont(fonts.BOLD, 8)
        canvas.drawString(30, y, row.header)
        canvas.linkURL(row.href, (30, y, 100, y + 10))
        for column, cell in enumerate(row.cells):
            x = 110 + column * 65
            for index, mark in enumerate(cell.marks):
                canvas.setFillColorRGB(0.7, 0.8, 0.9)
                canvas.rect(x, y - index * 18, 12, 14, stroke=1, fill=1)
                canvas.setFillColorRGB(0, 0, 0)
                canvas.setFont(fonts.REGULAR, 6.6)
                canvas.drawString(x + 15, y - index * 18 + 8, mark.label)
                canvas.setFont(fonts.REGULAR, 7.8)
                canvas.drawString(x + 15, y - index * 18, mark.word)
            canvas.setFont(fonts.REGULAR, 6.6)
            canvas.drawString(x, y - 34, cell.remarks)
            canvas.linkURL(cell.href, (x, y - 36, x + 60, y + 14))
    return y - 10


def _texts(block: d.Block) -> Iterator[tuple[str, str]]:
    """Each text of a block with the first link in it."""
    match block:
        case d.Text() | d.Notice():
            yield from _runs(block.runs)
        case d.Bullets():
            for runs in block.items:
                yield from _runs(runs)
        case d.Facts():
            for label, runs in block.rows:
                yield label, ""
                yield from _runs(runs)
        case d.Table():
            for row in block.rows:
                for runs in row:
                    yield from _runs(runs)
        case d.Key():
            for mark, told in block.entries:
                yield f"{mark.word} {told}", ""
        case d.Evidence():
            yield block.title, block.href
            for line in (*block.lines, block.quote, block.translation):
                yield line, ""
        case d.Chart():
            for row in block.spec.told().rows:
                yield " ".join(row), ""


def _runs(runs: d.Runs) -> Iterator[tuple[str, str]]:
    """A text in one line; each link of it stands over the whole."""
    yield "".join(run.text for run in runs), ""
    for run in runs:
        if run.href:
            yield "", run.href
