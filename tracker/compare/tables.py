"""The matrices of the compare page: how its rows and columns stand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from markupsafe import Markup

from tracker.compare.cells import SHORT, mark, matrix_cell
from tracker.compare.comparison import Column, ComparedCell, Comparison
from tracker.compare.files import cell_path
from tracker.jurisdictions.queries import Place
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Domain, word

# More columns stand in several tables below each other, of nearly as many each: so many fit on a sheet of paper.
MOST_COLUMNS = 32
# More rows scroll within the page; more rows or columns than these are printed small, in signs instead of words.
MOST_ROWS, MOST_IN_WORDS = 15, 10


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
    """One matrix: all domains together, or one; or a part of it, whose columns `part` tells. `first`: of its parts.

    `silent`: nobody has published on any of its cells. `long`: of so many rows that they scroll within the page. `signs`:
    what stands for its marks where it is printed small, (sign, word); none where it is printed in words.
    """

    domain: Domain | None
    corner: str
    columns: tuple[Head, ...]
    groups: tuple[RowGroup, ...]
    silent: bool
    part: str = ""
    first: bool = True
    long: bool = False
    signs: tuple[tuple[str, str], ...] = ()


def tables(comparison: Comparison, locale: str) -> list[MatrixTable]:
    """A table for each domain, or one; jurisdictions down, or across; as the query's layout asks. Wide ones in parts."""
    together = "together" in comparison.query.layout and len(comparison.domains) > 1
    domains: list[Domain | None] = [None] if together else list(comparison.domains)
    return [t for d in domains for t in _parts(comparison, d, locale) if comparison.columns]


def _parts(comparison: Comparison, domain: Domain | None, locale: str) -> Iterator[MatrixTable]:
    """The table of a domain, or of all. No browser prints, and nobody reads, a table of two hundred columns."""
    columns = tuple(c for c in comparison.columns if domain is None or c[1] is domain)
    regions = "regions" in comparison.query.layout
    places = in_regions(comparison.places) if regions else comparison.places
    swapped = "swapped" in comparison.query.layout
    across = len(places if swapped else columns)
    number = -(-across // MOST_COLUMNS)
    for n in range(number):
        start, end = n * across // number, (n + 1) * across // number
        part = _("columns %(first)s to %(last)s of %(all)s") % {
            "first": start + 1,
            "last": end,
            "all": across,
        }
        table = (
            _swapped(comparison, domain, columns, places[start:end], locale)
            if swapped
            else _table(comparison, domain, columns[start:end], places, locale)
        )
        yield replace(_sized(table), part=part if number > 1 else "", first=n == 0)


def _sized(table: MatrixTable) -> MatrixTable:
    rows = sum(len(group.rows) for group in table.groups)
    small = rows > MOST_ROWS or len(table.columns) > MOST_IN_WORDS
    return replace(table, long=rows > MOST_ROWS, signs=signs() if small else ())


def signs() -> tuple[tuple[str, str], ...]:
    """(sign, word) of every mark that has a short sign."""
    return tuple((sign, mark(code)) for code, sign in SHORT.items())


def _table(
    comparison: Comparison,
    domain: Domain | None,
    columns: tuple[Column, ...],
    places: tuple[Place, ...],
    locale: str,
) -> MatrixTable:
    """Jurisdictions down, in groups where they are asked for."""
    regions = "regions" in comparison.query.layout
    groups = tuple(
        RowGroup(
            region,
            tuple(
                (_place(p), _drawn(comparison, locale, (comparison.cell(p, c) for c in columns)))
                for p in members
            ),
        )
        for region, members in groupby(places, key=lambda p: _region(p) if regions else "")
    )
    heads = tuple(_column(c, domain) for c in columns)
    return MatrixTable(domain, _("Jurisdiction"), heads, groups, _silent(comparison, columns, places))


def _swapped(
    comparison: Comparison,
    domain: Domain | None,
    columns: tuple[Column, ...],
    places: tuple[Place, ...],
    locale: str,
) -> MatrixTable:
    """Jurisdictions across."""
    regions = "regions" in comparison.query.layout
    heads = tuple(_place(p, _region(p) if regions else "") for p in places)
    rows = tuple(
        (_column(c, domain), _drawn(comparison, locale, (comparison.cell(p, c) for p in places)))
        for c in columns
    )
    return MatrixTable(domain, _("Item"), heads, (RowGroup("", rows),), _silent(comparison, columns, places))


def _drawn(comparison: Comparison, locale: str, cells: Iterable[ComparedCell]) -> tuple[Markup, ...]:
    query, moment = comparison.query, comparison.query.moment
    paths = ((c, cell_path(comparison, c, locale) + moment) for c in cells)
    return tuple(matrix_cell(c, path, query.axes, query.principle) for c, path in paths)


def _silent(comparison: Comparison, columns: tuple[Column, ...], places: tuple[Place, ...]) -> bool:
    return not any(comparison.cell(p, c).voices for p in places for c in columns)


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
