"""Reading texts to check and to redact: those of drafts, behind the tenant wall, and published ones."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.base import Kind, Table, free_texts, select, tables_of
from tracker.editions.models import PublishedEdition, PublishedEditionText
from tracker.entries.models import (
    Draft,
    DraftCitation,
    PublishedCitation,
    PublishedRevision,
    PublishedWithdrawal,
)
from tracker.instruments.models import Instrument, PublishedInstrument
from tracker.privacy.findings import Text
from tracker.privacy.models import PublishedRedaction
from tracker.reviews.models import PublishedReply, PublishedReview

# A reviewer's words to the author: they stay in the workspace and are never published.
NEVER_PUBLISHED = {"return_reason"}


async def draft_texts(db: AsyncSession, draft_ids: Collection[UUID]) -> dict[UUID, list[Text]]:
    """All free texts that publishing each draft would publish, with those of instruments not yet published."""
    found: dict[UUID, list[Text]] = defaultdict(list)
    drafts = await db.execute(select(Draft).where(col(Draft.id).in_(draft_ids)))
    for draft in drafts.scalars():
        found[draft.id] += _texts(draft, "")
    rows = await db.execute(
        select(DraftCitation, Instrument)
        .outerjoin(Instrument, col(Instrument.id) == DraftCitation.own_instrument_id)
        .where(col(DraftCitation.draft_id).in_(draft_ids))
        .order_by(col(DraftCitation.draft_id), col(DraftCitation.position))
    )
    for citation, instrument in rows:
        place = f"citation.{citation.position}."
        found[citation.draft_id] += _texts(citation, place)
        if instrument is not None:
            found[citation.draft_id] += _texts(instrument, f"{place}instrument.")
    return found


def _texts(row: Any, place: str) -> list[Text]:
    names = [name for name in free_texts(type(row)) if name not in NEVER_PUBLISHED]
    language = getattr(row, "quote_language", "") or getattr(row, "language", "") or None
    foreign = {"quote", "title_original"}
    return [
        Text(place + name, getattr(row, name), language if name in foreign else None)
        for name in names
        if getattr(row, name)
    ]


@dataclass(frozen=True, slots=True)
class Place:
    """A published text: `field` names it within its revision; table, row_id and column place it in the database.

    `owner`: the organisation that published it; None for reference data.
    """

    field: str
    text: str
    table: str
    row_id: str
    column: str
    owner: UUID | None


async def texts_of_revision(db: AsyncSession, uid: UUID) -> list[Place]:
    """Every published text that stands with a revision, its own first; or those of a final edition of a briefing.

    None for an unknown one.
    """
    r: Any = PublishedRevision
    revision = (await db.execute(select(r).where(col(r.uid) == uid))).scalar_one_or_none()
    if revision is None:
        return await _texts_of_edition(db, uid)
    owner = revision.organisation_id
    found = _places(revision, "", owner)
    withdrawals = select(PublishedWithdrawal).where(col(PublishedWithdrawal.revision_id) == revision.id)
    for withdrawal in (await db.execute(withdrawals)).scalars():
        found += _places(withdrawal, "withdrawal.", owner)
    cited = (
        select(PublishedCitation, PublishedInstrument)
        .join(PublishedInstrument, col(PublishedInstrument.id) == PublishedCitation.instrument_id)
        .where(col(PublishedCitation.revision_id) == revision.id)
        .order_by(col(PublishedCitation.position))
    )
    for citation, instrument in await db.execute(cited):
        found += _places(citation, f"citation.{citation.position}.", owner)
        found += _places(instrument, f"citation.{citation.position}.instrument.", instrument.organisation_id)
    for name, table in (("review", PublishedReview), ("reply", PublishedReply)):
        beside: Any = table
        said = select(beside).where(col(beside.revision_id) == revision.id).order_by(col(beside.id))
        for number, row in enumerate((await db.execute(said)).scalars(), start=1):
            found += _places(row, f"{name}.{number}.", row.organisation_id)
    return found


async def _texts_of_edition(db: AsyncSession, uid: UUID) -> list[Place]:
    e, t = PublishedEdition, PublishedEditionText
    edition = (await db.execute(select(e).where(col(e.uid) == uid))).scalar_one_or_none()
    if edition is None:
        return []
    found = _places(edition, "", edition.organisation_id)
    texts = select(t).where(col(t.edition_id) == edition.id).order_by(col(t.kind), col(t.position))
    for row in (await db.execute(texts)).scalars():
        found += _places(row, f"{row.kind.value}.{row.position}.", row.organisation_id)
    return found


def _places(row: Any, within: str, owner: UUID | None) -> list[Place]:
    table = str(row.__tablename__)
    return [
        Place(within + name, getattr(row, name), table, row_id_of(row), name, owner)
        for name in free_texts(type(row))
        if getattr(row, name)
    ]


def key_of(table: type[Table]) -> Any:
    """The attribute of a published table's primary key, which is one column."""
    key = sa.inspect(table).primary_key[0]
    return getattr(table, key.name)


