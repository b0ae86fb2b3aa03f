"""What a briefing of many jurisdictions has in place of a page for each: tables of counts."""

from collections import Counter
from collections.abc import Iterator

from tracker.briefings.counts import readings
from tracker.briefings.desk import Desk, text, text_block
from tracker.briefings.document import Bullets, Part, Run, Runs, Table
from tracker.briefings.wording import axis_word
from tracker.compare.comparison import Column, coverage
from tracker.compare.wording import MOST_NAMES, column_ref, place_heading
from tracker.jurisdictions.queries import Place
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import LEVEL_CODES, word


def places_table(desk: Desk) -> tuple[Part, ...]:
    """A line for each jurisdiction: how much is known, how firmly."""
    if not desk.comparison.columns:
        return ()
    axes = [(_("%(axis)s: with a level") % {"axis": axis_word(a)}, _("claimed")) for a in desk.axes]
    columns = (_("Jurisdiction"), *(title for pair in axes for title in pair), _("Contested"))
    rows = tuple(_place(desk, place) for place in desk.comparison.places)
    share = 0.44 / len(desk.axes)
    widths = (0.44, *(w for _a in desk.axes for w in (share * 0.6, share * 0.4)), 0.12)
    caption = _("How much is known of each jurisdiction, in cells")
    return (Part("jurisdictions", _("Jurisdictions"), 1, (Table(caption, columns, rows, widths),)),)


def _place(desk: Desk, place: Place) -> tuple[Runs, ...]:
    row: list[Runs] = [(Run(place_heading(place), href=desk.place_url(place)), Run(f" {place.code}"))]
    for axis in desk.axes:
        count = coverage(desk.whole, place, axis)
        row += [
            text(_("%(n)s of %(total)s") % {"n": count.assessed, "total": count.total}),
            text(str(count.claimed)),
        ]
    contested = sum(desk.whole.cell(place, c).contested for c in desk.whole.columns)
    return (*row, text(str(contested)))


def levels_table(desk: Desk) -> Table:
    """How many jurisdictions have each level, for each column and axis; a sentence on each would name too few."""
    rows = tuple(
        (
            (Run(f"{column_ref(column)}, {axis_word(axis).lower()}"),),
            *(text(str(counts[code])) for code in LEVEL_CODES),
            text(str(len(desk.comparison.places) - sum(counts[code] for code in LEVEL_CODES))),
        )
        for column in desk.comparison.columns
        for axis in desk.axes
        for counts in [
            Counter(desk.comparison.cell(p, column).value(axis).code for p in desk.comparison.places)
        ]
    )
    columns = (_("Column"), *LEVEL_CODES, _("Without a level"))
    return Table(_("Jurisdictions by level"), columns, rows, (0.5, *[0.07] * len(LEVEL_CODES), 0.15))


def gaps_table(desk: Desk) -> tuple[Part, ...]:
    """Confirmed gaps apart from unknowns, counted for each column and axis; few are named."""
    if not desk.comparison.columns:
        return ()
    intro = _(
        "A gap is confirmed where a search found nothing (0) or a measure is only proposed or being prepared "
        "(1), with the evidence for it. What is unknown is counted apart: it is not a gap."
    )
    _levels, unknown = readings(desk)
    by_code = Counter(cell.value(axis).code for cell, axis in unknown)
    told = tuple(text(f"{word('missing', code)}: {n}") for code, n in by_code.most_common())
    rows = tuple(row for column in desk.comparison.columns for row in _column(desk, column))
    columns = (_("Column"), _("Axis"), _("Confirmed gaps"), _("At least in part"), _("Without a level"))
    table = Table(_("Gaps and unknowns by column"), columns, rows, (0.3, 0.14, 0.28, 0.14, 0.14))
    parts = [Part("gaps", _("Gaps and unknowns"), 1, (text_block(intro), table))]
    counted = Bullets(told) if told else text_block(_("No reading is without a level."))
    parts.append(Part("unknown", _("Unknown, by reason"), 2, (counted,)))
    return tuple(parts)


def _column(desk: Desk, column: Column) -> Iterator[tuple[Runs, ...]]:
    cells = [desk.comparison.cell(p, column) for p in desk.comparison.places]
    for axis in desk.axes:
        gaps = [
            c for c in cells if c.value(axis).code in ("0", "1") and c.voice and not c.voice.claimed(axis)
        ]
        have = sum((c.value(axis).level or 0) >= 2 for c in cells)
        unknown = sum(not c.value(axis).is_level and c.value(axis).code != "not_applicable" for c in cells)
        yield (
            (Run(column_ref(column)),),
            (Run(axis_word(axis)),),
            _named(desk, [c.place for c in gaps], column),
            text(str(have)),
            text(str(unknown)),
        )


def _named(desk: Desk, places: list[Place], column: Column) -> Runs:
    runs = [Run(str(len(places)))]
    if 0 < len(places) <= MOST_NAMES:
        for n, place in enumerate(places):
            runs += [Run(", " if n else ": "), desk.cell_run(place, column)]
    return tuple(runs)
