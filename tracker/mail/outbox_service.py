"""Filling the outbox: in the transaction of the change that a member has to hear of."""

from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Membership
from tracker.access.permissions import GRANTS
from tracker.db.base import select
from tracker.kit import clock
from tracker.mail.models import NEEDED, MailKind, OutboxItem

KEPT = timedelta(days=30)


async def put(
    db: AsyncSession, tenant: UUID, kind: MailKind, subject: str, *, but: UUID | None = None
) -> None:
    """Something waits for the members of the session's organisation whose role can do something about it.

    `subject` names it as the log does, such as draft:ID. `but`: who did it, and need not be told. What was told of
    the same subject before is told again.
    """
    o = OutboxItem
    same = sa.and_(col(o.kind) == kind, col(o.subject) == subject)
    await db.execute(sa.delete(o).where(sa.or_(same, col(o.created_at) < clock.now() - KEPT)))
    members = await db.execute(
        select(Membership.user_id, Membership.role).where(col(Membership.tenant_id) == tenant)
    )
    for user_id, role in members.all():
        if user_id != but and NEEDED[kind] in GRANTS[role]:
            db.add(
                OutboxItem(
                    tenant_id=tenant,
                    id=uuid4(),
                    recipient_id=user_id,
                    kind=kind,
                    subject=subject,
                    created_at=clock.now(),
                )
            )
    await db.flush()
