"""The lens: what follows for another framework. Inferred, never reported, and never mixed with what was."""

from collections.abc import Iterator

from tracker.briefings.desk import Desk, text_block
from tracker.briefings.document import Block, Notice, Part, Run, Runs, Table, Text
from tracker.briefings.wording import axis_word
from tracker.compare.wording import item_ref, place_heading
from tracker.crosswalks.lens import Result, words
from tracker.crosswalks.reading import Line, Reading
from tracker.jurisdictions.queries import Place
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, word


def inferred(desk: Desk) -> tuple[Part, ...]:
    """A table of each jurisdiction; none where no crosswalk was read."""
    reading = desk.beside.lens
    if reading is None:
        return ()
    cover = reading.coverage
    said = _(
        "Read through the crosswalk from %(source)s to %(target)s, version %(version)s. It relates %(related)s of the "
        "%(items)s items of its target, %(levelled)s of them by a relation that can lend a level; %(reviewed)s of "
        "%(mappings)s mappings are reviewed."
    ) % {
        "source": reading.crosswalk.source_name,
        "target": reading.crosswalk.target_name,
        "version": reading.crosswalk.version,
        "related": cover.related,
        "items": cover.items,
        "levelled": cover.levelled,
        "reviewed": cover.reviewed,
        "mappings": cover.mappings,
    }
    warning = (
        Run(_("Inferred, not reported."), bold=True),
        Run(
            " "
            + _(
                "Nobody has said this of the other framework. It follows from what was reported and from how the two relate."
            )
        ),
    )
    link = f"{desk.base_url}/{desk.locale}/crosswalks/{reading.crosswalk.key}"
    head = Part(
        "lens",
        _("Seen through “%(title)s”") % {"title": reading.target.title},
        1,
        (Notice(warning), text_block(said), _source(link)),
    )
    return (head, *(_place(reading, place) for place in reading.comparison.places))


def _source(link: str) -> Block:
    return Text((Run(_("The crosswalk: ")), Run(link, href=link)))


def _place(reading: Reading, place: Place) -> Part:
    lines = reading.lines(place)
    follows = [line for line in lines if line.follows]
    blocks: list[Block] = []
    if follows:
        blocks.append(_table(reading, place, follows))
    else:
        blocks.append(text_block(_("No level follows for any item.")))
    if related := [line for line in lines if not line.follows]:
        blocks.append(_related(reading, place, related))
    return Part(
        f"lens-{place.code}", _("%(name)s, inferred") % {"name": place_heading(place)}, 2, tuple(blocks)
    )


def _table(reading: Reading, place: Place, lines: list[Line]) -> Table:
    axes = reading.comparison.query.axes
    columns = (_("Item"), *(_("%(axis)s (inferred)") % {"axis": axis_word(a)} for a in axes), _("Rests on"))
    rows = tuple(_row(reading, line, axes) for line in lines)
    share = 0.4 / len(axes)
    caption = _("%(name)s: what follows, inferred") % {"name": place_heading(place)}
    return Table(caption, columns, rows, (0.3, *(share for _a in axes), 0.3))


def _related(reading: Reading, place: Place, lines: list[Line]) -> Table:
    """What is reported supports these items, or is not known: no level follows, and the counterpart is named."""
    rows = tuple(
        (
            (Run(item_ref(line.item)),),
            (Run("; ".join(_counterparts(reading, line))),),
            (Run(_rating(reading, line)),),
        )
        for line in lines
    )
    return Table(
        _("%(name)s: related to what was reported, no level follows") % {"name": place_heading(place)},
        (_("Item"), _("Related to"), _("Rating by its source")),
        rows,
        (0.45, 0.35, 0.2),
    )


def _counterparts(reading: Reading, line: Line) -> Iterator[str]:
    yield from dict.fromkeys(
        item_ref(reading.source_items[side.key])
        for mapping in reading.by_target[line.item.key]
        for side in mapping.sources
    )


def _rating(reading: Reading, line: Line) -> str:
    rating = reading.target.rating(line.item.rating)
    return rating.label if rating else _("Not rated")


def _row(reading: Reading, line: Line, axes: tuple[Axis, ...]) -> tuple[Runs, ...]:
    results = [line.results[axis] for axis in axes]
    sources = dict.fromkeys(name for result in results for name in _sources(reading, result))
    return (
        (Run(item_ref(line.item)),),
        *((Run(_said(axis, result)),) for axis, result in zip(axes, results, strict=True)),
        (Run("; ".join(sources)),),
    )


def _said(axis: Axis, result: Result) -> str:
    if not result.follows:
        return _("Nothing follows")
    mark = result.verification
    firm = f" · {mark} " + word("verification", mark) if mark.startswith("V") else ""
    return words(axis, result.interval) + firm


def _sources(reading: Reading, result: Result) -> Iterator[str]:
    for mapping, _step in result.rests_on:
        for side in reading.by_id[mapping].sources:  # type: ignore[index]
            yield item_ref(reading.source_items[side.key])
