"""An import from the command line or the page: looked at, or carried out."""

import asyncio
import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace

from tracker.access.actor import OrganisationActor
from tracker.crosswalk_files import formats, service
from tracker.crosswalk_files.service import Report, Say
from tracker.db.session import Bound, Database
from tracker.kit.errors import Conflict
from tracker.kit.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Taken:
    """What was done with each set of a file, or would be. `notes`: what of the file was passed over."""

    reports: tuple[Report, ...]
    notes: tuple[str, ...]

    @property
    def basis(self) -> str:
        """The SHA-256 of what would be done to what is stored: another where either has changed."""
        told = []
        for r in self.reports:
            changed = [(held.said, new) for held, new in r.plan.changed]
            told.append(
                (r.name, r.begun, r.head, r.plan.added, changed, [held.said for held in r.plan.removed])
            )
        return hashlib.sha256(repr(told).encode("utf-8", "backslashreplace")).hexdigest()

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
    key: str = "",
    version: str = "",
    basis: str = "",
    say: Say | None = None,
) -> Taken:
    """Import a file, or with `really` False do all of it and keep nothing: so what is said beforehand is what happens.

    `key`, `version`: of the set, whatever the file states. `basis`: that of what was looked at before.
    Raises Unreadable with every fault; Conflict when it would now do something else than was looked at.
    """
    file = await asyncio.to_thread(formats.read, data, kind)
    head = replace(file.head, key=key or file.head.key, version=version or file.head.version)
    file = replace(file, head=head)
    sha256 = hashlib.sha256(data).hexdigest()
    taken: Taken | None = None
    with suppress(_Looked):
        async with database.write(bound) as db:
            reports = await service.import_file(db, actor, file, sha256=sha256, one=bool(key), say=say)
            taken = Taken(tuple(reports), file.notes)
            if basis and taken.basis != basis:
                raise Conflict(_("The crosswalk has changed since you looked. Look at the file once more."))
            if not really:
                raise _Looked
    assert taken is not None
    return taken
