"""Taking redacted texts out of released files too. What was removed is not kept, so the record says where it stood.

A release is read again from the record at its own moment. Where a cell of a text column now shows a tombstone and
the released file does not, the file gets the cell of the record; nothing else of it changes. The rows of crosswalks have
no key, and their sets may be superseded since: there a cell is known by the hash that the redaction keeps.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.audit.models import SERVICE
from tracker.audit.record import Action, record
from tracker.db.session import Bound, Database, queue_behind
from tracker.entries.queries import Moment
from tracker.kit import clock
from tracker.opendata import build, queries, schema, tables
from tracker.opendata.models import PublishedReleaseRewrite
from tracker.opendata.queries import Release
from tracker.opendata.schema import Resource
from tracker.opendata.spool import Rows
from tracker.opendata.store import REDACTIONS, SUMS, Broken, ReleaseStore, sha256, sums_of
from tracker.opendata.tables import text_of
from tracker.settings import Settings

REDACTED = "[redacted "
RESOURCES = tuple(r for r in schema.TABLES if any(f.text for f in r.fields))


async def rewrite_all(database: Database, settings: Settings) -> list[int]:
    """Rewrite every release that redactions have not reached; returns the numbers of those whose files changed.

    It can be done again at any time. Raises Broken where a file is not what its hash says.
    """
    changed = []
    async with database.write(Bound(tenant=SERVICE)) as db:
        await queue_behind(db, "release")
        last = await queries.last_redaction(db)
        behind = [r for r in await queries.releases(db) if r.redaction_id < last]
        places = await queries.redacted_places(db) if behind else set()
        for release in behind:
            if await _rewrite(db, settings, release, last, places):
                changed.append(release.number)
    return changed


async def reach(database: Database, settings: Settings, release: Release) -> None:
    """Redactions reach files before anybody gets them, also where the program was stopped in between."""
    async with database.read() as db:
        behind = await queries.last_redaction(db) > release.redaction_id
    if behind:
        await rewrite_all(database, settings)


async def verify(database: Database, settings: Settings) -> list[str]:
    """Bring redactions to every release, then compare all files with their hashes; what is wrong, in sentences."""
    await rewrite_all(database, settings)
    async with database.read() as db:
        found = await queries.releases(db)
    store = ReleaseStore(settings.data_dir)
    told = [await asyncio.to_thread(store.fault, r.number, r.sums_sha256) for r in found]
    return [fault for fault in told if fault]


async def _rewrite(
    db: AsyncSession, settings: Settings, release: Release, last: int, places: set[str]
) -> int:
    at = Moment(release.on_day, release.as_of, release.as_of.date())
    folder = ReleaseStore(settings.data_dir).spool()
    now = await tables.build(db, at, settings.base_url, folder, only=places)
    of_sets = await queries.redacted_of_sets(db)
    texts, after = await asyncio.to_thread(_files, settings.data_dir, release, now.rows, of_sets, clock.now())
    db.add(
        PublishedReleaseRewrite(
            number=release.number,
            redaction_id=last,
            texts=texts,
            sums_before=release.sums_sha256,
            sums_after=after or release.sums_sha256,
            recorded_at=clock.now(),
        )
    )
    detail = {"texts": texts, "redaction": last}
    subject = f"release:{release.number}"
    await record(db, Action.RELEASE_REWRITTEN, tenant=SERVICE, actor=None, subject=subject, detail=detail)
    return texts


def _files(
    data_dir: Path, release: Release, now: Mapping[str, Rows], of_sets: Mapping[str, str], moment: datetime
) -> tuple[int, str]:
    """Rewrite the files; how many cells changed, and the hash of the new sums ("" where nothing changed)."""
    store = ReleaseStore(data_dir)
    try:
        files, listed = store.read(release.number), store.listed(release.number)
    except FileNotFoundError:
        return 0, ""  # the folder is gone, and the text with it
    listed_sums = {f.name: f.sha256 for f in listed if f.name != SUMS}
    texts, made = 0, {}
    for resource in RESOURCES:
        before = build.rows_of(resource, files[resource.path])
        rows, n = (
            _redacted(resource, before, now[resource.name])
            if resource.key
            else _redacted_by_hash(resource, before, of_sets)
        )
        texts += n
        if n:
            made[resource.path] = text_of(resource, rows)
    half_done = {n for n, digest in listed_sums.items() if sha256(files[n]) != digest}
    strange = half_done - {r.path for r in RESOURCES} - {build.PACKAGE, REDACTIONS}
    if strange:
        raise Broken(f"release {release.number}: {min(strange)} is not what its hash says")
    if not made and not half_done:
        return 0, ""
    whole = {**files, **made}
    whole[build.PACKAGE] = build.with_hashes(whole)
    whole[REDACTIONS] = _notice(release, files.get(REDACTIONS, b""), listed_sums, whole, moment)
    whole[SUMS] = sums_of(whole)
    store.replace(release.number, {n: c for n, c in whole.items() if files.get(n) != c})
    return texts, sha256(whole[SUMS])


def _redacted(resource: Resource, before: Rows, now: Rows) -> tuple[Rows, int]:
    """The released rows with the tombstones that the record has in their place, and how many cells that changed."""
    key = resource.places(resource.key)
    current = {tuple(row[i] for i in key): row for row in now}
    places = [i for i, field in enumerate(resource.fields) if field.text]
    rows, texts = [], 0
    for old in before:
        row = list(old)
        new = current.get(tuple(old[i] for i in key), old)
        for place in places:
            if REDACTED in new[place] and new[place] != old[place]:
                row[place] = new[place]
                texts += 1
        rows.append(row)
    return rows, texts


def _redacted_by_hash(resource: Resource, before: Rows, told: Mapping[str, str]) -> tuple[Rows, int]:
    """As `_redacted`. `told`: tombstones by the SHA-256 of what stood there."""
    places = [i for i, field in enumerate(resource.fields) if field.text]
    rows, texts = [], 0
    for old in before:
        row = list(old)
        for place in places:
            row[place] = told.get(sha256(old[place].encode()), old[place])
            texts += row[place] != old[place]
        rows.append(row)
    return rows, texts


def _notice(
    release: Release, before: bytes, old: Mapping[str, str], whole: Mapping[str, bytes], moment: datetime
) -> bytes:
    """REDACTIONS.md with a part more: each file that changed, with its hash before and after."""
    head = (
        f"# Redactions of release {release.number}\n\n"
        "Texts about persons were taken out of these files after their publication. Each place shows a tombstone with "
        "the day and the reason. If you keep a copy from before, replace it.\n"
    )
    lines = [
        "",
        f"## {moment.strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "",
        "| file | before | after |",
        "| --- | --- | --- |",
    ]
    for name in sorted(old):
        after = sha256(whole[name])
        if name != REDACTIONS and after != old[name]:
            lines.append(f"| {name} | {old[name]} | {after} |")
    return (before.decode() or head).encode() + ("\n".join(lines) + "\n").encode()
