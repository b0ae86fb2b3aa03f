"""What the compare page tells beside its tables: counts of each jurisdiction, who has what, gaps, unknowns, cautions."""

from collections.abc import Callable
from dataclasses import dataclass

from tracker.compare import told
from tracker.compare.caveats import caveats
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
    """`href` leads to the page of a cell; `one_tier`: whether scores count all the columns that are shown;
    `saying`: who says the principle that is asked for. With a principle no score is shown: it keeps some columns only."""

    places: tuple[PlaceRead, ...]
    columns: tuple[told.ColumnTold, ...]
    gaps: tuple[told.Gap, ...]
    caveats: tuple[str, ...]
    one_tier: bool
    saying: tuple[Saying, ...]
    href: Callable[[ComparedCell], str]
    name: Callable[[Column], str]


def reading(comparison: Comparison, locale: str) -> Reading:
    """All of it; links are of `locale`."""
    columns, columns_told = scored(comparison), told.columns_told(comparison)
    return Reading(
        places=tuple(_place(comparison, place, columns) for place in comparison.places),
        columns=columns_told,
        gaps=tuple(told.gaps(columns_told)),
        caveats=tuple(caveats(comparison)),
        one_tier=len(columns) == len(comparison.columns),
        saying=saying(comparison, comparison.query.principle),
        href=lambda cell: cell_link(comparison, cell, locale),
        name=column_ref,
    )


def _place(comparison: Comparison, place: Place, columns: tuple[Column, ...]) -> PlaceRead:
    shown = [comparison.cell(place, c) for c in comparison.columns]
    counted = [comparison.cell(place, c) for c in columns]
    axes = comparison.query.axes
    return PlaceRead(
        place,
        {a: Measures(coverage(comparison, place, a), score(counted, a), evidenced(shown, a)) for a in axes},
        {a: told.unknowns(shown, a) for a in axes},
    )
