"""What a briefing reads beside its comparison: the same at an earlier day, courses over time, and the lens."""

from dataclasses import dataclass

from tracker.charts.spec import Timelines
from tracker.compare.comparison import Comparison
from tracker.crosswalks.reading import Reading


@dataclass(frozen=True, slots=True)
class Beside:
    """`earlier`: the comparison that change is told since; `courses`: timelines; `lens`: what follows elsewhere."""

    earlier: Comparison | None = None
    courses: tuple[Timelines, ...] = ()
    lens: Reading | None = None


NOTHING = Beside()
