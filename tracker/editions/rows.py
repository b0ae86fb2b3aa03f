"""The key messages and recommendations of the composer, as rows of its form; `rows_typed` reads what was typed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tracker.briefings.options import Grade
from tracker.editions.content import GRADES, MOST_OWN, MOST_RECOMMENDATIONS, Advice, Chosen, Content
from tracker.editions.notes import Beside, Left, Notes
from tracker.editions.suggested import Suggestion
from tracker.kit.forms import number_of
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
    """A recommendation. `grade`: "" until somebody has chosen one, for it is said in the organisation's name."""

    number: int
    grade: str = ""

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
    return filled(Rows(messages, owned, advice))


def filled(rows: Rows) -> Rows:
    """With empty rows for more recommendations, and the words of the grades."""
    shown = min(max(len([r for r in rows.advice if r.text]) + 2, 3), MOST_RECOMMENDATIONS)
    for n in range(len(rows.advice) + 1, shown + 1):
        rows.advice.append(AdviceRow(number=n))
    placed: list[MessageRow | OwnRow] = [*rows.messages, *rows.own]
    places = [number_of(r.order) for r in placed]
    for n in range(len(rows.own) + 1, min(len([r for r in rows.own if r.text]) + 1, MOST_OWN) + 1):
        rows.own.append(OwnRow(number=n, order=str(max([0, *(p for p in places if p < 99)]) + 1)))
    rows.grades = [("", _("Choose")), *((grade.value, _(GRADES[grade])) for grade in Grade)]
    return rows
