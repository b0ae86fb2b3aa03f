"""Reading what is published: which revisions hold at a moment, their evidence, their history.

The rule (docs/codebook.md): for `on` D and `as_of` T, the latest revision of an entry published by T,
not withdrawn by T, not corrected by T, valid on D. An unknown start counts from publication.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.db.among import among
from tracker.db.base import select
from tracker.entries import principle_queries
from tracker.entries.models import PublishedCitation, PublishedRevision, PublishedWithdrawal
from tracker.entries.standing import Evidence, Reply, Review, Standing, values_of
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.instruments.models import PublishedInstrument, PublishedInstrumentEvent
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit import clock
from tracker.kit.vocabulary import VALUES, Axis, Domain, RevisionKind, Value
from tracker.privacy.models import PublishedRedaction
from tracker.reviews.models import PublishedConfirmation, PublishedReply, PublishedReview, Verdict

R = PublishedRevision
_COLUMNS = [
    getattr(R, name)
    for name in [
        "id",
        "uid",
        "jurisdiction_id",
        "item_id",
        "domain",
        "voice",
        "commitment",
        "practice",
        "commitment_claimed",
        "practice_claimed",
        "basis",
        "scope",
        "scope_note",
        "valid_from",
        "valid_to",
        "owner",
        "budget",
        "search_who",
        "search_where",
        "search_when",
        "not_applicable_reason",
        "note",
        "recorded_at",
    ]
]
_OWN, _VOICE = len(_COLUMNS), 5  # where the organisation's columns follow, and where its voice is


@dataclass(frozen=True, slots=True)
class Moment:
    """`on`: the day that is asked about. `as_of`: what had been published by then. `dated`: the last change.

    `seen_on`: the day of the reading where neither was asked for; time alone makes an entry stale.
    """

    on: date
    as_of: datetime
    dated: date
    seen_on: date | None = None

    @property
    def seen(self) -> date:
        """The day on which it is asked whether an entry is stale."""
        return self.seen_on or self.on


def end_of(day: date) -> datetime:
    """The last microsecond of a day in UTC."""
    return datetime.combine(day, time.max, tzinfo=UTC)


async def moment(db: AsyncSession, on: date | None = None, as_of: datetime | None = None) -> Moment:
    """The moment a reading is of.

    Where nothing is asked for, it is the last at which the answer changed (something was published,
    or began or ceased to be valid), not the clock's: the same state of the record reads the same tomorrow.
    """
    now = clock.now()
    known_by = min(as_of or now, now)
    recorded = (
        R,
        PublishedWithdrawal,
        PublishedReview,
        PublishedReply,
        PublishedInstrumentEvent,
        PublishedConfirmation,
        PublishedRedaction,  # it shows at every date that is asked about, so pages kept from before it are old
    )
    maxima = [
        select(sa.func.max(col(t.recorded_at))).where(col(t.recorded_at) <= known_by).scalar_subquery()
        for t in recorded
    ]
    row = (await db.execute(select(*maxima))).one()
    last = max((m for m in row if m is not None), default=datetime(2021, 2, 24, tzinfo=UTC))
    day = on or await _last_boundary(db, last, min(known_by, now).date())
    seen_on = None if on or as_of else now.date()
    return Moment(on=day, as_of=as_of or last, dated=last.date(), seen_on=seen_on)


async def _last_boundary(db: AsyncSession, last: datetime, until: date) -> date:
    """The last day, from that of the last publication to `until`, on which a validity began or had just ended,
    or on which what happened to an instrument took effect."""
    happened = PublishedInstrumentEvent
    began = select(sa.func.max(R.valid_from)).where(col(R.valid_from) <= until, col(R.recorded_at) <= last)
    ended = select(sa.func.max(R.valid_to)).where(col(R.valid_to) < until, col(R.recorded_at) <= last)
    took_effect = select(sa.func.max(happened.effective_on)).where(
        col(happened.effective_on) <= until, col(happened.recorded_at) <= last
    )
    asked = [statement.scalar_subquery() for statement in (began, took_effect, ended)]
    start, effect, end = (await db.execute(select(*asked))).one()
    days = [last.date(), start, effect, end + timedelta(days=1) if end else None]
    return max(day for day in days if day)


def holding(at: Moment) -> Any:
    """A statement of (id, n): the revisions that hold at the moment are those with n 1, one per entry.

    Narrow it by whole entries only: a narrower choice would change which revision is an entry's latest.
    """
    correction = aliased(PublishedRevision)
    after_day = datetime.combine(at.on, time.min, tzinfo=UTC) + timedelta(days=1)
    withdrawn = sa.exists().where(
        col(PublishedWithdrawal.revision_id) == R.id, col(PublishedWithdrawal.recorded_at) <= at.as_of
    )
    corrected = sa.exists().where(correction.corrects_id == R.id, correction.recorded_at <= at.as_of)  # type: ignore[arg-type]
    order = sa.func.row_number().over(
        partition_by=[col(c) for c in (R.jurisdiction_id, R.item_id, R.domain, R.organisation_id)],
        order_by=[col(R.recorded_at).desc(), col(R.id).desc()],
    )
    return select(col(R.id).label("id"), order.label("n")).where(
        col(R.recorded_at) <= at.as_of,
        sa.or_(
            col(R.valid_from) <= at.on,
            sa.and_(col(R.valid_from).is_(None), col(R.recorded_at) < after_day),
        ),
        sa.or_(col(R.valid_to).is_(None), col(R.valid_to) >= at.on),
        ~withdrawn,
        ~corrected,
    )


async def standing(
    db: AsyncSession,
    at: Moment,
    *,
    jurisdictions: Collection[int],
    items: Collection[int],
    domains: Collection[Domain] | None = None,
) -> list[Standing]:
    """Every voice that holds at the moment for the cells asked for, with evidence, reviews and replies.

    Ordered by jurisdiction, item, domain, organisation. Cells nobody has spoken of have no element.
    """
    ranked = holding(at).where(col(R.jurisdiction_id).in_(jurisdictions), col(R.item_id).in_(items))
    if domains is not None:
        ranked = ranked.where(col(R.domain).in_(domains))
    ids = ranked.subquery()
    rows = await db.execute(
        select(*_COLUMNS, Organisation.key, Organisation.name, Organisation.fictional)
        .join(ids, sa.and_(ids.c.id == R.id, ids.c.n == 1))
        .join(Organisation, col(Organisation.id) == R.organisation_id)
        .order_by(R.jurisdiction_id, R.item_id, R.domain, Organisation.key)
    )
    return await _with_support(db, rows.all(), at.as_of)


async def _with_support(db: AsyncSession, rows: Sequence[Any], as_of: datetime) -> list[Standing]:
    """`rows`: of `_COLUMNS`, then the organisation's key, name and whether it is fictional."""
    ids = [row[0] for row in rows]
    if not ids:
        return []
    evidence = await evidence_of(db, ids)
    reviews, replies = await _reviews(db, ids, as_of), await _replies(db, ids, as_of)
    confirmed = await _confirmed(db, ids, as_of)
    found = []
    for row in rows:
        # By place, in the order of Standing's fields: thousands of rows, and names cost more than the values.
        key, name, fictional = row[_OWN : _OWN + 3]
        fields: tuple[Any, ...] = (
            *row[:_VOICE],
            key,
            name,
            row[_VOICE],
            VALUES[Axis.COMMITMENT, row[_VOICE + 1]],
            VALUES[Axis.PRACTICE, row[_VOICE + 2]],
            *row[_VOICE + 3 : _OWN],
            tuple(evidence.get(row[0], ())),
            tuple(reviews.get(row[0], ())),
            tuple(replies.get(row[0], ())),
            confirmed.get(row[0]),
            fictional,
        )
        found.append(Standing(*fields))
    return found


