"""An import from the command line or the page: looked at, or carried out."""

import asyncio
import hashlib
from contextlib import suppress
from dataclasses import dataclass

from tracker.access.actor import OrganisationActor
from tracker.crosswalk_files import formats, service
from tracker.crosswalk_files.service import Report, Say
from tracker.db.session import Bound, Database


@dataclass(frozen=True, slots=True)
class Taken:
    """What was done with each set of a file, or would be. `notes`: what of the file was passed over."""

    reports: tuple[Report, ...]
    notes: tuple[str, ...]

    @property
    def empty(self) -> bool:
        return all(report.empty for report in self.reports)


class _Looked(Exception):
    """Ends a transaction that was only to look, so that nothing of it is kept."""


async def take(
    database: Database,
    bound: Bound,
    actor: OrganisationActor,
    data: bytes,
    kind: str,
    *,
    really: bool,
    say: Say | None = None,
) -> Taken:
    """Import a file, or with `really` False do all of it and keep nothing: so what is said beforehand is what happens.

    Raises Unreadable with every fault.
    """
    file = await asyncio.to_thread(formats.read, data, kind)
    sha256 = hashlib.sha256(data).hexdigest()
    taken: Taken | None = None
    with suppress(_Looked):
        async with database.write(bound) as db:
            reports = await service.import_file(db, actor, file, sha256=sha256, say=say)
            taken = Taken(tuple(reports), file.notes)
            if not really:
                raise _Looked
    assert taken is not None
    return taken
