"""What a briefing reads beside its comparison: the same at an earlier day, courses over time, and the lens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from tracker.charts.spec import Timelines
from tracker.compare.comparison import Comparison
from tracker.crosswalks.reading import Reading
from tracker.instruments.queries import PublicAttachment
from tracker.jurisdictions.queries import Place


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was withdrawn after the comparison was frozen: how many of its cells rest on it, when the last of it was,
    and the jurisdictions of which nothing is left.
    """

    cells: int
    last: date
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """`earlier`: the comparison that change is told since; `courses`: timelines; `lens`: what follows elsewhere;
    `files`: by instrument, the files published with it; `withdrawn`: None where nothing was.
    """

    earlier: Comparison | None = None
    courses: tuple[Timelines, ...] = ()
    lens: Reading | None = None
    files: Mapping[UUID, Sequence[PublicAttachment]] = field(default_factory=dict)
    withdrawn: Withdrawn | None = None


NOTHING = Beside()
