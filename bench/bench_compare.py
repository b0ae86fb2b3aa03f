"""The compare page's query, its CSV, its cells and the briefing, each against a plain floor."""

from pathlib import Path

import sqlalchemy as sa

from bench import world
from bench.measure import Ratio, ratio
from tracker.briefings import pdf
from tracker.briefings.compose import compose
from tracker.compare.cells import matrix_cell
from tracker.compare.files import cell_path, long_csv
from tracker.compare.queries import compare
from tracker.compare.query import parse

PLACES = "XAA,XAB,XAC,US-CT,US-FL,US-LA,US-MI,US-TX"
_PLAIN = sa.text(
    "SELECT j.code, i.key, r.domain, r.commitment, r.practice, r.recorded_at FROM published_revision r "
    "JOIN jurisdiction j ON j.id = r.jurisdiction_id JOIN framework_item i ON i.id = r.item_id "
    "WHERE j.code IN ('XAA','XAB','XAC','US-CT','US-FL','US-LA','US-MI','US-TX')"
)


async def run(folder: Path) -> list[Ratio]:
    """Ratios for 8 jurisdictions x 28 cells."""
    database = await world.make(folder)
    query = parse({"jurisdictions": PLACES})

    async def plain() -> object:
        async with database.read() as db:
            rows = (await db.execute(_PLAIN)).all()
        return "\n".join(f"{r.code},{r.key},{r.domain},{r.commitment},{r.practice}" for r in rows)

    async def comparison() -> object:
        async with database.read() as db:
            return await compare(db, query)

    async with database.read() as db:
        compared = await compare(db, query)

    async def csv() -> object:
        return long_csv(compared, "https://tracker.example")

    async def cells() -> object:
        return "".join(matrix_cell(c, cell_path(compared, c, "en"), query.axes) for c in compared.rows())

    async def text() -> object:
        return "".join(
            f'<td class="cell"><a href="{c.place.code}/{c.item.key}">{c.domain}</a></td>'
            for c in compared.rows()
        )

    async def composed() -> object:
        return compose(compared, base_url="https://tracker.example", locale="en", service_name="Tracker")

    document = compose(compared, base_url="https://tracker.example", locale="en", service_name="Tracker")

    async def drawn() -> object:
        return pdf.draw(document)

    ratios = [
        await ratio("compare, 8 x 28", comparison, "one plain SQL read and a formatted string", plain),
        await ratio("long CSV, 8 x 28", csv, "formatted strings", text),
        await ratio("page cells, 8 x 28", cells, "formatted strings", text),
        await ratio("briefing composed", composed, "the comparison's query", comparison),
        await ratio("briefing drawn as PDF", drawn, "the comparison's query", comparison, pairs=5),
    ]
    await database.dispose()
    return ratios