async def evidence_of(db: AsyncSession, revision_ids: Sequence[int]) -> dict[int, list[Evidence]]:
    """The citations of each revision, in their order."""
    c, i = PublishedCitation, PublishedInstrument
    rows = (
        await db.execute(
            select(
                c.revision_id,
                c.position,
                c.axis,
                c.locator,
                c.quote,
                c.quote_language,
                c.translation,
                c.instrument_id,
            )
            .where(among(db, c.revision_id, revision_ids))
            .order_by(c.revision_id, c.position)
        )
    ).all()
    # Many citations share an instrument: its texts are read once.
    columns: list[Any] = [i.key, i.kind, i.title, i.title_original, i.language, i.issuer, i.citation]
    columns += [i.adopted_on, i.in_force_on, i.url, i.provenance, i.note]
    cited = select(c.instrument_id).where(among(db, c.revision_id, revision_ids))
    instruments = {
        key: rest for key, *rest in await db.execute(select(col(i.id), *columns).where(col(i.id).in_(cited)))
    }
    stated = await principle_queries.of_revisions(db, revision_ids)
    found: dict[int, list[Evidence]] = defaultdict(list)
    for revision_id, *said in rows:
        fields = [*said, *instruments[said[-1]], stated.get((revision_id, said[0]), ())]
        found[revision_id].append(Evidence(*fields))
    return found


