"""A comparison's parameters as stated, checked whole: how each is written, and whether its codes are there."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.compare.queries import pinned, scope_of
from tracker.compare.query import Query, parse, what_can_be_read
from tracker.crosswalks.lens_queries import sides_of
from tracker.kit.errors import Invalid


async def stated(db: AsyncSession, given: Mapping[str, str]) -> Query:
    """As `parse`, but where something is badly written, Invalid names the unknown codes too: all in one round."""
    try:
        return parse(given)
    except Invalid as invalid:
        raise Invalid(await unknown(db, what_can_be_read(given)) | invalid.faults) from invalid


async def unknown(db: AsyncSession, query: Query) -> dict[str, str]:
    """What `compare`, or with `through` the lens, would refuse of a query, by parameter, without reading a cell."""
    try:
        if query.through:
            _target, source = await sides_of(db, query)
            await scope_of(db, source)
        else:
            await scope_of(db, await pinned(db, query))
    except Invalid as invalid:
        return invalid.faults
    return {}
