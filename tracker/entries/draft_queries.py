"""Reading an organisation's own drafts. Every statement runs behind the tenant wall."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import ApiToken, User
from tracker.db.base import select
from tracker.entries import principle_queries
from tracker.entries.content import FIELDS, INSTRUMENT_FIELDS, Cell, Citation, Content, NewInstrument
from tracker.entries.evidence import Cited, lacking
from tracker.entries.models import (
    Draft,
    DraftCitation,
    PublishedCitation,
    PublishedRevision,
    PublishedWithdrawal,
)
from tracker.entries.principles import Stated
from tracker.frameworks.models import FrameworkItem
from tracker.instruments.models import Instrument, PublishedInstrument
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, CitationAxis, Domain, DraftState, InstrumentKind, Value, value


@dataclass(frozen=True, slots=True)
class CitedInstrument:
    """A draft's citation with what is known of its instrument, wherever that is registered."""

    axis: CitationAxis
    instrument_id: UUID
    kind: InstrumentKind
    title: str
    citation: str
    issuer: str
    dated: date | None
    url: str
    locator: str
    quote: str
    quote_language: str
    translation: str
    principles: tuple[Stated, ...] = ()

    def as_input(self) -> Citation:
        return Citation(
            self.axis,
            self.instrument_id,
            self.locator,
            self.quote,
            self.quote_language,
            self.translation,
            self.principles,
        )


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with its place in the record."""

    id: UUID
    version: int
    state: DraftState
    cell: Cell
    jurisdiction_code: str
    jurisdiction_name: str
    fictional: bool
    item_key: str
    item_label: str
    content: Content
    cited: tuple[CitedInstrument, ...]
    updated_at: datetime
    updated_by: str
    submitted_by: UUID | None
    submitted_by_name: str
    return_reason: str
    before: "OwnRevision | None"

    def value(self, axis: Axis) -> Value:
        return value(axis, getattr(self.content, axis.value))

    def changed(self, axis: Axis) -> bool:
        """Whether publishing it changes what the organisation has published of the axis."""
        return self.before is not None and self.before.value(axis) != self.value(axis)

    def lacking(self, axis: Axis) -> list[str]:
        """What the level on the axis lacks, untranslated."""
        cited = [Cited(c.axis, c.kind, c.dated, c.locator) for c in self.cited]
        return lacking(axis, getattr(self.content, axis.value), self.content.support(), cited)


async def draft_of_cell(db: AsyncSession, cell: Cell) -> DraftView | None:
    found = await _drafts(
        db,
        col(Draft.jurisdiction_id) == cell.jurisdiction_id,
        col(Draft.item_id) == cell.item_id,
        col(Draft.domain) == cell.domain,
    )
    return found[0] if found else None


async def draft(db: AsyncSession, draft_id: UUID) -> DraftView | None:
    found = await _drafts(db, col(Draft.id) == draft_id)
    return found[0] if found else None


async def submitted(db: AsyncSession) -> list[DraftView]:
    """What waits for a reviewer, the longest waiting first."""
    return await _drafts(db, col(Draft.state) == DraftState.SUBMITTED, order=col(Draft.submitted_at))


async def returned(db: AsyncSession) -> list[DraftView]:
    """What a reviewer sent back, the oldest first."""
    return await _drafts(db, col(Draft.state) == DraftState.RETURNED, order=col(Draft.updated_at))


async def after(db: AsyncSession, draft_id: UUID | None, *, limit: int) -> list[DraftView]:
    """The drafts after one, in the order of their ids; None for the first ones."""
    where = [] if draft_id is None else [col(Draft.id) > draft_id]
    return await _drafts(db, *where, order=col(Draft.id), limit=limit)


async def of_jurisdiction(
    db: AsyncSession, jurisdiction_id: int, item_ids: Collection[int]
) -> list[DraftView]:
    return await _drafts(db, col(Draft.jurisdiction_id) == jurisdiction_id, col(Draft.item_id).in_(item_ids))


async def counts(db: AsyncSession) -> dict[str, Counter[DraftState]]:
    """The number of drafts by state, for each jurisdiction's code that has any."""
    rows = await db.execute(
        select(Jurisdiction.code, Draft.state, sa.func.count(col(Draft.id)))
        .join(Draft, col(Draft.jurisdiction_id) == Jurisdiction.id)
        .group_by(Jurisdiction.code, Draft.state)
    )
    found: dict[str, Counter[DraftState]] = defaultdict(Counter)
    for code, state, number in rows:
        found[code][state] = number
    return found


