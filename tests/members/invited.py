"""Invitations for tests, made by the services."""

from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from tests import personas
from tracker.access.actor import OrganisationActor
from tracker.access.models import Invitation
from tracker.access.permissions import Role
from tracker.access.tokens import key_hash
from tracker.db.session import Database
from tracker.members import invitation_service, service

SECRET = "a key that only the tests know, 32 characters and more"
# That of the example which the routes are tried with.
KEY = "an-invitation-that-the-routes-are-tried-with"


async def invited(
    database: Database,
    by: OrganisationActor | None = None,
    *,
    email: str = "new@health.example",
    role: Role = Role.VIEWER,
    mails: bool = False,
) -> UUID:
    """An open invitation to the organisation; without `by`, to Quillmere's ministry, and it has the key KEY."""
    actor = by or await personas.actor(database, personas.ADMIN)
    # Whoever it is, an admin invites.
    actor = replace(actor, role=Role.ADMIN)
    async with database.write(personas.bound(actor)) as db:
        organisation = await service.own_organisation(db, actor)
        made = await invitation_service.invite(
            db, organisation, by=actor, email=email, role=role, secret_key=SECRET, mails=mails
        )
        if by is None:
            here = sa.update(Invitation).where(col(Invitation.id) == made)
            await db.execute(here.values(key_hash=key_hash(SECRET, KEY)))
    return made
