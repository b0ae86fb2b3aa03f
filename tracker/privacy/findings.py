"""The check over the texts of a draft: what was found in which field, and what still has to be confirmed."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracker.kit.errors import Invalid
from tracker.kit.forms import FormData
from tracker.kit.i18n import N_, ngettext
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Principle, word
from tracker.privacy.hits import Hit
from tracker.privacy.scan import scan


@dataclass(frozen=True, slots=True)
class Text:
    """A free text. `field` is its path, such as "note" or "citation.2.instrument.title"."""

    field: str
    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A sign in a field. `token` names it, for the form that confirms it was read."""

    field: str
    hit: Hit
    token: str

    @property
    def label(self) -> str:
        return field_label(self.field)

    @property
    def weak(self) -> bool:
        return self.hit.kind.weak


class Unconfirmed(Invalid):
    """Somebody has to read the signs of personal data first, and say that none is about a person.

    `found`: all that was found, hints too, for the page that shows them.
    """

    def __init__(self, faults: Mapping[str, str], found: list[Finding]) -> None:
        self.found = found
        super().__init__(faults)


NONE_READ: frozenset[str] = frozenset()


_LABELS = {
    "scope_note": N_("Scope note"),
    "owner": N_("Owner"),
    "budget": N_("Budget"),
    "search_who": N_("Who looked"),
    "search_where": N_("Where they looked"),
    "not_applicable_reason": N_("Why the item does not apply"),
    "note": N_("Note"),
    "locator": N_("Where in it"),
    "quote": N_("Quote"),
    "translation": N_("Translation"),
    "title": N_("Title"),
    "title_original": N_("Title in the original language"),
    "issuer": N_("Issued by"),
    "citation": N_("Official citation"),
    "url": N_("Link"),
    "reason": N_("Reason"),
    "other_source": N_("Other source"),
    "text": N_("Text"),
    "question": N_("Question"),
    "rationale": N_("Why"),
    "author": N_("Author"),
    "reviewer": N_("Reviewer"),
    "publisher": N_("Published by"),
    "licence": N_("Licence"),
    "comment": N_("Remark"),
    "how": N_("How individuals take part"),
    "guidance": N_("How to tell"),
    "answer": N_("Answer"),
    "evidence_url": N_("Link to evidence"),
    "archived_url": N_("Archived copy"),
    "file": N_("The file itself"),
}
_WITHIN = {
    "citation": N_("citation %(n)s"),
    "review": N_("review %(n)s"),
    "reply": N_("reply %(n)s"),
    "message": N_("key message %(n)s"),
    "recommendation": N_("recommendation %(n)s"),
    "mapping": N_("mapping %(n)s"),
    "state": N_("item without a counterpart %(n)s"),
    "confirmation": N_("confirmation %(n)s"),
    "report": N_("report no. %(n)s"),
    "event": N_("what happened to it, no. %(n)s"),
    "file": N_("file %(n)s"),
}


def field_label(field: str) -> str:
    """The path of a field in words of the current language: "Quote (citation 2)"."""
    *within, name = field.split(".")
    label = _(_LABELS[name]) if name in _LABELS else name.replace("_", " ")
    parts = []
    for before, part in zip(["", *within], within, strict=False):
        if part in ("instrument", "withdrawal"):
            parts.append(_("instrument") if part == "instrument" else _("withdrawal"))
        elif part in tuple(Principle):
            parts.append(word("principle", part))
        elif part.isdigit() and before in _WITHIN:
            parts.append(_(_WITHIN[before]) % {"n": part})
    return f"{label} ({', '.join(parts)})" if parts else label


def findings(texts: Iterable[Text]) -> list[Finding]:
    """All signs in the texts, in their order."""
    return [
        Finding(text.field, hit, _token(text.field, hit))
        for text in texts
        for hit in scan(text.text, language=text.language)
    ]


def _token(field: str, hit: Hit) -> str:
    return hashlib.sha256(f"{field}\n{hit.token}".encode()).hexdigest()[:20]


def require_confirmed(found: list[Finding], confirmed: frozenset[str]) -> dict[str, int]:
    """What the log says of the check: {"confirmed": n, "hints": n}. Raises Unconfirmed for a sign not confirmed.

    `confirmed` holds the tokens that somebody has read. A hint needs no confirmation.
    """
    signs = [f for f in found if not f.weak]
    open_ones = [f for f in signs if f.token not in confirmed]
    if open_ones:
        say = ngettext(
            "There is %(n)s sign of personal data. Read it, and confirm that it is not about a person.",
            "There are %(n)s signs of personal data. Read them, and confirm that none is about a person.",
            len(open_ones),
        )
        raise Unconfirmed({"confirmed": say % {"n": len(open_ones)}}, found)
    return {"confirmed": len(signs), "hints": len(found) - len(signs)}


def require_read(texts: Mapping[str, str], confirmed: frozenset[str]) -> dict[str, int]:
    """The check over what is published at once, by field. As `require_confirmed`."""
    return require_confirmed(findings(Text(field, text) for field, text in texts.items()), confirmed)


def read_in(data: FormData) -> frozenset[str]:
    """The tokens that a form sends back with its box ticked; none without it."""
    return frozenset(data.getlist("signs") if data.first("confirmed") == "yes" else [])


def signs_of(invalid: Invalid) -> list[Finding]:
    """What a page shows above its button after a refusal; nothing where it was refused for something else."""
    return invalid.found if isinstance(invalid, Unconfirmed) else []
