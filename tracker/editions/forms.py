"""The forms of the composer. Key messages and recommendations are rows of their own, read here by name."""

from dataclasses import dataclass, field, replace
from typing import Any

from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.briefings.options import ALWAYS, PARTS, Grade
from tracker.editions.content import (
    GRADES,
    MOST_MESSAGES,
    MOST_RECOMMENDATIONS,
    PAGE_SIZES,
    PART_WORDS,
    Advice,
    Chosen,
    Content,
)
from tracker.editions.models import QUESTION_LENGTH, REASON_LENGTH, TEXT_LENGTH
from tracker.editions.suggested import Suggestion
from tracker.kit.forms import AtMost, DayField, Form, FormData, Needed, choices, stripped
from tracker.kit.i18n import N_, language_name
from tracker.kit.i18n import gettext as _

MOST_TYPED = 20000


def number_of(text: str) -> int:
    """A number as a form brought it back; -1, which nothing has, for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


class Boxes(SelectMultipleField):
    """Check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class BasicForm(Form):
    """What a new briefing and every edition of it have alike."""

    question = StringField(N_("Question or title"), filters=[stripped], validators=[AtMost(QUESTION_LENGTH)])
    parts = Boxes(N_("Parts"))
    locale = SelectField(N_("Language"))
    page_size = SelectField(N_("Page size"))
    since = DayField(N_("Tell what changed since"))

    def prepare(self, locales: tuple[str, ...]) -> None:
        """Fill in the choices, in the current language."""
        self.parts.choices = choices(
            [(p, _(PART_WORDS[p])) for p in PARTS if p not in (*ALWAYS, "recommendations")]
        )
        self.locale.choices = choices([(code, language_name(code)) for code in locales])
        self.page_size.choices = choices([(size, size) for size in PAGE_SIZES])

    def basics(self) -> Content:
        chosen = {*(self.parts.data or ()), *ALWAYS}
        return Content(
            question=self.question.data or "",
            parts=tuple(part for part in PARTS if part in chosen),
            locale=self.locale.data,
            page_size=self.page_size.data,
            since=self.since.data,
        )


class StartForm(BasicForm):
    """A new briefing. `query`: the rest of the comparison's query, as in the address of the compare page."""

    query = HiddenField()
    jurisdictions = TextAreaField(
        N_("Jurisdictions"),
        filters=[stripped],
        validators=[Needed(N_("Name at least one jurisdiction.")), AtMost(MOST_TYPED)],
    )

    @property
    def codes(self) -> str:
        return ",".join(part for part in (self.jurisdictions.data or "").replace(",", " ").split())


class EditForm(BasicForm):
    """A draft. `before`: "" for the day, else the number of an earlier edition."""

    version = HiddenField(default="0")
    before = SelectField(N_("Or since an earlier edition"))
    lens = SelectField(N_("Read through a crosswalk as well"))

    def prepare_edition(self, finals: list[int], lenses: list[tuple[str, str]]) -> None:
        earlier = [(str(n), _("Edition %(n)s") % {"n": n}) for n in finals]
        self.before.choices = choices([("", _("No earlier edition")), *earlier])
        self.lens.choices = choices([("", _("No crosswalk")), *lenses])

    def content(self) -> Content:
        before = number_of(self.before.data or "")
        return replace(self.basics(), before=before if before > 0 else None, lens=self.lens.data or "")


class ReturnForm(Form):
    """Why an edition goes back to its authors."""

    version = HiddenField(default="0")
    reason = TextAreaField(N_("Reason"), filters=[stripped], validators=[AtMost(REASON_LENGTH)])


class SubscriptionForm(Form):
    """When new editions are wanted."""

    when = Boxes(N_("Begin a new edition by itself"))

    def prepare(self) -> None:
        self.when.choices = choices(
            [
                ("quarter", _("When a new quarter has begun")),
                ("change", _("When one of its cells reads differently than in the last edition")),
            ]
        )


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
class AdviceRow:
    number: int
    grade: str = Grade.INVITES.value
    text: str = ""
    fault: str = ""


@dataclass(slots=True)
class Rows:
    """The rows of a form, with the faults found in them."""

    messages: list[MessageRow] = field(default_factory=list)
    advice: list[AdviceRow] = field(default_factory=list)
    grades: list[tuple[str, str]] = field(default_factory=list)
    fault: str = ""

    @property
    def faulty(self) -> bool:
        return bool(self.fault) or (any(r.fault for r in self.messages) or any(r.fault for r in self.advice))

    def content(self, content: Content) -> Content:
        """With the messages and recommendations of the rows; None of messages where they are those of the rules."""
        used = sorted((r for r in self.messages if r.used), key=lambda r: number_of(r.order))
        first = [r.key for r in self.messages if r.suggestion.first_choice]
        plain = [r.key for r in used] == first and not any(r.text for r in used)
        return replace(
            content,
            messages=None if plain or not self.messages else tuple(Chosen(r.key, r.text) for r in used),
            recommendations=tuple(Advice(Grade(r.grade), r.text) for r in self.advice if r.text),
        )


def rows_of(content: Content, suggestions: list[Suggestion]) -> Rows:
    """What the form of a stored edition shows: the chosen messages first, in their order."""
    chosen = {m.key: (n, m) for n, m in enumerate(content.messages or (), 1)}
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
    return _filled(Rows(messages, advice))


def rows_typed(data: FormData, suggestions: list[Suggestion]) -> Rows:
    """What was typed, with its faults."""
    rows = Rows()
    for s in suggestions:
        text = stripped(data.first(f"message-{s.key}-text"))
        order = data.first(f"message-{s.key}-order").strip()
        row = MessageRow(s, data.first(f"message-{s.key}-use") == "yes", order, text)
        if row.used and not 0 < number_of(order) < 100:
            row.fault = _("Give its place in the order as a whole number from 1 on.")
        row.fault = row.fault or _too_long(text)
        rows.messages.append(row)
    used = sum(row.used for row in rows.messages)
    if suggestions and not 1 <= used <= MOST_MESSAGES:
        rows.fault = _("Choose one to five key messages; these are %(n)s.") % {"n": used}
    for n in range(1, MOST_RECOMMENDATIONS + 1):
        text = stripped(data.first(f"advice-{n}-text"))
        grade = data.first(f"advice-{n}-grade")
        row_of = AdviceRow(n, grade or Grade.INVITES.value, text, _too_long(text))
        if grade and grade not in GRADES:
            row_of.fault = _("Choose how strongly it is recommended.")
        rows.advice.append(row_of)
    return _filled(rows)


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
    rows.grades = [(grade.value, _(GRADES[grade])) for grade in Grade]
    return rows
