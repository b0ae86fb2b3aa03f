"""Reading for releases: who is spoken of, what was withdrawn, and the releases themselves."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.db.base import select
from tracker.entries.models import PublishedCitation, PublishedRevision, PublishedWithdrawal
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.instruments.models import PublishedInstrument
from tracker.jurisdictions.models import Jurisdiction
from tracker.opendata.models import PublishedRelease, PublishedReleaseRewrite
from tracker.privacy.models import PublishedRedaction
from tracker.privacy.place_queries import OF_SETS

R, L, W = PublishedRevision, PublishedRelease, PublishedReleaseRewrite
_NAME = FrameworkVersion.key + sa.literal("@") + FrameworkVersion.version


async def spoken_of(db: AsyncSession, as_of: datetime) -> dict[str, list[str]]:
    """For each framework version (key@version) the codes of the jurisdictions that anybody had published on by then."""
    rows = await db.execute(
        select(_NAME, Jurisdiction.code)
        .select_from(PublishedRevision)
        .join(FrameworkItem, col(FrameworkItem.id) == R.item_id)
        .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
        .join(Jurisdiction, col(Jurisdiction.id) == R.jurisdiction_id)
        .where(col(R.recorded_at) <= as_of)
        .distinct()
    )
    found: dict[str, list[str]] = defaultdict(list)
    for name, code in rows:
        found[name].append(code)
    return found


@dataclass(frozen=True, slots=True)
class Gone:
    """A revision that was withdrawn, or (without `withdrawn_at`) corrected."""

    uid: UUID
    jurisdiction: str
    framework: str
    version: str
    item: str
    domain: str
    organisation: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    reason: str

    @property
    def voice(self) -> tuple[str, ...]:
        """The key of its row in adoption.csv."""
        return (self.jurisdiction, self.framework, self.version, self.item, self.domain, self.organisation)


async def gone(db: AsyncSession, as_of: datetime) -> list[Gone]:
    """The revisions withdrawn or corrected by a moment, in the order of their publication."""
    w, correction = PublishedWithdrawal, aliased(PublishedRevision)
    corrected = sa.exists().where(correction.corrects_id == R.id, correction.recorded_at <= as_of)  # type: ignore[arg-type]
    rows = await db.execute(
        select(
            col(R.uid),
            Jurisdiction.code,
            FrameworkVersion.key,
            FrameworkVersion.version,
            FrameworkItem.key,
            R.domain,
            Organisation.key,
            R.recorded_at,
            col(w.recorded_at),
            sa.func.coalesce(w.reason, ""),
        )
        .join(Jurisdiction, col(Jurisdiction.id) == R.jurisdiction_id)
        .join(FrameworkItem, col(FrameworkItem.id) == R.item_id)
        .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
        .join(Organisation, col(Organisation.id) == R.organisation_id)
        .outerjoin(w, sa.and_(col(w.revision_id) == R.id, col(w.recorded_at) <= as_of))
        .where(sa.or_(col(w.recorded_at).is_not(None), corrected))
        .order_by(R.recorded_at, col(R.id))
    )
    return [
        Gone(uid, place, framework, version, item, domain.value, *rest)
        for uid, place, framework, version, item, domain, *rest in rows
    ]


@dataclass(frozen=True, slots=True)
class Release:
    """A release. `sums_sha256`: of its SHA256SUMS now; `redaction_id`: the last redaction that its files reached."""

    number: int
    on_day: date
    as_of: datetime
    row_count: int
    licence: str
    note: str
    forced: str
    sums_sha256: str
    redaction_id: int
    recorded_at: datetime
    rewritten: datetime | None


async def releases(db: AsyncSession, number: int | None = None) -> list[Release]:
    """All releases, or the one of a number; the newest first."""
    statement = select(L).order_by(col(L.number).desc())
    if number is not None:
        statement = statement.where(col(L.number) == number)
    last: dict[int, PublishedReleaseRewrite] = {}
    for rewrite in (await db.execute(select(W).order_by(col(W.id)))).scalars():
        last[rewrite.number] = rewrite
    return [_release(row, last.get(row.number)) for row in (await db.execute(statement)).scalars()]


def _release(row: PublishedRelease, rewrite: PublishedReleaseRewrite | None) -> Release:
    fields = {n: getattr(row, n) for n in Release.__dataclass_fields__ if n != "rewritten"}
    if rewrite is None:
        return Release(**fields, rewritten=None)
    fields |= {"sums_sha256": rewrite.sums_after, "redaction_id": rewrite.redaction_id}
    return Release(**fields, rewritten=rewrite.recorded_at)


async def release(db: AsyncSession, number: int) -> Release | None:
    found = await releases(db, number) if 0 < number < 2**31 else []
    return found[0] if found else None


async def last_redaction(db: AsyncSession) -> int:
    """The number of the last redaction, 0 where there is none."""
    return (await db.execute(select(sa.func.max(PublishedRedaction.id)))).scalar() or 0


async def redacted_places(db: AsyncSession) -> set[str]:
    """The codes of the jurisdictions whose published texts were ever redacted, in revisions or in what these cite."""
    rows: dict[str, list[str]] = defaultdict(list)
    for table, row_id in await db.execute(select(PublishedRedaction.table_name, PublishedRedaction.row_id)):
        rows[table].append(row_id)
    c = PublishedCitation
    cited = select(c.revision_id).where(
        sa.or_(
            col(c.id).in_([int(i) for i in rows["published_citation"]]),
            col(c.instrument_id).in_([UUID(i) for i in rows["published_instrument"]]),
        )
    )
    revisions = [int(i) for i in rows["published_revision"]]
    statement = (
        select(Jurisdiction.code)
        .join(R, col(R.jurisdiction_id) == Jurisdiction.id)
        .where(sa.or_(col(R.id).in_(revisions), col(R.id).in_(cited)))
        .distinct()
    )
    return set((await db.execute(statement)).scalars())


async def redacted_of_sets(db: AsyncSession) -> dict[str, str]:
    """The tombstones of all redacted texts of crosswalks, by the SHA-256 of what stood there."""
    r = PublishedRedaction
    tables = [str(table.__tablename__) for table in OF_SETS]
    rows = await db.execute(select(r.sha256, r.tombstone).where(col(r.table_name).in_(tables)))
    return {row.sha256: row.tombstone for row in rows}


async def cells_spoken_of(db: AsyncSession) -> set[tuple[str, str, str, str]]:
    """(jurisdiction, framework as key@version, item, domain) of every cell that anybody has published on."""
    rows = await db.execute(
        select(Jurisdiction.code, _NAME, FrameworkItem.key, R.domain)
        .select_from(PublishedRevision)
        .join(FrameworkItem, col(FrameworkItem.id) == R.item_id)
        .join(FrameworkVersion, col(FrameworkVersion.id) == FrameworkItem.framework_version_id)
        .join(Jurisdiction, col(Jurisdiction.id) == R.jurisdiction_id)
        .distinct()
    )
    return {(code, framework, item, domain.value) for code, framework, item, domain in rows}


async def places_of_record(db: AsyncSession) -> set[str]:
    """The codes of the jurisdictions with published entries or instruments, and of those above them."""
    paths = await db.execute(
        select(col(Jurisdiction.id), Jurisdiction.path).where(
            sa.or_(
                col(Jurisdiction.id).in_(select(R.jurisdiction_id)),
                col(Jurisdiction.id).in_(select(PublishedInstrument.jurisdiction_id)),
            )
        )
    )
    ids = set()
    for number, path in paths:
        ids |= {number, *(int(part) for part in path.split("/") if part)}
    return set((await db.execute(select(Jurisdiction.code).where(col(Jurisdiction.id).in_(ids)))).scalars())
