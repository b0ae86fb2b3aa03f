"""The daily look: which subscriptions ask for a new edition today, and beginning it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.actor import OrganisationActor
from tracker.access.models import Organisation
from tracker.access.permissions import Role
from tracker.audit.record import Action
from tracker.briefings.own_words import code_of
from tracker.compare.changes import changes
from tracker.compare.query import Query, parse
from tracker.db.session import Bound, Database
from tracker.editions import draft_queries
from tracker.editions.assembly import Desk, comparable
from tracker.editions.carrying import carry
from tracker.editions.content import MOST_CELLS, Content, watched
from tracker.editions.models import OTHER_CELLS, Briefing, Edition, EditionState, Subscription, Trigger
from tracker.editions.service import begin, changed, hold, open_edition
from tracker.editions.writing_service import write_anew
from tracker.kit import clock
from tracker.kit.errors import Refused
from tracker.kit.senders import sender_of
from tracker.snapshots import service as snapshots
from tracker.snapshots.queries import reread
from tracker.snapshots.since_queries import since

log = logging.getLogger("tracker")


@dataclass(frozen=True, slots=True)
class Due:
    """An edition that is asked for. `key` is of its reason, so that one edition is begun for each.

    `before`: the edition that its texts come from; `draft`: the one that it takes the place of.
    """

    briefing: Briefing
    before: Edition
    draft: Edition | None
    query: Query
    trigger: Trigger
    key: str


async def look(database: Database, organisation: Organisation, *, salt: str, desk: Desk) -> list[Edition]:
    """Begin the editions that the organisation's subscriptions ask for now; none that was begun before.

    A draft that a subscription began and nobody has changed is made anew in its place.
    """
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
            async with database.read(bound) as db:
                content = await carry(db, desk, organisation.name, due.briefing, due.before, snapshot_id)
                codes = await _changed(db, due, snapshot_id)
            async with database.write(bound) as db:
                made.append(await _make(db, _service(organisation), due, content, snapshot_id, codes))
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
    reason = await _reason(db, s, briefing, last)
    if reason is None:
        return None
    draft = last if draft_queries.is_untouched(last) else None
    before = await draft_queries.before(db, draft) if draft else None
    return Due(briefing, before or last, draft, parse(briefing.query), *reason)


async def _reason(
    db: AsyncSession, s: Subscription, briefing: Briefing, last: Edition
) -> tuple[Trigger, str] | None:
    """Why an edition is due, and the key of that; None where none is."""
    key = _this_quarter()
    begun = quarter(last.created_at.date()) == quarter(clock.today())
    if s.each_quarter and not begun and not await draft_queries.begun_for(db, briefing.id, key):
        return Trigger.QUARTER, key
    if not s.on_change:
        return None
    # What the organisation was shown last, though it may have discarded it: one change gives one draft.
    shown = await draft_queries.newest(db, briefing.id) or last
    now = await since(db, await reread(db, shown.snapshot_id))
    key = f"change:{now.at.as_of.isoformat()}"
    moved = (code_of(c.after) for c in now.cells if c.axes or c.words)
    if not any(watched(code, s.cells) for code in moved):
        return None
    return None if await draft_queries.begun_for(db, briefing.id, key) else (Trigger.CHANGE, key)


async def _changed(db: AsyncSession, due: Due, snapshot_id: str) -> tuple[str, ...]:
    """Codes of the cells that read differently than in the edition before; OTHER_CELLS where it has not all of them."""
    before = (await reread(db, due.before.snapshot_id)).comparison
    after = (await reread(db, snapshot_id)).comparison
    if not comparable(before, after):
        return (OTHER_CELLS,)
    return tuple(code_of(c.after) for c in changes(before, after))


async def _make(
    db: AsyncSession,
    actor: OrganisationActor,
    due: Due,
    content: Content,
    snapshot_id: str,
    codes: tuple[str, ...],
) -> Edition:
    await hold(db, due.before)
    if due.draft is None:
        return await begin(
            db,
            actor,
            due.briefing,
            content,
            snapshot_id,
            trigger=due.trigger,
            trigger_key=due.key,
            changes=codes,
        )
    # Somebody may have taken it in hand since: then it is theirs, and this a Conflict.
    draft = await open_edition(db, due.briefing.id, due.draft.number, due.draft.version, EditionState.DRAFT)
    draft.snapshot_id, draft.changes = snapshot_id, list(codes)
    draft.created_at = clock.now()
    # What this quarter asked for stays the quarter's, whatever changes in it: so it is not asked for twice.
    if draft.trigger_key != _this_quarter():
        draft.trigger, draft.trigger_key = due.trigger, due.key
    await write_anew(db, actor, draft, content)
    detail = {"trigger": due.trigger.value, "snapshot": snapshot_id}
    await changed(db, actor, draft, Action.EDITION_CHANGED, detail)
    return draft


def _service(o: Organisation) -> OrganisationActor:
    """The service itself, acting as the subscription asks."""
    return OrganisationActor(None, o.id, o.key, o.name, o.kind, o.fictional, Role.CONTRIBUTOR)


def _this_quarter() -> str:
    return f"quarter:{quarter(clock.today())}"


def quarter(day: date) -> str:
    """Such as 2026Q4."""
    return f"{day.year}Q{(day.month + 2) // 3}"
