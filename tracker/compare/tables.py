"""The matrices of the compare page: how its rows and columns stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from tracker.compare.cells import matrix_cell
from tracker.compare.comparison import Column, ComparedCell, Comparison
from tracker.compare.files import cell_path
from tracker.jurisdictions.queries import Place
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Domain, word


@dataclass(frozen=True, slots=True)
class Head:
    """The header of a row or column. `code`: a jurisdiction's; `small`: a line above or below the text."""

    text: str
    above: str = ""
    below: str = ""
    code: str = ""
    fictional: bool = False


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under a common heading; "" where there is none. Each row: its header, and a <td> for each column."""

    heading: str
    rows: tuple[tuple[Head, tuple[Markup, ...]], ...]


@dataclass(frozen=True, slots=True)
class MatrixTable:
    """One matrix: all domains together, or one. `silent`: nobody has published on any of its cells."""

    domain: Domain | None
    corner: str
    columns: tuple[Head, ...]
    groups: tuple[RowGroup, ...]
    silent: bool


def tables(comparison: Comparison, locale: str) -> list[MatrixTable]:
    """A table for each domain, or one; jurisdictions down, or across; as the query's layout asks."""
    together = "together" in comparison.query.layout and len(comparison.domains) > 1
    domains: list[Domain | None] = [None] if together else list(comparison.domains)
    return [_table(comparison, domain, locale) for domain in domains if comparison.columns]


def _table(comparison: Comparison, domain: Domain | None, locale: str) -> MatrixTable:
    columns = tuple(c for c in comparison.columns if domain is None or c[1] is domain)
    swapped, regions = ("swapped" in comparison.query.layout, "regions" in comparison.query.layout)
    places = in_regions(comparison.places) if regions else comparison.places
    moment = comparison.query.moment
    silent = not any(comparison.cell(p, c).voices for p in comparison.places for c in columns)

    def drawn(cells: Iterable[ComparedCell]) -> tuple[Markup, ...]:
        query = comparison.query
        paths = ((c, cell_path(comparison, c, locale) + moment) for c in cells)
        return tuple(matrix_cell(c, path, query.axes, query.principle) for c, path in paths)

    if swapped:
        heads = tuple(_place(p, _region(p) if regions else "") for p in places)
        rows = tuple((_column(c, domain), drawn(comparison.cell(p, c) for p in places)) for c in columns)
        return MatrixTable(domain, _("Item"), heads, (RowGroup("", rows),), silent)
    grouped = groupby(places, key=lambda p: _region(p) if regions else "")
    groups = tuple(
        RowGroup(
            region,
            tuple((_place(p), drawn(comparison.cell(p, c) for c in columns)) for p in members),
        )
        for region, members in grouped
    )
    return MatrixTable(domain, _("Jurisdiction"), tuple(_column(c, domain) for c in columns), groups, silent)


def in_regions(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """By region, those without one last; within a region as they were asked for."""
    return tuple(sorted(places, key=lambda p: (p.region in _NOWHERE, p.region)))


# The published list of countries says "none" of those outside every region.
_NOWHERE = ("", "none")


def _region(place: Place) -> str:
    return _("No region") if place.region in _NOWHERE else place.region


def _place(place: Place, region: str = "") -> Head:
    return Head(place.name, above=region, code=place.code, fictional=place.fictional)


def _column(column: Column, domain: Domain | None) -> Head:
    item, own = column
    beside = word("domain", own) if domain is None and own is not Domain.ALL else ""
    return Head(item.label, above=item.source_number, below=beside)
