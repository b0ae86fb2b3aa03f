"""Reading the texts of drafts that are to be checked, behind the tenant wall."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.base import free_texts, select
from tracker.entries.content import Content, NewInstrument
from tracker.entries.models import (
    Draft,
    DraftCitation,
    DraftPrinciple,
)
from tracker.instruments.models import Instrument
from tracker.privacy.findings import Text

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
    stated = await db.execute(
        select(DraftPrinciple, DraftCitation.draft_id, DraftCitation.position)
        .join(DraftCitation, col(DraftCitation.id) == DraftPrinciple.citation_id)
        .where(col(DraftCitation.draft_id).in_(draft_ids))
        .order_by(col(DraftCitation.position), col(DraftPrinciple.principle))
    )
    for principle, draft_id, position in stated:
        found[draft_id] += _texts(principle, f"citation.{position}.{principle.principle.value}.")
    return found


def content_texts(content: Content) -> list[Text]:
    """The free texts of what was typed and is not stored, under the fields that they would be stored in."""
    found = _texts(content, "", Draft)
    for n, citation in enumerate(content.citations, start=1):
        place = f"citation.{n}."
        found += _texts(citation, place, DraftCitation)
        if isinstance(citation.instrument, NewInstrument):
            found += _texts(citation.instrument, f"{place}instrument.", Instrument)
        for stated in citation.principles:
            found += _texts(stated, f"{place}{stated.principle.value}.", DraftPrinciple)
    return found


def _texts(row: Any, place: str, table: Any = None) -> list[Text]:
    names = [name for name in free_texts(table or type(row)) if name not in NEVER_PUBLISHED]
    language = getattr(row, "quote_language", "") or getattr(row, "language", "") or None
    foreign = {"quote", "title_original"}
    return [
        Text(place + name, getattr(row, name), language if name in foreign else None)
        for name in names
        if getattr(row, name)
    ]
