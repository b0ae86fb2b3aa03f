"""What else than a level reads differently in a cell: each aspect from what it was to what it is. Values; pure."""

from collections.abc import Callable, Iterator

from tracker.compare.changes import CellChange
from tracker.compare.comparison import ComparedCell
from tracker.entries.difference import Changed
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, word


def aspects_told(change: CellChange) -> tuple[Changed, ...]:
    """The aspects of `change.words`, in words; an empty text: it was not stated. One that tells nothing is left out.

    Where nobody spoke before, or speaks now, all else differs as well: who speaks, beside the levels, says enough.
    """
    spoken = change.before.voice and change.after.voice
    names = [name for name in change.words if spoken or name in ("voice", "contested")]
    return tuple(c for name in names for c in _TOLD[name](change.before, change.after))


def _contested(before: ComparedCell, after: ComparedCell) -> Iterator[Changed]:
    yes, no = _("yes"), _("no")
    yield Changed(
        word("aspect", "contested"), yes if before.contested else no, yes if after.contested else no
    )


def _verification(before: ComparedCell, after: ComparedCell) -> Iterator[Changed]:
    for axis in Axis:
        was, now = _verified(before, axis), _verified(after, axis)
        if was != now:
            named = {"what": word("aspect", "verification"), "axis": word("axis", axis).lower()}
            yield Changed(_("%(what)s, %(axis)s") % named, was, now)


def _verified(cell: ComparedCell, axis: Axis) -> str:
    mark = cell.voice.verification(axis) if cell.voice else "none"
    return _("no level") if mark == "none" else f"{mark} {word('verification', mark)}"


def _voice(before: ComparedCell, after: ComparedCell) -> Iterator[Changed]:
    names = [c.voice.organisation_name if c.voice else _("nobody") for c in (before, after)]
    yield Changed(word("aspect", "voice"), *names)


def _coded(name: str) -> Callable[[ComparedCell, ComparedCell], Iterator[Changed]]:
    def told(before: ComparedCell, after: ComparedCell) -> Iterator[Changed]:
        codes = [getattr(c.voice, name) if c.voice else None for c in (before, after)]
        yield Changed(word("aspect", name), *(word(name, code).lower() if code else "" for code in codes))

    return told


def _evidence(before: ComparedCell, after: ComparedCell) -> Iterator[Changed]:
    was, now = _references(before), _references(after)
    gone, new = [r for r in was if r not in now], [r for r in now if r not in was]
    if gone or new:
        yield Changed(word("aspect", "evidence"), "; ".join(gone), "; ".join(new))


def _references(cell: ComparedCell) -> list[str]:
    return [e.reference for e in cell.voice.evidence] if cell.voice else []


def _principles(before: ComparedCell, after: ComparedCell) -> Iterator[Changed]:
    was, now = _stated(before), _stated(after)
    if was != now:
        yield Changed(word("aspect", "principles"), "; ".join(was), "; ".join(now))


def _stated(cell: ComparedCell) -> list[str]:
    cited = cell.voice.evidence if cell.voice else ()
    said = (f"{word('principle', s.principle).lower()} ({s.locator})" for e in cited for s in e.principles)
    return sorted(set(said))


_TOLD: dict[str, Callable[[ComparedCell, ComparedCell], Iterator[Changed]]] = {
    "contested": _contested,
    "verification": _verification,
    "voice": _voice,
    "basis": _coded("basis"),
    "scope": _coded("scope"),
    "principles": _principles,
    "evidence": _evidence,
}
