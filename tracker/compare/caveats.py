"""What a selection calls for caution about, in sentences: the same on the page and in a briefing."""

from collections.abc import Iterator

from tracker.compare.comparison import Comparison
from tracker.compare.wording import named
from tracker.entries.standing import Standing
from tracker.kit.i18n import gettext as _
from tracker.kit.i18n import ngettext
from tracker.kit.vocabulary import Axis, Basis, Source, word


def caveats(comparison: Comparison) -> Iterator[str]:
    """The cautions, the gravest first: of the whole selection, whatever is shown of it, as all figures are."""
    yield from _of_the_query(comparison)
    yield from _of_the_levels(comparison.whole)
    yield from _of_the_voices(comparison.whole)
    if comparison.framework.left_to_import:
        yield _(
            "Levels are of the items as titled: the %(parts)s of this framework are not yet in the record."
        ) % {"parts": comparison.framework.left_to_import}


def filtered(comparison: Comparison) -> str:
    """A warning where the query leaves entries out, so that "not assessed" may mean: not read here; else ""."""
    query = comparison.query
    if query.basis:
        return _(
            "Only entries of the basis “%(basis)s” are read. Where a cell reads “not assessed”, an entry "
            "of another basis may exist."
        ) % {"basis": word("basis", query.basis.value)}
    if query.source in (Source.SELF, Source.INDEPENDENT):
        return _(
            "Only one kind of voice is read: %(source)s. Where a cell reads “not assessed”, another "
            "voice may have spoken of it."
        ) % {"source": word("source", query.source.value)}
    return ""


def _of_the_query(comparison: Comparison) -> Iterator[str]:
    query = comparison.query
    fictional = [p for p in comparison.places if p.fictional]
    if fictional:
        yield _("Fictional: %(names)s. Nothing said of them here is true of any place.") % {
            "names": named(fictional)
        }
    if told := filtered(comparison):
        yield told
    if query.principle:
        yield _(
            "Only the columns in which a cited instrument says so are shown (%(principle)s). A cell that no such "
            "instrument supports reads as it would without this."
        ) % {"principle": word("principle", query.principle).lower()}
    if query.show != "all" and comparison.selected:
        yield _("Only some columns are shown (%(show)s).") % {"show": shown(query.show)}
    if comparison.selected:
        yield counted_over(comparison)
    if len(comparison.whole.columns) < sum(len(item.domains) for item in comparison.framework.items):
        yield _("Only some items or domains of the framework were asked for. All counts are of these.")


def counted_over(comparison: Comparison) -> str:
    """Of which cells the figures are, where only some are shown; else ""."""
    if not comparison.selected:
        return ""
    return ngettext(
        "Figures of a jurisdiction are over the %(total)s cell of the selection, of which %(shown)s is shown.",
        "Figures of a jurisdiction are over all %(total)s cells of the selection, of which %(shown)s are shown.",
        len(comparison.selected),
    ) % {"total": len(comparison.selected), "shown": len(comparison.columns)}


def shown(show: str) -> str:
    """What the parameter `show` keeps, in words."""
    return {
        "all": _("all columns"),
        "differences": _("those in which the jurisdictions differ"),
        "gaps": _("those with a confirmed gap"),
        "unknown": _("those with an unknown"),
    }[show]


def _of_the_levels(comparison: Comparison) -> Iterator[str]:
    voices = _voices(comparison)
    levels = [(v, a) for v in voices for a in comparison.query.axes if v.on(a).is_level]
    claimed = sum(v.claimed(a) for v, a in levels)
    if claimed:
        yield claimed_told(claimed, len(levels))
    if levels and all(v.basis is Basis.EQUIVALENT for v, a in levels if v.on(a).level):
        yield _(
            "Every measure here is an equivalent one: no level rests on an instrument that names the "
            "framework."
        )
    if Axis.PRACTICE in comparison.query.axes and comparison.columns:
        silent = [
            place
            for place in comparison.places
            if not any(
                comparison.cell(place, column).value(Axis.PRACTICE).is_level for column in comparison.columns
            )
        ]
        if silent:
            yield _("Practice has no level here for %(names)s: only law on paper can be read.") % {
                "names": named(silent)
            }
    if levels and not any(v.verification(a) in ("V2", "V3") for v, a in levels):
        yield _("No level here has been reviewed by another organisation.")


def _of_the_voices(comparison: Comparison) -> Iterator[str]:
    spoken = dict.fromkeys(v.organisation_name for v in _voices(comparison))
    if len(spoken) == 1:
        yield _("Everything here is said by one organisation: %(name)s.") % {"name": next(iter(spoken))}
    if invented := comparison.invented_voices:
        yield _(
            "%(names)s is an invented organisation, whose coding of real jurisdictions shows how the service "
            "works. The instruments it cites are real."
        ) % {"names": ", ".join(invented)}


def _voices(comparison: Comparison) -> list[Standing]:
    return [voice for cell in comparison.rows() for voice in cell.voices]


def claimed_told(count: int, total: int) -> str:
    if not count:
        return _("None of the %(total)s levels is claimed: each has its least evidence.") % {"total": total}
    return ngettext(
        "%(count)s of %(total)s levels is claimed: its least evidence is missing.",
        "%(count)s of %(total)s levels are claimed: their least evidence is missing.",
        count,
    ) % {"count": count, "total": total}
