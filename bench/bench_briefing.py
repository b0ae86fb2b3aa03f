"""A briefing drawn against the same matrix, text lines and links bare on ReportLab's canvas.

The floor draws what the document holds with no structure, no escaping, no line or page breaking worth the name: each
text in lines of a fixed number of characters, each cell as its words at a fixed place with its link. Both are measured
as the process that draws works, without garbage collection; and what a whole command, a Word file and a server that
draws meanwhile take.
"""

import asyncio
import gc
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from bench import world
from bench.bench_crosswalk import _copy_entries
from bench.measure import Ratio, ratio
from bench.served import meanwhile
from tracker.briefings import apart, pdf
from tracker.briefings import document as d
from tracker.briefings.compose import compose
from tracker.briefings.pdf import fonts
from tracker.briefings.twins import docx
from tracker.compare.comparison import Comparison
from tracker.compare.queries import compare
from tracker.compare.query import parse
from tracker.db.base import select
from tracker.db.session import Database
from tracker.jurisdictions.models import Jurisdiction

LINE = 95
FLOOR = "the same texts, cells and links bare on the canvas"
FULL, SIZES = (2, 5, 12), (50, 200, 1000)
SECOND = 1000.0
# What a leading open-source assessment system takes on a like machine.
PEER = "Beside it, a peer: 0.9 s of CPU for a plan of two pages, 3.9 s for one assessment as a Word file"


async def run(folder: Path) -> list[Ratio]:
    """Ratios of full briefings and registers, of one size to the next, of Word files, and of answers meanwhile."""
    database = await world.make(folder)
    codes = await _widen(database, max(SIZES))
    documents = {}
    for count in (*FULL, *SIZES):
        async with database.read() as db:
            documents[count] = _composed(await compare(db, parse({"jurisdictions": ",".join(codes[:count])})))
    gc.disable()
    ratios = [await _drawn(count, document) for count, document in documents.items()]
    taken = dict(zip(documents, (r.milliseconds for r in ratios), strict=True))
    ratios.append(Ratio("register of 200", "one second", taken[200] / SECOND, taken[200], 1.0))
    for less, more in ((50, 200), (200, 1000)):
        share = taken[more] / taken[less] / (more / less)
        ratios.append(
            Ratio(f"register of {more}", f"{more // less} registers of {less}", share, taken[more], 1.2)
        )
    ratios += [_word(count, documents[count]) for count in (2, 200, 1000)]
    gc.enable()
    for count in (2, 200):
        ratios.append(await _apart(count, documents[count]))
    documents.clear()
    ratios.append(await _grown(database, codes))
    await database.dispose()
    ratios += [_command(folder, codes[:count]) for count in (2, 200)]
    ratios += meanwhile(folder, codes[:200])
    print(PEER)
    return ratios


async def _drawn(count: int, document: d.Document) -> Ratio:
    async def drawn() -> object:
        return pdf.draw(document)

    async def bare() -> object:
        return _floor(document)

    title = f"briefing of {count} in full" if count in FULL else f"register of {count}"
    pairs = 3 if count < max(SIZES) else 1
    return await ratio(title, drawn, FLOOR, bare, at_most=4.0, pairs=pairs)


def _word(count: int, document: d.Document) -> Ratio:
    spent = _cpu(lambda: docx.write(document))
    return Ratio(f"Word file of {count}", "one second", spent / SECOND, spent)


async def _apart(count: int, document: d.Document) -> Ratio:
    """What the process that draws takes with its start, all in all."""
    before = _children()
    await apart.drawn("pdf", document)
    spent = (_children() - before) * 1000
    return Ratio(
        f"PDF of {count} by a process of its own, with its start", "one second", spent / SECOND, spent
    )


async def _grown(database: Database, codes: list[str]) -> Ratio:
    """Memory that drawing a register of 1,000 adds to a process that holds its document, in a fresh process."""
    async with database.read() as db:
        document = _composed(await compare(db, parse({"jurisdictions": ",".join(codes)})))
    order = apart._order("pdf", document, "A4")
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.briefing_memory"), stdin=-1, stdout=-1, env=dict(os.environ)
    )
    told, _ = await child.communicate(order)
    megabytes = float(told)
    return Ratio(f"memory of a register of 1,000, {megabytes:.0f} MB", "100 MB", megabytes / 100, 0.0, 1.0)


def _command(folder: Path, codes: list[str]) -> Ratio:
    """`tracker briefing`, from its start to the file."""
    before = _children()
    out = folder / "briefing.pdf"
    environment = os.environ | {
        "TRACKER_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bench.sqlite3",
        "TRACKER_DATA_DIR": str(folder),
    }
    arguments = ("briefing", "--jurisdictions", ",".join(codes), "--out", str(out))
    os.waitpid(os.posix_spawn(sys.executable, [sys.executable, "-m", "tracker", *arguments], environment), 0)
    spent = (_children() - before) * 1000
    assert out.stat().st_size
    return Ratio(f"`tracker briefing` of {len(codes)}, all in all", "one second", spent / SECOND, spent)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _cpu(work: Callable[[], object]) -> float:
    """Milliseconds, the middle of three."""
    times = []
    for _ in range(3):
        gc.collect()
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


def _composed(comparison: Comparison) -> d.Document:
    return compose(comparison, base_url="https://tracker.example", locale="en", service_name="Tracker")


async def _widen(database: Database, count: int) -> list[str]:
    """The codes of `count` real jurisdictions, each with the entries of the demo's first country."""
    async with database.write() as db:
        rows = (await db.execute(select(Jurisdiction).order_by(Jurisdiction.code))).scalars()
        places = [j for j in rows if not j.fictional][:count]
        await _copy_entries(db, places)
        return [place.code for place in places]


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
