"""The daily look: which subscriptions ask for a new edition today, and beginning it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.actor import OrganisationActor
from tracker.access.models import Organisation
from tracker.access.permissions import Role
from tracker.briefings.own_words import code_of
from tracker.compare.changes import changes
from tracker.compare.query import Query, parse
from tracker.db.session import Bound, Database
from tracker.editions import draft_queries, queries
from tracker.editions.assembly import comparable, the_snapshot
from tracker.editions.content import MOST_CELLS, Content, watched
from tracker.editions.models import Briefing, Edition, Subscription, Trigger
from tracker.editions.service import begin
from tracker.kit import clock
from tracker.kit.errors import Refused
from tracker.kit.senders import sender_of
from tracker.snapshots import service as snapshots
from tracker.snapshots.since_queries import since

log = logging.getLogger("tracker")


@dataclass(frozen=True, slots=True)
class Due:
    """An edition that is asked for. `key` is of its reason, so that one edition is begun for each."""

    briefing: Briefing
    content: Content
    before: Edition
    query: Query
    trigger: Trigger
    key: str


async def look(database: Database, organisation: Organisation, *, salt: str) -> list[Edition]:
    """Begin the editions that the organisation's subscriptions ask for now; none that was begun before."""
    bound = Bound(tenant=organisation.id)
    async with database.read(bound) as db:
        running = await draft_queries.running_subscriptions(db)
        asked = []
        for s in running:
            with _passed_over(s.briefing_id):
                asked.append(await _due(db, s))
    made = []
    for due in filter(None, asked):
        own = sender_of(salt, "briefing", str(due.briefing.id))
        with _passed_over(due.briefing.id):
            snapshot_id = await snapshots.freeze(
                database, due.query, salt=salt, sender=own, most_cells=MOST_CELLS, listed=False
            )
            async with database.write(bound) as db:
                made.append(await _begin(db, organisation, due, snapshot_id))
    return made


@contextmanager
def _passed_over(briefing_id: UUID) -> Iterator[None]:
    """What stands in the way of one briefing does not keep the others from being renewed; it is tried again tomorrow."""
    try:
        yield
    except IntegrityError:  # another runner began it in this moment
        return
    except Refused as refusal:
        log.warning("briefing %s is not renewed today: %s", briefing_id, refusal)


async def _due(db: AsyncSession, s: Subscription) -> Due | None:
    briefing, last = (
        await draft_queries.briefing(db, s.briefing_id),
        await draft_queries.latest(db, s.briefing_id),
    )
    if briefing is None or last is None:
        return None
    trigger, key = Trigger.QUARTER, f"quarter:{quarter(clock.today())}"
    if not (s.each_quarter and quarter(last.created_at.date()) != quarter(clock.today())):
        if not s.on_change:
            return None
        # What the organisation was shown last, though it may have discarded it: one change gives one draft.
        shown = await draft_queries.newest(db, briefing.id) or last
        now = await since(db, await the_snapshot(db, shown.snapshot_id))
        trigger, key = Trigger.CHANGE, f"change:{now.at.as_of.isoformat()}"
        moved = (code_of(c.after) for c in now.cells if c.axes or c.words)
        if not any(watched(code, s.cells) for code in moved):
            return None
    if await draft_queries.begun_for(db, briefing.id, key):
        return None
    content = replace(await draft_queries.content_of(db, last), messages=None, since=None)
    finals = await queries.finals_of(db, briefing.public_id)
    content = replace(content, before=finals[0].number if finals else None)
    return Due(briefing, content, last, parse(briefing.query), trigger, key)


async def _begin(db: AsyncSession, organisation: Organisation, due: Due, snapshot_id: str) -> Edition:
    before = (await the_snapshot(db, due.before.snapshot_id)).comparison
    after = (await the_snapshot(db, snapshot_id)).comparison
    changed = changes(before, after) if comparable(before, after) else []
    codes = tuple(code_of(c.after) for c in changed)
    return await begin(
        db,
        _service(organisation),
        due.briefing,
        due.content,
        snapshot_id,
        trigger=due.trigger,
        trigger_key=due.key,
        changes=codes,
    )


def _service(o: Organisation) -> OrganisationActor:
    """The service itself, acting as the subscription asks."""
    return OrganisationActor(None, o.id, o.key, o.name, o.kind, o.fictional, Role.CONTRIBUTOR)


def quarter(day: date) -> str:
    """Such as 2026Q4."""
    return f"{day.year}Q{(day.month + 2) // 3}"
