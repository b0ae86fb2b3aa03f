"""Writing what was planned as drafts, a chunk of rows at a time, by the checked bulk ways of `tracker.db.session`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.db.base import select
from tracker.db.session import insert_rows, update_rows
from tracker.entries import principle_queries
from tracker.entries.content import CITATION_FIELDS, FIELDS
from tracker.entries.models import Draft, DraftCitation, DraftPrinciple, PublishedCitation
from tracker.entries.principles import Stated
from tracker.exchange import carried, queries
from tracker.exchange.checks import day
from tracker.exchange.columns import CITATION, DAYS, MOST_CITATIONS, citations_of
from tracker.exchange.known import Known, cell_of
from tracker.exchange.plan import Planned
from tracker.kit.vocabulary import DraftState

_DATED = tuple(name in DAYS for name in FIELDS)
_OPTIONAL = tuple(name in {"basis", "scope"} for name in FIELDS)


def _values(texts: Sequence[str]) -> dict[str, Any]:
    """The columns of a draft from its texts."""
    return {
        name: (day(text) if dated else text) if text or not (dated or optional) else None
        for name, text, dated, optional in zip(FIELDS, texts, _DATED, _OPTIONAL, strict=False)
    }


@dataclass(frozen=True, slots=True)
class Writer:
    db: AsyncSession
    actor: OrganisationActor
    known: Known
    now: datetime

    async def write(self, planned: Sequence[Planned]) -> None:
        new = [p for p in planned if p.key not in self.known.stored.states]
        await self._insert(new)
        await self._update([p for p in planned if p.key in self.known.stored.states])

    def _touched(self, p: Planned) -> dict[str, Any]:
        """What is set on a new draft and on a changed one alike."""
        correcting = p.texts[len(FIELDS) - 1] == "correction"
        return _values(p.texts) | {
            "tenant_id": self.actor.organisation_id,
            "corrects_id": self.known.stored.revisions[p.key] if correcting else None,
            "updated_at": self.now,
            "updated_by": self.actor.user_id,
        }

    async def _insert(self, planned: Sequence[Planned]) -> None:
        drafts, citations, principles = [], [], []
        revisions = self.known.stored.revisions
        before = await queries.published_principles(
            self.db, [revisions[p.key] for p in planned if p.key in revisions]
        )
        for p in planned:
            draft_id = uuid4()
            place, item, domain = cell_of(p.key)
            drafts.append(
                self._touched(p)
                | {
                    "id": draft_id,
                    "jurisdiction_id": place,
                    "item_id": item,
                    "domain": domain,
                    "state": DraftState.DRAFT,
                    "version": 1,
                    "created_at": self.now,
                    "created_by": self.actor.user_id,
                    "submitted_at": None,
                    "submitted_by": None,
                    "return_reason": "",
                }
            )
            if p.texts[len(FIELDS)]:
                texts = citations_of(p.texts)
                rows = [self._citation(draft_id, n, c) for n, c in enumerate(texts, start=1)]
                citations += rows
                principles += self._carried(before.get(revisions.get(p.key, 0), []), texts, rows)
            if p.key in self.known.stored.longer:
                rest = await self._published_rest(draft_id, revisions[p.key])
                citations += [row for row, _stated in rest]
                principles += [s for row, stated in rest for s in self._principles(row, stated)]
        await insert_rows(self.db, Draft, drafts)
        await insert_rows(self.db, DraftCitation, citations)
        await insert_rows(self.db, DraftPrinciple, principles)

    def _principles(self, row: dict[str, Any], stated: Sequence[Stated]) -> list[dict[str, Any]]:
        return carried.long_rows(self.actor.organisation_id, row["id"], stated)

    def _carried(
        self, before: Sequence[carried.Before], texts: Sequence[tuple[str, ...]], rows: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Rows of DraftPrinciple for the new citations `rows`, which say `texts`."""
        if not before:
            return []
        stated = carried.carried(before, texts)
        return [s for row, said in zip(rows, stated, strict=True) for s in self._principles(row, said)]

    async def _published_rest(
        self, draft_id: UUID, revision_id: int
    ) -> list[tuple[dict[str, Any], tuple[Stated, ...]]]:
        """The published citations that a row has no room for: a new draft starts with them too."""
        c = PublishedCitation
        rows = (
            await self.db.execute(
                select(c).where(col(c.revision_id) == revision_id).order_by(col(c.position))
            )
        ).scalars()
        stated = await principle_queries.of_revisions(self.db, [revision_id])
        return [
            (
                self._citation(draft_id, row.position, carried.said(row)),
                stated.get((revision_id, row.position), ()),
            )
            for row in rows.all()[MOST_CITATIONS:]
        ]

    def _citation(self, draft_id: UUID, position: int, citation: Sequence[str]) -> dict[str, Any]:
        axis, instrument, *passage = citation
        own = instrument in self.known.instruments.own
        id_ = UUID(instrument)
        return {
            "tenant_id": self.actor.organisation_id,
            "id": uuid4(),
            "draft_id": draft_id,
            "position": position,
            "own_instrument_id": id_ if own else None,
            "instrument_id": None if own else id_,
            "axis": axis,
            **dict(zip(CITATION[2:], passage, strict=True)),
        }

    async def _update(self, planned: Sequence[Planned]) -> None:
        if not planned:
            return
        marks = await queries.draft_marks(self.db, {cell_of(p.key)[0] for p in planned})
        rows = []
        for p in planned:
            id_, version = marks[p.key]
            rows.append(self._touched(p) | {"id": id_, "version": version + 1})
        await update_rows(self.db, Draft, rows)
        await self._replace_citations({marks[p.key][0]: citations_of(p.texts) for p in planned})

    async def _replace_citations(self, wanted: dict[UUID, list[tuple[str, ...]]]) -> None:
        """Of each draft's first citations, those that differ. The others stay, with all that hangs on them."""
        c = DraftCitation
        held: dict[UUID, list[DraftCitation]] = {id_: [] for id_ in wanted}
        rows = await self.db.execute(
            select(c).where(col(c.draft_id).in_(wanted)).order_by(col(c.draft_id), col(c.position))
        )
        for row in rows.scalars():
            held[row.draft_id].append(row)
        stated = await principle_queries.of_drafts(self.db, list(wanted))
        gone, fresh, principles = [], [], []
        for draft_id, citations in wanted.items():
            before = held[draft_id][:MOST_CITATIONS]
            taken_out: list[carried.Before] = []
            put_in: list[dict[str, Any]] = []
            texts: list[tuple[str, ...]] = []
            for n in range(MOST_CITATIONS):
                old = before[n] if n < len(before) else None
                new = citations[n] if n < len(citations) else None
                if old is not None and new is not None and carried.said(old) == new:
                    continue
                if old is not None:
                    gone.append(old.id)
                    taken_out.append((carried.said(old), stated.get(old.id, ())))
                if new is not None:
                    texts.append(new)
                    put_in.append(self._citation(draft_id, old.position if old else _after(before, n), new))
            fresh += put_in
            principles += self._carried(taken_out, texts, put_in)
        await self.db.execute(sa.delete(c).where(col(c.id).in_(gone)))
        await insert_rows(self.db, c, fresh)
        await insert_rows(self.db, DraftPrinciple, principles)


def _after(before: Sequence[DraftCitation], n: int) -> int:
    """A free position for the citation `n` (from 0) of a draft that has fewer."""
    return (before[-1].position if before else 0) + n - len(before) + 1


assert set(CITATION_FIELDS) == {"axis", *CITATION[2:]}
