"""What has changed since a snapshot was frozen: cell by cell, against what the record says now."""

from collections import defaultdict
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.compare.aspects import aspects_told
from tracker.compare.changes import AxisChange, CellChange, changes
from tracker.compare.comparison import ComparedCell
from tracker.compare.queries import compare_within
from tracker.db.base import select
from tracker.entries.difference import Changed
from tracker.entries.models import PublishedRevision, PublishedWithdrawal
from tracker.entries.queries import Moment
from tracker.jurisdictions import queries as jurisdictions
from tracker.snapshots.queries import Reread, redacted

Key = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class CellSince:
    """A cell that reads differently now, or one of whose revisions was withdrawn, corrected or redacted.

    `words`: other things than a level that changed (as in `tracker.compare.changes`); `fates`: withdrawn, corrected,
    redacted.
    """

    before: ComparedCell
    after: ComparedCell
    axes: tuple[AxisChange, ...]
    words: tuple[str, ...]
    fates: tuple[str, ...]

    @property
    def others(self) -> tuple[Changed, ...]:
        """What else changed, each from what to what."""
        return aspects_told(CellChange(self.before, self.after, self.axes, self.words))


@dataclass(frozen=True, slots=True)
class Since:
    """`at`: the moment that the snapshot is compared with. `newer`: whether anything was published anywhere since.

    `renamed`: jurisdictions and organisations, as (the name that was frozen, the name now).
    """

    at: Moment
    newer: bool
    cells: tuple[CellSince, ...]
    renamed: tuple[tuple[str, str], ...] = ()

    @property
    def withdrawn(self) -> int:
        """How many cells rest on a revision that was withdrawn."""
        return sum("withdrawn" in cell.fates for cell in self.cells)


async def since(db: AsyncSession, snapshot: Reread) -> Since:
    """Ask the snapshot's question of the record as it is now."""
    frozen = snapshot.comparison
    asked = replace(frozen.query, on=None, as_of=None, show="all")
    now = await compare_within(db, asked, frozen.framework, frozen.places)
    now = replace(now, columns=frozen.columns)
    changed = {_key(change.after): change for change in changes(frozen, now)}
    fates = await _fates(db, snapshot)
    cells = []
    for cell in frozen.rows():
        key = _key(cell)
        change = changed.get(key)
        if change or key in fates:
            cells.append(
                CellSince(
                    before=cell,
                    after=now.cells[cell.place.id, cell.item.id, cell.domain],
                    axes=change.axes if change else (),
                    words=change.words if change else (),
                    fates=tuple(dict.fromkeys(fates[key])) if key in fates else (),
                )
            )
    renamed = await _renamed(db, snapshot)
    return Since(at=now.at, newer=now.at.as_of > frozen.at.as_of, cells=tuple(cells), renamed=renamed)


def _key(cell: ComparedCell) -> Key:
    return cell.place.id, cell.item.id, cell.domain.value


async def _renamed(db: AsyncSession, snapshot: Reread) -> tuple[tuple[str, str], ...]:
    frozen = snapshot.comparison
    places = await jurisdictions.by_codes(db, [place.code for place in frozen.places])
    found = [(p.name, places[p.code].name) for p in frozen.places if p.code in places]
    voices = {v.organisation_key: v.organisation_name for c in frozen.rows() for v in c.voices}
    rows = await db.execute(
        select(Organisation.key, Organisation.name).where(col(Organisation.key).in_(voices))
    )
    found += sorted((voices[key], name) for key, name in rows)
    return tuple((was, now) for was, now in found if was != now)


async def _fates(db: AsyncSession, snapshot: Reread) -> dict[Key, list[str]]:
    """What happened afterwards to the revisions that the snapshot reads."""
    as_of = snapshot.comparison.at.as_of
    cell_of = {voice.id: _key(cell) for cell in snapshot.comparison.rows() for voice in cell.voices}
    heard = list(cell_of)
    w, r = PublishedWithdrawal, PublishedRevision
    withdrawn = select(w.revision_id).where(col(w.revision_id).in_(heard), col(w.recorded_at) > as_of)
    corrected = select(r.corrects_id).where(col(r.corrects_id).in_(heard), col(r.recorded_at) > as_of)
    found: dict[Key, list[str]] = defaultdict(list)
    for fate, statement in (("withdrawn", withdrawn), ("corrected", corrected)):
        for revision_id in (await db.execute(statement)).scalars():
            found[cell_of[revision_id]].append(fate)
    for placed in await redacted(db, snapshot):
        found[_key(placed.cell)].append("redacted")
    return found
