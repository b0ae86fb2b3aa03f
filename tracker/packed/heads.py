"""The head without a query, as long as the database says by itself that nobody has committed anything."""

from datetime import date
from weakref import WeakKeyDictionary

from tracker.db.session import Database
from tracker.kit import clock
from tracker.packed import queries
from tracker.packed.queries import Head

_known: WeakKeyDictionary[Database, tuple[int, date, Head | None]] = WeakKeyDictionary()


async def known_head(database: Database) -> Head | None:
    """As `queries.head`. The day is part of what is remembered, because the days alone may move the head."""
    # Before the head is read: what is committed in between makes the state differ the next time.
    state, today = database.state(), clock.today()
    if state is not None and database in _known:
        known_state, known_day, head = _known[database]
        if (known_state, known_day) == (state, today) and (head is None or head.as_of <= clock.now()):
            return head
    async with database.read() as db:
        head = await queries.head(db)
    if state is not None:
        _known[database] = (state, today, head)
    return head
