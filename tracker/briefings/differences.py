"""Differences told in sentences; confirmed gaps apart from what is unknown."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tracker.briefings.counts import spread
from tracker.briefings.desk import Desk, joined, text_block
from tracker.briefings.document import Bullets, Part, Run, Runs, Table, Text
from tracker.briefings.register import gaps_table, levels_table
from tracker.briefings.wording import axis_word, means
from tracker.compare.comparison import Column, ComparedCell, coverage
from tracker.compare.wording import MOST_NAMES, cell_ref, column_ref
from tracker.entries.standing import Standing
from tracker.jurisdictions.queries import Place
from tracker.kit.i18n import gettext as _
from tracker.kit.i18n import ngettext
from tracker.kit.vocabulary import Axis, Domain, word


def differences(desk: Desk) -> Part | None:
    """Column by column: levels that differ, levels that only some have, levels alike. None for one place."""
    comparison = desk.comparison
    if len(comparison.places) < 2 or not comparison.columns:
        return None
    kinds: dict[str, list[Column]] = {"differ": [], "some": [], "same": [], "none": []}
    for column in comparison.columns:
        kinds[_kind(desk, column)].append(column)
    heads = {
        "differ": _("Levels differ"),
        "some": _("A level for some only, so there is nothing to compare it with"),
        "same": _("The same level for all"),
    }
    blocks: list[Text | Bullets | Table] = []
    for kind, head in heads.items():
        if kinds[kind]:
            blocks.append(Text((Run(f"{head} ({len(kinds[kind])})", bold=True),)))
            if desk.in_full:
                blocks.append(Bullets(tuple(_sentence(desk, column) for column in kinds[kind])))
    if silent := len(kinds["none"]):
        told = ngettext(
            "For the other column no jurisdiction has a level.",
            "For the other %(count)s columns no jurisdiction has a level.",
            silent,
        )
        if silent == len(comparison.columns):
            told = _("No jurisdiction has a level in any column.")
        blocks.append(text_block(told % {"count": silent}))
    if not desk.in_full:
        blocks.append(levels_table(desk))
    return Part("differences", _("Where they agree and differ"), 2, tuple(blocks))


def _kind(desk: Desk, column: Column) -> str:
    if any(spread(desk, column, axis) for axis in desk.axes):
        return "differ"
    cells = [desk.comparison.cell(p, column) for p in desk.comparison.places]
    known = [[c.value(axis).is_level for c in cells] for axis in desk.axes]
    if not any(any(row) for row in known):
        return "none"
    return "some" if any(any(row) and not all(row) for row in known) else "same"


def _sentence(desk: Desk, column: Column) -> Runs:
    runs = [Run(column_ref(column) + ".", bold=True)]
    for axis in desk.axes:
        cells = [desk.comparison.cell(p, column) for p in desk.comparison.places]
        runs.append(Run(f" {axis_word(axis)} – "))
        if any(cell.value(axis).code != "not_assessed" for cell in cells):
            runs += joined(_groups(desk, cells, axis), "; ")
        else:
            runs.append(Run(_("not assessed for all")))
        runs.append(Run("."))
    return tuple(runs)


def _groups(desk: Desk, cells: list[ComparedCell], axis: Axis) -> Iterator[Runs]:
    """Those who have the same reading in one group, the highest level first, the unknown last."""
    groups: dict[tuple[int, str], list[ComparedCell]] = {}
    for cell in cells:
        reading = cell.value(axis)
        order = -1 if reading.level is None else reading.level
        groups.setdefault((-order, _told(cell, axis)), []).append(cell)
    for (_order, told), alike in sorted(groups.items(), key=lambda group: group[0]):
        if len(alike) > MOST_NAMES:
            yield (Run(f"{told}: "), Run(_("%(count)s jurisdictions") % {"count": len(alike)}))
        else:
            yield (Run(f"{told}: "), *joined(_name(desk, cell, axis) for cell in alike))


def _told(cell: ComparedCell, axis: Axis) -> str:
    """The word of a reading; on paper also whether by name or by an equivalent measure."""
    reading = cell.value(axis)
    by = cell.voice.basis if cell.voice and reading.level and axis is Axis.COMMITMENT else None
    return reading.word + means(by)


def _name(desk: Desk, cell: ComparedCell, axis: Axis) -> Runs:
    marks = desk.marks(cell.voice, axis) if cell.voice else ()
    return (Run(cell.place.name, href=desk.cell_url(cell)), *marks)


def gaps(desk: Desk) -> tuple[Part, ...]:
    """Level 0 or 1 with its evidence is a confirmed gap; what has no level is unknown, and no gap."""
    if not desk.comparison.columns:
        return ()
    if not desk.in_full:
        return gaps_table(desk)
    found = tuple(_gaps(desk))
    intro = _(
        "A gap is confirmed where a search found nothing (0) or a measure is only proposed or being prepared "
        "(1), with the evidence for it. What is unknown is listed apart: it is not a gap."
    )
    confirmed: Text | Bullets = Bullets(found) if found else text_block(_("No gap is confirmed."))
    return (
        Part("gaps", _("Gaps and unknowns"), 1, (text_block(intro),)),
        Part("gaps-confirmed", _("Confirmed gaps"), 2, (confirmed,)),
        Part("unknown", _("Unknown"), 2, tuple(_unknown(desk))),
    )


def _gaps(desk: Desk) -> Iterator[Runs]:
    have = _having(desk)
    for cell in desk.comparison.rows():
        for voice in cell.voices:
            told = [
                (
                    Run(axis_word(axis) + ": "),
                    *desk.level(voice, axis),
                    *_elsewhere(desk, cell, axis, have[cell.item.id, cell.domain, axis]),
                )
                for axis in desk.axes
                if voice.on(axis).code in ("0", "1") and not voice.claimed(axis)
            ]
            if told:
                by = f" ({voice.organisation_name})" if len(cell.voices) > 1 else ""
                head = desk.cell_run(cell.place, (cell.item, cell.domain))
                yield (head, Run(f"{by}. "), *joined(told, ". "), Run("."))


Having = dict[tuple[int, Domain, Axis], list[ComparedCell]]


def _having(desk: Desk) -> Having:
    """For each column and axis the cells that are adopted, or in use, at least in part."""
    have: Having = defaultdict(list)
    for cell in desk.comparison.rows():
        for axis in desk.axes:
            if (cell.value(axis).level or 0) >= 2:
                have[cell.item.id, cell.domain, axis].append(cell)
    return have


def _elsewhere(desk: Desk, cell: ComparedCell, axis: Axis, have: list[ComparedCell]) -> Iterator[Run]:
    """Who in this comparison has it at least in part, and on what evidence."""
    # Another voice may have it in this very cell, which is not elsewhere.
    count = len(have) - ((cell.value(axis).level or 0) >= 2)
    if count > MOST_NAMES:
        yield Run(_("; at least in part elsewhere: %(count)s jurisdictions") % {"count": count})
    elif count:
        yield Run(_("; at least in part elsewhere: "))
        yield from joined(_name(desk, other, axis) for other in have if other is not cell)


def _unknown(desk: Desk) -> Iterator[Text | Bullets]:
    comparison = desk.whole
    silent = [p for p in comparison.places if not _voices(desk, p)]
    spoken = [p for p in comparison.places if _voices(desk, p)]
    if silent:
        names = ", ".join(p.name for p in silent)
        yield text_block(
            _("No entry is read here for %(names)s: all %(count)s cells of each read “not assessed”.")
            % {"names": names, "count": len(comparison.columns)},
            desk.filtered,
        )
    counts = tuple(_counts(desk, place) for place in spoken)
    if counts:
        yield Bullets(counts)
    told = tuple(_told_why(desk))
    if told:
        yield Text((Run(_("Asked or looked into, and still without a level:"), bold=True),))
        yield Bullets(told)


def _voices(desk: Desk, place: Place) -> list[Standing]:
    return [v for c in desk.whole.columns for v in desk.whole.cell(place, c).voices]


def _counts(desk: Desk, place: Place) -> Runs:
    """How many readings of a jurisdiction have no level, and why, per axis."""
    parts = []
    for axis in desk.axes:
        codes = Counter(
            reading.code
            for column in desk.whole.columns
            if not (reading := desk.whole.cell(place, column).value(axis)).is_level
            and reading.code != "not_applicable"
        )
        total = coverage(desk.whole, place, axis).total
        if not codes:
            parts.append(_("%(axis)s: every cell that applies has a level") % {"axis": axis_word(axis)})
            continue
        why = ", ".join(f"{word('missing', code)} {n}" for code, n in codes.most_common())
        told = _("%(axis)s: %(n)s of %(total)s cells without a level") % {
            "axis": axis_word(axis),
            "n": codes.total(),
            "total": total,
        }
        parts.append(f"{told} ({why})" if why else told)
    return (Run(place.name + ".", bold=True), Run(" " + ". ".join(parts) + "."))


def _told_why(desk: Desk) -> Iterator[Runs]:
    """The readings that somebody left without a level on purpose, with what they say of it."""
    for cell in desk.comparison.rows():
        for voice in cell.voices:
            told = [
                f"{axis_word(axis)}: {voice.on(axis).word}"
                for axis in desk.axes
                if voice.on(axis).code in ("inconclusive", "no_response", "withheld")
            ]
            if told:
                note = f" {voice.note}" if voice.note else ""
                name = cell_ref(cell.place, (cell.item, cell.domain))
                link = Run(name, href=desk.cell_url(cell))
                yield (link, Run(". " + ". ".join(told) + "." + note))
