"""The key messages and recommendations of the composer: rows of its form, read here by name."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tracker.briefings.options import Grade
from tracker.briefings.own_words import named_in, without_names
from tracker.editions.content import (
    GRADES,
    MOST_MESSAGES,
    MOST_OWN,
    MOST_RECOMMENDATIONS,
    Advice,
    Chosen,
    Content,
)
from tracker.editions.models import TEXT_LENGTH
from tracker.editions.suggested import Suggestion
from tracker.kit.forms import FormData, number_of, stripped
from tracker.kit.i18n import gettext as _


@dataclass(slots=True)
class MessageRow:
    """A key message that may be ticked, ordered and put into other words."""

    suggestion: Suggestion
    used: bool
    order: str
    text: str
    author: str = ""
    fault: str = ""

    @property
    def key(self) -> str:
        return self.suggestion.key


@dataclass(slots=True)
class OwnRow:
    """A key message that no rule suggests."""

    number: int
    order: str = ""
    text: str = ""
    author: str = ""
    fault: str = ""


@dataclass(slots=True)
class AdviceRow:
    number: int
    grade: str = Grade.INVITES.value
    text: str = ""
    fault: str = ""


@dataclass(slots=True)
class Rows:
    """The rows of a form, with the faults found in them."""

    messages: list[MessageRow] = field(default_factory=list)
    own: list[OwnRow] = field(default_factory=list)
    advice: list[AdviceRow] = field(default_factory=list)
    grades: list[tuple[str, str]] = field(default_factory=list)
    fault: str = ""

    @property
    def faulty(self) -> bool:
        return bool(self.faults)

    @property
    def faults(self) -> list[str]:
        """All of them, each with the name of its row."""
        found = [(r.suggestion.title.rstrip("."), r.fault) for r in self.messages]
        found += [(_("In your own words %(n)s") % {"n": r.number}, r.fault) for r in self.own]
        found += [(_("Recommendation %(n)s") % {"n": r.number}, r.fault) for r in self.advice]
        told = [f"{name}: {fault}" for name, fault in found if fault]
        return [self.fault, *told] if self.fault else told

    @property
    def used(self) -> list[MessageRow | OwnRow]:
        """The messages that were chosen, in their order."""
        found = [r for r in self.messages if r.used] + [r for r in self.own if r.text]
        return sorted(found, key=lambda r: number_of(r.order))

    def content(self, content: Content) -> Content:
        """With the messages and recommendations of the rows; None of messages where they are those of the rules."""
        first = [r.key for r in self.messages if r.suggestion.first_choice]
        used = [Chosen(r.key if isinstance(r, MessageRow) else "", r.text) for r in self.used]
        plain = used == [Chosen(key) for key in first]
        return replace(
            content,
            messages=None if plain or not used else tuple(used),
            recommendations=tuple(Advice(Grade(r.grade), r.text) for r in self.advice if r.text),
        )


def rows_of(content: Content, suggestions: list[Suggestion]) -> Rows:
    """What the form of a stored edition shows: the chosen messages first, in their order."""
    stored = list(enumerate(content.messages or (), 1))
    chosen = {m.key: (n, m) for n, m in stored if m.key}
    if content.messages is None:
        first = [s.key for s in suggestions if s.first_choice]
        chosen = {key: (n, Chosen(key)) for n, key in enumerate(first, 1)}
    messages = []
    for number, suggestion in enumerate(suggestions, 1):
        order, message = chosen.get(suggestion.key, (0, Chosen(suggestion.key)))
        used = suggestion.key in chosen
        messages.append(MessageRow(suggestion, used, str(order or number), message.text, message.author))
    messages.sort(key=lambda row: (not row.used, int(row.order)))
    advice = [AdviceRow(n, r.grade.value, r.text) for n, r in enumerate(content.recommendations, 1)]
    own = [m for m in stored if not m[1].key]
    owned = [OwnRow(k, str(n), m.text, m.author) for k, (n, m) in enumerate(own, 1)]
    return _filled(Rows(messages, owned, advice))


def rows_typed(data: FormData, suggestions: list[Suggestion], known: Collection[str]) -> Rows:
    """What was typed, with its faults. `known`: codes of the cells that a message in own words may name."""
    rows = Rows()
    for s in suggestions:
        text = stripped(data.first(f"message-{s.key}-text"))
        order = data.first(f"message-{s.key}-order").strip()
        row = MessageRow(s, data.first(f"message-{s.key}-use") == "yes", order, text)
        row.fault = (_no_place(order) if row.used else "") or _too_long(text)
        rows.messages.append(row)
    rows.own = list(_own_typed(data, known))
    used = len(rows.used)
    if (suggestions or used) and not 1 <= used <= MOST_MESSAGES:
        rows.fault = _("Choose one to five key messages; these are %(n)s.") % {"n": used}
    for n in range(1, MOST_RECOMMENDATIONS + 1):
        text = stripped(data.first(f"advice-{n}-text"))
        grade = data.first(f"advice-{n}-grade")
        row_of = AdviceRow(len(rows.advice) + 1, grade or Grade.INVITES.value, text, _too_long(text))
        if grade and grade not in GRADES:
            row_of.fault = _("Choose how strongly it is recommended.")
        if text or row_of.fault:
            rows.advice.append(row_of)
    return _filled(rows)


def _own_typed(data: FormData, known: Collection[str]) -> Iterator[OwnRow]:
    shown = 0
    for n in range(1, MOST_OWN + 1):
        text, order = stripped(data.first(f"own-{n}-text")), data.first(f"own-{n}-order").strip()
        if text:
            shown += 1
            row = OwnRow(shown, order, text)
            row.fault = _no_place(order) or _too_long(text) or _names_no_cell(text, known)
            yield row


def _names_no_cell(text: str, known: Collection[str]) -> str:
    """Nothing in a briefing stands without what it rests on."""
    codes = named_in(text)
    if not codes:
        return _("Name the cells that it rests on in square brackets, such as [%(code)s].") % {
            "code": next(iter(known), "XAA/HTCC-C1/individual")
        }
    lost = [code for code in codes if code not in known]
    if lost:
        return _("There is no cell %(codes)s in this comparison.") % {"codes": ", ".join(lost[:3])}
    return "" if without_names(text) else _("Write a sentence beside the names of its cells.")


def _no_place(order: str) -> str:
    if 0 < number_of(order) < 100:
        return ""
    return _("Give its place in the order as a whole number from 1 on.")


def _too_long(text: str) -> str:
    if len(text) <= TEXT_LENGTH:
        return ""
    told: dict[str, Any] = {"most": TEXT_LENGTH, "size": len(text)}
    return _("Use at most %(most)s characters; this has %(size)s.") % told


def _filled(rows: Rows) -> Rows:
    """With empty rows for more recommendations, and the words of the grades."""
    shown = min(max(len([r for r in rows.advice if r.text]) + 2, 3), MOST_RECOMMENDATIONS)
    for n in range(len(rows.advice) + 1, shown + 1):
        rows.advice.append(AdviceRow(n))
    for n in range(len(rows.own) + 1, min(len([r for r in rows.own if r.text]) + 1, MOST_OWN) + 1):
        rows.own.append(OwnRow(n, str(len(rows.messages) + n)))
    rows.grades = [(grade.value, _(GRADES[grade])) for grade in Grade]
    return rows
