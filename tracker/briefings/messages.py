"""The key messages: plain sentences by fixed rules, each with the cells it rests on.

These are offered, in this order, each where there is something to say:
- `coverage`: how many cells of each jurisdiction have a level, on each axis;
- `common` (two or more jurisdictions and some level): the cells in which all of them have a level;
- `differences` (likewise): the first cell and axis with the widest range of levels, or, where no levels differ,
  what is known of one jurisdiction only;
- `gaps` (some level): how many readings are confirmed gaps, that is 0 or 1 with evidence;
- `change` (an earlier day or edition was chosen): how many readings have changed since, and how;
- `unknown`, where readings without a level outnumber those with one or no cell has a level on both axes; else
  `beside`: paper beside practice;
- `firmness`: how many levels are claimed and reviewed, and which cells are contested.

Five at most are the first choice; what is left out first is `common`, then `firmness`. A person may choose others.
A reading is one axis of one cell. Where several voices are shown, the first of a cell is counted. All are over the
whole selection: what `show` and `principle` keep of it is what is drawn.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tracker.briefings.counts import Reading, readings, shared_columns, spread, with_both_axes
from tracker.briefings.desk import Desk
from tracker.briefings.document import Run, Runs
from tracker.briefings.moves import moves
from tracker.briefings.wording import axis_word, day
from tracker.compare.caveats import claimed_told
from tracker.compare.comparison import Column, ComparedCell, Comparison, Coverage, coverage
from tracker.compare.wording import MOST_NAMES, column_ref, columns_ref, listed, named
from tracker.jurisdictions.queries import Place
from tracker.kit.i18n import gettext as _
from tracker.kit.i18n import ngettext
from tracker.kit.vocabulary import Axis, Basis, word

KEYS = ("coverage", "common", "differences", "gaps", "change", "unknown", "beside", "firmness")
MOST = 5


@dataclass(frozen=True, slots=True)
class Generated:
    """A message as the rules give it. `first_choice`: whether it is among the few of a briefing nobody edited.

    `cells`: all that it rests on, some of them more than once; `references` may show a few only.
    """

    key: str
    title: str
    sentence: str
    references: Runs = ()
    cells: tuple[ComparedCell, ...] = ()
    first_choice: bool = True

    @property
    def runs(self) -> Runs:
        return (Run(self.title, bold=True), Run(" " + self.sentence), *self.references)


def generated(desk: Desk) -> tuple[Generated, ...]:
    """All that the rules give; nothing where no column is shown."""
    if not desk.comparison.columns:
        return ()
    found = dict(_offered(replace(desk, comparison=desk.whole)))
    left_out = [key for key in ("common", "firmness") if key in found][: max(len(found) - MOST, 0)]
    return tuple(replace(m, key=key, first_choice=key not in left_out) for key, m in found.items())


def _offered(desk: Desk) -> Iterator[tuple[str, Generated]]:
    levels, unknown = readings(desk)
    yield "coverage", _coverage(desk)
    if len(desk.comparison.places) > 1 and levels:
        yield "common", _in_common(desk)
        yield "differences", _apart(desk)
    if levels:
        yield "gaps", _gaps(desk, levels, len(levels) + len(unknown))
    if desk.beside.earlier:
        yield "change", _change(desk, desk.beside.earlier)
    both = with_both_axes(desk)
    if len(unknown) > len(levels) or not both:
        yield "unknown", _unknown(desk, levels, unknown)
    else:
        yield "beside", _beside(desk, both)
    yield "firmness", _firmness(desk, levels)


Rested = tuple[Runs, tuple[ComparedCell, ...]]  # how a message leads to what it rests on, and all of that


def _message(title: str, sentence: str, rested: Rested = ((), ())) -> Generated:
    return Generated("", title, sentence, *rested)


def _see(desk: Desk, told: str, anchor: str, rested: Iterable[Reading] = ()) -> Rested:
    runs = (Run(" " + _("See") + " "), Run(told, href=desk.place("gaps", anchor)), Run("."))
    return runs, tuple(cell for cell, _axis in rested)


def _refs(desk: Desk, rested: list[Reading]) -> Rested:
    runs = desk.references((cell.place, (cell.item, cell.domain)) for cell, _axis in rested)
    return runs, tuple(cell for cell, _axis in rested)


def _coverage(desk: Desk) -> Generated:
    """Each jurisdiction's own counts; together, where they are too many to list."""
    comparison = desk.comparison
    counts = {p: {a: coverage(comparison, p, a) for a in desk.axes} for p in comparison.places}
    if len(comparison.places) > MOST_NAMES:
        told = listed([_axis_count(a, [c[a] for c in counts.values()]) for a in desk.axes])
        sentence = _("Of the cells of all %(count)s jurisdictions, a level is recorded for %(told)s.") % {
            "count": len(comparison.places),
            "told": told,
        }
    else:
        parts = [
            f"{place.name} " + ", ".join(_axis_count(axis, [c]) for axis, c in by_axis.items())
            for place, by_axis in counts.items()
        ]
        sentence = _("Cells that have a level: %(told)s.") % {"told": "; ".join(parts)}
    return _message(_("Coverage."), sentence, _refs(desk, readings(desk)[0]))


