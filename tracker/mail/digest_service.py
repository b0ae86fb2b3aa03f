"""Making digests: for each member, at most one a day, of what waits and was not told yet.

What a change has put into the outbox is told. So is what stands on the work list without having been put there:
what comes of time alone, and what another organisation did, whose session may not write here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.models import Membership, Organisation, User
from tracker.audit.models import SERVICE
from tracker.audit.record import Action, record
from tracker.db.base import select
from tracker.db.session import Bound, Database
from tracker.editions.content import EditionLine
from tracker.kit import clock
from tracker.mail.models import MailDigest, MailKind, MailSwitchedOff, OutboxItem
from tracker.mail.outbox_service import KEPT
from tracker.mail.queries import switched_off
from tracker.worklist.queries import WorkList, gather, share

# Less than a day, so that a command run daily at about the same hour never skips a day.
APART = timedelta(hours=23)


async def choose(db: AsyncSession, user_id: UUID, off: set[MailKind]) -> None:
    """Store of which kinds the person wants no mail. `db` is bound to the service itself, whose log tells of it."""
    await db.execute(sa.delete(MailSwitchedOff).where(col(MailSwitchedOff.user_id) == user_id))
    db.add_all(MailSwitchedOff(user_id=user_id, kind=kind) for kind in sorted(off))
    await db.flush()
    await record(
        db,
        Action.MAIL_CHOSEN,
        tenant=SERVICE,
        actor=user_id,
        subject=f"user:{user_id}",
        detail={"off": sorted(kind.value for kind in off)},
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """What to tell a member: how many things wait of each kind with news, and the subjects that are told by it."""

    recipient_id: UUID
    counts: dict[str, int]
    subjects: list[tuple[MailKind, str]]


async def prepare(database: Database) -> int:
    """Make the digests that are due in every organisation; returns how many. Two at once make none twice."""
    async with database.read() as db:
        acting = select(Organisation).where(col(Organisation.suspended_at).is_(None))
        organisations = (await db.execute(acting.order_by(Organisation.key))).scalars().all()
    made = 0
    for organisation in organisations:
        bound = Bound(tenant=organisation.id)
        # Planned while nobody has to wait for it; the constraints of the tables have the last word.
        async with database.read(bound) as db:
            plans = await _plans(db, organisation)
        for plan in plans:
            try:
                async with database.write(bound) as db:
                    await _make(db, organisation.id, plan)
            except IntegrityError:
                continue  # another worker made it
            made += 1
    return made


async def _plans(db: AsyncSession, organisation: Organisation) -> list[Plan]:
    m = Membership
    members = await db.execute(
        select(m.user_id, m.role)
        .join(User, col(User.id) == m.user_id)
        .where(col(m.tenant_id) == organisation.id, col(User.disabled_at).is_(None))
        .order_by(col(m.user_id))
    )
    recent = sa.or_(col(MailDigest.created_at) > clock.now() - APART, col(MailDigest.day) == clock.today())
    done = set((await db.execute(select(MailDigest.recipient_id).where(recent))).scalars())
    waiting = [(user_id, role) for user_id, role in members if user_id not in done]
    if not waiting:
        return []
    waits = await gather(db, organisation.id)
    plans, o = [], organisation
    for user_id, role in waiting:
        actor = OrganisationActor(user_id, o.id, o.key, o.name, o.kind, o.fictional, role)
        if plan := await _plan(db, share(waits, actor), user_id):
            plans.append(plan)
    return plans


async def _plan(db: AsyncSession, waits: WorkList, user_id: UUID) -> Plan | None:
    off = await switched_off(db, user_id)
    if off == set(MailKind):
        return None
    told = await _told(db, user_id)
    waiting = {kind: found for kind, found in subjects(waits).items() if kind not in off}
    news = {kind: found for kind, found in waiting.items() if any((kind, s) not in told for s in found)}
    if not news:
        return None
    pairs = [(kind, s) for kind, found in news.items() for s in found]
    return Plan(user_id, {kind.value: len(found) for kind, found in news.items()}, pairs)


async def _told(db: AsyncSession, user_id: UUID) -> set[tuple[MailKind, str]]:
    o = OutboxItem
    rows = await db.execute(
        select(o.kind, o.subject).where(
            col(o.recipient_id) == user_id,
            col(o.digest_id).is_not(None),
            col(o.created_at) > clock.now() - KEPT,
        )
    )
    return {(kind, subject) for kind, subject in rows}


def subjects(waits: WorkList) -> Mapping[MailKind, list[str]]:
    """What waits, by kind, each thing once and named as the log names it."""
    found = {
        MailKind.RETURNED: [f"draft:{d.id}" for d in waits.returned],
        MailKind.TO_REVIEW: [f"draft:{d.id}" for d in waits.to_review],
        MailKind.REPLIES_DUE: [f"notice:{n.id}" for n in waits.replies_due],
        MailKind.READY: [f"draft:{n.draft_id}" for n in waits.ready],
        MailKind.REPORTS: [f"report:{r.number}" for r in waits.reports],
        MailKind.CONTESTED: [f"revision:{t.uid}" for t in waits.contested],
        MailKind.STALE: [f"revision:{t.uid}" for t in waits.stale],
        MailKind.REPEALED: [f"revision:{c.uid} instrument:{c.instrument_id}" for c in waits.repealed],
        MailKind.SEARCH_NOTES: [f"revision:{t.uid}" for t in waits.search_notes],
        MailKind.TO_CORRECT: [f"report:{r.number}" for r in waits.to_correct],
        MailKind.EDITIONS: [f"edition:{e.id}" for e in waits.editions],
        MailKind.NEW_EDITIONS: [_edition(e) for e in waits.new_editions],
    }
    return {kind: list(dict.fromkeys(named)) for kind, named in found.items() if named}


def _edition(e: EditionLine) -> str:
    """One that was returned, or that the service made anew, is told of again."""
    if e.return_reason:
        return f"edition:{e.id} returned"
    return f"edition:{e.id}" if e.version == 1 else f"edition:{e.id} {e.version}"


async def _make(db: AsyncSession, tenant: UUID, plan: Plan) -> None:
    """Raises IntegrityError when the member has a digest of today."""
    now, o = clock.now(), OutboxItem
    digest = MailDigest(
        tenant_id=tenant,
        id=uuid4(),
        recipient_id=plan.recipient_id,
        day=now.date(),
        counts=plan.counts,
        next_at=now,
        created_at=now,
    )
    db.add(digest)
    await db.flush()
    # What was put there and waits no more needs no telling; what is told here is told as of now.
    mine, told = col(o.recipient_id) == plan.recipient_id, [MailKind(kind) for kind in plan.counts]
    gone = sa.or_(col(o.digest_id).is_(None), col(o.kind).in_(told), col(o.created_at) <= now - KEPT)
    await db.execute(sa.delete(o).where(mine, gone))
    d = MailDigest
    old = col(d.created_at) <= now - 2 * KEPT
    await db.execute(sa.delete(d).where(col(d.recipient_id) == plan.recipient_id, old))
    for kind, subject in plan.subjects:
        db.add(
            OutboxItem(
                tenant_id=tenant,
                id=uuid4(),
                recipient_id=plan.recipient_id,
                kind=kind,
                subject=subject,
                created_at=now,
                digest_id=digest.id,
            )
        )
    await db.flush()
