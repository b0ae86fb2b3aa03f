"""On paper beside in practice: domain by domain, drawn from the same counts and cells as the matrix."""

from collections import Counter
from collections.abc import Iterator

from tracker.briefings.desk import Desk, text_block
from tracker.briefings.document import Block, Chart, Mark, Part
from tracker.briefings.wording import axis_word
from tracker.charts.layout import key_codes, words
from tracker.charts.spec import CoverageBars, Covered, Dumbbell, LevelBars, Pair, Spec, Stack, is_level
from tracker.compare.comparison import Column, coverage
from tracker.compare.wording import item_ref
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import LEVEL_CODES, MISSING_CODES, Axis, Domain, value, word

# More pairs than this in one drawing are no longer compared by eye.
MOST_PAIRS = 22


def chart(spec: Spec) -> Chart:
    """A chart with the key to its signs."""
    return Chart(spec, tuple(Mark("", code, told) for code, told in words(key_codes(spec))))


def coverage_charts(desk: Desk) -> Iterator[Block]:
    """A bar for each jurisdiction, for each axis; for a register the table of jurisdictions says it."""
    if not desk.in_full or not desk.comparison.columns:
        return
    for axis in desk.axes:
        counts = [(p, coverage(desk.whole, p, axis)) for p in desk.comparison.places]
        if not any(c.assessed for _p, c in counts):
            told = _("%(axis)s: none of the %(total)s cells that apply has a level.")
            yield text_block(told % {"axis": axis_word(axis), "total": sum(c.total for _p, c in counts)})
            continue
        rows = (Covered(p.name, c.assessed, c.total, c.not_applicable, c.claimed) for p, c in counts)
        yield Chart(
            CoverageBars(
                _("How much is known, %(axis)s") % {"axis": axis_word(axis).lower()},
                _("Of the cells that apply, those that have a level; what is only claimed is told apart."),
                tuple(rows),
            )
        )


def sides(desk: Desk) -> tuple[Part, ...]:
    """A part for each domain of which something is said; none where only one axis is asked for."""
    if len(desk.axes) < 2 or not desk.comparison.columns:
        return ()
    told = [part for domain in desk.comparison.domains if (part := _domain(desk, domain))]
    if not told:
        return ()
    intro = _(
        "What stands on paper beside what is done in practice. The two axes are never added up or subtracted; "
        "where a reading has no level, it stands apart from the scale."
    )
    return (Part("domains", _("On paper beside in practice"), 1, (text_block(intro),)), *told)


def _domain(desk: Desk, domain: Domain) -> Part | None:
    columns = [c for c in desk.comparison.columns if c[1] is domain]
    cells = [desk.comparison.cell(p, c) for p in desk.comparison.places for c in columns]
    if not any(cell.voices for cell in cells):
        return None
    name = _("All cells") if domain is Domain.ALL else word("domain", domain.value)
    blocks: list[Block] = [_drawn(_bars(desk, columns, axis, name)) for axis in desk.axes]
    blocks += _pairs(desk, columns, name)
    return Part(f"domain-{domain.value}", name, 2, tuple(blocks))


def _drawn(bars: LevelBars) -> Block:
    """The chart; where there is no level at all, a sentence says more than empty bars."""
    counts = Counter(dict.fromkeys(MISSING_CODES, 0))
    for row in bars.rows:
        counts.update(dict(row.counts))
    if any(counts[code] for code in LEVEL_CODES):
        return chart(bars)
    why = ", ".join(f"{value(bars.axis, code).word} {counts[code]}" for code in MISSING_CODES if counts[code])
    return text_block(_("%(title)s: no cell has a level (%(why)s).") % {"title": bars.title, "why": why})


def _bars(desk: Desk, columns: list[Column], axis: Axis, name: str) -> LevelBars:
    """For each jurisdiction, or in a register for each column, how many cells have each level."""
    comparison = desk.comparison
    if desk.in_full:
        selected = [c for c in desk.whole.columns if c[1] is columns[0][1]]
        groups = [(p.name, [comparison.cell(p, c) for c in selected]) for p in comparison.places]
        unit = _("Cells of each jurisdiction by level, then those without one.")
    else:
        groups = [(item_ref(c[0]), [comparison.cell(p, c) for p in comparison.places]) for c in columns]
        unit = _("Jurisdictions by level, then those without one.")
    rows = []
    for label, cells in groups:
        counts = Counter(cell.value(axis).code for cell in cells)
        order = [*LEVEL_CODES, *MISSING_CODES]
        rows.append(Stack(label, tuple((code, counts[code]) for code in order if counts[code])))
    title = _("%(name)s, %(axis)s") % {"name": name, "axis": axis_word(axis).lower()}
    return LevelBars(title, unit, axis, tuple(rows))


def _pairs(desk: Desk, columns: list[Column], name: str) -> Iterator[Block]:
    """The cells that have a level on some axis, one line each."""
    if not desk.in_full:
        return
    several = len(desk.comparison.places) > 1
    pairs = []
    for column in columns:
        for place in desk.comparison.places:
            cell = desk.comparison.cell(place, column)
            first, second = (cell.value(axis) for axis in (Axis.COMMITMENT, Axis.PRACTICE))
            if first.is_level or second.is_level:
                item = column[0].source_number or item_ref(column[0])
                label = f"{place.name}: {item}" if several else item_ref(column[0])
                pairs.append(Pair(label, first.code, second.code))
    if not any(is_level(pair.first) and is_level(pair.second) for pair in pairs):
        yield text_block(_("No cell here has a level on both axes, so there are none to set side by side."))
        return
    title = _("%(name)s: each cell with a level, on paper and in practice") % {"name": name}
    summary = _("A full dot is the level on paper, an open square that in practice.")
    drawings = -(-len(pairs) // MOST_PAIRS)
    each = -(-len(pairs) // drawings)  # nearly equal, so that no drawing has a pair alone
    for n in range(drawings):
        more = f" ({n + 1}/{drawings})" if drawings > 1 else ""
        yield Chart(Dumbbell(title + more, summary, tuple(pairs[n * each : (n + 1) * each])))
