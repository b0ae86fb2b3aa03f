"""The stamp of the public record without a query, as long as the database says by itself that nothing changed."""

from weakref import WeakKeyDictionary

from tracker.db import stamp
from tracker.db.session import Database

_known: WeakKeyDictionary[Database, tuple[int, str]] = WeakKeyDictionary()


async def stamp_of(database: Database) -> str:
    """As `stamp.current`, in a session of its own: one that has begun may see an older record than is told of."""
    # Before the stamp is read: what is committed in between makes the state differ the next time.
    state = database.state()
    known = _known.get(database)
    if known is not None and known[0] == state:
        return known[1]
    async with database.read() as db:
        found = await stamp.current(db)
    if state is not None:
        _known[database] = (state, found)
    return found
