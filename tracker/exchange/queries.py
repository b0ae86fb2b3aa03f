"""Reading for the spreadsheet: what may be spoken of, what may be cited, and what was said before.

Everything is read as Core rows in batches: one import may touch a hundred thousand cells.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.db.base import select
from tracker.entries import principle_queries
from tracker.entries.content import FIELDS
from tracker.entries.models import (
    Draft,
    DraftCitation,
    PublishedCitation,
    PublishedRevision,
    PublishedWithdrawal,
)
from tracker.exchange.carried import Before, said
from tracker.exchange.columns import CITATION, MOST_CITATIONS, digest, plain
from tracker.exchange.known import Ground, Instruments, ItemGround, Known, Stored, cell_key, voice
from tracker.exchange.models import ImportPreview
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.instruments.models import Instrument, PublishedInstrument
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit import clock
from tracker.kit.batches import batches
from tracker.kit.vocabulary import PRACTITIONER_DOMAINS, Domain, DraftState, MandateKind
from tracker.organisations.models import Mandate

BATCH = 200
# A preview that nobody applied is forgotten after this long.
KEPT = timedelta(days=1)
_T = TypeVar("_T")
_BLANK = ("",) * len(CITATION)


async def grounds(
    db: AsyncSession, organisation_id: UUID, codes: Collection[str] | None = None
) -> dict[str, Ground]:
    """The jurisdictions that the organisation may speak of today, by code; of `codes` only, if given.

    Without codes: those it has a mandate for, and those below them on which it has said something.
    """
    stewards, held = await _mandates(db, organisation_id, clock.today())
    j = Jurisdiction
    if codes is None:
        wheres = [sa.or_(col(j.id).in_(list(held)), col(j.id).in_(_spoken_of(organisation_id)))]
    else:
        wheres = [col(j.code).in_(batch) for batch in batches(sorted(codes), 500)]
    found = {}
    for where in wheres:
        rows = await db.execute(select(col(j.id), j.code, j.path).where(where).order_by(col(j.code)))
        for id_, code, path in rows:
            line = (id_, *(int(part) for part in reversed(path.split("/")) if part))
            if voice(organisation_id, line, stewards, held):
                found[code] = Ground(id_, line)
    return found


def _spoken_of(organisation_id: UUID) -> Any:
    r: Any = PublishedRevision
    return sa.union(
        select(Draft.jurisdiction_id),
        select(r.jurisdiction_id).where(col(r.organisation_id) == organisation_id),
    )


async def _mandates(
    db: AsyncSession, organisation_id: UUID, on: date
) -> tuple[dict[int, set[UUID]], dict[int, set[MandateKind]]]:
    m = Mandate
    rows = await db.execute(
        select(m.organisation_id, m.jurisdiction_id, m.kind).where(
            sa.or_(col(m.valid_from).is_(None), col(m.valid_from) <= on),
            sa.or_(col(m.valid_to).is_(None), col(m.valid_to) >= on),
        )
    )
    stewards: dict[int, set[UUID]] = defaultdict(set)
    held: dict[int, set[MandateKind]] = defaultdict(set)
    for organisation, place, kind in rows:
        if kind is MandateKind.STEWARD:
            stewards[place].add(organisation)
        if organisation == organisation_id:
            held[place].add(kind)
    return dict(stewards), dict(held)


async def item_grounds(db: AsyncSession) -> dict[tuple[str, str, str], ItemGround]:
    """By (framework, version, item); with "" for the version, those of the framework's newest one."""
    i, v = FrameworkItem, FrameworkVersion
    rows = await db.execute(
        select(v.key, v.version, i.key, col(i.id), i.domains, v.applies_by_domain)
        .join(v, col(v.id) == i.framework_version_id)
        .order_by(col(v.year), col(v.id))
    )
    found, newest = {}, {}
    for framework, version, item, id_, domains, by_domain in rows.all():
        every = PRACTITIONER_DOMAINS if by_domain else (Domain.ALL,)
        own = [Domain(d) for d in domains.split(",") if d] or every
        found[framework, version, item] = ItemGround(id_, frozenset(own))
        newest[framework] = version
    bare = {(f, "", i): ground for (f, v, i), ground in found.items() if newest[f] == v}
    return found | bare


async def instruments(db: AsyncSession) -> Instruments:
    """Those the session's organisation may cite: its own, and the public register."""
    found = Instruments()
    own, public = Instrument, PublishedInstrument
    for id_, title, place in await db.execute(select(col(own.id), own.title, own.jurisdiction_id)):
        found.add(str(id_), None, plain(title), place, own=True)
    rows = await db.execute(select(col(public.id), public.key, public.title, public.jurisdiction_id))
    for id_, key, title, place in rows:
        found.add(str(id_), key, plain(title), place, own=False)
    return found


async def citable(db: AsyncSession, places: Collection[int]) -> list[tuple[str, str, str]]:
    """(key or id, title, citation) of the instruments of these jurisdictions, by title."""
    own, public = Instrument, PublishedInstrument
    found = []
    for key, table in ((sa.null(), own), (public.key, public)):
        rows = await db.execute(
            select(key, col(table.id), table.title, table.citation).where(
                col(table.jurisdiction_id).in_(places)
            )
        )
        found += [(name or str(id_), plain(title), plain(citation)) for name, id_, title, citation in rows]
    return sorted(found, key=lambda line: (line[1].casefold(), line[0]))


