"""What callers send: JSON read strictly, and an entry in it turned into what the workspace's own form reads."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request

from tracker.access.guard import NotTaken
from tracker.api import principles
from tracker.entries.content import CITATION_FIELDS, FIELDS, INSTRUMENT_FIELDS, Citation, Content
from tracker.entries.forms import MOST_CITATIONS, EntryForm
from tracker.kit.errors import Invalid, Refused
from tracker.kit.forms import FormData, not_among
from tracker.kit.i18n import gettext as _

NEEDED = ("commitment", "practice")
# How an answer says that there is none; the same words are taken for it.
MISSING: dict[str, tuple[str, ...]] = {
    "valid_from": ("unknown",),
    "valid_to": ("open",),
    "adopted_on": ("unknown",),
    "in_force_on": ("unknown",),
    "in_force_until": ("open",),
}
NONE = ("none",)
_NEW = "new_instrument"

Pairs = list[tuple[str, str]]


async def json_object(request: Request) -> dict[str, Any]:
    """The body. Raises NotTaken (415) for another kind of content, Refused (400) for what is no JSON object.

    Half of a pair of UTF-16, which JSON can spell, is no character: neither a database nor an answer takes it.
    """
    if request.content_type[0] != "application/json":
        raise NotTaken(_("Send the body as application/json."))
    try:
        found = json.loads((await request.body()).decode("utf-8"), parse_constant=_refuse_constant)
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Refused(_("The body is not JSON in UTF-8.")) from error
    if not isinstance(found, dict):
        raise Refused(_("The body must be a JSON object."))
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def entry_form(told: Mapping[str, Any], before: Sequence[Citation] = ()) -> EntryForm:
    """The form of a cell, filled in as the body says. Raises Invalid naming what has the wrong shape.

    `before`: the citations that are stored. What they say on the principles stays where the body says nothing of it.
    """
    faults: dict[str, str] = {}
    pairs = list(_fields(told, FIELDS, "", "", faults))
    for name in NEEDED:
        if name not in told:
            faults[name] = _("Say a level, or why there is none.")
    known = {*FIELDS, "citations"}
    faults |= {str(name)[:60]: _("There is no such member.") for name in told if name not in known}
    citations = told.get("citations", [])
    if not isinstance(citations, list) or len(citations) > MOST_CITATIONS:
        faults["citations"] = _("Give a list of %(most)s citations at most.") % {"most": MOST_CITATIONS}
        citations = []
    for n, citation in enumerate(citations):
        pairs += _citation(citation, n, before, faults)
    if faults:
        raise Invalid(faults)
    return EntryForm(FormData(pairs))


def _fields(
    told: Mapping[str, Any], names: list[str], before: str, at: str, faults: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Pairs of the form. `before`: what its names begin with; `at`: what those of the body do."""
    for name in names:
        value = told.get(name, "" if name != "kind" or at else "change")
        if not isinstance(value, str) or "\x00" in value:  # no text of a database holds NUL
            faults[at + name] = _("This must be a text.")
            continue
        missing = value in MISSING.get(name, NONE) and name not in NEEDED
        yield before + name, "" if missing else value


def _citation(told: Any, n: int, stored: Sequence[Citation], faults: dict[str, str]) -> Pairs:
    at, before = f"citations/{n}/", f"citations-{n}-"
    if not isinstance(told, dict):
        faults[at.rstrip("/")] = _("This must be an object.")
        return []
    strange = set(map(str, told)) - {*CITATION_FIELDS, "instrument", _NEW, principles.NAME}
    faults |= {at + name[:60]: _("There is no such member.") for name in strange}
    pairs = list(_fields(told, CITATION_FIELDS, before, at, faults))
    said = told[principles.NAME] if principles.NAME in told else principles.kept(told, stored)
    pairs += principles.pairs(said, before, at, faults)
    cited, new = told.get("instrument", ""), told.get(_NEW)
    if (cited == "") == (new is None):
        faults[at + "instrument"] = _("Name an instrument by its id, or give a new one; one of them.")
    elif new is None:
        pairs.append((f"{before}instrument", _identifier(cited)))
    else:
        pairs += _new_instrument(new, at + _NEW, before, faults)
    return pairs


def _identifier(value: Any) -> str:
    """As the form's choices have it; what is no id is refused there."""
    try:
        return str(UUID(str(value)))
    except ValueError:
        return "no id"


def _new_instrument(told: Any, at: str, before: str, faults: dict[str, str]) -> Pairs:
    if not isinstance(told, dict):
        faults[at] = _("This must be an object.")
        return []
    names = [name for name in INSTRUMENT_FIELDS if name != "note"]
    faults |= {f"{at}/{str(n)[:60]}": _("There is no such member.") for n in told if n not in names}
    if not told.get("title"):
        faults[f"{at}/title"] = _("A new instrument needs its title.")
    return list(_fields(told, names, f"{before}new_", f"{at}/", faults))


def faults_of(form: EntryForm) -> dict[str, str]:
    """What the form found wrong, by the path of the member in the body."""
    faults = {
        name: _sentence(form[name], texts)
        for name, texts in form.errors.items()
        if name and name != "citations"
    }
    for n, entry in enumerate(form.citations):
        for name, texts in entry.form.errors.items():
            path = f"{_NEW}/{name[4:]}" if name.startswith("new_") else principles.path_of(name)
            faults[f"citations/{n}/{path}"] = _sentence(entry.form[name], texts)
    return faults


def _sentence(field: Any, texts: Sequence[Any]) -> str:
    """A form shows what can be chosen; a program has to be told."""
    allowed = [str(choice.value) for choice in getattr(field, "choices", None) or ()]
    if not allowed or str(field.data) in allowed:
        return " ".join(map(str, texts))
    if field.short_name == "instrument":
        return _("There is no such instrument, or your organisation can't cite it here.")
    return not_among(str(field.data), allowed)


def content_told(content: Content) -> dict[str, Any]:
    """What an entry says, as it is read and written: what is missing says so."""
    told: dict[str, Any] = {name: _told(name, getattr(content, name)) for name in FIELDS}
    told["citations"] = [
        {"instrument": str(c.instrument)}
        | {name: _told(name, getattr(c, name)) for name in CITATION_FIELDS}
        | {principles.NAME: principles.told(c.principles)}
        for c in content.citations
    ]
    return told


def _told(name: str, value: Any) -> str:
    if value is None or value == "":
        return MISSING.get(name, NONE)[0]
    return str(value.isoformat() if hasattr(value, "isoformat") else value)
