"""Reading a snapshot: what was frozen, and the published record asked the same again."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from msgspec import structs
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.compare.comparison import ComparedCell, Comparison
from tracker.compare.queries import compare_within
from tracker.db.base import select
from tracker.entries.standing import Standing
from tracker.frameworks import queries as frameworks
from tracker.frameworks.queries import Framework
from tracker.jurisdictions import queries as jurisdictions
from tracker.jurisdictions.queries import Place
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Domain, JurisdictionKind
from tracker.privacy.models import PublishedRedaction
from tracker.snapshots.models import PublishedSnapshot, PublishedSnapshotListing
from tracker.snapshots.record import (
    LONGEST_ID,
    FreeText,
    Support,
    canonical_of,
    frozen_query,
    place_of,
    sha256_of,
    text_salt,
)
from tracker.snapshots.text_queries import support


class Gone(NotFound):
    """Something that the snapshot names is no longer in the record; the message says what."""


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text of a snapshot, where it stands. `salt`: what its commitment was made with; "" once it is redacted."""

    cell: ComparedCell
    voice: Standing
    text: FreeText
    salt: str


@dataclass(frozen=True, slots=True)
class Reread:
    """A frozen comparison as the published record gives it, without the texts beside it and unchecked.

    `comparison` is read from the published record, so redactions reach it; the names of places, items and organisations
    in it are those that were frozen. `frozen_at`: when it came into the public list, where it stands there: nobody who
    freezes what a draft compares learns that somebody did so before.
    """

    id: str
    sha256: str
    frozen_at: datetime
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Snapshot(Reread):
    """A frozen comparison, re-executed.

    `canonical` is what was frozen and `again` what the published record gives now, both UTF-8 JSON with equal bytes as
    long as the snapshot stands.
    """

    canonical: bytes
    again: bytes
    texts: tuple[PlacedText, ...]

    @property
    def stands(self) -> bool:
        """Whether what was frozen has its hash, and the record still gives the same."""
        return self.canonical == self.again and sha256_of(self.canonical) == self.sha256

    @property
    def redacted(self) -> tuple[PlacedText, ...]:
        """The texts that were redacted after it was frozen."""
        return tuple(t for t in self.texts if t.text.redacted_at and t.text.redacted_at > self.frozen_at)

    @property
    def record(self) -> dict[str, Any]:
        """What was frozen, as a value."""
        record: dict[str, Any] = json.loads(self.canonical)
        return record


async def snapshot(db: AsyncSession, snapshot_id: str) -> Snapshot:
    """The snapshot, re-executed: of a register this takes seconds. Raises NotFound and Gone."""
    return await _executed(db, *await _row(db, snapshot_id))


async def reread(db: AsyncSession, snapshot_id: str) -> Reread:
    """The comparison of the snapshot, for a fraction of the time of `snapshot`. Raises NotFound and Gone."""
    row, frozen_at = await _row(db, snapshot_id)
    comparison = await _asked_again(db, await asyncio.to_thread(json.loads, row.canonical))
    return Reread(row.id, row.sha256, frozen_at, comparison)


async def redacted(db: AsyncSession, frozen: Reread) -> tuple[PlacedText, ...]:
    """Its texts that were redacted after it was frozen. They are looked for only where anything was redacted since."""
    if isinstance(frozen, Snapshot):
        return frozen.redacted
    r = PublishedRedaction
    since = select(r.id).where(col(r.recorded_at) > frozen.frozen_at).limit(1)
    return (await snapshot(db, frozen.id)).redacted if (await db.execute(since)).first() else ()


async def _row(db: AsyncSession, snapshot_id: str) -> tuple[PublishedSnapshot, datetime]:
    """(what is kept, when it is told to have been frozen). Raises NotFound."""
    s, listing = PublishedSnapshot, PublishedSnapshotListing
    statement = (
        select(s, listing.recorded_at)
        .outerjoin(listing, col(listing.snapshot_id) == s.id)
        .where(col(s.id) == snapshot_id)
    )
    row = (await db.execute(statement)).one_or_none() if len(snapshot_id) <= LONGEST_ID else None
    if row is None:
        raise NotFound(_("There is no snapshot with this id."))
    return row[0], row[1] or row[0].recorded_at


