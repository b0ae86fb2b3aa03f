"""Random histories of a few cells, written into the record as they would have been, and read both ways."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from tracker.access.models import Organisation
from tracker.db.session import Database
from tracker.entries import queries as entries
from tracker.entries.models import PublishedRevision, PublishedWithdrawal
from tracker.entries.queries import Moment
from tracker.entries.standing import Standing, contested, heard
from tracker.frameworks.models import FrameworkItem
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit.vocabulary import VALUE_CODES, Axis, Basis, Domain, RevisionKind, Scope, Source, Voice
from tracker.reviews.models import PublishedConfirmation, PublishedReply, PublishedReview, Verdict

START = datetime(2026, 9, 1, 12, tzinfo=UTC)  # after everything of the demo world
CODE, ITEMS = "US-NV", ("HTCC-UC", "HTCC-C1")
DAYS = st.integers(-30, 30).map(lambda n: START.date() + timedelta(days=n))
MAYBE_DAY = st.one_of(st.none(), DAYS)
HOURS = st.integers(0, 40)


@dataclass(frozen=True)
class Event:
    """What happens `hours` after the event before. `of`: which of the revisions so far it is about, or nothing."""

    kind: str
    hours: int
    voice: int
    cell: int
    of: int
    codes: tuple[str, str]
    claimed: tuple[bool, bool]
    basis: Basis | None
    dates: tuple[date | None, date | None]
    agrees: bool
    confirms: bool


@st.composite
def events(draw: st.DrawFn) -> Event:
    begins, ends = draw(MAYBE_DAY), draw(MAYBE_DAY)
    if begins and ends and ends < begins:
        begins, ends = ends, begins
    kinds = ["change", "change", "change", "correction", "withdrawal", "review", "review", "confirmation"]
    code, mark = st.sampled_from(VALUE_CODES), st.booleans()
    return Event(
        kind=draw(st.sampled_from([*kinds, "reply"])),
        hours=draw(HOURS),
        voice=draw(st.integers(0, 2)),
        cell=draw(st.integers(0, 3)),
        of=draw(st.integers(0, 9)),
        codes=(draw(code), draw(code)),
        claimed=(draw(mark), draw(mark)),
        basis=draw(st.sampled_from([None, *Basis])),
        dates=(begins, ends),
        agrees=draw(mark),
        confirms=draw(mark),
    )


async def live_through(database: Database, history: list[Event]) -> tuple[int, list[int]]:
    """Write the history, one event a transaction; returns the jurisdiction and the items that it is of."""
    async with database.read() as db:
        place = (await db.execute(select(Jurisdiction.id).where(col(Jurisdiction.code) == CODE))).scalar_one()
        found = await db.execute(
            select(FrameworkItem.key, col(FrameworkItem.id)).where(col(FrameworkItem.key).in_(ITEMS))
        )
        items = dict(found.all())
        voices = (
            await db.execute(select(Organisation.id).order_by(col(Organisation.key)).limit(3))
        ).scalars()
        world = (place, [items[key] for key in ITEMS], list(voices))
    said: list[PublishedRevision] = []
    now = START
    for event in history:
        now += timedelta(hours=event.hours)
        async with database.write() as db:
            await _happen(db, event, now, said, world)
    return place, world[1]


async def _happen(
    db: AsyncSession,
    event: Event,
    now: datetime,
    said: list[PublishedRevision],
    world: tuple[int, list[int], list[object]],
) -> None:
    place, items, voices = world
    about = said[event.of % len(said)] if said else None
    if event.kind in ("change", "correction"):
        correct = event.kind == "correction" and about is not None
        made = PublishedRevision(
            uid=uuid4(),
            organisation_id=about.organisation_id if correct else voices[event.voice],
            voice=Voice.SELF if event.voice == 0 else Voice.INDEPENDENT,
            jurisdiction_id=place,
            item_id=about.item_id if correct else items[event.cell % 2],
            domain=about.domain if correct else (Domain.INDIVIDUAL, Domain.EDUCATOR)[event.cell // 2],
            kind=RevisionKind.CORRECTION if correct else RevisionKind.CHANGE,
            corrects_id=about.id if correct else None,
            commitment=event.codes[0],
            practice=event.codes[1],
            commitment_claimed=event.claimed[0],
            practice_claimed=event.claimed[1],
            basis=event.basis,
            scope=Scope.GENERAL,
            valid_from=event.dates[0],
            valid_to=event.dates[1],
            owner="Directorate, with a comma",
            recorded_at=now,
        )
        db.add(made)
        await db.flush()
        said.append(made)
    elif about is not None and event.kind == "withdrawal":
        if await db.get(PublishedWithdrawal, about.id) is None:
            db.add(PublishedWithdrawal(revision_id=about.id, reason="Taken back.", recorded_at=now))
    elif about is not None:
        db.add(_beside(event, about.id, voices[event.voice], now))


def _beside(event: Event, revision_id: int, voice: object, now: datetime) -> object:
    if event.kind == "review":
        return PublishedReview(
            revision_id=revision_id,
            organisation_id=voice,
            verdict=Verdict.AGREE if event.agrees else Verdict.DISAGREE,
            reason="Read.",
            other_source="A register." if event.confirms else "",
            independent=event.of % 2 == 0,
            recorded_at=now,
        )
    if event.kind == "reply":
        return PublishedReply(revision_id=revision_id, organisation_id=voice, text="No.", recorded_at=now)
    return PublishedConfirmation(revision_id=revision_id, note="", recorded_at=now)


async def by_the_rows(
    database: Database, place: int, items: list[int], at: Moment, source: Source, basis: Basis | None
) -> dict[str, object]:
    """What `tracker.packed.matrix.told` should say, by the queries and rules over the rows."""
    async with database.read() as db:
        standing = await entries.standing(db, at, jurisdictions=[place], items=items)
    cells: dict[str, list[Standing]] = {}
    for voice in standing:
        item = ITEMS[items.index(voice.item_id)]
        cells.setdefault(f"{item}/{voice.domain.value}", []).append(voice)
    return {key: _row(voices, source, basis) for key, voices in cells.items()}


def _row(voices: list[Standing], source: Source, basis: Basis | None) -> object:
    contest = contested(voices)
    audible = heard([v for v in voices if basis is None or v.basis is basis], source)
    rows = [(*_values(v), contest) for v in audible]
    if source is Source.ALL:
        named = [(*row, v.organisation_key) for row, v in zip(rows, audible, strict=True)]
        return named or [(*SILENT, contest, "none")]
    return rows[0] if rows else (*SILENT, contest)


SILENT = ("not_assessed", False, "none") * 2


def _values(voice: Standing) -> tuple[object, ...]:
    return tuple(part for a in Axis for part in (voice.on(a).code, voice.claimed(a), voice.verification(a)))
