"""What a revision changed against the one before it of the same organisation: for the history of a cell. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tracker.entries.standing import Evidence, Standing
from tracker.kit.i18n import format_date
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, word


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that reads differently. Empty text: it was not stated."""

    what: str
    before: str
    after: str


def before_it(of: Standing, corrects: UUID | None, all_newest_first: Sequence[Standing]) -> Standing | None:
    """What the revision is compared with: the one it corrects, else the organisation's last before it; None for its first."""
    if corrects is not None:
        return next((r for r in all_newest_first if r.uid == corrects), None)
    own = [r for r in all_newest_first if r.organisation_key == of.organisation_key]
    return next((r for r in own if (r.recorded_at, r.id) < (of.recorded_at, of.id)), None)


def changed(before: Standing, after: Standing) -> tuple[Changed, ...]:
    """Everything a reader would see differently, in the order of the cell's page."""
    return tuple(c for c in _aspects(before, after) if c.before != c.after)


def _aspects(before: Standing, after: Standing) -> Iterator[Changed]:
    for axis in Axis:
        yield Changed(word("axis", axis.value), before.on(axis).word, after.on(axis).word)
    yield Changed(_("Basis"), _coded("basis", before.basis), _coded("basis", after.basis))
    yield Changed(_("Scope"), _coded("scope", before.scope), _coded("scope", after.scope))
    yield Changed(_("Scope, more exactly"), before.scope_note, after.scope_note)
    yield Changed(_("In force from"), _day(before.valid_from), _day(after.valid_from))
    yield Changed(_("In force until"), _day(before.valid_to), _day(after.valid_to))
    yield Changed(_("Owner"), before.owner, after.owner)
    yield Changed(_("Budget"), before.budget, after.budget)
    yield Changed(_("Search"), _search(before), _search(after))
    yield Changed(_("Why it does not apply"), before.not_applicable_reason, after.not_applicable_reason)
    gone, new = _apart(before.evidence, after.evidence)
    if gone or new:
        yield Changed(_("Evidence"), "; ".join(gone), "; ".join(new))
    yield Changed(_("Note"), before.note, after.note)


def _coded(group: str, code: object) -> str:
    return word(group, str(code)) if code else ""


def _day(day: date | None) -> str:
    return format_date(day) if day else ""


def _search(of: Standing) -> str:
    return ", ".join(part for part in (of.search_who, of.search_where, _day(of.search_when)) if part)


def _apart(before: Sequence[Evidence], after: Sequence[Evidence]) -> tuple[list[str], list[str]]:
    """The passages that only the first or only the second cites; a passage of which more is said counts as another."""
    olds, news = [_told(e) for e in before], [_told(e) for e in after]
    return (
        [e.reference for e, told in zip(before, olds, strict=True) if told not in news],
        [e.reference for e, told in zip(after, news, strict=True) if told not in olds],
    )


def _told(evidence: Evidence) -> tuple[object, ...]:
    return (
        evidence.reference,
        evidence.axis,
        evidence.quote,
        evidence.translation,
        evidence.url,
        evidence.principles,
    )