async def _reviews(db: AsyncSession, ids: Sequence[int], as_of: datetime) -> dict[int, list[Review]]:
    r = PublishedReview
    rows = await db.execute(
        select(
            r.revision_id,
            Organisation.key,
            Organisation.name,
            r.verdict,
            r.reason,
            r.other_source,
            r.independent,
            r.recorded_at,
        )
        .join(Organisation, col(Organisation.id) == r.organisation_id)
        .where(among(db, r.revision_id, ids), col(r.recorded_at) <= as_of)
        .order_by(r.recorded_at, col(r.id))
    )
    found: dict[int, list[Review]] = defaultdict(list)
    for revision_id, key, name, verdict, *rest in rows:
        found[revision_id].append(Review(key, name, verdict is Verdict.AGREE, *rest))
    return found


async def _replies(db: AsyncSession, ids: Sequence[int], as_of: datetime) -> dict[int, list[Reply]]:
    r = PublishedReply
    rows = await db.execute(
        select(r.revision_id, Organisation.name, r.text, r.recorded_at)
        .join(Organisation, col(Organisation.id) == r.organisation_id)
        .where(among(db, r.revision_id, ids), col(r.recorded_at) <= as_of)
        .order_by(r.recorded_at, col(r.id))
    )
    found: dict[int, list[Reply]] = defaultdict(list)
    for revision_id, *rest in rows:
        found[revision_id].append(Reply(*rest))
    return found


async def _confirmed(db: AsyncSession, ids: Sequence[int], as_of: datetime) -> dict[int, datetime]:
    c = PublishedConfirmation
    rows = await db.execute(
        select(c.revision_id, sa.func.max(c.recorded_at))
        .where(among(db, c.revision_id, ids), col(c.recorded_at) <= as_of)
        .group_by(col(c.revision_id))
    )
    return dict(rows.all())


@dataclass(frozen=True, slots=True)
class Past:
    """One published revision in a cell's history, and what became of it."""

    revision: Standing
    kind: RevisionKind
    corrects: UUID | None
    corrected_at: datetime | None
    withdrawn_at: datetime | None
    withdrawal_reason: str


