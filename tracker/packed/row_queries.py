"""Reading from the published rows what the history of a pack is made of."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.db.base import select
from tracker.entries.models import PublishedCitation, PublishedRevision, PublishedWithdrawal
from tracker.frameworks.models import FrameworkItem
from tracker.instruments.models import PublishedInstrument
from tracker.kit.vocabulary import Voice
from tracker.packed import history as packed
from tracker.packed.history import Cited, History, Said, Verdict, micros
from tracker.reviews.models import PublishedConfirmation, PublishedReview
from tracker.reviews.models import Verdict as Judgement

R = PublishedRevision


async def histories(
    db: AsyncSession, version_id: int, jurisdiction_ids: Collection[int]
) -> dict[int, History]:
    """The history of each jurisdiction that anybody has published on, for a framework version."""
    rows = await db.execute(_revisions(version_id, jurisdiction_ids))
    verdicts = await _verdicts(db, version_id, jurisdiction_ids)
    confirmed = await _confirmations(db, version_id, jurisdiction_ids)
    cited = await _citations(db, version_id, jurisdiction_ids)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.jurisdiction_id].append(row)
    return {place: _history(of, verdicts, confirmed, cited) for place, of in found.items()}


def _revisions(version_id: int, jurisdiction_ids: Collection[int]) -> Any:
    return (
        select(
            col(R.id),
            R.jurisdiction_id,
            R.domain,
            R.voice,
            R.commitment,
            R.practice,
            R.commitment_claimed,
            R.practice_claimed,
            R.basis,
            R.scope,
            R.valid_from,
            R.valid_to,
            R.recorded_at,
            R.corrects_id,
            FrameworkItem.key.label("item"),  # type: ignore[attr-defined]
            Organisation.key.label("organisation"),  # type: ignore[attr-defined]
            col(PublishedWithdrawal.recorded_at).label("withdrawn_at"),
        )
        .join(FrameworkItem, col(FrameworkItem.id) == R.item_id)
        .join(Organisation, col(Organisation.id) == R.organisation_id)
        .outerjoin(PublishedWithdrawal, col(PublishedWithdrawal.revision_id) == R.id)
        .where(_within(jurisdiction_ids), col(FrameworkItem.framework_version_id) == version_id)
        .order_by(col(R.recorded_at), col(R.id))
    )


def _within(jurisdiction_ids: Collection[int]) -> Any:
    return col(R.jurisdiction_id).in_(jurisdiction_ids)


def _beside(table: Any, columns: Sequence[Any], version_id: int, jurisdiction_ids: Collection[int]) -> Any:
    return (
        select(table.revision_id, *columns, table.recorded_at)
        .join(R, col(R.id) == table.revision_id)
        .join(FrameworkItem, col(FrameworkItem.id) == R.item_id)
        .where(_within(jurisdiction_ids), col(FrameworkItem.framework_version_id) == version_id)
        .order_by(table.recorded_at, col(table.id))
    )


async def _verdicts(
    db: AsyncSession, version_id: int, jurisdiction_ids: Collection[int]
) -> dict[int, list[Any]]:
    r = PublishedReview
    columns = (Organisation.key, r.verdict, col(r.other_source) != "", r.independent)
    statement = _beside(r, columns, version_id, jurisdiction_ids)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in await db.execute(statement.join(Organisation, col(Organisation.id) == r.organisation_id)):
        found[row.revision_id].append(row)
    return found


async def _confirmations(
    db: AsyncSession, version_id: int, jurisdiction_ids: Collection[int]
) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for revision_id, at in await db.execute(_beside(PublishedConfirmation, (), version_id, jurisdiction_ids)):
        found[revision_id].append(micros(at))
    return found


async def _citations(
    db: AsyncSession, version_id: int, jurisdiction_ids: Collection[int]
) -> dict[int, list[Cited]]:
    c, i = PublishedCitation, PublishedInstrument
    rows = await db.execute(
        select(c.revision_id, c.axis, i.adopted_on, i.in_force_on)
        .join(i, col(i.id) == c.instrument_id)
        .join(R, col(R.id) == c.revision_id)
        .join(FrameworkItem, col(FrameworkItem.id) == R.item_id)
        .where(_within(jurisdiction_ids), col(FrameworkItem.framework_version_id) == version_id)
        .order_by(c.revision_id, c.position)
    )
    found: dict[int, list[Cited]] = defaultdict(list)
    for revision_id, axis, adopted_on, in_force_on in rows:
        dated = adopted_on or in_force_on  # as `Evidence.dated`
        found[revision_id].append(Cited(axis.value, dated.toordinal() if dated else packed.UNKNOWN))
    return found


def _history(
    rows: Sequence[Any],
    verdicts: dict[int, list[Any]],
    confirmed: dict[int, list[int]],
    cited: dict[int, list[Cited]],
) -> History:
    """`rows`: one jurisdiction's revisions, oldest first."""
    cells: dict[str, int] = {}
    voices: dict[str, int] = {}
    corrected = {r.corrects_id: micros(r.recorded_at) for r in reversed(rows) if r.corrects_id is not None}
    said = []
    for row in rows:
        gone = corrected.get(row.id, packed.NEVER)
        if row.withdrawn_at is not None:
            gone = min(gone, micros(row.withdrawn_at))
        begins = row.valid_from.toordinal() if row.valid_from else packed.UNKNOWN
        said.append(
            Said(
                cell=cells.setdefault(f"{row.item}/{row.domain.value}", len(cells)),
                by=voices.setdefault(row.organisation, len(voices)),
                independent=row.voice is Voice.INDEPENDENT,
                commitment=row.commitment,
                practice=row.practice,
                commitment_claimed=row.commitment_claimed,
                practice_claimed=row.practice_claimed,
                basis=row.basis.value if row.basis else "",
                scope=row.scope.value if row.scope else "",
                begins=begins,
                start=begins or row.recorded_at.toordinal(),
                end=row.valid_to.toordinal() if row.valid_to else packed.OPEN,
                at=micros(row.recorded_at),
                id=row.id,
                gone=gone,
                verdicts=tuple(
                    Verdict(
                        by=voices.setdefault(key, len(voices)),
                        agrees=verdict is Judgement.AGREE,
                        confirms=bool(other) and bool(independent),
                        at=micros(at),
                    )
                    for _revision, key, verdict, other, independent, at in verdicts.get(row.id, ())
                ),
                confirmed=tuple(confirmed.get(row.id, ())),
                cited=tuple(cited.get(row.id, ())),
            )
        )
    return History(list(cells), list(voices), said)
