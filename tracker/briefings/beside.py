"""What a briefing reads beside its comparison: the same at an earlier day, courses over time, and the lens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tracker.charts.spec import Timelines
from tracker.compare.comparison import Comparison
from tracker.crosswalks.reading import Reading
from tracker.instruments.queries import PublicAttachment


@dataclass(frozen=True, slots=True)
class Beside:
    """`earlier`: the comparison that change is told since; `courses`: timelines; `lens`: what follows elsewhere;
    `files`: by instrument, the files published with it.
    """

    earlier: Comparison | None = None
    courses: tuple[Timelines, ...] = ()
    lens: Reading | None = None
    files: Mapping[UUID, Sequence[PublicAttachment]] = field(default_factory=dict)


NOTHING = Beside()