async def codes(db: AsyncSession, snapshot_id: str) -> list[str]:
    """The jurisdictions that a snapshot froze, without asking the record again; none for an unknown id."""
    s = PublishedSnapshot
    frozen = await db.scalar(select(s.canonical).where(col(s.id) == snapshot_id))
    return [place["code"] for place in json.loads(frozen)["jurisdictions"]] if frozen else []


async def ids(db: AsyncSession) -> list[str]:
    """Every snapshot's id, the oldest first."""
    s = PublishedSnapshot
    found: list[str] = list((await db.execute(select(s.id).order_by(s.recorded_at, s.id))).scalars())
    return found


async def _executed(db: AsyncSession, row: PublishedSnapshot, frozen_at: datetime) -> Snapshot:
    comparison = await _asked_again(db, await asyncio.to_thread(json.loads, row.canonical))
    again, beside = await canonical(db, comparison, row.salt)
    placed = await asyncio.to_thread(_placed, comparison, beside, row.salt)
    return Snapshot(
        id=row.id,
        sha256=row.sha256,
        frozen_at=frozen_at,
        comparison=comparison,
        canonical=row.canonical.encode(),
        again=again,
        texts=tuple(placed),
    )


async def canonical(
    db: AsyncSession, comparison: Comparison, salt: str
) -> tuple[bytes, Mapping[int, Support]]:
    """(the canonical JSON of a comparison, what stands with each of its revisions)."""
    voices = {voice.id for cell in comparison.rows() for voice in cell.voices}
    beside = await support(db, voices, comparison.at.as_of)
    # Of a register this takes a second: others are served meanwhile.
    return await asyncio.to_thread(canonical_of, comparison, beside, salt), beside


def _placed(comparison: Comparison, beside: Mapping[int, Support], salt: str) -> list[PlacedText]:
    return [
        PlacedText(
            cell,
            voice,
            text,
            "" if text.redacted_at else text_salt(salt, place_of(cell, voice, text.field)),
        )
        for cell in comparison.rows()
        for voice in cell.voices
        for text in beside[voice.id].all_texts()
    ]


async def _asked_again(db: AsyncSession, record: Mapping[str, Any]) -> Comparison:
    framework = await _framework(db, record["framework"])
    places = await _places(db, record["jurisdictions"])
    comparison = await compare_within(db, frozen_query(record), framework, places)
    return _as_named(comparison, {o["key"]: o for o in record["organisations"]})


async def _framework(db: AsyncSession, frozen: Mapping[str, Any]) -> Framework:
    """The framework with the items and the words it had."""
    name = f"{frozen['key']}@{frozen['version']}"
    live = await frameworks.framework(db, name)
    items = {item.key: item for item in live.items} if live else {}
    lost = [item["key"] for item in frozen["items"] if item["key"] not in items]
    if live is None or lost:
        raise Gone(
            _("%(name)s is no longer in the record.") % {"name": f"{name} {' '.join(lost[:3])}".strip()}
        )
    as_it_was = tuple(
        replace(
            items[item["key"]],
            source_number=item["number"],
            short_label=item["label"],
            text=item["text"],
            depth=item["depth"],
            domains=tuple(Domain(domain) for domain in item["domains"]),
        )
        for item in frozen["items"]
    )
    return replace(live, title=frozen["title"], items=as_it_was)


async def _places(db: AsyncSession, frozen: list[dict[str, Any]]) -> tuple[Place, ...]:
    """The jurisdictions with the names they had."""
    live = await jurisdictions.by_codes(db, [place["code"] for place in frozen])
    lost = [place["code"] for place in frozen if place["code"] not in live]
    if lost:
        raise Gone(_("%(name)s is no longer in the record.") % {"name": ", ".join(lost[:3])})
    return tuple(
        replace(
            live[place["code"]],
            name=place["name"],
            kind=JurisdictionKind(place["kind"]),
            fictional=place["fictional"],
        )
        for place in frozen
    )


def _as_named(comparison: Comparison, organisations: Mapping[str, Mapping[str, Any]]) -> Comparison:
    """With the names that the organisations had."""

    def named(voice: Standing) -> Standing:
        was = organisations.get(voice.organisation_key)
        if was is None:
            return voice
        return structs.replace(voice, organisation_name=was["name"], organisation_fictional=was["fictional"])

    cells = {
        key: replace(cell, voices=tuple(named(voice) for voice in cell.voices)) if cell.voices else cell
        for key, cell in comparison.cells.items()
    }
    return replace(comparison, cells=cells)
