"""Sets of mappings: start, copy, change, publish, supersede, discard. `mapping_service` has what is in them.

Every function takes the operator acting, tells the log in the same transaction, and raises a refusal of
`tracker.kit.errors` before it has changed anything. A published set is frozen by the database as well.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record_by
from tracker.crosswalks import queries
from tracker.crosswalks.content import SetHead, name_faults
from tracker.crosswalks.models import (
    NAME_LENGTH,
    Crosswalk,
    Mapping,
    MappingSide,
    NoCounterpart,
)
from tracker.db.base import select
from tracker.db.session import queue_behind
from tracker.frameworks.models import FrameworkVersion
from tracker.kit import clock
from tracker.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.privacy.findings import findings, require_confirmed


async def start(
    db: AsyncSession,
    actor: OrganisationActor,
    *,
    key: str,
    version: str,
    source_version_id: int,
    target_version_id: int,
    head: SetHead,
) -> Crosswalk:
    """Start an empty draft. Raises Invalid by field; a key that is taken is one of the faults."""
    actor.require(Permission.PREPARE)
    faults = head.faults() | name_faults(key, version)
    if source_version_id == target_version_id:
        faults["target"] = _("Choose two different frameworks, or two versions of one.")
    for side, framework in (("source", source_version_id), ("target", target_version_id)):
        if await db.get(FrameworkVersion, framework) is None:
            faults[side] = _("There is no such framework.")
    await queue_behind(db, f"crosswalk {key}")
    if await _of_key(db, key):
        faults["key"] = _(
            "There is a crosswalk with this key already. Start a new version of it from its page."
        )
    if faults:
        raise Invalid(faults)
    made = Crosswalk(
        key=key,
        version=version,
        title=head.title,
        licence=head.licence,
        comment=head.comment,
        source_version_id=source_version_id,
        target_version_id=target_version_id,
        created_at=clock.now(),
        changed_by=actor.user_id,
    )
    db.add(made)
    await db.flush()
    await tell(db, actor, Action.CROSSWALK_STARTED, made)
    return made


async def start_copy(
    db: AsyncSession, actor: OrganisationActor, crosswalk_id: int, *, key: str, version: str
) -> Crosswalk:
    """Start a draft with all that a set holds, its reviews too: a new version, or under another key a rival.

    Raises NotFound; Invalid by field; Conflict while the key has a draft already.
    """
    actor.require(Permission.PREPARE)
    before = await found(db, crosswalk_id)
    faults = name_faults(key, version)
    await queue_behind(db, f"crosswalk {key}")
    same = await _of_key(db, key)
    pair = (before.source_version_id, before.target_version_id)
    if any(c.version == version for c in same):
        faults["version"] = _("There is a version with this name already.")
    if same and key != before.key:
        faults["key"] = _("There is a crosswalk with this key already.")
    if faults:
        raise Invalid(faults)
    if any(c.state == "draft" for c in same):
        raise Conflict(_("This crosswalk has a draft already. Publish or discard it first."))
    made = Crosswalk(
        key=key,
        version=version,
        title=before.title,
        licence=before.licence,
        comment=before.comment,
        source_version_id=pair[0],
        target_version_id=pair[1],
        created_at=clock.now(),
        based_on=f"{before.key}@{before.version}",
        changed_by=actor.user_id,
    )
    db.add(made)
    await db.flush()
    await _copy_contents(db, before.id, made.id)
    await tell(db, actor, Action.CROSSWALK_STARTED, made, based_on=made.based_on)
    return made


async def _copy_contents(db: AsyncSession, source_id: int, target_id: int) -> None:
    rows = await db.execute(
        select(Mapping).where(col(Mapping.crosswalk_id) == source_id).order_by(col(Mapping.id))
    )
    copies = {}
    for row in rows.scalars():
        copies[row.id] = Mapping(**_fields(row), crosswalk_id=target_id)
        db.add(copies[row.id])
        await db.flush()  # one by one: the numbers keep the order
    sides = await db.execute(
        select(MappingSide)
        .join(Mapping, col(Mapping.id) == MappingSide.mapping_id)
        .where(col(Mapping.crosswalk_id) == source_id)
    )
    for side in sides.scalars():
        db.add(MappingSide(mapping_id=copies[side.mapping_id].id, item_id=side.item_id, side=side.side))
    states = await db.execute(select(NoCounterpart).where(col(NoCounterpart.crosswalk_id) == source_id))
    for state in states.scalars():
        db.add(NoCounterpart(**_fields(state), crosswalk_id=target_id))
    await db.flush()


def _fields(row: Mapping | NoCounterpart) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).model_fields if name not in ("id", "crosswalk_id")}


async def change_head(
    db: AsyncSession, actor: OrganisationActor, crosswalk_id: int, head: SetHead, *, edit_number: int
) -> None:
    """Change what a draft says of itself. Raises Invalid; Conflict when it is not at `edit_number`."""
    crosswalk = await locked_draft(db, actor, crosswalk_id)
    if crosswalk.edit_number != edit_number:
        raise Conflict(_("Somebody has changed this since you opened it. Nothing was saved yet."))
    faults = head.faults()
    if faults:
        raise Invalid(faults)
    crosswalk.title, crosswalk.licence, crosswalk.comment = head.title, head.licence, head.comment
    crosswalk.edit_number += 1
    crosswalk.changed_by = actor.user_id
    await db.flush()
    await tell(db, actor, Action.CROSSWALK_CHANGED, crosswalk)


async def publish(
    db: AsyncSession,
    actor: OrganisationActor,
    crosswalk_id: int,
    *,
    publisher: str,
    confirmed_hits: frozenset[str] = frozenset(),
) -> Crosswalk:
    """Freeze a draft; the published set of its key, where there is one, is superseded by it.

    `confirmed_hits`: the tokens of the signs of personal data that the publisher has read. Items that nobody has
    looked at stay so. Raises Forbidden for whoever changed the set itself last; Conflict while anything in it is not
    reviewed, or it is empty; Unconfirmed (an Invalid) when it has a sign that is not among them.
    """
    actor.require(Permission.OPERATE)
    crosswalk = await locked_draft(db, actor, crosswalk_id)
    if actor.user_id is None:
        raise Forbidden(_("A signed-in person publishes crosswalks."))
    if crosswalk.changed_by == actor.user_id:
        raise Forbidden(
            _(
                "You started this crosswalk, changed what it says of itself, or added or removed something in it last. "
                "A second person publishes it."
            )
        )
    if not 0 < len(publisher.strip()) <= NAME_LENGTH:
        raise Invalid(
            {"publisher": _("Say who publishes, in at most %(most)s characters.") % {"most": NAME_LENGTH}}
        )
    held, open_ = await _reviews(db, crosswalk_id)
    if not held:
        raise Conflict(_("There is nothing in this crosswalk to publish."))
    if open_:
        raise Conflict(_("%(n)s of %(all)s are not reviewed yet.") % {"n": open_, "all": held})
    mappings, states = (
        await queries.mappings(db, crosswalk_id),
        await queries.no_counterparts(db, crosswalk_id),
    )
    signs = findings(queries.free_texts(crosswalk.comment, mappings, states))
    checked = require_confirmed(signs, confirmed_hits)
    for other in await _of_key(db, crosswalk.key):
        if other.state == "published":
            await _supersede(db, actor, other)
    crosswalk.state, crosswalk.published_at = "published", clock.now()
    crosswalk.publisher, crosswalk.publisher_id = publisher.strip(), actor.user_id
    await db.flush()
    await tell(db, actor, Action.CROSSWALK_PUBLISHED, crosswalk, signs=checked)
    return crosswalk


async def supersede(db: AsyncSession, actor: OrganisationActor, crosswalk_id: int) -> None:
    """Mark a published set as no longer to be used, without another in its place. It stays readable."""
    actor.require(Permission.OPERATE)
    crosswalk = await found(db, crosswalk_id, lock=True)
    if crosswalk.state != "published":
        raise Conflict(_("Only a published crosswalk can be superseded."))
    await _supersede(db, actor, crosswalk)


async def _supersede(db: AsyncSession, actor: OrganisationActor, crosswalk: Crosswalk) -> None:
    crosswalk.state, crosswalk.superseded_at = "superseded", clock.now()
    await db.flush()
    await tell(db, actor, Action.CROSSWALK_SUPERSEDED, crosswalk)


async def discard(db: AsyncSession, actor: OrganisationActor, crosswalk_id: int) -> None:
    """Delete a draft with all that it holds. Raises Conflict for a set that was ever published."""
    actor.require(Permission.OPERATE)
    crosswalk = await locked_draft(db, actor, crosswalk_id)
    of_set = select(Mapping.id).where(col(Mapping.crosswalk_id) == crosswalk_id)
    held, _open = await _reviews(db, crosswalk_id)
    await db.execute(sa.delete(MappingSide).where(col(MappingSide.mapping_id).in_(of_set)))
    await db.execute(sa.delete(Mapping).where(col(Mapping.crosswalk_id) == crosswalk_id))
    await db.execute(sa.delete(NoCounterpart).where(col(NoCounterpart.crosswalk_id) == crosswalk_id))
    await tell(db, actor, Action.CROSSWALK_DISCARDED, crosswalk, held=held)
    await db.delete(crosswalk)
    await db.flush()


async def found(db: AsyncSession, crosswalk_id: int, *, lock: bool = False) -> Crosswalk:
    """The set, with `lock` until the transaction ends. Raises NotFound."""
    statement = select(Crosswalk).where(col(Crosswalk.id) == crosswalk_id)
    crosswalk: Crosswalk | None = await db.scalar(statement.with_for_update() if lock else statement)
    if crosswalk is None:
        raise NotFound(_("There is no such crosswalk."))
    return crosswalk


async def locked_draft(db: AsyncSession, actor: OrganisationActor, crosswalk_id: int) -> Crosswalk:
    """The draft set, locked: whatever changes something in it takes this first. Raises NotFound, Conflict."""
    actor.require(Permission.PREPARE)
    crosswalk = await found(db, crosswalk_id, lock=True)
    if crosswalk.state != "draft":
        raise Conflict(_("This crosswalk is published and can't be changed. Start a new version of it."))
    return crosswalk


async def _of_key(db: AsyncSession, key: str) -> list[Crosswalk]:
    return list((await db.execute(select(Crosswalk).where(col(Crosswalk.key) == key))).scalars())


async def _reviews(db: AsyncSession, crosswalk_id: int) -> tuple[int, int]:
    """(mappings and missing counterparts that a set holds, those of them not reviewed)."""
    held = reviewed = 0
    for table in (Mapping, NoCounterpart):
        counts = select(sa.func.count(col(table.id)), sa.func.count(col(table.reviewed_on)))
        row = (await db.execute(counts.where(col(table.crosswalk_id) == crosswalk_id))).one()
        held, reviewed = held + row[0], reviewed + row[1]
    return held, held - reviewed


async def tell(
    db: AsyncSession, actor: OrganisationActor, action: Action, crosswalk: Crosswalk, **detail: object
) -> None:
    """Add to the log what was done to a set or in it."""
    subject = f"{crosswalk.key}@{crosswalk.version}"[:120]
    await record_by(db, actor, action, subject, detail or None)