async def known(
    db: AsyncSession, organisation_id: UUID, codes: Collection[str], *, lock: bool = False
) -> Known:
    """What an import that names these jurisdictions is checked against. `lock`: no draft of them may change now."""
    places = await grounds(db, organisation_id, codes)
    stored = Stored()
    for batch in batches([ground.id for ground in places.values()], BATCH):
        async for one in contents(db, organisation_id, batch, lock=lock):
            if one.revision_id is not None:
                stored.revisions[one.key] = one.revision_id
            if one.state is not None:
                stored.states[one.key] = one.state
            if one.more:
                stored.longer.add(one.key)
            stored.digests[one.key] = digest(one.texts)
    return Known(places, await item_grounds(db), await instruments(db), stored)


@dataclass(frozen=True, slots=True)
class Said:
    """What a draft says of a cell, else what is published. `texts`: the fields, then the first citations.

    `state` is None without a draft, `revision_id` without a revision. `more`: there are more citations.
    """

    key: int
    state: DraftState | None
    revision_id: int | None
    texts: tuple[str, ...]
    more: bool


async def contents(
    db: AsyncSession, organisation_id: UUID, places: Sequence[int], *, lock: bool = False
) -> AsyncIterator[Said]:
    """All that the organisation says of these jurisdictions (some hundreds at most), a cell at a time."""
    d, r = Draft, PublishedRevision
    here = col(d.jurisdiction_id).in_(places)
    fields = [getattr(d, name) for name in FIELDS]
    statement = select(col(d.id), d.jurisdiction_id, d.item_id, d.domain, d.state, *fields).where(here)
    # Drafts before revisions: a draft published meanwhile is then seen as what it has become.
    drafts = (await db.execute(statement.with_for_update() if lock else statement)).all()
    c = DraftCitation
    cited = await _citations(
        db,
        select(c.draft_id, c.axis, sa.func.coalesce(c.own_instrument_id, c.instrument_id), *_passage(c))
        .join(d, col(d.id) == c.draft_id)
        .where(here)
        .order_by(c.draft_id, c.position),
    )
    latest = _latest(organisation_id, places)
    fields = [getattr(r, name) for name in FIELDS]
    revisions = (
        await db.execute(
            select(col(r.id), r.jurisdiction_id, r.item_id, r.domain, *fields).where(col(r.id).in_(latest))
        )
    ).all()
    published = {cell_key(row[1], row[2], row[3]): row for row in revisions}
    for row in drafts:
        key = cell_key(row[1], row[2], row[3])
        behind = published.pop(key, None)
        texts, more = _texts(row[5:], cited.get(row[0], []))
        yield Said(key, row[4], behind[0] if behind else None, texts, more)
    p = PublishedCitation
    cited = await _citations(
        db,
        select(p.revision_id, p.axis, p.instrument_id, *_passage(p))
        .where(col(p.revision_id).in_(latest))
        .order_by(col(p.revision_id), col(p.position)),
    )
    for key, row in published.items():
        # A new draft that starts from it is a change, whatever it was itself.
        texts, more = _texts((*row[4:-1], "change"), cited.get(row[0], []))
        yield Said(key, None, row[0], texts, more)


def _latest(organisation_id: UUID, places: Sequence[int]) -> Any:
    r: Any = PublishedRevision
    return (
        select(sa.func.max(r.id))
        .where(
            col(r.organisation_id) == organisation_id,
            col(r.jurisdiction_id).in_(places),
            col(r.id).not_in(select(PublishedWithdrawal.revision_id)),
        )
        .group_by(r.jurisdiction_id, r.item_id, r.domain)
    )


def _passage(table: Any) -> list[Any]:
    return [getattr(table, name) for name in CITATION[2:]]


async def _citations(db: AsyncSession, statement: Any) -> dict[Any, list[tuple[str, ...]]]:
    found: dict[Any, list[tuple[str, ...]]] = defaultdict(list)
    for owner, axis, instrument, *passage in await db.execute(statement):
        found[owner].append((axis.value, str(instrument), *(plain(text) for text in passage)))
    return found


def _texts(fields: Iterable[Any], cited: list[tuple[str, ...]]) -> tuple[tuple[str, ...], bool]:
    shown = [*cited[:MOST_CITATIONS], *[_BLANK] * (MOST_CITATIONS - len(cited))]
    texts = [*map(_text, fields), *(text for citation in shown for text in citation)]
    return tuple(texts), len(cited) > MOST_CITATIONS


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return plain(value)


async def published_principles(db: AsyncSession, revision_ids: Collection[int]) -> dict[int, list[Before]]:
    """The citations that a row has room for, of those revisions in which some instrument says something."""
    stated = await principle_queries.of_revisions(db, revision_ids)
    if not stated:
        return {}
    c = PublishedCitation
    rows = await db.execute(
        select(c)
        .where(col(c.revision_id).in_({revision_id for revision_id, _position in stated}))
        .order_by(col(c.revision_id), col(c.position))
    )
    found: dict[int, list[Before]] = defaultdict(list)
    for row in rows.scalars():
        if len(found[row.revision_id]) < MOST_CITATIONS:
            found[row.revision_id].append((said(row), stated.get((row.revision_id, row.position), ())))
    return found


async def preview(db: AsyncSession, preview_id: UUID) -> ImportPreview | None:
    """The organisation's preview, unless it is forgotten by now."""
    found = await db.execute(
        select(ImportPreview).where(
            col(ImportPreview.id) == preview_id, col(ImportPreview.created_at) > clock.now() - KEPT
        )
    )
    preview_: ImportPreview | None = found.scalar_one_or_none()
    return preview_


async def draft_marks(db: AsyncSession, places: Collection[int]) -> dict[int, tuple[UUID, int]]:
    """(id, version) of the organisation's drafts of these jurisdictions, by cell key."""
    d = Draft
    rows = await db.execute(
        select(col(d.id), d.version, d.jurisdiction_id, d.item_id, d.domain).where(
            col(d.jurisdiction_id).in_(places)
        )
    )
    return {cell_key(place, item, domain): (id_, version) for id_, version, place, item, domain in rows}
