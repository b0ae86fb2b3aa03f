"""The key messages and recommendations of the composer: rows of its form, read here by name."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
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
from tracker.editions.notes import Beside, Left, Notes
from tracker.editions.suggested import Suggestion
from tracker.kit.forms import FormData, number_of, stripped
from tracker.kit.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row. `field`: which of its fields, by the end of its name; "" for the row as a whole."""

    field: str
    text: str


@dataclass(slots=True)
class Row:
    """`beside`: what the form tells beside the text (`tracker.editions.notes`)."""

    text: str = ""
    author: str = ""
    faults: list[Fault] = field(default_factory=list)
    beside: Beside | None = None

    @property
    def id(self) -> str:
        """What the names of its fields begin with."""
        raise NotImplementedError

    @property
    def title(self) -> str:
        raise NotImplementedError

    def check(self, **told: str) -> None:
        """Keep the faults that there are, by field."""
        self.faults += [Fault(name, text) for name, text in told.items() if text]

    def wrong(self, name: str) -> list[str]:
        return [f.text for f in self.faults if f.field == name]


@dataclass(slots=True, kw_only=True)
class MessageRow(Row):
    """A key message that may be ticked, ordered and put into other words.

    `take`: the words of the edition before are ticked.
    """

    suggestion: Suggestion
    used: bool
    order: str
    take: bool = False

    @property
    def key(self) -> str:
        return self.suggestion.key

    @property
    def id(self) -> str:
        return f"message-{self.key}"

    @property
    def title(self) -> str:
        return self.suggestion.title.rstrip(".")


@dataclass(slots=True, kw_only=True)
class OwnRow(Row):
    """A key message that no rule suggests."""

    number: int
    order: str = ""

    @property
    def id(self) -> str:
        return f"own-{self.number}"

    @property
    def title(self) -> str:
        return _("In your own words %(n)s") % {"n": self.number}


@dataclass(slots=True, kw_only=True)
class AdviceRow(Row):
    number: int
    grade: str = Grade.INVITES.value

    @property
    def id(self) -> str:
        return f"advice-{self.number}"

    @property
    def title(self) -> str:
        return _("Recommendation %(n)s") % {"n": self.number}


@dataclass(slots=True)
class Rows:
    """The rows of a form, with the faults found in them. `left`: words of the edition before that have no row here."""

    messages: list[MessageRow] = field(default_factory=list)
    own: list[OwnRow] = field(default_factory=list)
    advice: list[AdviceRow] = field(default_factory=list)
    grades: list[tuple[str, str]] = field(default_factory=list)
    fault: str = ""
    left: list[Left] = field(default_factory=list)

    @property
    def faulty(self) -> bool:
        return bool(self.faults)

    @property
    def faults(self) -> list[tuple[str, str]]:
        """All of them, as (the id of what is to be changed, what is wrong with the name of its row)."""
        rows = [*self.messages, *self.own, *self.advice]
        found = [(f"{r.id}-{f.field}", f"{r.title}: {f.text}") for r in rows for f in r.faults]
        boxes = [f"{r.id}-use" for r in self.messages] or ["messages"]
        return [(boxes[0], self.fault), *found] if self.fault else found

    def tell(self, notes: Notes, number: int, stored: Sequence[Chosen]) -> None:
        """Fill in what stands beside the texts. `number`, `stored`: of the edition and its messages."""
        for row in self.messages:
            row.beside = notes.beside(Chosen(row.key, row.text))
        for own in self.own:
            own.beside = notes.beside(Chosen("", own.text))
        self.left = notes.left(number, stored)

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
    messages, last = [], max([len(stored), *(n for n, _m in chosen.values())])
    for suggestion in suggestions:
        used = suggestion.key in chosen
        last += not used  # so that no two have one place
        order, message = chosen.get(suggestion.key, (last, Chosen(suggestion.key)))
        row = MessageRow(suggestion=suggestion, used=used, order=str(order))
        row.text, row.author = message.text, message.author
        messages.append(row)
    messages.sort(key=lambda row: (not row.used, int(row.order)))
    advice = [
        AdviceRow(number=n, grade=r.grade.value, text=r.text)
        for n, r in enumerate(content.recommendations, 1)
    ]
    own = [m for m in stored if not m[1].key]
    owned = [OwnRow(number=k, order=str(n), text=m.text, author=m.author) for k, (n, m) in enumerate(own, 1)]
    return _filled(Rows(messages, owned, advice))


def rows_typed(
    data: FormData,
    suggestions: list[Suggestion],
    known: Collection[str],
    before: Mapping[str, str] = MappingProxyType({}),
) -> Rows:
    """What was typed, with its faults. `known`: codes of the cells that a message in own words may name.

    `before`: the words of the edition before, by the key of their message, for those who ticked that they take them.
    """
    rows = Rows(messages=[_message_typed(data, s, before.get(s.key, "")) for s in suggestions])
    rows.own = list(_own_typed(data, known))
    used = len(rows.used)
    if (suggestions or used) and not 1 <= used <= MOST_MESSAGES:
        rows.fault = _("Choose one to five key messages; these are %(n)s.") % {"n": used}
    for n in range(1, MOST_RECOMMENDATIONS + 1):
        text = stripped(data.first(f"advice-{n}-text"))
        grade = data.first(f"advice-{n}-grade")
        row = AdviceRow(number=len(rows.advice) + 1, grade=grade or Grade.INVITES.value, text=text)
        unknown = grade and grade not in GRADES
        row.check(grade=_("Choose how strongly it is recommended.") if unknown else "", text=_too_long(text))
        if text or row.faults:
            rows.advice.append(row)
    return _filled(rows)


def _message_typed(data: FormData, s: Suggestion, before: str) -> MessageRow:
    text = stripped(data.first(f"message-{s.key}-text"))
    order = data.first(f"message-{s.key}-order").strip()
    take = data.first(f"message-{s.key}-take") == "yes" and bool(before)
    row = MessageRow(
        suggestion=s, used=data.first(f"message-{s.key}-use") == "yes", order=order, text=text, take=take
    )
    twice = take and text and text != before
    if take and not text:
        row.text = before
    row.check(
        order=_no_place(order) if row.used else "",
        take=_("Take the words of the edition before, or write others: not both.") if twice else "",
        use=_("Tick it to have it in the briefing in these words.") if take and not row.used else "",
        text=_too_long(text),
    )
    return row


def _own_typed(data: FormData, known: Collection[str]) -> Iterator[OwnRow]:
    shown = 0
    for n in range(1, MOST_OWN + 1):
        text, order = stripped(data.first(f"own-{n}-text")), data.first(f"own-{n}-order").strip()
        if text:
            shown += 1
            row = OwnRow(number=shown, order=order, text=text)
            row.check(text=_too_long(text) or _names_no_cell(text, known), order=_no_place(order))
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
        rows.advice.append(AdviceRow(number=n))
    placed: list[MessageRow | OwnRow] = [*rows.messages, *rows.own]
    places = [number_of(r.order) for r in placed]
    for n in range(len(rows.own) + 1, min(len([r for r in rows.own if r.text]) + 1, MOST_OWN) + 1):
        rows.own.append(OwnRow(number=n, order=str(max([0, *(p for p in places if p < 99)]) + 1)))
    rows.grades = [(grade.value, _(GRADES[grade])) for grade in Grade]
    return rows
