"""Telling how a version continues an earlier one: by a file, or by the operator who looked at both."""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record_by
from tracker.db.base import select
from tracker.frameworks import queries
from tracker.frameworks.models import FrameworkItem, FrameworkSuccession, FrameworkVersion
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _

Pairs = Iterable[tuple[str, str]]


async def store(db: AsyncSession, old: str, new: str, *, told: Pairs, untold: Pairs) -> None:
    """Add and take away (old key, new key) of two versions, each `key@version`. The caller audits it."""
    before, after = await _ids(db, old), await _ids(db, new)
    for old_key, new_key in untold:
        gone = FrameworkSuccession
        await db.execute(
            sa.delete(gone).where(
                col(gone.old_item_id) == before[old_key], col(gone.new_item_id) == after[new_key]
            )
        )
    for old_key, new_key in told:
        db.add(FrameworkSuccession(old_item_id=before[old_key], new_item_id=after[new_key]))
    await db.flush()


async def _ids(db: AsyncSession, name: str) -> dict[str, int]:
    key, _at, version = name.partition("@")
    rows = await db.execute(
        select(FrameworkItem.key, FrameworkItem.id)
        .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
        .where(col(FrameworkVersion.key) == key, col(FrameworkVersion.version) == version)
    )
    return dict(rows.all())


async def state(
    db: AsyncSession, actor: OrganisationActor, old: str, new: str, wanted: Mapping[str, Sequence[str]]
) -> int:
    """Say what some items of version `new` continue: old keys by new key; none takes back what was told of one.

    Items that are not named stay as they are. Returns how many pairs change. Raises Invalid naming each new key
    whose answer names no item of `old`, and naming new keys that are none.
    """
    actor.require(Permission.OPERATE)
    key, _at, version = new.partition("@")
    await db.execute(  # so that two who state something at once follow one another
        select(FrameworkVersion.id)
        .where(col(FrameworkVersion.key) == key, col(FrameworkVersion.version) == version)
        .with_for_update()
    )
    before, after = await _ids(db, old), await _ids(db, new)
    faults = {}
    for new_key, old_keys in wanted.items():
        strange = [k for k in old_keys if k not in before] if new_key in after else [new_key]
        if strange:
            faults[new_key] = _("There is no item “%(text)s”.") % {"text": strange[0][:60]}
    if faults:
        raise Invalid(faults)
    stored = (await queries.lineage(db, key, old.partition("@")[2], version)).pairs
    stated = {(old_key, new_key) for new_key, old_keys in wanted.items() for old_key in old_keys}
    told = sorted(stated - stored)
    untold = sorted({pair for pair in stored if pair[1] in wanted} - stated)
    if told or untold:
        await store(db, old, new, told=told, untold=untold)
        await record_by(
            db, actor, Action.FRAMEWORK_SUCCESSION_STATED, new, {"from": old, "told": told, "untold": untold}
        )
    return len(told) + len(untold)
