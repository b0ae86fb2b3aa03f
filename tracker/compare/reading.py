"""What the compare page tells beside its tables: counts of each jurisdiction, who has what, gaps, unknowns, cautions."""

from collections.abc import Callable
from dataclasses import dataclass

from tracker.compare import told
from tracker.compare.caveats import caveats, counted_over
from tracker.compare.comparison import Column, ComparedCell, Comparison, coverage
from tracker.compare.files import cell_link
from tracker.compare.measures import Measures, evidenced, score, scored
from tracker.compare.principles import Saying, saying
from tracker.compare.wording import column_ref
from tracker.jurisdictions.queries import Place
from tracker.kit.vocabulary import Axis

# Above this many jurisdictions a list of names is no longer read; the files have them all.
MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class PlaceRead:
    place: Place
    measures: dict[Axis, Measures]
    unknowns: dict[Axis, tuple[told.Unknown, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """`places` are counted over the whole selection, the rest is told of the columns that are shown.

    `counted_over`: of which cells the figures are, where only some are shown; else "".
    `href` leads to the page of a cell; `one_tier`: whether scores count all columns of the selection; `saying`: who says the
    principle that is asked for. With a principle no score is shown, for it would be taken for the principle's.
    """

    places: tuple[PlaceRead, ...]
    columns: tuple[told.ColumnTold, ...]
    gaps: tuple[told.Gap, ...]
    caveats: tuple[str, ...]
    one_tier: bool
    counted_over: str
    saying: tuple[Saying, ...]
    href: Callable[[ComparedCell], str]
    name: Callable[[Column], str]


def reading(comparison: Comparison, locale: str) -> Reading:
    """All of it; links are of `locale`."""
    whole, columns_told = comparison.whole, told.columns_told(comparison)
    columns = scored(whole)
    return Reading(
        places=tuple(_place(whole, place, columns) for place in whole.places),
        columns=columns_told,
        gaps=tuple(told.gaps(columns_told)),
        caveats=tuple(caveats(comparison)),
        one_tier=len(columns) == len(whole.columns),
        counted_over=counted_over(comparison),
        saying=saying(comparison, comparison.query.principle),
        href=lambda cell: cell_link(comparison, cell, locale),
        name=column_ref,
    )


def _place(whole: Comparison, place: Place, columns: tuple[Column, ...]) -> PlaceRead:
    """`columns`: those of one tier, which a score counts."""
    cells = [whole.cell(place, c) for c in whole.columns]
    counted = [whole.cell(place, c) for c in columns]
    axes = whole.query.axes
    return PlaceRead(
        place,
        {a: Measures(coverage(whole, place, a), score(counted, a), evidenced(cells, a)) for a in axes},
        {a: told.unknowns(cells, a) for a in axes},
    )
