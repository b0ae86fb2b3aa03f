"""The forms of the composer; key messages and recommendations are in `rows`."""

from dataclasses import replace

from wtforms import HiddenField, SelectField, StringField, TextAreaField

from tracker.briefings.options import ALWAYS, PARTS
from tracker.editions.boxes import Boxes
from tracker.editions.content import (
    PAGE_SIZES,
    PART_WORDS,
    Content,
)
from tracker.editions.models import QUESTION_LENGTH, REASON_LENGTH
from tracker.editions.selection import MOST_TYPED, SelectionForm
from tracker.kit.forms import AtMost, DayField, Form, choices, number_of, stripped
from tracker.kit.i18n import N_, language_name
from tracker.kit.i18n import gettext as _


class BasicForm(Form):
    """What a new briefing and every edition of it have alike."""

    question = StringField(N_("Question or title"), filters=[stripped], validators=[AtMost(QUESTION_LENGTH)])
    parts = Boxes(N_("Parts"))
    locale = SelectField(N_("Language"))
    page_size = SelectField(N_("Page size"))
    since = DayField(N_("Tell what changed since"))
    lens = SelectField(N_("Read through a crosswalk as well"), default="")

    def prepare(self, locales: tuple[str, ...], lenses: list[tuple[str, str]]) -> None:
        """Fill in the choices, in the current language."""
        self.parts.choices = choices(
            [(p, _(PART_WORDS[p])) for p in PARTS if p not in (*ALWAYS, "recommendations")]
        )
        self.locale.choices = choices([(code, language_name(code)) for code in locales])
        self.page_size.choices = choices([(size, size) for size in PAGE_SIZES])
        self.lens.choices = choices([("", _("No crosswalk")), *lenses])

    def basics(self) -> Content:
        chosen = {*(self.parts.data or ()), *ALWAYS}
        return Content(
            question=self.question.data or "",
            parts=tuple(part for part in PARTS if part in chosen),
            locale=self.locale.data,
            page_size=self.page_size.data,
            since=self.since.data,
            lens=self.lens.data or "",
        )


class StartForm(BasicForm, SelectionForm):
    """A new briefing: what is compared, and how it is told."""


class EditForm(BasicForm):
    """A draft. `before`: "" for the day, else the number of an earlier edition."""

    version = HiddenField(default="0")
    before = SelectField(N_("Or since an earlier edition"))

    def prepare_edition(self, finals: list[int]) -> None:
        earlier = [(str(n), _("Edition %(n)s") % {"n": n}) for n in finals]
        self.before.choices = choices([("", _("No earlier edition")), *earlier])

    def content(self) -> Content:
        before = number_of(self.before.data or "")
        return replace(self.basics(), before=before if before > 0 else None)


class ReturnForm(Form):
    """Why an edition goes back to its authors."""

    version = HiddenField(default="0")
    reason = TextAreaField(N_("Reason"), filters=[stripped], validators=[AtMost(REASON_LENGTH)])


class SubscriptionForm(Form):
    """When new editions are wanted."""

    when = Boxes(N_("Begin a new edition by itself"))
    cells = TextAreaField(N_("Only for these cells"), filters=[stripped], validators=[AtMost(MOST_TYPED)])

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.cells.data or "").replace(",", " ").split()))

    def prepare(self) -> None:
        self.when.choices = choices(
            [
                ("quarter", _("When a new quarter has begun")),
                ("change", _("When one of its cells reads differently than in the last edition")),
            ]
        )
