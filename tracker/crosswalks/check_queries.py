"""What a draft set must hold true of a mapping or a missing counterpart before it takes it."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from tracker.crosswalks.content import MappingContent
from tracker.crosswalks.models import Crosswalk, Mapping, MappingSide, NoCounterpart
from tracker.db.base import select
from tracker.frameworks.models import FrameworkItem
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Relation


async def check(
    db: AsyncSession, crosswalk: Crosswalk, content: MappingContent, but: int | None = None
) -> None:
    """Raises Invalid by field. `but`: the mapping that is changed."""
    faults = content.faults()
    for side, field in (("source", "sources"), ("target", "targets")):
        items = getattr(content, field)
        if field in faults:
            continue
        if not await belong(db, crosswalk, side, items):
            faults[field] = _("There is no such item on this side of the crosswalk.")
        elif content.relation is not Relation.NO_RELATIONSHIP and await without(db, crosswalk.id, items):
            faults[field] = _("An item of these is said to have no counterpart. Take that back first.")
    if not faults and await _twin(db, crosswalk.id, content, but):
        faults["relation"] = _("There is a mapping with this relation between the same items already.")
    if faults:
        raise Invalid(faults)


async def belong(db: AsyncSession, crosswalk: Crosswalk, side: str, items: tuple[int, ...]) -> bool:
    """Whether all the items are of the framework version on that side."""
    version = {"source": crosswalk.source_version_id, "target": crosswalk.target_version_id}[side]
    count = await db.scalar(
        select(sa.func.count(col(FrameworkItem.id))).where(
            col(FrameworkItem.id).in_(items), col(FrameworkItem.framework_version_id) == version
        )
    )
    return count == len(items)


async def without(db: AsyncSession, crosswalk_id: int, items: tuple[int, ...]) -> bool:
    """Whether any of the items is said to have no counterpart."""
    statement = select(NoCounterpart.id).where(
        col(NoCounterpart.crosswalk_id) == crosswalk_id, col(NoCounterpart.item_id).in_(items)
    )
    return await db.scalar(statement.limit(1)) is not None


async def mapped(db: AsyncSession, crosswalk_id: int, item_id: int) -> bool:
    """Whether an item is related to anything."""
    statement = (
        select(Mapping.id)
        .join(MappingSide, col(MappingSide.mapping_id) == Mapping.id)
        .where(
            col(Mapping.crosswalk_id) == crosswalk_id,
            col(MappingSide.item_id) == item_id,
            col(Mapping.relation) != Relation.NO_RELATIONSHIP,
        )
    )
    return await db.scalar(statement.limit(1)) is not None


async def _twin(db: AsyncSession, crosswalk_id: int, content: MappingContent, but: int | None) -> bool:
    """Whether another mapping of the set relates the same items in the same way, in the same domains.

    Narrowed by the first item of each side, so that its cost does not grow with the set.
    """
    statement = select(Mapping.id).where(
        col(Mapping.crosswalk_id) == crosswalk_id,
        col(Mapping.relation) == content.relation,
        col(Mapping.domains) == ",".join(d.value for d in content.domains),
    )
    for side, items in (("source", content.sources), ("target", content.targets)):
        for item in items[:1]:
            on_side = aliased(MappingSide)
            statement = statement.join(
                on_side,
                sa.and_(on_side.mapping_id == Mapping.id, on_side.side == side, on_side.item_id == item),  # type: ignore[arg-type]
            )
    like = [number for number in (await db.execute(statement)).scalars() if number != but]
    rows = await db.execute(
        select(MappingSide.mapping_id, MappingSide.side, MappingSide.item_id).where(
            col(MappingSide.mapping_id).in_(like)
        )
    )
    found: dict[int, set[tuple[str, int]]] = {}
    for number, side, item in rows:
        found.setdefault(number, set()).add((side, item))
    wanted = {("source", i) for i in content.sources} | {("target", i) for i in content.targets}
    return wanted in found.values()
