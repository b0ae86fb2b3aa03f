"""Reading what moving entries on to a later version would do, and where a draft came from."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.base import select
from tracker.entries import draft_queries
from tracker.entries.content import Cell
from tracker.entries.models import EntryMove
from tracker.entries.moving import Moving, Source, propose
from tracker.frameworks import diff_queries
from tracker.frameworks.models import FrameworkItem, FrameworkVersion


async def moving(
    db: AsyncSession, organisation_id: UUID, jurisdiction_id: int, key: str, old: str, new: str
) -> Moving:
    """What is proposed for each entry of the organisation on version `old`. Raises NotFound for unknown versions."""
    diff = await diff_queries.diff(db, key, old, new)
    old_ids, new_ids = ([item.id for item in f.items] for f in (diff.old, diff.new))
    published = await draft_queries.own_latest(db, organisation_id, jurisdiction_id, old_ids)
    drafts = {
        (d.cell.item_id, d.cell.domain): d
        for d in await draft_queries.of_jurisdiction(db, jurisdiction_id, old_ids)
    }
    sources = []
    for item in diff.old.items:
        for domain in item.domains:
            draft, own = drafts.get((item.id, domain)), published.get((item.id, domain))
            if draft:
                mark = f"d{draft.id}.{draft.version}"
                sources.append(Source(item, domain, draft.content, mark, is_draft=True))
            elif own:
                sources.append(Source(item, domain, own.content, f"r{own.uid}", is_draft=False))
    taken = set(await draft_queries.own_latest(db, organisation_id, jurisdiction_id, new_ids))
    begun = await draft_queries.of_jurisdiction(db, jurisdiction_id, new_ids)
    taken |= {(d.cell.item_id, d.cell.domain) for d in begun}
    return propose(diff, sources, taken)


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a draft came from. `changes`: what became of the item, by the codes of `frameworks.diff.Change`."""

    framework: str
    item_key: str
    changes: tuple[str, ...]


async def moved_from(db: AsyncSession, cell: Cell) -> Moved | None:
    """The entry on an earlier version from which the organisation's draft of the cell was begun, if it was."""
    m = EntryMove
    row = (
        await db.execute(
            select(
                FrameworkVersion.key,
                FrameworkVersion.version,
                FrameworkItem.key,
                m.change,
            )
            .join(FrameworkItem, col(FrameworkItem.id) == m.old_item_id)
            .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
            .where(
                col(m.jurisdiction_id) == cell.jurisdiction_id,
                col(m.item_id) == cell.item_id,
                col(m.domain) == cell.domain,
            )
        )
    ).first()
    if row is None:
        return None
    key, version, item, change = row
    return Moved(f"{key}@{version}", item, tuple(change.split("+")))