async def _drafts(
    db: AsyncSession, *where: sa.ColumnElement[bool], order: Any = None, limit: int | None = None
) -> list[DraftView]:
    updater, submitter = sa.orm.aliased(User), sa.orm.aliased(User)
    statement = (
        select(
            Draft,
            Jurisdiction.code,
            Jurisdiction.name,
            Jurisdiction.fictional,
            FrameworkItem.key,
            FrameworkItem.short_label,
            FrameworkItem.text,
            updater.name.label("updater"),  # type: ignore[attr-defined]
            _token_name(Draft.updated_by).label("updating_token"),
            submitter.name.label("submitter"),  # type: ignore[attr-defined]
            _token_name(Draft.submitted_by).label("submitting_token"),
        )
        .join(Jurisdiction, col(Jurisdiction.id) == Draft.jurisdiction_id)
        .join(FrameworkItem, col(FrameworkItem.id) == Draft.item_id)
        .outerjoin(updater, updater.id == Draft.updated_by)
        .outerjoin(submitter, submitter.id == Draft.submitted_by)
        .where(*where)
    )
    by = [order] if order is not None else []
    ordered = statement.order_by(*by, FrameworkItem.position, Draft.domain).limit(limit)
    rows = (await db.execute(ordered)).all()
    cited = await _cited(db, [row[0].id for row in rows])
    before = await _published_before(db, [row[0] for row in rows])
    return [_view(row, tuple(cited[row[0].id]), before.get(row[0].id)) for row in rows]


def _token_name(who: Any) -> Any:
    """The name of the organisation's token with the id, where it was no member."""
    return select(ApiToken.name).where(col(ApiToken.id) == who).scalar_subquery()


def _who(member: str | None, token: str | None) -> str:
    """A member's name; of a program, that it is one: anything can be the name of a token. "" for a member who left."""
    return member or (_("the program with the token “%(name)s”") % {"name": token} if token else "")


async def _published_before(db: AsyncSession, drafts: list[Draft]) -> "dict[UUID, OwnRevision]":
    """What the organisation has published of each draft's cell, where it has."""
    by_place: dict[tuple[UUID, int], list[Draft]] = defaultdict(list)
    for draft in drafts:
        by_place[draft.tenant_id, draft.jurisdiction_id].append(draft)
    found = {}
    for (tenant_id, jurisdiction_id), here in by_place.items():
        latest = await own_latest(db, tenant_id, jurisdiction_id, {d.item_id for d in here})
        for draft in here:
            if (draft.item_id, Domain(draft.domain)) in latest:
                found[draft.id] = latest[draft.item_id, Domain(draft.domain)]
    return found


def _view(row: Any, cited: tuple[CitedInstrument, ...], before: "OwnRevision | None") -> DraftView:
    found: Draft = row[0]
    return DraftView(
        id=found.id,
        version=found.version,
        state=found.state,
        cell=Cell(found.jurisdiction_id, found.item_id, Domain(found.domain)),
        jurisdiction_code=row.code,
        jurisdiction_name=row.name,
        fictional=row.fictional,
        item_key=row.key,
        item_label=row.short_label or row.text,
        content=content_of(found, tuple(c.as_input() for c in cited)),
        cited=cited,
        updated_at=found.updated_at,
        updated_by=_who(row.updater, row.updating_token),
        submitted_by=found.submitted_by,
        submitted_by_name=_who(row.submitter, row.submitting_token),
        return_reason=found.return_reason,
        before=before,
    )


def content_of(row: Draft | PublishedRevision, citations: tuple[Citation, ...]) -> Content:
    return Content(**{name: getattr(row, name) for name in FIELDS}, citations=citations)


async def _cited(db: AsyncSession, draft_ids: list[UUID]) -> dict[UUID, list[CitedInstrument]]:
    """The citations of drafts, each joined to its instrument on whichever side that is."""
    if not draft_ids:
        return defaultdict(list)
    own, public, c = Instrument, PublishedInstrument, DraftCitation

    def either(name: str) -> sa.ColumnElement[object]:
        return sa.func.coalesce(getattr(own, name), getattr(public, name)).label(name)

    rows = await db.execute(
        select(
            c.draft_id,
            col(c.id),
            c.axis,
            sa.func.coalesce(c.own_instrument_id, c.instrument_id).label("instrument_id"),
            sa.type_coerce(either("kind"), sa.String).label("kind"),
            either("title"),
            either("citation"),
            either("issuer"),
            sa.func.coalesce(own.adopted_on, own.in_force_on, public.adopted_on, public.in_force_on).label(
                "dated"
            ),
            either("url"),
            c.locator,
            c.quote,
            c.quote_language,
            c.translation,
        )
        .outerjoin(own, col(own.id) == c.own_instrument_id)
        .outerjoin(public, col(public.id) == c.instrument_id)
        .where(col(c.draft_id).in_(draft_ids))
        .order_by(c.draft_id, c.position)
    )
    stated = await principle_queries.of_drafts(db, draft_ids)
    found: dict[UUID, list[CitedInstrument]] = defaultdict(list)
    for draft_id, citation_id, axis, instrument_id, kind, *rest in rows:
        said = [*rest, stated.get(citation_id, ())]
        found[draft_id].append(CitedInstrument(axis, instrument_id, InstrumentKind(kind), *said))
    return found


