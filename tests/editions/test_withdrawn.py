"""Of a frozen comparison, what was withdrawn since: how many cells, until when, and which jurisdictions whole."""

from datetime import timedelta

from tests import factories, personas
from tests.snapshots.frozen import freeze
from tracker.db.session import Database
from tracker.entries import publish
from tracker.kit import clock
from tracker.snapshots.queries import reread
from tracker.snapshots.withdrawn_queries import withdrawn


async def test_a_jurisdiction_of_which_nothing_is_left_is_named(database: Database) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    entries = [
        await factories.published(
            database, author, reviewer, await factories.cell(database, "XAA", key), factories.content()
        )
        for key in ("HTCC-C4", "HTCC-C6")
    ]
    narrow = await freeze(database, jurisdictions="XAA,XAB", items="HTCC-C4,HTCC-C6", domains="educator")
    wide = await freeze(database, jurisdictions="XAA,XAB")
    days = [clock.now() + timedelta(days=n) for n in (3, 5)]
    for entry, day in zip(entries, days, strict=True):
        with clock.at(day):
            async with database.write(personas.bound(reviewer)) as db:
                await publish.withdraw(db, reviewer, entry.uid, reason="It was the wrong decree.")
    async with database.read() as db:
        of_narrow = (await reread(db, narrow.id)).comparison
        of_wide = (await reread(db, wide.id)).comparison
        assert await withdrawn(db, of_narrow, days[0] - timedelta(days=1)) is None
        first = await withdrawn(db, of_narrow, days[0])
        assert first is not None
        assert (first.cells, first.last, first.places) == (1, days[0].date(), ())
        both = await withdrawn(db, of_narrow)
        assert both is not None
        assert (both.cells, both.last, [p.code for p in both.places]) == (2, days[1].date(), ["XAA"])
        more = await withdrawn(db, of_wide)
        assert more is not None
        assert (more.cells, more.places) == (2, ()), "other cells of it still stand"
