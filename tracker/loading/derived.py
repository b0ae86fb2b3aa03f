"""What follows from the published rows and is kept beside them: made after a migration, and after a restore."""

from collections.abc import Callable

from tracker.db.session import Database
from tracker.packed import service as packed
from tracker.search import full_text

STEP = 500


async def make_if_missing(database: Database, say: Callable[[str], object]) -> None:
    """The index of words, and what is packed for wide readings, where they are not what the rows say."""
    async with database.write() as db:
        if await full_text.astray(db):
            say(f"search: made anew, {await full_text.rebuild(db)} texts")

    def progress(done: int, of: int) -> None:
        if done % STEP == 0:
            say(f"{done} of {of} packed")

    made = await packed.make_if_missing(database, progress)
    if made:
        say(f"{made} jurisdictions packed for wide readings")