async def own_instruments(db: AsyncSession, ids: Collection[UUID]) -> dict[UUID, NewInstrument]:
    """What was typed of the organisation's own instruments, by id; published ones are left out."""
    rows = (await db.execute(sa.select(Instrument).where(col(Instrument.id).in_(ids)))).scalars()
    return {row.id: NewInstrument(**{name: getattr(row, name) for name in INSTRUMENT_FIELDS}) for row in rows}


@dataclass(frozen=True, slots=True)
class Pickable:
    """An instrument that may be cited: the organisation's own, or one in the public register."""

    id: UUID
    title: str
    citation: str
    kind: InstrumentKind
    published: bool


async def pickable(db: AsyncSession, jurisdiction_ids: Collection[int]) -> list[Pickable]:
    """The instruments of these jurisdictions that a draft may cite, by title."""
    found: list[Pickable] = []
    sides: list[tuple[Any, bool]] = [(Instrument, False), (PublishedInstrument, True)]
    for table, published in sides:
        rows = await db.execute(
            select(col(table.id), table.title, table.citation, table.kind).where(
                col(table.jurisdiction_id).in_(jurisdiction_ids)
            )
        )
        found += [Pickable(row.id, row.title, row.citation, row.kind, published) for row in rows]
    return sorted(found, key=lambda p: (p.title.casefold(), str(p.id)))


@dataclass(frozen=True, slots=True)
class OwnRevision:
    """The organisation's latest published revision of a cell, those withdrawn or corrected left aside."""

    id: int
    uid: UUID
    cell: Cell
    recorded_at: datetime
    content: Content

    def value(self, axis: Axis) -> Value:
        return value(axis, getattr(self.content, axis.value))


async def own_latest(
    db: AsyncSession, organisation_id: UUID, jurisdiction_id: int, item_ids: Collection[int]
) -> dict[tuple[int, Domain], OwnRevision]:
    """By (item, domain): what the organisation published last of each cell of a jurisdiction."""
    r: Any = PublishedRevision
    latest = (
        select(sa.func.max(r.id))
        .where(
            col(r.organisation_id) == organisation_id,
            col(r.jurisdiction_id) == jurisdiction_id,
            col(r.item_id).in_(item_ids),
            col(r.id).not_in(select(PublishedWithdrawal.revision_id)),
        )
        .group_by(col(r.item_id), col(r.domain))
    )
    revisions = (await db.execute(select(r).where(col(r.id).in_(latest)))).scalars().all()
    citations = await _published_citations(db, [row.id for row in revisions if row.id])
    found = {}
    for row in revisions:
        cell = Cell(row.jurisdiction_id, row.item_id, Domain(row.domain))
        content = content_of(row, tuple(citations[row.id]))
        found[cell.item_id, cell.domain] = OwnRevision(row.id, row.uid, cell, row.recorded_at, content)
    return found


async def _published_citations(db: AsyncSession, ids: list[int]) -> dict[int, list[Citation]]:
    c = PublishedCitation
    rows = await db.execute(
        select(
            c.revision_id,
            c.position,
            c.axis,
            c.instrument_id,
            c.locator,
            c.quote,
            c.quote_language,
            c.translation,
        )
        .where(col(c.revision_id).in_(ids))
        .order_by(c.revision_id, c.position)
    )
    stated = await principle_queries.of_revisions(db, ids)
    found: dict[int, list[Citation]] = defaultdict(list)
    for revision_id, position, *rest in rows:
        said = [*rest, stated.get((revision_id, position), ())]
        found[revision_id].append(Citation(*said))
    return found


async def published_counts(db: AsyncSession, organisation_id: UUID) -> dict[str, int]:
    """The number of cells of which something that the organisation published was not withdrawn, by jurisdiction's code."""
    r = PublishedRevision
    cells = (
        select(r.jurisdiction_id, r.item_id, r.domain)
        .where(
            col(r.organisation_id) == organisation_id,
            col(r.id).not_in(select(PublishedWithdrawal.revision_id)),
        )
        .distinct()
        .subquery()
    )
    rows = await db.execute(
        select(Jurisdiction.code, sa.func.count())
        .join(cells, cells.c.jurisdiction_id == Jurisdiction.id)
        .group_by(Jurisdiction.code)
    )
    return dict(rows.all())
