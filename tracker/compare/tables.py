"""The matrix of a comparison as tables of a page, each cell ready as HTML."""

from dataclasses import dataclass

from markupsafe import Markup

from tracker.compare.cells import matrix_cell
from tracker.compare.comparison import Column, Comparison, Coverage, coverage
from tracker.compare.files import cell_path
from tracker.kit.vocabulary import Axis, Domain


@dataclass(frozen=True, slots=True)
class MatrixTable:
    """One matrix of the page: all domains together, or one. `cells` by place, in the order of `columns`."""

    domain: Domain | None
    columns: tuple[Column, ...]
    rows: list[tuple[object, list[Markup]]]
    silent: bool


def matrix_tables(comparison: Comparison, locale: str, moment: str = "") -> list[MatrixTable]:
    """The tables of a comparison's page, as its query lays them out; their links are of the locale.

    `moment`: the query string that cells' links carry, so that their pages read the same moment.
    """
    together = comparison.query.layout == "together" and len(comparison.domains) > 1
    domains: list[Domain | None] = [None] if together else list(comparison.domains)
    return [_table(comparison, domain, locale, moment) for domain in domains if comparison.columns]


def _table(comparison: Comparison, domain: Domain | None, locale: str, moment: str) -> MatrixTable:
    columns = tuple(c for c in comparison.columns if domain is None or c[1] is domain)
    rows: list[tuple[object, list[Markup]]] = []
    silent, asked = True, f"?{moment}" if moment else ""
    for place in comparison.places:
        cells = [comparison.cell(place, column) for column in columns]
        silent = silent and not any(cell.voices for cell in cells)
        drawn = [
            matrix_cell(c, cell_path(comparison, c, locale) + asked, comparison.query.axes) for c in cells
        ]
        rows.append((place, drawn))
    return MatrixTable(domain, columns, rows, silent)


def coverages(comparison: Comparison) -> dict[str, dict[Axis, Coverage]]:
    """By the code of the jurisdiction."""
    return {
        place.code: {axis: coverage(comparison, place, axis) for axis in Axis} for place in comparison.places
    }