def _axis_count(axis: Axis, counts: list[Coverage]) -> str:
    numbers = {"n": sum(c.assessed for c in counts), "total": sum(c.total for c in counts)}
    left_out = sum(c.not_applicable for c in counts)
    on_paper = axis is Axis.COMMITMENT
    told = _("%(n)s of %(total)s on paper") if on_paper else _("%(n)s of %(total)s in practice")
    if left_out:
        told += " " + _("(%(left)s not applicable)")
    return told % {**numbers, "left": left_out}


def _in_common(desk: Desk) -> Generated:
    title = _("In common.")
    places, columns = desk.comparison.places, len(desk.comparison.columns)
    for axis in desk.axes:
        shared = shared_columns(desk, axis)
        if not shared:
            continue
        cells = [desk.comparison.cell(p, c) for c in shared for p in places]
        same = sum(len({desk.comparison.cell(p, c).value(axis).code for p in places}) == 1 for c in shared)
        sentence = _in_common_sentence(cells, axis) % {
            "names": named(places),
            "axis": axis_word(axis).lower(),
            "told": columns_ref(shared, 3),
        }
        counts = _("That is %(n)s of %(total)s columns; in %(same)s of them the level is the same.") % {
            "n": len(shared),
            "total": columns,
            "same": same,
        }
        return _message(title, f"{sentence} {counts}", _refs(desk, [(c, axis) for c in cells]))
    return _message(title, _("No cell has a level for every jurisdiction compared."))


def _in_common_sentence(cells: list[ComparedCell], axis: Axis) -> str:
    """Equivalents are called so: to have one is not to have adopted the competencies."""
    equivalent = all(c.voice and c.voice.basis is Basis.EQUIVALENT for c in cells)
    if equivalent and axis is Axis.COMMITMENT and all((c.value(axis).level or 0) >= 2 for c in cells):
        return _("%(names)s each have an equivalent measure, %(axis)s, for %(told)s.")
    return _("%(names)s each have a level, %(axis)s, for %(told)s.")


def _apart(desk: Desk) -> Generated:
    spreads = {(c, a): spread(desk, c, a) for c in desk.comparison.columns for a in desk.axes}
    widest = max(spreads.values(), default=0)
    if not widest:
        return _known_of_one(desk)
    column, axis = next(key for key, value in spreads.items() if value == widest)
    others = sum(value == widest for value in spreads.values()) - 1
    cells = [desk.comparison.cell(p, column) for p in desk.comparison.places]
    known = sorted((c for c in cells if c.value(axis).is_level), key=lambda c: -(c.value(axis).level or 0))
    ends = {known[0].value(axis).code, known[-1].value(axis).code}
    told = []
    for code in sorted(ends, reverse=True):
        at = [c for c in known if c.value(axis).code == code]
        told.append(at[0].value(axis).word + f" ({code}): " + named([c.place for c in at]))
    sentence = _("%(column)s, %(axis)s – %(told)s.") % {
        "column": column_ref(column),
        "axis": axis_word(axis).lower(),
        "told": "; ".join(told),
    }
    if others:
        sentence += " " + ngettext(
            "%(count)s more reading is as far apart.", "%(count)s more readings are as far apart.", others
        ) % {"count": others}
    at_ends = [(c, axis) for c in known if c.value(axis).code in ends]
    return _message(_("Furthest apart."), sentence, _refs(desk, at_ends))


def _known_of_one(desk: Desk) -> Generated:
    """No levels differ: what is recorded of one jurisdiction only, which says nothing of the others."""
    alone: dict[tuple[Axis, Place], list[Column]] = {}
    compared = False
    for axis in desk.axes:
        for column in desk.comparison.columns:
            cells = [desk.comparison.cell(p, column) for p in desk.comparison.places]
            known = [c for c in cells if c.value(axis).is_level]
            compared = compared or len(known) > 1
            if len(known) == 1:
                alone.setdefault((axis, known[0].place), []).append(column)
    sentences = [
        _("Where more than one jurisdiction has a level, the levels do not differ.")
        if compared
        else _("No two jurisdictions have a level for the same item, so none can be compared.")
    ]
    sentences += [
        _(
            "Only %(place)s has a level, %(axis)s, for %(told)s. Elsewhere these cells have no level, which "
            "says nothing about adoption there."
        )
        % {"place": place.name, "axis": axis_word(axis).lower(), "told": columns_ref(columns, 4)}
        for (axis, place), columns in list(alone.items())[:2]
    ]
    rested = [
        (desk.comparison.cell(place, column), axis)
        for (axis, place), columns in list(alone.items())[:2]
        for column in columns
    ]
    return _message(_("Differences."), " ".join(sentences), _refs(desk, rested))


