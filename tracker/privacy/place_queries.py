"""Reading what is published, to redact it: every text by its place, and where else its owner says the same."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.corrections.models import PublishedReport, PublishedReportEvent
from tracker.criteria.models import PublishedCriterion, PublishedCriterionWithdrawal
from tracker.crosswalks.models import Crosswalk, Mapping, NoCounterpart
from tracker.db.base import Kind, Table, free_texts, select, tables_of
from tracker.editions.models import PublishedEdition, PublishedEditionText
from tracker.entries.models import (
    PublishedCitation,
    PublishedPrinciple,
    PublishedRevision,
    PublishedWithdrawal,
)
from tracker.instruments.models import PublishedAttachment, PublishedInstrument, PublishedInstrumentEvent
from tracker.privacy.models import FILE, FILES, PublishedRedaction
from tracker.reviews.models import PublishedConfirmation, PublishedReply, PublishedReview

# What a redaction is asked for: the uid of a revision, criterion, edition or instrument, or a crosswalk's `key@version`.
Subject = UUID | str
# Published where they lie, so beside the tables that only publications are written to: their drafts are no places.
OF_SETS: tuple[Any, ...] = (Crosswalk, Mapping, NoCounterpart)


@dataclass(frozen=True, slots=True)
class Place:
    """A published text: `field` names it within its revision; table, row_id and column place it in the database.

    `owner`: the organisation that published it; None for reference data and crosswalks. Of an attached file `text` is its title
    and `sha256` the hash of its bytes; of texts `sha256` is empty.
    """

    field: str
    text: str
    table: str
    row_id: str
    column: str
    owner: UUID | None
    sha256: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.table, self.row_id, self.column


async def texts_of(db: AsyncSession, uid: Subject) -> list[Place]:
    """Every text and file published with what is named, its own first; none for an unknown one, or a draft crosswalk."""
    if isinstance(uid, str):
        return await _of_crosswalk(db, uid)
    r: Any = PublishedRevision
    revision = (await db.execute(select(r).where(col(r.uid) == uid))).scalar_one_or_none()
    if revision is None:
        found = await _of_criterion(db, uid) or await _of_edition(db, uid)
        return found or await _of_instruments(db, [(uid, "")])
    owner = revision.organisation_id
    found = _places(revision, "", owner)
    withdrawals = select(PublishedWithdrawal).where(col(PublishedWithdrawal.revision_id) == revision.id)
    for withdrawal in (await db.execute(withdrawals)).scalars():
        found += _places(withdrawal, "withdrawal.", owner)
    found += await _of_citations(db, revision.id, owner)
    for name, table in (
        ("review", PublishedReview),
        ("reply", PublishedReply),
        ("confirmation", PublishedConfirmation),
    ):
        beside: Any = table
        said = select(beside).where(col(beside.revision_id) == revision.id).order_by(col(beside.id))
        for number, row in enumerate((await db.execute(said)).scalars(), start=1):
            found += _places(row, f"{name}.{number}.", getattr(row, "organisation_id", owner))
    return found + await _of_reports(db, revision.id)


async def subject_of(db: AsyncSession, uid: Subject) -> str:
    """How the log names it: revision:UID, criterion:UID, edition:UID, instrument:UID or crosswalk:KEY@VERSION."""
    if isinstance(uid, str):
        return f"crosswalk:{uid}"[:120]
    tables: dict[str, Any] = {
        "revision": PublishedRevision,
        "criterion": PublishedCriterion,
        "edition": PublishedEdition,
    }
    for name, table in tables.items():
        if (await db.execute(select(table.id).where(col(table.uid) == uid))).first():
            return f"{name}:{uid}"
    return f"instrument:{uid}"


async def _of_crosswalk(db: AsyncSession, name: str) -> list[Place]:
    """The texts of a published or superseded set, and of each of its mappings and missing counterparts by their numbers."""
    key, _at, version = name.partition("@")
    c = Crosswalk
    wanted = select(c).where(col(c.key) == key, col(c.version) == version, col(c.state) != "draft")
    crosswalk = (await db.execute(wanted)).scalar_one_or_none()
    if crosswalk is None:
        return []
    found = _places(crosswalk, "", None)
    for within, table in (("mapping", Mapping), ("state", NoCounterpart)):
        said: Any = table
        rows = select(said).where(col(said.crosswalk_id) == crosswalk.id).order_by(col(said.id))
        for row in (await db.execute(rows)).scalars():
            found += _places(row, f"{within}.{row.id}.", None)
    return found


def of_set(table: Any) -> Any:
    """The number of the crosswalk that a row of one of OF_SETS belongs to."""
    return col(table.id) if table is Crosswalk else col(table.crosswalk_id)


async def _same_in_sets(db: AsyncSession, text: str) -> list[Place]:
    """Where exactly this text stands in published and superseded crosswalks."""
    found = []
    published = select(Crosswalk.id).where(col(Crosswalk.state) != "draft")
    for table in OF_SETS:
        for name in free_texts(table):
            rows = select(table).where(getattr(table, name) == text, of_set(table).in_(published))
            for row in (await db.execute(rows)).scalars():
                found.append(Place(name, text, str(row.__tablename__), row_id_of(row), name, None))
    return found


async def _of_edition(db: AsyncSession, uid: UUID) -> list[Place]:
    """The texts of a final edition of a briefing, whose address tells its uid."""
    e, t = PublishedEdition, PublishedEditionText
    edition = (await db.execute(select(e).where(col(e.uid) == uid))).scalar_one_or_none()
    if edition is None:
        return []
    found = _places(edition, "", edition.organisation_id)
    texts = select(t).where(col(t.edition_id) == edition.id).order_by(col(t.kind), col(t.position))
    for row in (await db.execute(texts)).scalars():
        found += _places(row, f"{row.kind.value}.{row.position}.", row.organisation_id)
    return found


async def _of_criterion(db: AsyncSession, uid: UUID) -> list[Place]:
    """The texts of a published criterion of an organisation's own, with the reason of its withdrawal."""
    p, w = PublishedCriterion, PublishedCriterionWithdrawal
    row = (
        await db.execute(select(p, w).outerjoin(w, col(w.criterion_row_id) == p.id).where(col(p.uid) == uid))
    ).first()
    if row is None:
        return []
    criterion, withdrawal = row
    found = _places(criterion, "", criterion.organisation_id)
    if withdrawal is not None:
        found += _places(withdrawal, "withdrawal.", criterion.organisation_id)
    return found


