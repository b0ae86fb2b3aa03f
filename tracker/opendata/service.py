"""Making a release: build, check, write beside, and put in place in the same step as its row. All of it or nothing."""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.audit.record import Action, record
from tracker.db.session import queue_behind
from tracker.entries import queries as entries
from tracker.kit import clock
from tracker.kit.errors import Invalid
from tracker.opendata import build, changes, checks, queries, schema, tables
from tracker.opendata.changes import Changes
from tracker.opendata.models import NOTE_LENGTH, PublishedRelease
from tracker.opendata.package import About
from tracker.opendata.spool import FileRows, Files
from tracker.opendata.store import SUMS, Broken, ReleaseStore, sha256
from tracker.opendata.tables import Progress, Tables
from tracker.settings import Settings

MOST_TOLD = 10


@dataclass(frozen=True, slots=True)
class Made:
    """A release that could be published. `changes` is None for the first. `faults`: why it can't, in sentences.

    `unchanged`: every table is as the last release has it.
    """

    about: About
    files: Mapping[str, bytes]
    rows: dict[str, int]
    changes: Changes | None
    faults: list[str]
    redaction_id: int
    unchanged: bool


async def make(
    db: AsyncSession,
    settings: Settings,
    *,
    note: str = "",
    force_drop: str = "",
    progress: Progress = tables.plain,
) -> Made:
    """Build and check the next release without keeping anything. Raises Invalid for a note or reason that is too long."""
    note, force_drop = " ".join(note.split()), " ".join(force_drop.split())
    for name, text in (("note", note), ("force-drop", force_drop)):
        if len(text) > NOTE_LENGTH:
            raise Invalid({name: f"{name}: use at most {NOTE_LENGTH} characters."})
    past = await queries.releases(db)
    number = past[0].number + 1 if past else 1
    redaction_id = await queries.last_redaction(db)
    at = await entries.moment(db)
    folder = ReleaseStore(settings.data_dir).spool()
    found = await tables.build(db, at, settings.base_url, folder, progress=progress)
    faults = checks.faults(found.rows)
    compared: Changes | None = None
    before: Mapping[str, bytes] = {}
    if past:
        compared, before, broken = await asyncio.to_thread(_compare, settings.data_dir, past[0], found)
        faults += broken
    if compared and compared.unexplained and not force_drop:
        faults += _drops(compared)
    forced = force_drop if compared and compared.unexplained else ""
    fictional = any("(fictional)" in row[1] for row in found.rows["adoption"])
    about = About(
        number, at, settings.service_name, settings.base_url, settings.data_licence, note, forced, fictional
    )
    log = before.get(build.CHANGELOG, b"").decode()
    files: Mapping[str, bytes] = (
        {} if faults else await asyncio.to_thread(build.files, about, found, compared, log, folder)
    )
    unchanged = bool(files) and all(files[r.path] == before.get(r.path) for r in schema.TABLES)
    return Made(about, files, build.counts(found.rows), compared, faults, redaction_id, unchanged)


def _compare(
    data_dir: Path, last: queries.Release, now: Tables
) -> tuple[Changes | None, Mapping[str, bytes], list[str]]:
    """What changed against the last release, its files, and what is wrong with them."""
    store = ReleaseStore(data_dir)
    fault = store.fault(last.number, last.sums_sha256)
    if fault:
        return None, {}, [f"{fault}: put it back from a back-up first"]
    files = Files(store.path(last.number))
    before = FileRows(files.folder / schema.ADOPTION.path)
    return changes.compared(before, now), files, []


def _drops(compared: Changes) -> list[str]:
    told = [f"gone without a withdrawal: {' '.join(key)}" for key in compared.unexplained[:MOST_TOLD]]
    more = len(compared.unexplained) - MOST_TOLD
    if more > 0:
        told.append(f"and {more} more")
    return [*told, "if this is right, say why: --force-drop REASON"]


async def publish(db: AsyncSession, settings: Settings, made: Made, *, tenant: UUID) -> None:
    """Keep the release: its row, and in the same step its folder.

    A crash before the commit leaves a folder that no row stands for: it is not served, and the next run removes it.
    Raises Invalid where it has faults, Broken where the disk does not hold what was written.
    """
    if made.faults:
        raise Invalid({"release": " ".join(made.faults)})
    await queue_behind(db, "release")
    past = {release.number for release in await queries.releases(db)}
    if made.about.number in past:
        raise Broken("another release was published in the meantime: run it again")
    store = ReleaseStore(settings.data_dir)
    await asyncio.to_thread(store.tidy, past)
    folder = await asyncio.to_thread(store.write, made.files)
    try:
        db.add(_row(made))
        await record(
            db,
            Action.RELEASE_PUBLISHED,
            tenant=tenant,
            actor=None,
            subject=f"release:{made.about.number}",
            detail={"rows": made.rows["adoption"], "forced": bool(made.about.forced)},
        )
        await asyncio.to_thread(store.publish, folder, made.about.number)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, folder, True)
        raise


def _row(made: Made) -> PublishedRelease:
    about = made.about
    return PublishedRelease(
        number=about.number,
        on_day=about.at.on,
        as_of=about.at.as_of,
        row_count=made.rows["adoption"],
        licence=about.licence,
        note=about.note,
        forced=about.forced,
        sums_sha256=sha256(made.files[SUMS]),
        redaction_id=made.redaction_id,
        recorded_at=clock.now(),
    )
