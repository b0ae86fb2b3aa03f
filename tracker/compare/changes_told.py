"""What changed over a whole comparison, in sentences by jurisdiction. Values for the page; nothing is drawn here."""

from dataclasses import dataclass, replace

from tracker.compare.aspects import aspects_told
from tracker.compare.changes import AxisChange, CellChange, changes
from tracker.compare.comparison import ComparedCell, Comparison
from tracker.compare.wording import column_ref
from tracker.entries.difference import Changed
from tracker.jurisdictions.queries import Place
from tracker.kit.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class ToldChange:
    """A cell that reads differently, and the sentences that say how."""

    cell: ComparedCell
    name: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceChanges:
    """A jurisdiction in which something reads differently."""

    place: Place
    cells: tuple[ToldChange, ...]


def changes_told(before: Comparison, after: Comparison) -> tuple[PlaceChanges, ...]:
    """By jurisdiction, in the comparison's order; those in which nothing changed are left out.

    Both must be of the same framework, jurisdictions and items, with every column shown.
    """
    axes = after.query.axes
    by_place: dict[int, list[ToldChange]] = {}
    for change in changes(before, after):
        kept = replace(change, axes=tuple(a for a in change.axes if a.axis in axes))
        if kept.axes or kept.words:
            by_place.setdefault(change.after.place.id, []).append(_told(kept))
    return tuple(PlaceChanges(p, tuple(by_place[p.id])) for p in after.places if p.id in by_place)


def _told(change: CellChange) -> ToldChange:
    cell = change.after
    sentences = [_axis(a) for a in change.axes] or [_("Its levels are the same.")]
    # Where nobody spoke before, or speaks now, all else differs as well: the levels say enough.
    if not (change.axes and (change.before.voice is None or cell.voice is None)):
        sentences += [_aspect(c) for c in aspects_told(change)]
    return ToldChange(cell, column_ref((cell.item, cell.domain)), tuple(sentences))


def _aspect(change: Changed) -> str:
    unstated = _("not stated")
    named = {
        "what": change.what[:1].upper() + change.what[1:],
        "before": change.before or unstated,
        "after": change.after or unstated,
    }
    return _("%(what)s: “%(before)s” before, now “%(after)s”.") % named


def _axis(change: AxisChange) -> str:
    before, after = change.before, change.after
    names = {"axis": after.axis_word, "before": before.word, "after": after.word}
    if before.level is None and after.level is None:
        return _("%(axis)s: still no level; it read “%(before)s” and reads “%(after)s”.") % names
    if before.level is None:
        return _("%(axis)s: now “%(after)s”; before, there was no level (“%(before)s”).") % names
    if after.level is None:
        return _("%(axis)s: no level any more (“%(after)s”); before, “%(before)s”.") % names
    if after.level > before.level:
        return _("%(axis)s: rose from “%(before)s” to “%(after)s”.") % names
    return _("%(axis)s: fell from “%(before)s” to “%(after)s”.") % names