def _gaps(desk: Desk, levels: list[Reading], total: int) -> Generated:
    """Only what is evidenced is a gap; claimed zeros and unknowns are none."""
    title = _("Confirmed gaps.")
    confirmed = [
        (c, a) for c, a in levels if c.value(a).code in ("0", "1") and c.voice and not c.voice.claimed(a)
    ]
    if not confirmed:
        return _message(
            title,
            _("None of the %(total)s readings is a confirmed gap: a 0 or 1 with its evidence.")
            % {"total": total},
            _see(desk, _("gaps and unknowns"), "gaps"),
        )
    none_found = sum(c.value(a).code == "0" for c, a in confirmed)
    sentence = ngettext(
        "%(n)s of %(total)s readings is a confirmed gap: %(zero)s where a search found nothing, %(one)s proposed or "
        "being prepared.",
        "%(n)s of %(total)s readings are confirmed gaps: %(zero)s where a search found nothing, %(one)s proposed or "
        "being prepared.",
        len(confirmed),
    ) % {"n": len(confirmed), "total": total, "zero": none_found, "one": len(confirmed) - none_found}
    return _message(title, sentence, _refs(desk, confirmed))


def _change(desk: Desk, earlier: Comparison) -> Generated:
    """Rising, falling, levels gained and lost are told apart: an answer where there was none is no progress."""
    moved = moves(earlier, desk.comparison)
    numbers = {
        "since": day(earlier.at.on),
        "n": len(moved),
        "total": len(desk.comparison.columns) * len(desk.comparison.places) * len(desk.axes),
    } | {kind: sum(m.kind == kind for m in moved) for kind in ("up", "down", "new", "lost", "other")}
    if not moved:
        sentence = _("Since %(since)s none of the %(total)s readings has changed.") % numbers
        return _message(_("Change."), sentence)
    sentence = (
        ngettext(
            "Since %(since)s %(n)s of %(total)s readings has changed: %(up)s rose, %(down)s fell, %(new)s got a "
            "level where there was none, %(lost)s lost theirs, %(other)s have another reason for having none.",
            "Since %(since)s %(n)s of %(total)s readings have changed: %(up)s rose, %(down)s fell, %(new)s got a "
            "level where there was none, %(lost)s lost theirs, %(other)s have another reason for having none.",
            len(moved),
        )
        % numbers
    )
    return _message(_("Change."), sentence, _refs(desk, [(m.after, m.axis) for m in moved]))


def _unknown(desk: Desk, levels: list[Reading], unknown: list[Reading]) -> Generated:
    total = len(levels) + len(unknown)
    by_code = Counter(cell.value(axis).code for cell, axis in unknown)
    told = listed([f"{word('missing', code)} {count}" for code, count in by_code.most_common()])
    numbers = {"n": len(unknown), "total": total, "told": told}
    if not unknown:
        sentence = _("None of the %(total)s readings is without a level.") % numbers
    elif len(unknown) > len(levels):
        sentence = (
            _(
                "Most is unknown: %(n)s of %(total)s readings have no level (%(told)s). Unknown is not zero: "
                "it says nothing about adoption."
            )
            % numbers
        )
    else:
        sentence = (
            ngettext(
                "%(n)s of %(total)s readings has no level (%(told)s).",
                "%(n)s of %(total)s readings have no level (%(told)s).",
                len(unknown),
            )
            % numbers
        )
    rested = _see(desk, _("what is unknown"), "unknown", unknown) if unknown else ((), ())
    return _message(_("Unknown."), sentence, rested)


def _beside(desk: Desk, both: list[ComparedCell]) -> Generated:
    """The axes are never subtracted: this counts what is adopted and not seen in use."""
    unused = [
        c
        for c in both
        if (c.value(Axis.COMMITMENT).level or 0) >= 2 and (c.value(Axis.PRACTICE).level or 0) < 2
    ]
    sentence = _(
        "Of %(total)s cells with a level on both axes, %(n)s are adopted at least in part on paper and not "
        "yet in use in practice (none found or preparing)."
    ) % {"total": len(both), "n": len(unused)}
    return _message(
        _("Paper beside practice."), sentence, _refs(desk, [(c, Axis.COMMITMENT) for c in unused])
    )


def _firmness(desk: Desk, levels: list[Reading]) -> Generated:
    contested = [cell for cell in desk.comparison.rows() if cell.contested]
    marks = [(c, a) for c, a in levels if c.voice and c.voice.claimed(a)]
    reviewed = sum(bool(c.voice and c.voice.verification(a) in ("V2", "V3")) for c, a in levels)
    if levels:
        told = [claimed_told(len(marks), len(levels)), _reviewed(reviewed, len(levels))]
    else:
        told = [_("No level is recorded, so there is none to verify.")]
    told.append(
        ngettext("%(count)s cell is contested.", "%(count)s cells are contested.", len(contested))
        % {"count": len(contested)}
        if contested
        else _("No cell is contested.")
    )
    cells = [*marks, *((cell, Axis.COMMITMENT) for cell in contested)]
    return _message(_("Firmness."), " ".join(told), _refs(desk, cells))


def _reviewed(count: int, total: int) -> str:
    if not count:
        return _("None has been reviewed by another organisation.")
    return ngettext(
        "%(count)s of %(total)s has been reviewed by another organisation, which agrees.",
        "%(count)s of %(total)s have been reviewed by another organisation, which agrees.",
        count,
    ) % {"count": count, "total": total}
