"""What is in a draft set: mappings, items without a counterpart, and their review by a second person.

Every function locks the set first, so that nothing joins a set that is being published. An edit voids the review,
and whoever edited last is not who reviews.
"""

from collections.abc import Mapping as ByNumber
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.audit.record import Action
from tracker.crosswalks import check_queries as checks
from tracker.crosswalks.content import MappingContent, NoCounterpartContent
from tracker.crosswalks.models import NAME_LENGTH, Mapping, MappingSide, NoCounterpart
from tracker.crosswalks.rows import TEXTS, dated, rewrite, values_of
from tracker.crosswalks.service import locked_draft, tell
from tracker.db.base import select
from tracker.kit import clock
from tracker.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.kit.i18n import gettext as _


async def add_mapping(
    db: AsyncSession, actor: OrganisationActor, crosswalk_id: int, content: MappingContent
) -> Mapping:
    """Add a mapping, not yet reviewed. Raises NotFound, Conflict, Invalid by field."""
    crosswalk = await locked_draft(db, actor, crosswalk_id)
    await checks.check(db, crosswalk, content)
    mapping = Mapping(
        crosswalk_id=crosswalk_id, author_id=actor.answerable, **values_of(content), **dated(content)
    )
    db.add(mapping)
    await db.flush()
    await _set_sides(db, mapping.id, content)
    await tell(db, actor, Action.MAPPING_ADDED, crosswalk, mapping=mapping.id)
    return mapping


async def change_mapping(
    db: AsyncSession,
    actor: OrganisationActor,
    crosswalk_id: int,
    mapping_id: int,
    content: MappingContent,
    *,
    version: int,
) -> Mapping:
    """Replace what a mapping says, and void its review. Raises Conflict when it is not at `version`."""
    crosswalk = await locked_draft(db, actor, crosswalk_id)
    mapping: Mapping = await _at(db, Mapping, crosswalk_id, mapping_id, version)
    await checks.check(db, crosswalk, content, but=mapping_id)
    rewrite(mapping, actor, values_of(content) | dated(content))
    await db.flush()
    await db.execute(sa.delete(MappingSide).where(col(MappingSide.mapping_id) == mapping_id))
    await _set_sides(db, mapping_id, content)
    await tell(db, actor, Action.MAPPING_CHANGED, crosswalk, mapping=mapping_id, version=mapping.version)
    return mapping


async def remove_mapping(
    db: AsyncSession, actor: OrganisationActor, crosswalk_id: int, mapping_id: int, *, version: int
) -> None:
    """Remove a mapping from a draft. Raises NotFound, Conflict when it is not at `version`."""
    crosswalk = await locked_draft(db, actor, crosswalk_id)
    mapping: Mapping = await _at(db, Mapping, crosswalk_id, mapping_id, version)
    await db.execute(sa.delete(MappingSide).where(col(MappingSide.mapping_id) == mapping_id))
    await db.delete(mapping)
    crosswalk.changed_by = actor.user_id
    await db.flush()
    await tell(db, actor, Action.MAPPING_REMOVED, crosswalk, mapping=mapping_id)


async def add_no_counterpart(
    db: AsyncSession,
    actor: OrganisationActor,
    crosswalk_id: int,
    side: str,
    item_id: int,
    content: NoCounterpartContent,
) -> NoCounterpart:
    """Say that an item of `side` ("source" or "target") has no counterpart: not yet reviewed.

    Raises NotFound for an item of another framework; Conflict for one that is mapped, or said to have none already.
    """
    crosswalk = await locked_draft(db, actor, crosswalk_id)
    if not await checks.belong(db, crosswalk, side, (item_id,)):
        raise NotFound(_("There is no such item in this crosswalk."))
    if content.faults():
        raise Invalid(content.faults())
    if await checks.without(db, crosswalk_id, (item_id,)):
        raise Conflict(_("This item is said to have no counterpart already."))
    if await checks.mapped(db, crosswalk_id, item_id):
        raise Conflict(_("This item has a mapping. Remove it first, or leave the item mapped."))
    texts = {name: getattr(content, name) for name in TEXTS}
    state = NoCounterpart(
        crosswalk_id=crosswalk_id,
        side=side,
        item_id=item_id,
        author_id=actor.answerable,
        **texts,
        **dated(content),
    )
    db.add(state)
    crosswalk.changed_by = actor.user_id
    await db.flush()
    await tell(db, actor, Action.NO_COUNTERPART_ADDED, crosswalk, item=item_id)
    return state