async def history(
    db: AsyncSession, jurisdiction_id: int, item_id: int, domain: Domain, as_of: datetime
) -> list[Past]:
    """All revisions of a cell published by `as_of`, of every organisation, newest first."""
    correction, corrected, w = aliased(R), aliased(R), PublishedWithdrawal
    corrected_at = (
        select(sa.func.min(correction.recorded_at))
        .where(correction.corrects_id == R.id, correction.recorded_at <= as_of)
        .scalar_subquery()
    )
    rows = (
        await db.execute(
            select(
                *_COLUMNS,
                Organisation.key,
                Organisation.name,
                Organisation.fictional,
                R.kind,
                corrected.uid.label("corrects"),  # type: ignore[attr-defined]
                corrected_at.label("corrected_at"),
                col(w.recorded_at).label("withdrawn_at"),
                w.reason,
            )
            .join(Organisation, col(Organisation.id) == R.organisation_id)
            .outerjoin(corrected, corrected.id == R.corrects_id)
            .outerjoin(w, sa.and_(col(w.revision_id) == R.id, col(w.recorded_at) <= as_of))
            .where(
                col(R.jurisdiction_id) == jurisdiction_id,
                col(R.item_id) == item_id,
                col(R.domain) == domain,
                col(R.recorded_at) <= as_of,
            )
            .order_by(col(R.recorded_at).desc(), col(R.id).desc())
        )
    ).all()
    supported = await _with_support(db, rows, as_of)
    return [
        Past(s, row.kind, row.corrects, row.corrected_at, row.withdrawn_at, row.reason or "")
        for s, row in zip(supported, rows, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Recent:
    """A revision in the list of what was published last."""

    recorded_at: datetime
    organisation: str
    jurisdiction_code: str
    jurisdiction_name: str
    fictional: bool
    framework: str
    item_key: str
    item_label: str
    domain: Domain
    kind: RevisionKind


async def recent(db: AsyncSession, limit: int) -> list[Recent]:
    """The revisions published last, newest first."""
    version = FrameworkVersion.key + sa.literal("@") + FrameworkVersion.version
    label = sa.func.coalesce(sa.func.nullif(FrameworkItem.short_label, ""), FrameworkItem.text)
    rows = await db.execute(
        select(
            R.recorded_at,
            Organisation.name,
            Jurisdiction.code,
            Jurisdiction.name,
            Jurisdiction.fictional,
            version,
            FrameworkItem.key,
            label,
            R.domain,
            R.kind,
        )
        .join(Organisation, col(Organisation.id) == R.organisation_id)
        .join(Jurisdiction, col(Jurisdiction.id) == R.jurisdiction_id)
        .join(FrameworkItem, col(FrameworkItem.id) == R.item_id)
        .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
        .where(col(R.recorded_at) <= clock.now())
        .order_by(col(R.recorded_at).desc(), col(R.id).desc())
        .limit(limit)
    )
    return [Recent(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Told:
    """One published revision with the names of its cell."""

    uid: UUID
    organisation_key: str
    organisation_name: str
    jurisdiction_code: str
    jurisdiction_name: str
    fictional: bool
    framework: str
    item_key: str
    item_label: str
    domain: Domain
    commitment: Value
    practice: Value
    recorded_at: datetime
    jurisdiction_id: int
    item_id: int
    id: int

    @property
    def path(self) -> dict[str, str]:
        """The parameters of the cell's page."""
        return {
            "code": self.jurisdiction_code,
            "framework": self.framework,
            "item": self.item_key,
            "domain": self.domain.value,
        }


async def told(db: AsyncSession, uid: UUID) -> Told | None:
    """A published revision by its identifier."""
    found = await tell(db, col(R.uid) == uid)
    return found[0] if found else None


async def tell(db: AsyncSession, *where: Any) -> list[Told]:
    """The published revisions of a condition, with the names of their cells, oldest first."""
    version = FrameworkVersion.key + sa.literal("@") + FrameworkVersion.version
    rows = await db.execute(
        select(
            R,
            Organisation.key,
            Organisation.name,
            Jurisdiction.code,
            Jurisdiction.name,
            Jurisdiction.fictional,
            version,
            FrameworkItem.key,
            sa.func.coalesce(sa.func.nullif(FrameworkItem.short_label, ""), FrameworkItem.text),
        )
        .join(Organisation, col(Organisation.id) == R.organisation_id)
        .join(Jurisdiction, col(Jurisdiction.id) == R.jurisdiction_id)
        .join(FrameworkItem, col(FrameworkItem.id) == R.item_id)
        .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
        .where(*where)
        .order_by(col(R.recorded_at), col(R.id))
    )
    names = (
        "organisation_key",
        "organisation_name",
        "jurisdiction_code",
        "jurisdiction_name",
        "fictional",
        "framework",
        "item_key",
        "item_label",
    )
    found = []
    for r, *rest in rows:
        commitment, practice = values_of(r)
        found.append(
            Told(
                uid=r.uid,
                **dict(zip(names, rest, strict=True)),
                domain=Domain(r.domain),
                commitment=commitment,
                practice=practice,
                recorded_at=r.recorded_at,
                jurisdiction_id=r.jurisdiction_id,
                item_id=r.item_id,
                id=r.id,
            )
        )
    return found


async def cells_of(db: AsyncSession, organisation_id: UUID) -> set[tuple[int, int]]:
    """(jurisdiction, item) pairs that an organisation has ever published on."""
    rows = await db.execute(
        select(R.jurisdiction_id, R.item_id).where(col(R.organisation_id) == organisation_id).distinct()
    )
    return {(jurisdiction_id, item_id) for jurisdiction_id, item_id in rows}
