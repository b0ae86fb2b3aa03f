"""Reading the members of an organisation and the invitations to it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Invitation, Membership, Organisation, User
from tracker.access.permissions import GRANTS, Permission, Role
from tracker.access.tokens import key_hash
from tracker.db.base import select
from tracker.db.session import Bound, Database
from tracker.kit import clock


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member of the session's organisation. `disabled`: the account is closed, and can't sign in."""

    user_id: UUID
    name: str
    email: str
    role: Role
    since: datetime
    disabled: bool

    @property
    def administers(self) -> bool:
        return Permission.ADMINISTER in GRANTS[self.role] and not self.disabled

    @property
    def operates(self) -> bool:
        return Permission.OPERATE in GRANTS[self.role] and not self.disabled


async def members(db: AsyncSession) -> list[MemberLine]:
    """The members of the session's organisation, by name."""
    rows = await db.execute(
        select(Membership, User)
        .join(User, col(User.id) == Membership.user_id)
        .order_by(User.name, User.email)
    )
    return [
        MemberLine(u.id, u.name, u.email, m.role, m.created_at, u.disabled_at is not None) for m, u in rows
    ]


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """An invitation that is still open. `waits`: its mail was not sent yet; `fault`: why it can't be."""

    id: UUID
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime
    waits: bool
    sent_at: datetime | None
    fault: str


def is_open(invitation: Invitation) -> bool:
    """Whether it may still be accepted."""
    ended = invitation.accepted_at or invitation.revoked_at
    return ended is None and invitation.expires_at > clock.now()


def holds(invitation: Invitation, found: Collection[MemberLine]) -> bool:
    """Whether its maker might make it now. `found`: the members of its organisation.

    So nobody comes in by what somebody left behind who was removed or lowered. An operator's is for an organisation that
    has no admin, and none from the moment that it has one. Who made it at the command line has the machine anyway.
    """
    maker = next((m for m in found if m.user_id == invitation.created_by), None)
    if invitation.role is Role.OPERATOR:
        return invitation.created_by is None or (maker is not None and maker.operates)
    if invitation.created_by is None or (maker is not None and maker.administers):
        return True
    return not any(m.administers for m in found)


async def open_invitations(db: AsyncSession) -> list[InvitationLine]:
    """Those of the session's organisation that may be accepted, the latest first."""
    who = await members(db)
    found = await db.execute(select(Invitation).order_by(col(Invitation.created_at).desc(), Invitation.email))
    return [
        InvitationLine(
            i.id, i.email, i.role, i.created_at, i.expires_at, i.next_at is not None, i.sent_at, i.fault
        )
        for i in found.scalars()
        if is_open(i) and holds(i, who)
    ]


@dataclass(frozen=True, slots=True)
class Offer:
    """What whoever holds the key is invited to. `known`: there is an account with the address already."""

    invitation_id: UUID
    organisation_id: UUID
    organisation_key: str
    organisation_name: str
    fictional: bool
    email: str
    role: Role
    expires_at: datetime
    known: bool


async def offer(database: Database, secret_key: str, key: str) -> Offer | None:
    """The open invitation of a key; None where there is none, or its organisation is suspended."""
    if not key.isascii() or len(key) > 100:
        return None
    hashed = key_hash(secret_key, key)
    async with database.read(Bound(token=hashed)) as db:
        row = (
            await db.execute(
                select(Invitation, Organisation)
                .join(Organisation, col(Organisation.id) == Invitation.tenant_id)
                .where(col(Invitation.key_hash) == hashed, col(Organisation.suspended_at).is_(None))
            )
        ).first()
        if row is None or not is_open(row[0]):
            return None
        i, o = row
        known = (await db.execute(select(col(User.id)).where(col(User.email) == i.email))).first()
    async with database.read(Bound(tenant=o.id)) as db:
        if not holds(i, await members(db)):
            return None
    return Offer(i.id, o.id, o.key, o.name, o.fictional, i.email, i.role, i.expires_at, known is not None)