async def _of_citations(db: AsyncSession, revision_id: int, owner: UUID) -> list[Place]:
    cited = (
        select(PublishedCitation)
        .where(col(PublishedCitation.revision_id) == revision_id)
        .order_by(col(PublishedCitation.position))
    )
    found, instruments = [], []
    for citation in (await db.execute(cited)).scalars():
        place = f"citation.{citation.position}."
        found += _places(citation, place, owner)
        instruments.append((citation.instrument_id, f"{place}instrument."))
    p = PublishedPrinciple
    stated = select(p).where(col(p.revision_id) == revision_id).order_by(col(p.position), col(p.principle))
    for row in (await db.execute(stated)).scalars():
        found += _places(row, f"citation.{row.position}.{row.principle.value}.", owner)
    return found + await _of_instruments(db, instruments)


async def _of_instruments(db: AsyncSession, wanted: Iterable[tuple[UUID, str]]) -> list[Place]:
    """The texts of each instrument (id, what its fields begin with), of what happened to it, and its files."""
    found: list[Place] = []
    for instrument_id, within in wanted:
        for table, name, key in (
            (PublishedInstrument, "", col(PublishedInstrument.id)),
            (PublishedInstrumentEvent, "event", col(PublishedInstrumentEvent.instrument_id)),
            (PublishedAttachment, "file", col(PublishedAttachment.instrument_id)),
        ):
            rows: Any = select(table).where(key == instrument_id).order_by(col(key_of(table)))
            for number, row in enumerate((await db.execute(rows)).scalars(), start=1):
                place = f"{within}{name}.{number}." if name else within
                found += _places(row, place, row.organisation_id)
                if isinstance(row, PublishedAttachment):
                    found.append(_file(row, place))
    return found


async def _of_reports(db: AsyncSession, revision_id: int) -> list[Place]:
    p, e = PublishedReport, PublishedReportEvent
    rows = await db.execute(
        select(e, p.organisation_id)
        .join(p, col(p.number) == e.number)
        .where(col(p.revision_id) == revision_id)
        .order_by(col(e.number))
    )
    return [place for row, owner in rows for place in _places(row, f"report.{row.number}.", owner)]


def _places(row: Any, within: str, owner: UUID | None) -> list[Place]:
    table = str(row.__tablename__)
    return [
        Place(within + name, getattr(row, name), table, row_id_of(row), name, owner)
        for name in free_texts(type(row))
        if getattr(row, name)
    ]


def _file(row: PublishedAttachment, within: str) -> Place:
    return Place(within + FILE, row.title, FILES, row.id.hex, FILE, row.organisation_id, row.sha256)


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
    return {p for p in places if p.key in gone}


async def same_texts(db: AsyncSession, place: Place) -> list[Place]:
    """Where else the owner has published exactly this text: revisions that follow usually repeat it."""
    found = await _same_in_sets(db, place.text) if place.owner is None else []
    for table in tables_of(Kind.PUBLISHED):
        of = _of_owner(table)
        if of is None:
            continue
        for name in free_texts(table):
            statement = of(select(table).where(getattr(table, name) == place.text), place.owner)
            for row in (await db.execute(statement)).scalars():
                found.append(
                    Place(name, place.text, str(row.__tablename__), row_id_of(row), name, place.owner)
                )
    return found


def _of_owner(table: Any) -> Any:
    """Narrows a statement to the rows of a table that an organisation published; None where nobody did."""
    fields = table.model_fields
    if "organisation_id" in fields:
        return lambda statement, owner: statement.where(table.organisation_id == owner)
    for key, above in (("revision_id", PublishedRevision), ("number", PublishedReport)):
        if key in fields:
            joined = key_of(above) == getattr(table, key)
            owned: Any = above.organisation_id
            return lambda s, owner, above=above, on=joined, of=owned: s.join(above, on).where(of == owner)
    return None


async def same_files(db: AsyncSession, place: Place, *, anybodys: bool) -> list[Place]:
    """Where else the owner, or anybody, has published this very file, and it was not redacted yet."""
    a = PublishedAttachment
    rows = select(a).where(col(a.sha256) == place.sha256).order_by(col(a.id))
    if not anybodys:
        rows = rows.where(col(a.organisation_id) == place.owner)
    found = [_file(row, "") for row in (await db.execute(rows)).scalars()]
    gone = await redacted_places(db, found)
    return [p for p in found if p not in gone]
