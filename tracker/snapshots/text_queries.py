"""Reading what stands with the revisions of a snapshot, each text with its hash, redacted or not."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.db.base import Table, free_texts, select
from tracker.entries.models import PublishedCitation, PublishedRevision
from tracker.instruments.models import PublishedInstrument
from tracker.privacy.models import PublishedRedaction
from tracker.privacy.place_queries import row_id_of
from tracker.reviews.models import PublishedReply, PublishedReview, Verdict
from tracker.snapshots.record import Cited, FreeText, Said, Support


@dataclass(frozen=True, slots=True)
class _Redactions:
    """The redactions there are, by table, row and column: the hash of what stood there, and when it went."""

    kept: dict[tuple[str, str, str], tuple[str, datetime]]

    def texts(self, row: Table, within: str) -> Iterator[FreeText]:
        """The texts of a row that are not empty. `within` is what `tracker redact` puts before their names."""
        table, row_id = str(row.__tablename__), row_id_of(row)
        for name in free_texts(type(row)):
            text = getattr(row, name)
            if text:
                sha256, gone = self.kept.get((table, row_id, name), (_sha256(text), None))
                yield FreeText(within + name, text, sha256, gone)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def _redactions(db: AsyncSession) -> _Redactions:
    r = PublishedRedaction
    rows = await db.execute(select(r.table_name, r.row_id, r.field, r.sha256, r.recorded_at))
    return _Redactions({(table, row, field): (sha256, at) for table, row, field, sha256, at in rows})


async def support(db: AsyncSession, revision_ids: Collection[int], as_of: datetime) -> dict[int, Support]:
    """For each revision what it says and cites, and the reviews and replies that had been published by `as_of`."""
    gone = await _redactions(db)
    revisions = await db.execute(select(PublishedRevision).where(col(PublishedRevision.id).in_(revision_ids)))
    citations = await _citations(db, revision_ids, gone)
    reviews = await _said(db, PublishedReview, "review", revision_ids, gone, as_of)
    replies = await _said(db, PublishedReply, "reply", revision_ids, gone, as_of)
    return {
        revision.id: Support(
            texts={text.field: text for text in gone.texts(revision, "")},
            citations=tuple(citations[revision.id]),
            reviews=tuple(reviews[revision.id]),
            replies=tuple(replies[revision.id]),
        )
        for revision in revisions.scalars()
    }


async def _citations(
    db: AsyncSession, revision_ids: Collection[int], gone: _Redactions
) -> dict[int, list[Cited]]:
    c, i = PublishedCitation, PublishedInstrument
    rows = await db.execute(
        select(c, i)
        .join(i, col(i.id) == c.instrument_id)
        .where(col(c.revision_id).in_(revision_ids))
        .order_by(col(c.revision_id), col(c.position))
    )
    found: dict[int, list[Cited]] = defaultdict(list)
    for citation, instrument in rows:
        within = f"citation.{citation.position}."
        texts: Sequence[FreeText] = [
            *gone.texts(citation, within),
            *gone.texts(instrument, f"{within}instrument."),
        ]
        found[citation.revision_id].append(
            Cited(
                position=citation.position,
                axis=citation.axis,
                quote_language=citation.quote_language,
                kind=instrument.kind,
                language=instrument.language,
                adopted_on=instrument.adopted_on,
                in_force_on=instrument.in_force_on,
                in_force_until=instrument.in_force_until,
                provenance=instrument.provenance,
                texts={text.field.removeprefix(within): text for text in texts},
            )
        )
    return found


async def _said(
    db: AsyncSession,
    table: Any,
    within: str,
    revision_ids: Collection[int],
    gone: _Redactions,
    as_of: datetime,
) -> dict[int, list[Said]]:
    rows = await db.execute(
        select(table, Organisation.key)
        .join(Organisation, col(Organisation.id) == table.organisation_id)
        .where(col(table.revision_id).in_(revision_ids), col(table.recorded_at) <= as_of)
        .order_by(col(table.revision_id), col(table.id))
    )
    found: dict[int, list[Said]] = defaultdict(list)
    for row, key in rows:
        prefix = f"{within}.{len(found[row.revision_id]) + 1}."
        verdict = getattr(row, "verdict", None)
        found[row.revision_id].append(
            Said(
                organisation=key,
                recorded_at=row.recorded_at,
                texts={text.field.removeprefix(prefix): text for text in gone.texts(row, prefix)},
                agrees=None if verdict is None else verdict is Verdict.AGREE,
                independent=getattr(row, "independent", False),
            )
        )
    return found
