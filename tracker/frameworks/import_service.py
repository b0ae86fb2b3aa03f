"""An import from a page: a file is looked at and kept, then taken in exactly as it was looked at, or not."""

import asyncio
import hashlib
import zlib
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.db.base import select
from tracker.frameworks import files, service
from tracker.frameworks.models import FrameworkImport
from tracker.frameworks.plan import Plan
from tracker.frameworks.tree import FrameworkFile
from tracker.kit import clock
from tracker.kit.errors import Conflict, NotFound
from tracker.kit.i18n import gettext as _

# A file that nobody took in is forgotten after this long.
KEPT = timedelta(days=1)


async def read(content: bytes, kind: str, as_version: str, licence: str = "") -> FrameworkFile:
    """The file, read off the event loop; as another version than it states, if one is given. Raises Unreadable.

    `licence`: of the framework, for a file that states none.
    """
    file = await asyncio.to_thread(files.read, content, kind)
    return file.given(version=as_version, licence=licence)


def basis_of(plan: Plan) -> str:
    """What stands for all that a plan would do: two plans with the same basis do the same."""
    return hashlib.sha256(repr(replace(plan, pins=None)).encode()).hexdigest()


async def keep(
    db: AsyncSession,
    actor: OrganisationActor,
    plan: Plan,
    *,
    filename: str,
    kind: str,
    as_version: str,
    licence: str,
    content: bytes,
) -> UUID:
    """Keep a file that was looked at, one for each person. Returns its id."""
    actor.require(Permission.OPERATE)
    kept, now = FrameworkImport, clock.now()
    await db.execute(
        sa.delete(kept).where(
            sa.or_(col(kept.created_by) == actor.user_id, col(kept.created_at) <= now - KEPT)
        )
    )
    found = FrameworkImport(
        tenant_id=actor.organisation_id,
        id=uuid4(),
        created_at=now,
        created_by=actor.user_id,
        filename=filename[:120],
        kind=kind,
        as_version=as_version,
        licence=licence,
        basis=basis_of(plan),
        content=await asyncio.to_thread(zlib.compress, content, 6),
    )
    db.add(found)
    await db.flush()
    return found.id


async def kept(db: AsyncSession, import_id: UUID) -> tuple[FrameworkImport, FrameworkFile]:
    """A kept file of the session's organisation, read again. Raises NotFound when it is forgotten."""
    found: FrameworkImport | None = await db.scalar(
        select(FrameworkImport).where(
            col(FrameworkImport.id) == import_id, col(FrameworkImport.created_at) > clock.now() - KEPT
        )
    )
    if found is None:
        raise NotFound(_("There is no such import any more. Upload the file again."))
    content = await asyncio.to_thread(zlib.decompress, found.content)
    return found, await read(content, found.kind, found.as_version, found.licence)


async def take_in(db: AsyncSession, actor: OrganisationActor, import_id: UUID) -> Plan:
    """Take a kept file in and forget it. Raises NotFound, and Conflict when it would do something else by now."""
    actor.require(Permission.OPERATE)
    found, file = await kept(db, import_id)
    plan = await service.import_framework(db, file, tenant=actor.organisation_id, actor=actor.user_id)
    if plan.faults or basis_of(plan) != found.basis:
        raise Conflict(
            _(
                "The framework has changed since you looked at this file. Nothing was taken in: upload it again."
            )
        )
    await db.delete(found)
    await db.flush()
    return plan
