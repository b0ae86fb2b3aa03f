"""Reading a set whole, with both its frameworks, for the workbench."""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.models import Membership, User
from tracker.access.permissions import Role
from tracker.crosswalks import queries
from tracker.crosswalks.models import Crosswalk
from tracker.crosswalks.queries import CrosswalkLine
from tracker.crosswalks.workbench import Workbench
from tracker.db.base import select
from tracker.frameworks import queries as frameworks
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _

LARGEST_NUMBER = 2**31


async def workbench(db: AsyncSession, crosswalk_id: int) -> Workbench:
    """The set of this number. Raises NotFound."""
    found = await queries.crosswalk_by_id(db, crosswalk_id) if 0 < crosswalk_id < LARGEST_NUMBER else None
    if found is None:
        raise NotFound(_("There is no such crosswalk."))
    return await workbench_of(db, found)


async def workbench_of(db: AsyncSession, crosswalk: CrosswalkLine) -> Workbench:
    """A set with its frameworks, mappings and missing counterparts."""
    source = await frameworks.framework(db, crosswalk.source_name)
    target = await frameworks.framework(db, crosswalk.target_name)
    assert source is not None
    assert target is not None
    return Workbench(
        crosswalk=crosswalk,
        source=source,
        target=target,
        mappings=tuple(await queries.mappings(db, crosswalk.id)),
        states=tuple(await queries.no_counterparts(db, crosswalk.id)),
    )


async def others_who_publish(
    db: AsyncSession, crosswalk_id: int, actor: OrganisationActor
) -> tuple[str, ...] | None:
    """The names of the actor's fellow operators, where the actor changed the set itself last; None: the actor may publish."""
    last = await db.scalar(select(Crosswalk.changed_by).where(col(Crosswalk.id) == crosswalk_id))
    if last is None or last != actor.user_id:
        return None
    rows = await db.execute(
        select(User.name)
        .join(Membership, col(Membership.user_id) == User.id)
        .where(
            col(Membership.tenant_id) == actor.organisation_id,
            col(Membership.role) == Role.OPERATOR,
            col(User.id) != actor.user_id,
        )
        .order_by(User.name)
    )
    return tuple(rows.scalars())