def row_id_of(row: Any) -> str:
    """The key of a row as text; a UUID as its 32 hex digits."""
    key = getattr(row, key_of(type(row)).key)
    return key.hex if isinstance(key, UUID) else str(key)


async def redacted_places(db: AsyncSession, places: Collection[Place]) -> set[Place]:
    """Those of the places that were redacted before."""
    r = PublishedRedaction
    rows = await db.execute(
        select(r.table_name, r.row_id, r.field).where(col(r.row_id).in_({p.row_id for p in places}))
    )
    gone = {tuple(row) for row in rows}
    return {p for p in places if (p.table, p.row_id, p.column) in gone}


async def same_texts(db: AsyncSession, place: Place) -> list[Place]:
    """Where else the owner has published exactly this text: revisions that follow usually repeat it."""
    found = []
    for table in tables_of(Kind.PUBLISHED):
        owner = _owner(table)
        if owner is None:
            continue
        for name in free_texts(table):
            column = getattr(table, name)
            statement = select(table).where(column == place.text)
            if "revision_id" in table.model_fields and owner is PublishedRevision.organisation_id:
                statement = statement.join(PublishedRevision, col(PublishedRevision.id) == table.revision_id)  # type: ignore[attr-defined]
            for row in (await db.execute(statement.where(owner == place.owner))).scalars():
                found.append(
                    Place(name, place.text, str(row.__tablename__), row_id_of(row), name, place.owner)
                )
    return found


def _owner(table: Any) -> Any:
    """The column that says who published a row: its own, else that of its revision; None where there is neither."""
    if "organisation_id" in table.model_fields:
        return table.organisation_id
    return PublishedRevision.organisation_id if "revision_id" in table.model_fields else None


@dataclass(frozen=True, slots=True)
class Checked:
    """A redaction, and whether its tombstone still stands where the text stood."""

    table: str
    row_id: str
    field: str
    tombstone: str
    stands: bool


async def check_redactions(db: AsyncSession) -> list[Checked]:
    """Every redaction there is, in the order of their recording, compared with what stands there now."""
    tables = {str(t.__tablename__): t for t in tables_of(Kind.PUBLISHED)}
    told = (await db.execute(select(PublishedRedaction).order_by(col(PublishedRedaction.id)))).scalars().all()
    return [
        Checked(r.table_name, r.row_id, r.field, r.tombstone, await _now(db, tables, r) == r.tombstone)
        for r in told
    ]


async def _now(db: AsyncSession, tables: dict[str, type[Table]], redaction: PublishedRedaction) -> str | None:
    table = tables.get(redaction.table_name)
    if table is None or redaction.field not in free_texts(table):
        return None
    key = key_of(table)
    is_number = isinstance(sa.inspect(table).primary_key[0].type, sa.Integer)
    wanted = int(redaction.row_id) if is_number else UUID(redaction.row_id)
    return (
        await db.execute(select(getattr(table, redaction.field)).where(key == wanted))
    ).scalar_one_or_none()
