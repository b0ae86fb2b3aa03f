"""How the record is made, what this selection calls for caution about, context, and how to cite."""

from collections.abc import Iterator

from tracker.briefings.desk import Desk, text_block
from tracker.briefings.document import Bullets, Part, Run, Runs, Table
from tracker.briefings.wording import axis_word, day, moment
from tracker.compare.caveats import caveats
from tracker.compare.wording import listed, named
from tracker.kit.i18n import gettext as _
from tracker.kit.i18n import ngettext
from tracker.kit.vocabulary import LEVEL_CODES, Axis, Source, value, word


def method(desk: Desk) -> tuple[Part, ...]:
    at = desk.comparison.at
    blocks = (
        text_block(
            _(
                "Organisations with a mandate enter what they know of a cell: a level on each axis, or why "
                "there is none, with the instruments it rests on. Whoever submits an entry does not publish "
                "it. What is published is never overwritten: changes, corrections, withdrawals, reviews and "
                "replies are added, each with its time."
            )
        ),
        _least_evidence(desk.axes),
        Bullets(tuple(_rules(desk))),
        text_block(
            _(
                "This briefing reads what is in force on %(on)s, from what had been published by %(as_of)s. "
                "An unknown start counts from publication. The same record gives the same briefing."
            )
            % {"on": day(at.on), "as_of": moment(at.as_of)}
        ),
    )
    cautions = tuple((Run(told),) for told in _caveats(desk))
    return (
        Part("method", _("Method and limitations"), 1, blocks),
        Part("caveats", _("Cautions for this selection"), 2, (Bullets(cautions),)),
    )


def _least_evidence(axes: tuple[Axis, ...]) -> Table:
    """Per level, on each axis asked for: the word and what must be there at the least."""
    rows: list[tuple[Runs, ...]] = []
    for code in LEVEL_CODES:
        row: list[Runs] = [(Run(code),)]
        for axis in axes:
            meaning = value(axis, code).word
            row.append((Run(f"{meaning}: " + word(f"evidence.{axis.value}", code)),))
        rows.append(tuple(row))
    share = 0.88 / len(axes)
    return Table(
        _("The least evidence of each level"),
        (_("Level"), *(axis_word(a) for a in axes)),
        tuple(rows),
        (0.12, *(share for _axis in axes)),
    )


def _rules(desk: Desk) -> Iterator[Runs]:
    heard = {
        Source.BEST: _(
            "Where several organisations speak of a cell, one whole entry is read: the best verified, then "
            "the most recent, never the highest."
        ),
        Source.SELF: _("Only self-reports are read."),
        Source.INDEPENDENT: _("Only independent assessments are read."),
        Source.ALL: _(
            "Every voice is shown. Counts and sentences read the first voice of a cell, a self-report where "
            "there is one."
        ),
    }
    for title, told in (
        (
            _("Who may speak."),
            _(
                "The nearest steward of a jurisdiction reports for it; assessors with a mandate assess it "
                "independently. A steward may reply to an assessment, and the reply is published whole."
            ),
        ),
        (_("Which voice is read."), heard[desk.comparison.query.source]),
        (
            _("Claimed."),
            _("A level without its least evidence is kept and shown, marked claimed, V0."),
        ),
        (
            _("Verification."),
            _(
                "It is derived from the record, never entered: V1 when the least evidence is there, "
                "V2 when another organisation agrees, V3 when an independent organisation confirms it from "
                "another source."
            ),
        ),
    ):
        yield (Run(title, bold=True), Run(" " + told))


def _caveats(desk: Desk) -> Iterator[str]:
    if told := withdrawn_told(desk):
        yield told
    yield from caveats(desk.comparison)
    yield from _of_the_sources(desk)


def withdrawn_told(desk: Desk) -> str:
    """What was withdrawn after this was frozen, in a sentence or two; "" where nothing was."""
    gone = desk.beside.withdrawn
    if gone is None:
        return ""
    told = ngettext(
        "After this was frozen, by %(day)s, an entry was withdrawn that %(count)s cell rests on: it is told here as "
        "it was frozen.",
        "After this was frozen, by %(day)s, entries were withdrawn that %(count)s cells rest on: they are told here as "
        "they were frozen.",
        gone.cells,
    ) % {"day": day(gone.last), "count": gone.cells}
    if not gone.places:
        return told
    return f"{told} " + _("Nothing is left of what is told of %(names)s.") % {
        "names": named(list(gone.places))
    }


def _of_the_sources(desk: Desk) -> Iterator[str]:
    instruments = [s for s in desk.register.sources if s.kind == "instrument"]
    second_hand = [s.number for s in instruments if (e := s.uses[0].evidence) and e.provenance == "secondary"]
    if second_hand:
        yield _("Seen in another's copy, so to be checked against the original: %(numbers)s.") % {
            "numbers": _numbered(second_hand)
        }
    undated = [s.number for s in instruments if (e := s.uses[0].evidence) and e.dated is None]
    if undated:
        yield _("The date is not known of %(numbers)s.") % {"numbers": _numbered(undated)}
    unquoted = sum(not any(u.evidence and u.evidence.quote for u in s.uses) for s in instruments)
    if unquoted:
        yield ngettext(
            "%(count)s of %(total)s instruments is cited without a quote: read it at its link.",
            "%(count)s of %(total)s instruments are cited without a quote: read them at their links.",
            unquoted,
        ) % {"count": unquoted, "total": len(instruments)}


def _numbered(numbers: list[int]) -> str:
    return listed([f"[{n}]" for n in numbers])