async def change_no_counterpart(
    db: AsyncSession,
    actor: OrganisationActor,
    crosswalk_id: int,
    state_id: int,
    content: NoCounterpartContent,
    *,
    version: int,
) -> None:
    """Replace why an item has no counterpart, and void the review. Raises as `change_mapping`."""
    crosswalk = await locked_draft(db, actor, crosswalk_id)
    state: NoCounterpart = await _at(db, NoCounterpart, crosswalk_id, state_id, version)
    if content.faults():
        raise Invalid(content.faults())
    rewrite(state, actor, {name: getattr(content, name) for name in TEXTS} | dated(content))
    await db.flush()
    await tell(db, actor, Action.NO_COUNTERPART_CHANGED, crosswalk, item=state.item_id, version=state.version)


async def remove_no_counterpart(
    db: AsyncSession, actor: OrganisationActor, crosswalk_id: int, state_id: int, *, version: int
) -> None:
    """Take back that an item has no counterpart: it is then not yet reviewed. Raises as `remove_mapping`."""
    crosswalk = await locked_draft(db, actor, crosswalk_id)
    state: NoCounterpart = await _at(db, NoCounterpart, crosswalk_id, state_id, version)
    await db.delete(state)
    crosswalk.changed_by = actor.user_id
    await db.flush()
    await tell(db, actor, Action.NO_COUNTERPART_REMOVED, crosswalk, item=state.item_id)


async def review(
    db: AsyncSession,
    actor: OrganisationActor,
    crosswalk_id: int,
    *,
    reviewer: str,
    mappings: ByNumber[int, int],
    no_counterparts: ByNumber[int, int],
) -> int:
    """Review what was looked at, given as {id: version}; all of it or nothing. Returns how many.

    `reviewer` is the name to publish. Raises Forbidden for what the actor edited last, and to the command line;
    Conflict where something has another version or is reviewed already.
    """
    crosswalk = await locked_draft(db, actor, crosswalk_id)
    if actor.user_id is None:
        raise Forbidden(_("A signed-in person reviews mappings."))
    if not 0 < len(reviewer.strip()) <= NAME_LENGTH:
        raise Invalid(
            {"reviewer": _("Say who reviews, in at most %(most)s characters.") % {"most": NAME_LENGTH}}
        )
    rows: list[Any] = [await _at(db, Mapping, crosswalk_id, n, v) for n, v in mappings.items()]
    rows += [await _at(db, NoCounterpart, crosswalk_id, n, v) for n, v in no_counterparts.items()]
    if not rows:
        raise Invalid({"chosen": _("Choose at least one.")})
    if any(row.reviewed_on for row in rows):
        raise Conflict(_("Some of these are reviewed already. Reload the page and look again."))
    if any(row.author_id == actor.user_id for row in rows):
        raise Forbidden(_("You edited some of these last. A second person reviews them."))
    for row in rows:
        row.reviewer, row.reviewer_id, row.reviewed_on = reviewer.strip(), actor.user_id, clock.today()
    await db.flush()
    if mappings:
        await tell(db, actor, Action.MAPPING_REVIEWED, crosswalk, mappings=dict(_plain(mappings)))
    if no_counterparts:
        await tell(db, actor, Action.NO_COUNTERPART_REVIEWED, crosswalk, states=dict(_plain(no_counterparts)))
    return len(rows)


def _plain(numbers: ByNumber[int, int]) -> list[tuple[str, int]]:
    """{id: version} for JSON, whose keys are texts."""
    return [(str(number), version) for number, version in sorted(numbers.items())]


async def _at(db: AsyncSession, table: Any, crosswalk_id: int, number: int, version: int) -> Any:
    """The row of the set at this version; the set is locked, so it stays. Raises NotFound, Conflict."""
    row = await db.scalar(
        select(table).where(col(table.id) == number, col(table.crosswalk_id) == crosswalk_id)
    )
    if row is None:
        raise NotFound(_("This is no longer in the crosswalk; somebody may have removed it."))
    if row.version != version:
        raise Conflict(_("Somebody has changed this since you opened it. Nothing was saved yet."))
    return row


async def _set_sides(db: AsyncSession, mapping_id: int, content: MappingContent) -> None:
    for side, items in (("source", content.sources), ("target", content.targets)):
        db.add_all([MappingSide(mapping_id=mapping_id, item_id=item, side=side) for item in items])
    await db.flush()
