"""Which revision holds: the database's answer against a plain model of the rule, for many histories; and whose voice is read."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from sqlmodel import col, select

from tests import factories, personas
from tests.personas import NGO, NGO_REVIEWER
from tracker.db.session import Database
from tracker.entries import publish, queries
from tracker.entries.content import Cell, Content
from tracker.entries.models import PublishedRevision
from tracker.entries.queries import Moment
from tracker.entries.standing import Review, Standing, contested, heard
from tracker.frameworks.models import FrameworkItem
from tracker.kit import clock
from tracker.kit.errors import Invalid
from tracker.kit.vocabulary import Axis, Basis, Domain, RevisionKind, Scope, Source, Voice, value

START = datetime(2026, 8, 1, 12, tzinfo=UTC)
DAYS = st.integers(-20, 20).map(lambda n: START.date() + timedelta(days=n))
MAYBE_DAY = st.one_of(st.none(), DAYS)


@dataclass(frozen=True)
class Event:
    """`hours`: after the event before. `of`: which of the revisions a withdrawal takes back."""

    kind: str
    hours: int
    begins: date | None
    ends: date | None
    of: int


@st.composite
def an_event(draw: st.DrawFn) -> Event:
    begins, ends = draw(MAYBE_DAY), draw(MAYBE_DAY)
    if begins and ends and ends < begins:
        begins, ends = ends, begins
    kind = draw(st.sampled_from(["change", "change", "correction", "withdrawal"]))
    return Event(kind, draw(st.integers(0, 60)), begins, ends, draw(st.integers(0, 9)))


@dataclass
class Said:
    recorded: datetime
    begins: date | None
    ends: date | None
    corrects: int | None
    withdrawn: datetime | None = None


@dataclass
class Model:
    """The rule in docs/codebook.md, as plainly as it can be said. Revisions are known by their number."""

    said: list[Said] = field(default_factory=list)

    def correctable(self) -> int | None:
        corrected = {s.corrects for s in self.said}
        counting = [n for n, s in enumerate(self.said) if s.withdrawn is None and n not in corrected]
        return counting[-1] if counting else None

    def holds(self, number: int, on: date, as_of: datetime) -> bool:
        said = self.said[number]
        return (
            said.recorded <= as_of
            and (said.begins or said.recorded.date()) <= on
            and (said.ends is None or said.ends >= on)
            and not (said.withdrawn and said.withdrawn <= as_of)
            and not any(s.corrects == number and s.recorded <= as_of for s in self.said)
        )

    def standing(self, on: date, as_of: datetime) -> int | None:
        return max((n for n in range(len(self.said)) if self.holds(n, on, as_of)), default=None)


@pytest.fixture
async def cells(database: Database) -> list[Cell]:
    """Cells of a state on which nobody has spoken: one for each history, so that none sees another's."""
    place = (await factories.cell(database, "US-CT")).jurisdiction_id
    async with database.read() as db:
        items = (
            await db.execute(select(FrameworkItem.id).where(col(FrameworkItem.key).not_like("HTCC-%")))
        ).scalars()
        return [Cell(place, item, Domain.ALL) for item in items if item]


NUMBERS = count()
ASKED = st.lists(st.tuples(DAYS, st.integers(-30, 300)), min_size=3, max_size=6)


@given(history=st.lists(an_event(), min_size=1, max_size=6), asked=ASKED)
@settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_the_record_answers_as_the_rule_says(
    database: Database, cells: list[Cell], history: list[Event], asked: list[tuple[date, int]]
) -> None:
    cell = cells[next(NUMBERS) % len(cells)]
    model, made = await live_through(database, cell, history)
    for on, hours in asked:
        as_of = START + timedelta(hours=hours)
        async with database.read() as db:
            found = await queries.standing(
                db, Moment(on, as_of, on), jurisdictions=[cell.jurisdiction_id], items=[cell.item_id]
            )
        mine = [s.id for s in found if s.id in made]
        expected = model.standing(on, as_of)
        assert mine == ([] if expected is None else [made[expected]])


