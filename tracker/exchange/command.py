"""What `tracker entries export` and `tracker entries import` do."""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Role
from tracker.db.session import Bound, Database
from tracker.exchange import grid, queries, service, sheets
from tracker.exchange.columns import Fault
from tracker.exchange.plan import Verdict
from tracker.exchange.reading import Unreadable
from tracker.frameworks import queries as frameworks
from tracker.frameworks.queries import Framework
from tracker.kit.errors import NotFound, Refused
from tracker.kit.i18n import gettext as _
from tracker.organisations import queries as organisations

PROGRESS_EVERY = 10_000
_CHUNK = 1000
Say = Callable[[str], None]


async def actor_named(database: Database, key: str) -> OrganisationActor:
    """The service itself, acting for the organisation. Raises NotFound."""
    async with database.read() as db:
        found = await organisations.organisation_by_key(db, key)
    if found is None:
        raise NotFound(_("There is no organisation with the key %(key)s.") % {"key": key})
    return OrganisationActor(
        None, found.id, found.key, found.name, found.kind, found.fictional, Role.CONTRIBUTOR
    )


async def export(
    database: Database,
    key: str,
    out: BinaryIO,
    *,
    jurisdiction: str | None,
    framework: str,
    workbook: bool,
) -> int:
    """Write the organisation's grid; returns the number of rows. Raises NotFound for an unknown name."""
    actor = await actor_named(database, key)
    async with database.read(Bound(tenant=actor.organisation_id)) as db:
        found = await frameworks.framework(db, framework)
        if found is None:
            raise NotFound(_("There is no such framework."))
        codes = None if jurisdiction is None else [jurisdiction]
        places = {
            code: ground.id
            for code, ground in (await queries.grounds(db, actor.organisation_id, codes)).items()
        }
        if not places:
            raise NotFound(_("The organisation has no mandate for a jurisdiction with this code."))
        rows = grid.rows(db, actor.organisation_id, places, found)
        if workbook:
            return await _workbook(db, out, rows, found, list(places.values()))
        return await _csv(out, rows)


async def _workbook(
    db: AsyncSession, out: BinaryIO, rows: AsyncIterator[list[str]], framework: Framework, places: list[int]
) -> int:
    from tracker.exchange import workbook  # its library takes a third of a second to import

    every = [row async for row in rows]
    out.write(workbook.build(every, framework, await queries.citable(db, places)))
    return len(every)


async def _csv(out: BinaryIO, rows: AsyncIterator[list[str]]) -> int:
    number, chunk = 0, []
    out.write(grid.as_csv([]))
    async for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            out.write(grid.as_csv(chunk, header=False))
            number, chunk = number + len(chunk), []
    out.write(grid.as_csv(chunk, header=False))
    return number + len(chunk)


class NothingTaken(Refused):
    """A file was refused; its faults have been said."""


async def import_(database: Database, key: str, path: Path, *, dry_run: bool, say: Say) -> str:
    """Import a file as drafts, all or nothing; returns a summary. Raises NothingTaken after saying each fault."""
    actor = await actor_named(database, key)
    bound = Bound(tenant=actor.organisation_id)

    told = 0

    def progress(rows: int) -> None:
        nonlocal told
        if rows - told >= PROGRESS_EVERY:
            told = rows
            say(_("%(n)s rows read") % {"n": f"{rows:,}"})

    try:
        source = sheets.of_path(path)
        if dry_run:
            async with database.read(bound) as db:
                outcome = await service.examine(db, actor, source, progress)
            if outcome.report.faulty:
                raise service.Faulty(outcome.report)
        else:
            async with database.write(bound) as db:
                outcome = await service.apply(db, actor, source, progress=progress)
    except Unreadable as refusal:
        raise _told(refusal.faults, say, _("The file can't be read; nothing of it was taken.")) from None
    except service.Faulty as refusal:
        raise _told(refusal.report.faults, say, str(refusal)) from None
    for fault in outcome.report.overlooked:
        say(_line(fault))
    return _summary(outcome, dry_run=dry_run)


def _summary(outcome: service.Outcome, *, dry_run: bool) -> str:
    numbers = {verdict.value: outcome.report.counts[verdict] for verdict in Verdict}
    words = _(
        "%(rows)s rows: %(added)s added, %(changed)s changed, %(unchanged)s unchanged, %(left_alone)s left alone"
    )
    line = words % ({"rows": outcome.report.rows} | numbers)
    return line + "; " + (_("nothing was written") if dry_run else _("rows' SHA-256 ") + outcome.sha256)


def _told(faults: Sequence[Fault], say: Say, summary: str) -> NothingTaken:
    for fault in faults:
        say(_line(fault))
    return NothingTaken(summary)


def _line(fault: Fault) -> str:
    where = ", ".join(
        ([_("row %(n)s") % {"n": fault.row}] if fault.row else []) + [fault.column] * bool(fault.column)
    )
    return f"{where}: {fault.text}" if where else fault.text
