"""What is stored of a cell beside what was typed, in full: for the form that somebody else was faster than. Pure."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import zip_longest
from uuid import UUID

from tracker.entries.content import INSTRUMENT_FIELDS, Citation, Content, NewInstrument
from tracker.entries.difference import Changed
from tracker.entries.forms import CitationForm, EntryForm
from tracker.kit.i18n import format_date
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, word

Lines = dict[str, str]
# Their codes have words; every other field is a text or a day.
_CODED = {"basis": "basis", "scope": "scope", "kind": "kind"}


def beside(
    stored: Content, typed: Content, own: Mapping[UUID, NewInstrument], names: Mapping[str, str]
) -> tuple[Changed, ...]:
    """Field by field what differs: `before` is stored, `after` was typed. In the order of the form.

    `own`: the organisation's instruments, as they were typed in; `names`: what may be cited, by id.
    """

    def lines(citation: Citation | None) -> Lines:
        return _citation(citation, own, names) if citation else {}

    found = list(_apart(_fields(stored), _fields(typed), str))
    for n, (before, after) in enumerate(zip_longest(stored.citations, typed.citations), start=1):
        head = _("Citation %(n)s") % {"n": n}
        found += _apart(lines(before), lines(after), lambda what, head=head: f"{head}: {what}")  # type: ignore[misc]
    return tuple(found)


def _apart(before: Lines, after: Lines, name: Callable[[str], str]) -> Iterator[Changed]:
    for what in dict.fromkeys([*before, *after]):
        if before.get(what, "") != after.get(what, ""):
            yield Changed(name(what), before.get(what, ""), after.get(what, ""))


def _fields(content: Content) -> Lines:
    """What an entry says apart from its citations, by the labels of the form."""
    form = EntryForm()
    names = [field.name for field in form if field.name not in ("version", "citations")]
    return {form[name].label.text: _told(name, getattr(content, name)) for name in names}


def _told(name: str, value: object) -> str:
    if not value:
        return ""
    if name in tuple(Axis):
        code = str(value)
        return f"{code} – {word(name, code)}" if code.isdigit() else word("missing", code)
    if name in _CODED:
        return word(_CODED[name], str(value))
    return _text(value)


def _text(value: object) -> str:
    return format_date(value) if isinstance(value, date) else str(value or "")


def _citation(citation: Citation, own: Mapping[UUID, NewInstrument], names: Mapping[str, str]) -> Lines:
    form = CitationForm()
    told = {form.axis.label.text: word("axis", citation.axis)}
    cited = citation.instrument
    new = own.get(cited) if isinstance(cited, UUID) else cited
    if new is None:
        told[form.instrument.label.text] = names.get(str(cited)) or _("one that can't be picked here")
    else:
        told |= _instrument(new, form)
    for name in ("locator", "quote", "quote_language", "translation"):
        told[form[name].label.text] = getattr(citation, name)
    for stated in citation.principles:
        said = (stated.locator, stated.how, word("payment", stated.payment) if stated.payment else "")
        told[word("principle", stated.principle)] = "; ".join(part for part in said if part)
    return told


def _instrument(new: NewInstrument, form: CitationForm) -> Lines:
    labels = {name: form[f"new_{name}"].label.text for name in INSTRUMENT_FIELDS if name != "note"}
    told = {label: _text(getattr(new, name)) for name, label in labels.items()}
    return told | {labels["kind"]: word("instrument", new.kind)}