async def live_through(database: Database, cell: Cell, history: list[Event]) -> tuple[Model, list[int]]:
    """Make the history through the services; the model of it, and the ids of its revisions."""
    author = await personas.actor(database, NGO)
    reviewer = await personas.actor(database, NGO_REVIEWER)
    model, made, uids = Model(), [], []
    now = START
    for event in history:
        now += timedelta(hours=event.hours)
        with clock.at(now):
            if event.kind == "withdrawal":
                number = event.of
                if number < len(made) and model.said[number].withdrawn is None:
                    async with database.write(personas.bound(reviewer)) as db:
                        await publish.withdraw(db, reviewer, uids[number], reason="As the history says.")
                    model.said[number].withdrawn = now
                continue
            corrects = model.correctable() if event.kind == "correction" else None
            content = Content(
                commitment="2",
                basis=Basis.EQUIVALENT,
                scope=Scope.GENERAL,
                valid_from=event.begins,
                valid_to=event.ends,
                kind=RevisionKind(event.kind),
            )
            if event.kind == "correction" and corrects is None:
                with pytest.raises(Invalid):
                    await factories.draft(database, author, cell, content)
                continue
            revision: PublishedRevision = await factories.published(database, author, reviewer, cell, content)
        assert revision.id
        made.append(revision.id)
        uids.append(revision.uid)
        model.said.append(Said(now, event.begins, event.ends, corrects))
    return model, made


async def test_the_days_around_a_change_a_correction_and_a_withdrawal(
    database: Database, cells: list[Cell]
) -> None:
    """One history told in full, so that a mistake shared by model and query would show."""
    june, jan = date(2026, 6, 1), date(2026, 9, 1)
    cell = cells[-1]
    history = [
        Event("change", 0, june, None, 0),  # 0, on 1 August
        Event("change", 24, jan, None, 0),  # 1, on 2 August, valid from September on
        Event("correction", 24, date(2026, 8, 20), None, 0),  # 2, on 3 August, corrects 1
        Event("withdrawal", 24, None, None, 2),  # on 4 August
    ]
    model, made = await live_through(database, cell, history)

    async def holding(on: date, as_of: datetime) -> int | None:
        async with database.read() as db:
            found = await queries.standing(
                db, Moment(on, as_of, on), jurisdictions=[cell.jurisdiction_id], items=[cell.item_id]
            )
        assert len(found) <= 1
        assert model.standing(on, as_of) == (made.index(found[0].id) if found else None)
        return made.index(found[0].id) if found else None

    def night(day: int) -> datetime:
        return datetime.combine(date(2026, 8, day), time.max, tzinfo=UTC)

    assert await holding(june, START - timedelta(seconds=1)) is None, "not yet published"
    assert await holding(june - timedelta(days=1), night(1)) is None, "not yet in force"
    assert await holding(june, night(1)) == 0
    assert await holding(jan, night(1)) == 0
    assert await holding(jan - timedelta(days=1), night(2)) == 0, "a change leaves earlier days as they were"
    assert await holding(jan, night(2)) == 1
    assert await holding(date(2026, 8, 19), night(3)) == 0
    assert await holding(date(2026, 8, 20), night(3)) == 2
    assert await holding(jan, night(3)) == 2, "what was corrected is gone for every day"
    assert await holding(jan, night(4)) == 0, "withdrawing a correction does not bring back what it corrected"


def a_voice(
    number: int,
    codes: tuple[str, str],
    claims: tuple[bool, bool],
    hours: int,
    reviews: list[tuple[bool, bool]],
) -> Standing:
    recorded = START + timedelta(hours=hours)
    return Standing(
        id=number,
        uid=UUID(int=number),
        jurisdiction_id=1,
        item_id=1,
        domain=Domain.ALL,
        organisation_key=f"organisation-{number}",
        organisation_name=f"Organisation {number}",
        voice=Voice.SELF if number == 0 else Voice.INDEPENDENT,
        commitment=value(Axis.COMMITMENT, codes[0]),
        practice=value(Axis.PRACTICE, codes[1]),
        commitment_claimed=claims[0],
        practice_claimed=claims[1],
        basis=None,
        scope=None,
        scope_note="",
        valid_from=None,
        valid_to=None,
        owner="",
        budget="",
        search_who="",
        search_where="",
        search_when=None,
        not_applicable_reason="",
        note="",
        recorded_at=recorded,
        reviews=tuple(
            Review("another", "Another", agrees, "", "Another source" if further else "", further, recorded)
            for agrees, further in reviews
        ),
    )


