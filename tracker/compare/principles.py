"""What the instruments behind a jurisdiction's cells say on the report's principles, each statement once."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from tracker.compare.comparison import ComparedCell, Comparison
from tracker.entries.principles import Stated
from tracker.jurisdictions.queries import Place
from tracker.kit.vocabulary import Principle


@dataclass(frozen=True, slots=True)
class Told:
    """That an instrument says so, as the named organisations read it."""

    stated: Stated
    instrument_id: UUID
    title: str
    organisations: tuple[str, ...]

    @property
    def principle(self) -> Principle:
        return self.stated.principle


def told(cells: Iterable[ComparedCell]) -> list[Told]:
    """What the voices that are heard cite, by principle, then in the order of the cells."""
    found: dict[tuple[Stated, UUID, str], dict[str, None]] = {}
    for cell in cells:
        for voice in cell.voices:
            for e in voice.evidence:
                for stated in e.principles:
                    said_by = found.setdefault((stated, e.instrument_id, e.title), {})
                    said_by[voice.organisation_name] = None
    order = list(Principle)
    lines = [Told(*key, tuple(names)) for key, names in found.items()]
    return sorted(lines, key=lambda line: order.index(line.principle))


@dataclass(frozen=True, slots=True)
class Saying:
    """The organisations that cite, of a jurisdiction, an instrument that says so; none: it is silent on it."""

    place: Place
    organisations: tuple[str, ...]


def saying(comparison: Comparison, principle: Principle | None) -> tuple[Saying, ...]:
    """For every jurisdiction who says so in the cells that are shown; () where nothing is asked."""
    if principle is None:
        return ()
    names: dict[int, dict[str, None]] = {}
    for cell in comparison.rows():
        for voice in cell.voices:
            if voice.says(principle):
                names.setdefault(cell.place.id, {})[voice.organisation_name] = None
    return tuple(Saying(p, tuple(names.get(p.id, ()))) for p in comparison.places)
