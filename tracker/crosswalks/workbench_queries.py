"""Reading a set whole, with both its frameworks, for the workbench."""

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.crosswalks import queries
from tracker.crosswalks.queries import CrosswalkLine
from tracker.crosswalks.workbench import Workbench
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
