"""Reading the log of one organisation, behind the tenant wall.

What an event's sequence is stays inside: the numbers run across all organisations, so gaps would tell of others.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import ApiToken, Membership, User
from tracker.access.permissions import Role
from tracker.audit.models import AuditEvent
from tracker.db.base import select
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.log.wording import action_word

ON_A_PAGE = 50
IN_A_FILE = 100_000
_CUT = 300  # characters of the detail on a page


@dataclass(frozen=True, slots=True)
class Event:
    """One change. `subject`: what was changed; `detail`: plain JSON, without free text of drafts."""

    id: UUID
    at: datetime
    who: str
    action: str
    subject: str
    detail: Mapping[str, Any]

    @property
    def moment(self) -> str:
        """To the second, in UTC."""
        return self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def word(self) -> str:
        return action_word(self.action)

    @property
    def told(self) -> str:
        """The detail for a page: "added: 3; changed: 1"."""
        text = "; ".join(f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in self.detail.items())
        return text if len(text) <= _CUT else text[:_CUT] + "…"


def _plain(value: Any) -> str:
    """JSON without its signs."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(held)}" for name, held in value.items()) or _("none")
    if isinstance(value, list):
        return ", ".join(_plain(held) for held in value) or _("none")
    return value if isinstance(value, str) else json.dumps(value)


async def who_is_who(db: AsyncSession) -> dict[UUID, str]:
    """The members and the tokens of the session's organisation, by the id under which the log knows them."""
    tenant = db.info["bound"].tenant
    members = await db.execute(
        select(col(User.id), User.name)
        .join(Membership, col(Membership.user_id) == User.id)
        .where(col(Membership.tenant_id) == tenant)
    )
    tokens = await db.execute(select(ApiToken.id, ApiToken.name).where(col(ApiToken.tenant_id) == tenant))
    known = {number: _("the token “%(name)s”") % {"name": name} for number, name in tokens}
    return known | {row.id: row.name for row in members}


def _who(event: AuditEvent, known: Mapping[UUID, str]) -> str:
    """Only members are named: an operator or another party may have acted, whose name is not the organisation's."""
    if event.actor_id is None:
        return _("the service or its command line")
    if event.actor_id in known:
        return known[event.actor_id]
    if event.detail.get("by") == Role.OPERATOR.value:
        return _("the operator of this service")
    return _("somebody who is no member now")


async def actions(db: AsyncSession) -> list[str]:
    """The actions that the log of the session's organisation has, by their words."""
    e = AuditEvent
    rows = await db.execute(select(e.action).where(col(e.tenant_id) == db.info["bound"].tenant).distinct())
    return sorted(rows.scalars(), key=action_word)


async def events(
    db: AsyncSession, known: Mapping[UUID, str], *, action: str = "", before: UUID | None = None, most: int
) -> list[Event]:
    """The last events of the session's organisation, the latest first; those before one of them. Raises NotFound."""
    e, tenant = AuditEvent, db.info["bound"].tenant
    statement = select(e).where(col(e.tenant_id) == tenant).order_by(col(e.sequence).desc()).limit(most)
    if action:
        statement = statement.where(col(e.action) == action)
    if before is not None:
        at = await db.scalar(select(e.sequence).where(col(e.tenant_id) == tenant, col(e.id) == before))
        if at is None:
            raise NotFound(_("There is no such event in this log."))
        statement = statement.where(col(e.sequence) < at)
    return [
        Event(row.id, row.at, _who(row, known), row.action, row.subject, row.detail)
        for row in (await db.execute(statement)).scalars()
    ]


async def count(db: AsyncSession, action: str = "") -> int:
    """How many events there are, of an action."""
    e = AuditEvent
    statement = select(sa.func.count(col(e.id))).where(col(e.tenant_id) == db.info["bound"].tenant)
    if action:
        statement = statement.where(col(e.action) == action)
    return int(await db.scalar(statement) or 0)
