"""The part of a briefing that is read through a crosswalk: inferred, not reported, and never mixed with what was."""

from collections.abc import Iterator

from tracker.briefings.desk import Desk, text, text_block
from tracker.briefings.document import Block, Bullets, Facts, Notice, Part, Run, Runs, Table
from tracker.briefings.wording import axis_word
from tracker.compare.wording import item_name, listed, place_heading
from tracker.crosswalks.lens import words
from tracker.crosswalks.reading import Line, Reading
from tracker.crosswalks.through import derivation_path, evidence
from tracker.jurisdictions.queries import Place
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import word


def lens_parts(desk: Desk, reading: Reading | None) -> tuple[Part, ...]:
    """What follows for the other framework's items, jurisdiction by jurisdiction; nothing without a reading."""
    if reading is None:
        return ()
    parts = [Part("lens", _("Read through a crosswalk: inferred, not reported"), 1, tuple(_head(reading)))]
    for place in desk.comparison.places:
        heading = _("%(place)s, read as %(title)s") % {
            "place": place_heading(place),
            "title": reading.target.title,
        }
        parts.append(Part(f"lens-{place.code}", heading, 2, tuple(_of(desk, reading, place))))
    return tuple(parts)


def _head(reading: Reading) -> Iterator[Block]:
    crosswalk, covered = reading.crosswalk, reading.coverage
    told = _(
        "Nothing in this part was reported by anybody. It says what the items of %(target)s must be, given what was "
        "reported under %(source)s and how the two relate. Every measure in it is an equivalent one."
    )
    yield Notice(text(told % {"target": reading.target.title, "source": crosswalk.source_title}))
    if crosswalk.state != "published":
        state = _("The crosswalk is no published one: %(state)s.") % {
            "state": word("crosswalk", crosswalk.state)
        }
        yield Notice(text(state))
    of = {"total": covered.items}
    yield Facts(
        (
            (_("Crosswalk"), text(f"{crosswalk.title} · {crosswalk.key}@{crosswalk.version}")),
            (_("Related to something"), text(_("%(n)s of %(total)s items") % (of | {"n": covered.related}))),
            (
                _("By a relation that can lend a level"),
                text(_("%(n)s of %(total)s items") % (of | {"n": covered.levelled})),
            ),
            (
                _("Reviewed"),
                text(_("%(n)s of %(total)s mappings") % {"n": covered.reviewed, "total": covered.mappings}),
            ),
        )
    )
    yield text_block(
        _(
            "This is the coverage of the crosswalk. That of the adoption stands with each jurisdiction, and the two are never made into one number."
        )
    )


def _of(desk: Desk, reading: Reading, place: Place) -> Iterator[Block]:
    lines = reading.lines(place)
    adopted = []
    for axis in desk.axes:
        c = reading.adoption(place, axis)
        told = {"axis": axis_word(axis), "n": c.assessed, "total": c.total}
        adopted.append(_("%(axis)s: %(n)s of %(total)s cells have a level") % told)
    yield text_block(
        _("Reported under %(title)s: ") % {"title": reading.crosswalk.source_title} + "; ".join(adopted) + "."
    )
    following = [line for line in lines if line.follows]
    if following:
        share = 0.5 / len(desk.axes)
        yield Table(
            _("What follows: inferred, not reported"),
            (_("Item"), *(axis_word(axis) for axis in desk.axes), _("Weakest verification")),
            tuple(_row(desk, reading, place, line) for line in following),
            (0.32, *(share for _axis in desk.axes), 0.18),
        )
    else:
        yield text_block(_("No level follows for any item."))
    related = [line for line in lines if not line.follows]
    if related:
        yield text_block(
            _("Related, no level: what contributes is known, and nothing follows for the level.")
        )
        yield Bullets(tuple(_related(desk, reading, place, line) for line in related))


def _link(desk: Desk, reading: Reading, place: Place, line: Line) -> str:
    return desk.base_url + derivation_path(reading, place, line.item, desk.locale)


def _row(desk: Desk, reading: Reading, place: Place, line: Line) -> tuple[Runs, ...]:
    link = _link(desk, reading, place, line)
    told = tuple((Run(words(axis, result.interval), href=link),) for axis, result in line.results.items())
    marks = dict.fromkeys(result.verification for result in line.results.values() if result.follows)
    return ((Run(item_name(line.item)),), *told, (Run(", ".join(marks)),))


def _related(desk: Desk, reading: Reading, place: Place, line: Line) -> Runs:
    sources = dict.fromkeys(
        side.label
        for result in line.results.values()
        for mapping, _step in result.related
        for side in reading.by_id[mapping].sources  # type: ignore[index]
    )
    rated = evidence(reading, line.item)
    told = _(": %(sources)s.") % {"sources": listed(list(sources))} + (f" {rated}." if rated else "")
    return (Run(item_name(line.item), href=_link(desk, reading, place, line)), Run(told))
