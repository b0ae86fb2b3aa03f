"""The page of a comparison read through a crosswalk: its matrix over the target's items, in parts where it is wide."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from tracker.compare.cells import SHORT, mark
from tracker.compare.tables import MOST_COLUMNS, MOST_IN_WORDS, MOST_ROWS
from tracker.crosswalks.lens import ANYTHING, Interval, words
from tracker.crosswalks.reading import Line, Reading
from tracker.crosswalks.through import derivation_path, evidence
from tracker.frameworks.queries import Item
from tracker.jurisdictions.queries import Place
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, Basis, word

INFERRED, NOTHING, CONFLICT = "i", "–", "×"


@dataclass(frozen=True, slots=True)
class Part:
    """A table of some of the columns: a <td> of each in each jurisdiction. `label`: which they are, "" for all.

    `long`: of so many rows that they scroll within the page. `small`: printed small, in signs instead of words.
    """

    columns: tuple[Item, ...]
    rows: tuple[tuple[Place, tuple[Markup, ...]], ...]
    label: str
    long: bool
    small: bool


def parts(reading: Reading, locale: str) -> Iterator[Part]:
    """The target's items that something is related to, in tables of nearly as many each, as those of a comparison."""
    columns = tuple(item for item in reading.targets if item.key in reading.shapes)
    rows = [
        (place, tuple(_td(reading, place, line, locale) for line in reading.lines(place)))
        for place in reading.comparison.places
    ]
    number = -(-len(columns) // MOST_COLUMNS)
    for n in range(number):
        start, end = n * len(columns) // number, (n + 1) * len(columns) // number
        told = {"first": start + 1, "last": end, "all": len(columns)}
        yield Part(
            columns[start:end],
            tuple((place, cells[start:end]) for place, cells in rows),
            _("columns %(first)s to %(last)s of %(all)s") % told if number > 1 else "",
            long=len(rows) > MOST_ROWS,
            small=len(rows) > MOST_ROWS or end - start > MOST_IN_WORDS,
        )


def signs() -> tuple[tuple[str, str], ...]:
    """(sign, word) of what stands in a table that is printed small, besides levels and verifications."""
    return (
        (CONFLICT, words(Axis.COMMITMENT, None)),
        (NOTHING, words(Axis.COMMITMENT, ANYTHING)),
        (INFERRED, _("inferred, not reported")),
        (SHORT[Basis.EQUIVALENT], mark(Basis.EQUIVALENT)),
    )


def _sign(interval: Interval | None) -> str:
    if interval is None:
        return CONFLICT
    if interval == ANYTHING:
        return NOTHING
    return str(interval.low) if interval.single else f"{interval.low}–{interval.high}"


def _td(reading: Reading, place: Place, line: Line, locale: str) -> Markup:
    link = escape(derivation_path(reading, place, line.item, locale))
    if line.follows:
        told = "".join(
            f'<span class="ax missing" data-s="{_sign(result.interval)}"><i>{escape(word("short", axis))}</i> {escape(words(axis, result.interval))}</span>'
            for axis, result in line.results.items()
        )
        marks = dict.fromkeys(r.verification for r in line.results.values() if r.verification != "none")
        small = " · ".join(
            [*marks, f'<span data-s="{SHORT[Basis.EQUIVALENT]}">{escape(mark(Basis.EQUIVALENT))}</span>']
        )
        flag = f'<b data-s="{INFERRED}">{escape(_("inferred, not reported"))}</b>'
        return Markup(f'<td class="cell two"><a href="{link}">{told} <small>{flag} {small}</small></a></td>')  # nosec B704
    rated = evidence(reading, line.item)
    small = f" <small>{escape(rated)}</small>" if rated else ""
    said = f'<span class="ax missing" data-s="{NOTHING}">{escape(_("Related, no level"))}</span>'
    return Markup(f'<td class="cell two"><a href="{link}">{said}{small}</a></td>')  # nosec B704
