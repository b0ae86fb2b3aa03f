"""What an instrument is on a day, derived from what was published of it and of what happened to it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tracker.kit.vocabulary import InstrumentEventKind, InstrumentState


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an instrument, as an organisation recorded it. `by_*`: the instrument that did it."""

    id: int
    kind: InstrumentEventKind
    effective_on: date | None
    by_id: UUID | None
    by_title: str
    note: str
    archived_url: str
    in_force_until: date | None
    retracts_id: int | None
    organisation_id: UUID
    organisation: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Situation:
    """What holds of an instrument: its dates and archived link, and the amendments and the repeal that stand."""

    in_force_on: date | None
    in_force_until: date | None
    archived_url: str
    amendments: tuple[Event, ...]
    repeal: Event | None

    @property
    def repealed_on(self) -> date | None:
        return self.repeal.effective_on if self.repeal else None

    def on(self, day: date) -> InstrumentState:
        """Whether it is in force on a day. A repeal takes effect on its day; `in_force_until` is inclusive."""
        if self.repealed_on and self.repealed_on <= day:
            return InstrumentState.REPEALED
        if self.in_force_until and self.in_force_until < day:
            return InstrumentState.ENDED
        if self.in_force_on and self.in_force_on > day:
            return InstrumentState.NOT_YET
        return InstrumentState.IN_FORCE


def situation(
    in_force_on: date | None, in_force_until: date | None, archived_url: str, events: Iterable[Event]
) -> Situation:
    """What was published, followed by `events` in the order of their recording.

    What was taken back counts for nothing. Of several repeals the last recorded counts, as of corrections
    of the same detail.
    """
    every = list(events)
    gone = {e.retracts_id for e in every if e.retracts_id is not None}
    standing = [e for e in every if e.id not in gone]
    for event in standing:
        if event.kind is InstrumentEventKind.DETAILS:
            archived_url = event.archived_url or archived_url
            in_force_until = event.in_force_until or in_force_until
    repeals = [e for e in standing if e.kind is InstrumentEventKind.REPEALED]
    amendments = tuple(e for e in standing if e.kind is InstrumentEventKind.AMENDED)
    return Situation(in_force_on, in_force_until, archived_url, amendments, repeals[-1] if repeals else None)
