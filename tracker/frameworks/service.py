"""Importing a framework: planned first, then carried out whole and told to the log, or not at all."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.audit.record import Action, record
from tracker.db.base import select
from tracker.frameworks import lineage_service, pinned_queries, queries
from tracker.frameworks.models import FrameworkItem, FrameworkRating, FrameworkVersion
from tracker.frameworks.plan import Earlier, Plan, make_plan
from tracker.frameworks.tree import FrameworkFile
from tracker.kit.errors import Conflict
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Wording


async def plan_import(db: AsyncSession, file: FrameworkFile) -> Plan:
    """What importing the file would do; see `Plan.faults`."""
    stored = await queries.framework(db, file.name) if file.key and file.version else None
    pins = await pinned_queries.pins(db, stored.id) if stored else None
    return make_plan(file, stored, await _earlier(db, file), pins)


async def _earlier(db: AsyncSession, file: FrameworkFile) -> Earlier | None:
    """The version before the file's: the one that it names, else the newest that is older."""
    known = await queries.versions(db, file.key)
    older = known[known.index(file.version) + 1 :] if file.version in known else known
    version = file.replaces or (older[0] if older else "")
    if version not in older:
        return None
    framework = await queries.framework(db, f"{file.key}@{version}")
    assert framework is not None
    return Earlier(framework, (await queries.lineage(db, file.key, version, file.version)).pairs)


async def import_framework(
    db: AsyncSession, file: FrameworkFile, *, tenant: UUID, actor: UUID | None
) -> Plan:
    """Carry the plan of a file out, unless it has faults or changes nothing.

    The plan is made anew, with the version locked: one that was shown earlier may be stale. Raises Conflict when
    another import has made the same version in this moment.
    """
    found = await _locked(db, file)
    plan = await plan_import(db, file)
    if plan.faults or plan.empty:
        return plan
    version = await _version(db, file, plan, found)
    await _ratings(db, version.id, plan)
    ids = await _change(db, version.id, plan)
    await _add(db, version.id, plan, ids)
    if plan.told or plan.untold:
        earlier = f"{file.key}@{plan.replaces}"
        await lineage_service.store(db, earlier, file.name, told=plan.told, untold=plan.untold)
    detail: dict[str, Any] = {
        "new": len(plan.new),
        "changed": len(plan.changed),
        "new_version": plan.new_version,
    }
    if plan.told or plan.untold:
        detail |= {"replaces": plan.replaces, "told": len(plan.told), "untold": len(plan.untold)}
    await record(db, Action.FRAMEWORK_IMPORTED, tenant=tenant, actor=actor, subject=plan.name, detail=detail)
    return plan


async def _locked(db: AsyncSession, file: FrameworkFile) -> FrameworkVersion | None:
    found: FrameworkVersion | None = await db.scalar(
        select(FrameworkVersion)
        .where(col(FrameworkVersion.key) == file.key, col(FrameworkVersion.version) == file.version)
        .with_for_update()
    )
    return found


async def _version(
    db: AsyncSession, file: FrameworkFile, plan: Plan, found: FrameworkVersion | None
) -> FrameworkVersion:
    given = plan.head if plan.new_version else plan.changed_head
    fields = {name: given[name] for name in given if name not in ("year", "applies_by_domain")}
    if "year" in given:
        fields["year"] = int(given["year"])  # type: ignore[assignment]
    if found is None:
        by_domain = given["applies_by_domain"] == "yes"
        found = FrameworkVersion(
            key=file.key,
            version=file.version,
            applies_by_domain=by_domain,
            **fields,  # type: ignore[arg-type]
        )
        db.add(found)
    else:
        for name, value in fields.items():
            setattr(found, name, value)
    try:
        await db.flush()
    except IntegrityError as error:
        raise Conflict(
            _("Another import has made this version in this moment. Look at the file again.")
        ) from error
    return found


async def _ratings(db: AsyncSession, version_id: int, plan: Plan) -> None:
    last = await db.scalar(
        select(sa.func.max(FrameworkRating.position)).where(
            col(FrameworkRating.framework_version_id) == version_id
        )
    )
    for position, rating in enumerate(plan.new_ratings, start=(last or 0) + 1):
        db.add(
            FrameworkRating(
                framework_version_id=version_id,
                position=position,
                code=rating.code,
                label=rating.label,
                definition=rating.definition,
            )
        )
    await db.flush()


async def _change(db: AsyncSession, version_id: int, plan: Plan) -> dict[str, int]:
    """Give stored items their new values. Returns the ids of all stored items, by key."""
    rows = (
        await db.execute(select(FrameworkItem).where(col(FrameworkItem.framework_version_id) == version_id))
    ).scalars()
    ids = {}
    for row in rows:
        ids[row.key] = row.id
        for name, value in plan.changed.get(row.key, {}).items():
            setattr(row, name, value)
    await db.flush()
    return ids


async def _add(db: AsyncSession, version_id: int, plan: Plan, ids: dict[str, int]) -> None:
    """Add the new items after those that are there, one level of the tree a round for their parents' ids."""
    last = await db.scalar(
        select(sa.func.max(FrameworkItem.position)).where(
            col(FrameworkItem.framework_version_id) == version_id
        )
    )
    waiting = list(enumerate(plan.new, start=(last or 0) + 1))
    while waiting:
        ready = [(n, fields) for n, fields in waiting if not fields["parent"] or fields["parent"] in ids]
        rows = [_item(version_id, n, fields, ids.get(fields["parent"])) for n, fields in ready]
        db.add_all(rows)
        await db.flush()
        ids |= {row.key: row.id for row in rows}
        waiting = [(n, fields) for n, fields in waiting if fields["key"] not in ids]


def _item(version_id: int, position: int, fields: dict[str, str], parent_id: int | None) -> FrameworkItem:
    own = {name: value for name, value in fields.items() if name not in ("parent", "domains")}
    if own["wording"] == Wording.WITHHELD:
        own["text"] = own["key"]
    domains = ",".join(part.strip() for part in fields["domains"].split(","))
    return FrameworkItem(
        framework_version_id=version_id,
        position=position,
        parent_id=parent_id,
        domains=domains,
        **own,  # type: ignore[arg-type]
    )
