"""Making and revoking an organisation's tokens. Each change and its audit event are one transaction."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access import tokens
from tracker.access.actor import OrganisationActor
from tracker.access.models import ApiToken
from tracker.access.permissions import Permission
from tracker.access.tokens import Scope
from tracker.audit.record import Action, record_by
from tracker.db.base import select
from tracker.db.session import queue_behind
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _


async def make(
    db: AsyncSession,
    actor: OrganisationActor,
    *,
    secret_key: str,
    name: str,
    scopes: Collection[Scope],
    expires_on: date,
) -> str:
    """A new token; returns its key, which is kept nowhere. Raises Invalid by the field of the form."""
    actor.require(Permission.ADMINISTER)
    faults: dict[str, str] = {}
    if not name.strip():
        faults["name"] = _("Give it a name that says which program it is for.")
    if not scopes:
        faults["scopes"] = _("Choose what it may do.")
    elif not set(scopes) <= set(tokens.offered_to(actor)):
        faults["scopes"] = _("Only an operator’s token may import.")
    if not clock.today() <= expires_on <= tokens.last_day_allowed():
        faults["expires_on"] = _("Choose a day from today on, within a year.")
    await queue_behind(db, f"tokens:{actor.organisation_id}")
    active = [t for t in await tokens.tokens(db) if t.state == "active"]
    if len(active) >= tokens.MOST_TOKENS:
        faults["name"] = _("There are %(most)s tokens already. Revoke one first.") % {
            "most": tokens.MOST_TOKENS
        }
    if faults:
        raise Invalid(faults)
    key = tokens.new_key()
    row = tokens.new_token(actor, secret_key, key, name.strip(), scopes, expires_on)
    db.add(row)
    await db.flush()
    await record_by(
        db,
        actor,
        Action.TOKEN_MADE,
        f"token:{row.id}",
        {"scopes": row.scopes, "expires_on": expires_on.isoformat()},
    )
    return key


async def revoke(db: AsyncSession, actor: OrganisationActor, token_id: UUID) -> str:
    """End a token at once and for good; returns its name. Raises NotFound, Conflict when it was revoked before."""
    actor.require(Permission.ADMINISTER)
    found = (
        await db.execute(select(ApiToken).where(col(ApiToken.id) == token_id).with_for_update())
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(_("There is no such token."))
    if found.revoked_at:
        raise Conflict(_("This token was revoked before."))
    found.revoked_at = clock.now()
    await record_by(db, actor, Action.TOKEN_REVOKED, f"token:{token_id}")
    return str(found.name)
