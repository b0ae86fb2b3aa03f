"""Importing a grid: look at it without writing, or write all of it as drafts in one transaction, or nothing.

The same way for both: a chunk of rows is planned off the event loop, which keeps answering, then written.
"""

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record_by
from tracker.exchange import queries
from tracker.exchange.apply import Writer
from tracker.exchange.columns import COLUMNS, CONTENT_AT
from tracker.exchange.known import Known, cell_of
from tracker.exchange.models import FILENAME_LENGTH, ImportPreview
from tracker.exchange.plan import Planned, Planner, Report, Verdict
from tracker.exchange.reading import Source
from tracker.exchange.sheets import of_bytes
from tracker.kit import clock
from tracker.kit.batches import batches
from tracker.kit.errors import Conflict, NotFound, Refused
from tracker.kit.i18n import gettext as _
from tracker.kit.i18n import ngettext

CHUNK = 2000
Progress = Callable[[int], None]


class Faulty(Refused):
    """The file has faults, so nothing of it was taken."""

    def __init__(self, report: Report) -> None:
        self.report = report
        words = ngettext(
            "The file has %(n)s fault; nothing of it was taken.",
            "The file has %(n)s faults; nothing of it was taken.",
            report.faulty,
        )
        super().__init__(words % {"n": report.faulty})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import would do or did. `sha256` is of its rows; the same `basis` is the same import."""

    report: Report
    sha256: str
    basis: str
    known: Known

    @property
    def changes(self) -> int:
        return self.report.counts[Verdict.ADDED] + self.report.counts[Verdict.CHANGED]


def _silent(_rows: int) -> None:
    """No progress is shown."""


async def examine(
    db: AsyncSession, actor: OrganisationActor, source: Source, progress: Progress = _silent
) -> Outcome:
    """What the import would do; nothing is written. Raises Unreadable; faults of rows are in the report."""
    actor.require(Permission.WRITE_DRAFTS)
    return await _go_through(db, actor, source, progress, write=False)


async def apply(
    db: AsyncSession,
    actor: OrganisationActor,
    source: Source,
    *,
    basis: str | None = None,
    progress: Progress = _silent,
) -> Outcome:
    """Save every row as a draft, and record one event. The transaction must be given up when this raises.

    Raises Unreadable or Faulty for a file that can't be taken, and Conflict when the import is no longer
    that of `basis` (from `examine`), because a draft, a revision or a mandate has changed since.
    """
    actor.require(Permission.WRITE_DRAFTS)
    try:
        outcome = await _go_through(db, actor, source, progress, write=True)
    except IntegrityError as error:  # another request made the draft of one of the cells in this moment
        raise _stale() from error
    if basis is not None and (outcome.basis != basis or outcome.report.faulty):
        raise _stale()
    if outcome.report.faulty:
        raise Faulty(outcome.report)
    if outcome.changes:
        counts = {verdict.value: outcome.report.counts[verdict] for verdict in Verdict}
        await record_by(
            db,
            actor,
            Action.IMPORT_APPLIED,
            f"import:{outcome.sha256}",
            {"rows": outcome.report.rows, "sha256": outcome.sha256} | counts,
        )
    return outcome


def _stale() -> Conflict:
    return Conflict(
        _("Something that this import would change has changed since. Nothing was applied: upload it again.")
    )


@cache
def _gate(_loop_id: int) -> asyncio.Semaphore:
    return asyncio.Semaphore(1)


def turn() -> asyncio.Semaphore:
    """`async with turn():` around reading and planning a file, which are heavy: one at a time in a process,
    so that a second import waits and not the pages. Take it before a transaction that writes."""
    return _gate(id(asyncio.get_running_loop()))


async def _go_through(
    db: AsyncSession, actor: OrganisationActor, source: Source, progress: Progress, *, write: bool
) -> Outcome:
    codes = await asyncio.to_thread(source.jurisdictions)
    known = await queries.known(db, actor.organisation_id, codes, lock=write)
    planner, writer = Planner(known), Writer(db, actor, known, clock.now())
    rows = source.rows()
    while True:
        number, planned = await asyncio.to_thread(planner.take, rows, CHUNK)
        if not number:
            return Outcome(planner.report, planner.sha256, planner.basis, known)
        # Once something is wrong nothing will be kept, but every fault is worth telling.
        if write and not planner.report.faulty:
            await writer.write(planned)
        progress(planner.report.rows)


@dataclass(frozen=True, slots=True)
class Change:
    """A row that would be written. `columns`: (name, before, after) of those that change, instruments by title."""

    row: int
    verdict: str
    jurisdiction: str
    item: str
    domain: str
    columns: list[tuple[str, str, str]]


async def changes(db: AsyncSession, actor: OrganisationActor, outcome: Outcome) -> list[Change]:
    """The first of the rows that would be written, with what they change."""
    shown, known = outcome.report.shown, outcome.known
    before: dict[int, tuple[str, ...]] = {}
    for places in batches(sorted({cell_of(p.key)[0] for p in shown}), queries.BATCH):
        async for said in queries.contents(db, actor.organisation_id, places):
            before[said.key] = said.texts
    codes = {ground.id: code for code, ground in known.places.items()}
    items = {ground.id: item for (_framework, _version, item), ground in known.items.items()}
    found = []
    for p in shown:
        place, item, domain = cell_of(p.key)
        columns = _differences(known, before.get(p.key, ("",) * len(p.texts)), p)
        found.append(Change(p.row, p.verdict.value, codes[place], items[item], domain.value, columns))
    return found


def _differences(known: Known, before: tuple[str, ...], planned: Planned) -> list[tuple[str, str, str]]:
    titles = known.instruments.titles
    return [
        (name, titles.get(old, old), titles.get(new, new))
        for name, old, new in zip(COLUMNS[CONTENT_AT:], before, planned.texts, strict=True)
        if old != new
    ]


async def keep(
    db: AsyncSession, actor: OrganisationActor, outcome: Outcome, *, filename: str, content: bytes
) -> UUID:
    """Keep an import that was looked at, until it is applied or a day has passed; one for each person."""
    actor.require(Permission.WRITE_DRAFTS)
    p, now = ImportPreview, clock.now()
    await db.execute(
        sa.delete(p).where(
            sa.or_(col(p.created_by) == actor.user_id, col(p.created_at) <= now - queries.KEPT)
        )
    )
    report = outcome.report
    found = ImportPreview(
        tenant_id=actor.organisation_id,
        id=uuid4(),
        created_at=now,
        created_by=actor.user_id,
        filename=filename[:FILENAME_LENGTH],
        sha256=outcome.sha256,
        basis=outcome.basis,
        report={
            "rows": report.rows,
            "counts": {verdict.value: report.counts[verdict] for verdict in Verdict},
            "changes": [asdict(change) for change in await changes(db, actor, outcome)],
            "overlooked": [asdict(fault) for fault in report.overlooked],
        },
        content=await asyncio.to_thread(zlib.compress, content, 6),
    )
    db.add(found)
    await db.flush()
    return found.id


async def apply_preview(db: AsyncSession, actor: OrganisationActor, preview_id: UUID) -> Outcome:
    """Apply exactly what was looked at, and forget it. Raises NotFound, and Conflict when it is stale."""
    found = await queries.preview(db, preview_id)
    if found is None:
        raise NotFound(_("There is no such import any more. Upload the file again."))
    content = await asyncio.to_thread(zlib.decompress, found.content)
    outcome = await apply(db, actor, of_bytes(content), basis=found.basis)
    await db.delete(found)
    await db.flush()
    return outcome
