"""`tracker verify log`: does every event of the log follow from the one before, up to the head? Changes nothing."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.audit.models import SERVICE, AuditEvent, AuditHead
from tracker.audit.record import digest
from tracker.db.base import select
from tracker.db.session import Bound, Database, rebind

EMPTY = "0" * 64


@dataclass(frozen=True, slots=True)
class Checked:
    """`events`: how many there are. `head`: the hash of the last. `wrong`: what does not follow, in words."""

    events: int
    head: str
    wrong: tuple[str, ...]


async def check(database: Database) -> Checked:
    """Compare the whole chain, of all organisations and of the service, each read behind its own wall."""
    async with database.read(Bound(tenant=SERVICE)) as db:
        keys = (await db.execute(select(Organisation.id))).scalars().all()
        events: list[AuditEvent] = []
        for tenant in (SERVICE, *(k for k in keys if k)):
            await rebind(db, Bound(tenant=tenant))
            events += await _of(db, tenant)
        await rebind(db, Bound())
        head = (await db.execute(select(AuditHead))).scalar_one()
    wrong, last = _broken(sorted(events, key=lambda e: e.sequence))
    if (head.sequence, head.hash) != (len(events), last):
        wrong.append(f"the head says {head.sequence} events ending in {head.hash}; there are {len(events)}")
    return Checked(len(events), last, tuple(wrong))


async def _of(db: AsyncSession, tenant: object) -> list[AuditEvent]:
    rows = await db.execute(select(AuditEvent).where(col(AuditEvent.tenant_id) == tenant))
    return list(rows.scalars())


def _broken(events: list[AuditEvent]) -> tuple[list[str], str]:
    """What does not follow from what lies before it, and the hash of the last."""
    wrong: list[str] = []
    previous = EMPTY
    for number, event in enumerate(events, start=1):
        fields = {
            "at": event.at.isoformat(),
            "tenant": str(event.tenant_id),
            "actor": str(event.actor_id) if event.actor_id else None,
            "action": event.action,
            "subject": event.subject,
            "detail": event.detail,
        }
        if event.sequence != number:
            return [*wrong, f"event {number} is missing"], previous
        if event.previous_hash != previous or event.hash != digest(previous, event.sequence, fields):
            wrong.append(f"event {number} ({event.action} of {event.subject}) is not what was recorded")
        previous = event.hash
    return wrong, previous
