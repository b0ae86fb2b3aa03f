"""Changing an organisation's members and what it says of itself. Each change and its audit event are one transaction."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.models import Membership, Organisation
from tracker.access.permissions import GRANTS, Permission, Role
from tracker.accounts.service import checked_email, set_role
from tracker.audit.record import Action, record_by
from tracker.db.base import select
from tracker.db.session import queue_behind
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.safe import safe_url
from tracker.kit.vocabulary import OrganisationKind
from tracker.members.queries import MemberLine, members


async def change_role(db: AsyncSession, actor: OrganisationActor, user_id: UUID, role: Role) -> MemberLine:
    """Give a member another role. Raises NotFound, Invalid."""
    member, others = await _member(db, actor, user_id)
    if Role.OPERATOR in (role, member.role) and role is not member.role:
        _require_operator(actor)
        if role is Role.OPERATOR and actor.organisation_kind is not OrganisationKind.OPERATOR:
            raise Invalid({"role": _("Only a member of an operator organisation can be operator.")})
    _keep_one(member, others, role)
    await set_role(db, actor.organisation_id, user_id, role, by=actor.by)
    return member


async def remove(db: AsyncSession, actor: OrganisationActor, user_id: UUID) -> MemberLine:
    """End a membership at once. The account, and what was written with it, stay. Raises NotFound, Invalid."""
    member, others = await _member(db, actor, user_id)
    if member.role is Role.OPERATOR:
        _require_operator(actor)
    _keep_one(member, others, None)
    mine = sa.and_(col(Membership.tenant_id) == actor.organisation_id, col(Membership.user_id) == user_id)
    await db.execute(sa.delete(Membership).where(mine))
    await record_by(db, actor, Action.MEMBER_REMOVED, f"user:{user_id}", {"role": member.role.value})
    return member


async def _member(
    db: AsyncSession, actor: OrganisationActor, user_id: UUID
) -> tuple[MemberLine, list[MemberLine]]:
    """The member and all others, while nobody else changes them."""
    actor.require(Permission.ADMINISTER)
    await queue_behind(db, f"members:{actor.organisation_id}")
    found = await members(db)
    member = next((m for m in found if m.user_id == user_id), None)
    if member is None:
        raise NotFound(_("There is no such member."))
    return member, [m for m in found if m.user_id != user_id]


def _require_operator(actor: OrganisationActor) -> None:
    if not actor.may(Permission.OPERATE):
        raise Invalid({"role": _("Only an operator changes who is operator.")})


def _keep_one(member: MemberLine, others: list[MemberLine], role: Role | None) -> None:
    """Raises Invalid where nobody would be left to administer the organisation, or to operate the service."""
    stays = role is not None and Permission.ADMINISTER in GRANTS[role]
    if member.administers and not stays and not any(m.administers for m in others):
        raise Invalid({"role": _("This is the last admin. Make somebody else admin first.")})
    left = [m for m in others if m.role is Role.OPERATOR and not m.disabled]
    if member.role is Role.OPERATOR and role is not Role.OPERATOR and not left:
        raise Invalid({"role": _("This is the last operator. Make somebody else operator first.")})


async def own_organisation(db: AsyncSession, actor: OrganisationActor) -> Organisation:
    """The row of the actor's organisation."""
    found = await db.execute(select(Organisation).where(col(Organisation.id) == actor.organisation_id))
    return found.scalar_one()


async def describe(
    db: AsyncSession,
    actor: OrganisationActor,
    *,
    website: str,
    contact: str,
    language: str,
    languages: tuple[str, ...],
) -> None:
    """Change what the organisation says of itself; "" for nothing. Raises Invalid."""
    actor.require(Permission.ADMINISTER)
    faults = {}
    if website and not safe_url(website):
        faults["website"] = _("Enter a full link that begins with http:// or https://.")
    try:
        contact = checked_email(contact) if contact else ""
    except Invalid as invalid:
        faults["contact"] = invalid.faults["email"]
    if language and language not in languages:
        faults["language"] = _("Choose a language from the list.")
    if faults:
        raise Invalid(faults)
    organisation = await own_organisation(db, actor)
    new = {"website": website, "contact": contact, "language": language}
    changed = [name for name, value in new.items() if getattr(organisation, name) != value]
    for name in changed:
        setattr(organisation, name, new[name])
    if changed:
        await record_by(
            db,
            actor,
            Action.ORGANISATION_CHANGED,
            f"organisation:{actor.organisation_key}",
            {"changed": changed},
        )