CODES = st.sampled_from(["0", "1", "2", "3", "4", "not_assessed", "withheld"])
VOICES = st.lists(
    st.tuples(
        st.tuples(CODES, CODES),
        st.tuples(st.booleans(), st.booleans()),
        st.integers(0, 3),
        st.lists(st.tuples(st.booleans(), st.booleans()), max_size=2),
    ),
    max_size=5,
).map(lambda many: [a_voice(n, *one) for n, one in enumerate(many)])


@given(voices=VOICES, levels=st.permutations(["0", "1", "2", "3", "4"]))
@settings(derandomize=True, database=None, deadline=None)
def test_the_best_voice_never_depends_on_the_level(voices: list[Standing], levels: list[str]) -> None:
    def renamed(voice: Standing) -> Standing:
        codes = {str(n): level for n, level in enumerate(levels)}
        paper, practice = voice.commitment.code, voice.practice.code
        return structs.replace(
            voice,
            commitment=value(Axis.COMMITMENT, codes.get(paper, paper)),
            practice=value(Axis.PRACTICE, codes.get(practice, practice)),
        )

    best = heard(voices, Source.BEST)
    assert [v.id for v in heard([renamed(v) for v in voices], Source.BEST)] == [v.id for v in best]
    assert len(best) == min(1, len(voices))
    for v in voices:
        marks = [mark for a in Axis if (mark := v.verification(a)) != "none"]
        best_marks = [mark for a in Axis if (mark := best[0].verification(a)) != "none"]
        assert max(marks, default="") <= max(best_marks, default=""), (
            "no better verified voice is passed over"
        )
    everyone = heard(voices, Source.ALL)
    assert {v.id for v in everyone} == {v.id for v in voices}
    for source in (Source.SELF, Source.INDEPENDENT):
        assert all(v.voice.value == source.value for v in heard(voices, source))


@given(voices=VOICES)
@settings(derandomize=True, database=None, deadline=None)
def test_contested_is_two_levels_apart_on_one_axis_or_a_disagreement(voices: list[Standing]) -> None:
    apart = any(
        a.on(axis).is_level and b.on(axis).is_level and int(a.on(axis).code) - int(b.on(axis).code) >= 2
        for axis in Axis
        for a in voices
        for b in voices
    )
    # an organisation's later review takes the place of its earlier one
    last = [{r.organisation: r for r in v.reviews}.values() for v in voices]
    disputed = any(not r.agrees for reviews in last for r in reviews)
    assert contested(voices) == (apart or disputed)


@given(voices=VOICES)
@settings(derandomize=True, database=None, deadline=None)
def test_verification_is_cumulative(voices: list[Standing]) -> None:
    for voice in voices:
        for axis in Axis:
            mark = voice.verification(axis)
            assert (mark == "none") == (not voice.on(axis).is_level)
            if mark in ("V1", "V2", "V3"):
                assert not voice.claimed(axis)
            if mark in ("V2", "V3"):
                assert any(r.agrees for r in voice.reviews)
            if mark == "V3":
                assert any(r.agrees and r.other_source and r.independent for r in voice.reviews)


def test_two_reviewers_of_one_name_are_two() -> None:
    """A later review takes the place of the same organisation's earlier one, not of its namesake's."""
    at = datetime(2026, 2, 3, tzinfo=UTC)
    reviews = (
        Review("health-a", "Ministry of Health", False, "Not so.", "", True, at),
        Review("health-b", "Ministry of Health", True, "It is so.", "", True, at),
        Review("health-b", "Ministry of Health", True, "Still so.", "", True, at),
    )
    voice = structs.replace(a_voice(1, ("2", "2"), (False, False), 0, []), reviews=reviews)
    assert [r.by for r in voice.verdicts] == ["health-a", "health-b"]
    assert voice.disputed
