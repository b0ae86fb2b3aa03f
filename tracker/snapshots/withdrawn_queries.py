"""What was withdrawn of that which a frozen comparison reads: a briefing made afterwards says so."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.briefings.beside import Withdrawn
from tracker.compare.comparison import Comparison
from tracker.db.base import select
from tracker.entries.models import PublishedWithdrawal


async def withdrawn(db: AsyncSession, frozen: Comparison, until: datetime | None = None) -> Withdrawn | None:
    """Of what the comparison reads, what was withdrawn after it was frozen and by `until`; None where nothing was."""
    cell_of = {voice.id: cell for cell in frozen.rows() for voice in cell.voices}
    w = PublishedWithdrawal
    asked = select(w.revision_id, w.recorded_at).where(col(w.recorded_at) > frozen.at.as_of)
    if until:
        asked = asked.where(col(w.recorded_at) <= until)
    gone = {revision: moment for revision, moment in await db.execute(asked) if revision in cell_of}
    if not gone:
        return None
    left = {cell.place for voice, cell in cell_of.items() if voice not in gone}
    reached = dict.fromkeys(cell_of[revision].place for revision in gone)
    return Withdrawn(
        cells=len({id(cell_of[revision]) for revision in gone}),
        last=max(gone.values()).date(),
        places=tuple(place for place in reached if place not in left),
    )
