"""Inviting somebody to an organisation, and accepting. Each change and its audit event are one transaction."""

import base64
import hashlib
import hmac
from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import Actor, OrganisationActor
from tracker.access.models import Invitation, Organisation, User
from tracker.access.permissions import Permission, Role
from tracker.access.tokens import key_hash
from tracker.accounts import passwords
from tracker.accounts.service import check_password, checked_email, set_role
from tracker.audit.record import Action, record, record_by
from tracker.db.base import select
from tracker.db.session import Bound, Database, queue_behind
from tracker.kit import clock
from tracker.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import OrganisationKind
from tracker.members.queries import MemberLine, Offer, holds, is_open, members

HOLDS = timedelta(days=7)
# Addresses of people who never came are not kept for longer.
KEPT = timedelta(days=30)
MOST_OPEN = 50
NAME_LENGTH = 120


def key_of(secret_key: str, invitation_id: UUID) -> str:
    """The key of an invitation. It follows from the service's secret, so that the mail can be made when it is sent

    without the key being kept anywhere.
    """
    made = hmac.new(secret_key.encode(), f"invitation:{invitation_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


async def invite(
    db: AsyncSession,
    organisation: Organisation,
    *,
    by: OrganisationActor,
    email: str,
    role: Role,
    secret_key: str,
    mails: bool,
) -> UUID:
    """Invite somebody to the session's organisation; an open invitation to the same address ends.

    `mails`: its mail is to be sent. `by` administers the organisation, or operates the service and brings an admin to
    one that has none. Raises Invalid.
    """
    _may_invite(by, organisation, role)
    address = checked_email(email)
    await queue_behind(db, f"members:{organisation.id}")
    _check_members(await members(db), address, foreign=by.organisation_id != organisation.id)
    await _end_others(db, address)
    invitation_id, now = uuid4(), clock.now()
    db.add(
        Invitation(
            tenant_id=organisation.id,
            id=invitation_id,
            email=address,
            role=role,
            key_hash=key_hash(secret_key, key_of(secret_key, invitation_id)),
            created_at=now,
            created_by=by.user_id,
            expires_at=now + HOLDS,
            next_at=now if mails else None,
        )
    )
    await db.flush()
    # The log is for ever, and so holds no address.
    await record(
        db,
        Action.INVITATION_SENT,
        tenant=organisation.id,
        actor=by.by,
        subject=f"invitation:{invitation_id}",
        detail={"role": role.value},
    )
    return invitation_id


def _may_invite(by: OrganisationActor, organisation: Organisation, role: Role) -> None:
    """Raises Forbidden, or Invalid for a role that is not to be had."""
    if by.organisation_id != organisation.id:
        by.require(Permission.OPERATE)
    by.require(Permission.ADMINISTER)
    if role is Role.OPERATOR:
        if organisation.kind is not OrganisationKind.OPERATOR:
            raise Invalid({"role": _("Only a member of an operator organisation can be operator.")})
        if not by.may(Permission.OPERATE):
            raise Invalid({"role": _("Only an operator makes somebody operator.")})


def _check_members(found: list[MemberLine], address: str, *, foreign: bool) -> None:
    """Raises Invalid. `foreign`: an operator asks, who would otherwise become admin of any organisation, and read its

    drafts; and who is not told who its members are.
    """
    if foreign:
        if any(m.administers for m in found):
            told = _(
                "This organisation has an admin, who invites its members. You can invite one when all have left."
            )
            raise Invalid({"email": told})
    elif any(m.email == address for m in found):
        raise Invalid({"email": _("This person is a member already.")})


async def _end_others(db: AsyncSession, address: str) -> None:
    """Forget what is long over, and end what is open for the address. Raises Invalid where too many are open."""
    now = clock.now()
    await db.execute(sa.delete(Invitation).where(col(Invitation.expires_at) < now - KEPT))
    found = (await db.execute(select(Invitation).where(col(Invitation.expires_at) > now))).scalars().all()
    opened = [i for i in found if is_open(i)]
    for invitation in opened:
        if invitation.email == address:
            invitation.revoked_at = now
    if len([i for i in opened if i.email != address]) >= MOST_OPEN:
        raise Invalid({"email": _("There are %(most)s open invitations already.") % {"most": MOST_OPEN}})


async def revoke(db: AsyncSession, actor: OrganisationActor, invitation_id: UUID) -> str:
    """End an open invitation; returns its address. Raises NotFound, Conflict when it is not open."""
    actor.require(Permission.ADMINISTER)
    invitation = await _locked(db, invitation_id)
    if not is_open(invitation):
        raise Conflict(_("This invitation was used, has ended or was replaced."))
    invitation.revoked_at = clock.now()
    await record_by(db, actor, Action.INVITATION_REVOKED, f"invitation:{invitation_id}")
    return str(invitation.email)


async def _locked(db: AsyncSession, invitation_id: UUID) -> Invitation:
    found = (
        await db.execute(select(Invitation).where(col(Invitation.id) == invitation_id).with_for_update())
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(_("There is no such invitation."))
    return found


async def accept_new(database: Database, offer: Offer, *, name: str, password: str) -> None:
    """Make the account of a new person, and the membership. Raises Invalid by field, Conflict when it was used."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        raise Invalid({"name": _("Enter your name, in at most %(n)s characters.") % {"n": NAME_LENGTH}})
    check_password(password, offer.email)
    hashed = await passwords.hash_password(password)
    async with database.write(Bound(tenant=offer.organisation_id)) as db:
        invitation = await _taken(db, offer)
        # Two invitations of two organisations may be accepted at once.
        await queue_behind(db, f"account:{offer.email}")
        if (await db.execute(select(col(User.id)).where(col(User.email) == offer.email))).first():
            raise Conflict(
                _("There is an account with this address by now. Sign in, then open the link again.")
            )
        user = User(id=uuid4(), email=offer.email, name=name, password_hash=hashed, created_at=clock.now())
        db.add(user)
        await db.flush()
        await _join(db, invitation, user.id)


async def accept_known(database: Database, offer: Offer, actor: Actor) -> None:
    """Make the membership of somebody who has an account and is signed in with it. Raises Forbidden, Conflict."""
    if actor.email != offer.email:
        raise Forbidden(_("This invitation is for another account."))
    async with database.write(Bound(tenant=offer.organisation_id)) as db:
        await _join(db, await _taken(db, offer), actor.user_id)


async def _taken(db: AsyncSession, offer: Offer) -> Invitation:
    """The invitation, used by this transaction alone. Raises Conflict."""
    # Nobody's role changes between this look at the members and the end of the transaction.
    await queue_behind(db, f"members:{offer.organisation_id}")
    invitation = await _locked(db, offer.invitation_id)
    if not is_open(invitation) or not holds(invitation, await members(db)):
        raise Conflict(_("This invitation was used, has ended or was replaced."))
    invitation.accepted_at = clock.now()
    invitation.next_at = None
    return invitation


async def _join(db: AsyncSession, invitation: Invitation, user_id: UUID) -> None:
    found = await members(db)
    held = any(m.user_id == user_id for m in found)
    # The one whom an operator brings to an organisation without an admin may be a member.
    needed = invitation.role is Role.ADMIN and not any(m.administers for m in found)
    await record(
        db,
        Action.INVITATION_ACCEPTED,
        tenant=invitation.tenant_id,
        actor=user_id,
        subject=f"invitation:{invitation.id}",
    )
    if needed or not held:  # else somebody has added them meanwhile, and that role stands
        await set_role(db, invitation.tenant_id, user_id, invitation.role, by=invitation.created_by)
