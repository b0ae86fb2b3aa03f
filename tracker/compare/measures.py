"""What can be counted of one jurisdiction and axis in a comparison: coverage, score with its bounds, firmness, age. Pure.

A score is never shown alone: it stands beside its coverage, what is claimed, and the bounds within which it could lie
if everything missing were known. Nothing here ranks.
"""

from collections import Counter
from dataclasses import dataclass
from statistics import median_low

from tracker.compare.comparison import Column, ComparedCell, Comparison, Coverage
from tracker.kit.vocabulary import Axis

HIGHEST = 4
# A score of less than this share of the cells would say more of what is missing than of what is there.
LEAST_COVERAGE = 0.5


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of the highest level, 0 to 1. `value` is None where it is suppressed, for too little is known.

    `low` and `high`: what it would be if every cell without a level were 0, or 4. `total` leaves out what is not
    applicable; with a total of 0 there is no score and no bound (0 to 1).
    """

    value: float | None
    low: float
    high: float
    assessed: int
    total: int
    not_applicable: int
    claimed: int

    @property
    def suppressed(self) -> bool:
        return self.value is None


@dataclass(frozen=True, slots=True)
class Evidenced:
    """`marks`: how many levels have each of V0 to V3. `years`: of the dated sources, the first, middle and last."""

    marks: dict[str, int]
    years: tuple[int, int, int] | None

    @property
    def reviewed(self) -> int:
        return self.marks.get("V2", 0) + self.marks.get("V3", 0)

    @property
    def levels(self) -> int:
        return sum(self.marks.values())


@dataclass(frozen=True, slots=True)
class Measures:
    coverage: Coverage
    score: Score
    evidenced: Evidenced


def scored(comparison: Comparison) -> tuple[Column, ...]:
    """The columns that a score counts: of the comparison's own, those of one tier, the highest."""
    tier = min((item.depth for item, _domain in comparison.columns), default=0)
    return tuple(c for c in comparison.columns if c[0].depth == tier)


def score(cells: list[ComparedCell], axis: Axis) -> Score:
    """The score of one jurisdiction: the mean of level/4 over assessed cells. The first voice of a cell counts."""
    values = [cell.value(axis) for cell in cells]
    levels = [v.level for v in values if v.level is not None]
    not_applicable = sum(v.code == "not_applicable" for v in values)
    total = len(values) - not_applicable
    missing, reached = total - len(levels), sum(levels)
    enough = bool(levels) and len(levels) >= LEAST_COVERAGE * total
    return Score(
        value=reached / (HIGHEST * len(levels)) if enough else None,
        low=reached / (HIGHEST * total) if total else 0.0,
        high=(reached + HIGHEST * missing) / (HIGHEST * total) if total else 1.0,
        assessed=len(levels),
        total=total,
        not_applicable=not_applicable,
        claimed=sum(bool(c.voice and c.value(axis).is_level and c.voice.claimed(axis)) for c in cells),
    )


def evidenced(cells: list[ComparedCell], axis: Axis) -> Evidenced:
    """How firm the levels are, and how old the dated sources they cite."""
    voices = [c.voice for c in cells if c.voice and c.value(axis).is_level]
    marks = Counter(v.verification(axis) for v in voices)
    years = sorted(e.dated.year for v in voices for e in v.evidence if e.dated and e.axis.covers(axis))
    return Evidenced(dict(sorted(marks.items())), (years[0], median_low(years), years[-1]) if years else None)
