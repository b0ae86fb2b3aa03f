"""The forms of an organisation's own criteria."""

from typing import Any

from wtforms import HiddenField, SelectField, StringField, TextAreaField

from tracker.criteria.models import GUIDANCE_LENGTH, NOTE_LENGTH, REASON_LENGTH, TEXT_LENGTH
from tracker.criteria.queries import Answer, Criterion, ItemChoice
from tracker.criteria.service import Said, Wording
from tracker.kit.forms import AtMost, DayField, Form, Needed, choices, stripped
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import LEVEL_CODES, MISSING_CODES, Axis, word


class CriterionForm(Form):
    """What a criterion asks, and how to tell."""

    version = HiddenField(default="0")
    text = StringField(
        N_("What it asks"),
        filters=[stripped],
        validators=[Needed(N_("Say what the criterion asks.")), AtMost(TEXT_LENGTH)],
    )
    guidance = TextAreaField(N_("How to tell"), filters=[stripped], validators=[AtMost(GUIDANCE_LENGTH)])

    def wording(self) -> Wording:
        """What is asked, once validated."""
        return Wording(self.text.data, self.guidance.data)


class AddCriterionForm(CriterionForm):
    """A new criterion, and the item that it stands under."""

    item = SelectField(N_("Under which item"), validators=[Needed(N_("Choose the item."))])

    def prepare(self, items: list[ItemChoice]) -> None:
        """Fill in the choices."""
        grouped: dict[str, list[tuple[str, str]]] = {"": [("", _("Choose"))]}
        for item in items:
            grouped.setdefault(item.framework_title, []).append((str(item.id), item.label))
        self.item.choices = grouped


class ValueForm(Form):
    """What is said of a criterion in one jurisdiction."""

    version = HiddenField(default="0")
    commitment = SelectField(N_("On paper"), default="not_assessed")
    practice = SelectField(N_("In practice"), default="not_assessed")
    note = TextAreaField(N_("Note"), filters=[stripped], validators=[AtMost(NOTE_LENGTH)])
    assessed_on = DayField(N_("As it was on"))

    def prepare(self) -> None:
        """Fill in the choices, in the current language."""
        missing = [(code, word("missing", code)) for code in MISSING_CODES]
        for axis in Axis:
            levels = [(code, f"{code} – {word(axis.value, code)}") for code in LEVEL_CODES]
            self[axis.value].choices = choices(levels + missing)

    def said(self) -> Said:
        """What is said, once validated."""
        return Said(self.commitment.data, self.practice.data, self.note.data, self.assessed_on.data)


class WithdrawForm(Form):
    """Why a published criterion is taken back."""

    reason = TextAreaField(
        N_("Reason"),
        filters=[stripped],
        validators=[Needed(N_("Say why it is withdrawn; the reason is published.")), AtMost(REASON_LENGTH)],
    )


def criterion_values(criterion: Criterion) -> dict[str, Any]:
    """What the form of a criterion shows first."""
    return {"version": str(criterion.version), "text": criterion.text, "guidance": criterion.guidance}


def answer_values(answer: Answer | None) -> dict[str, Any]:
    """What the form of a value shows first."""
    if answer is None:
        return {"version": "0"}
    return {
        "version": str(answer.version),
        "commitment": answer.commitment.code,
        "practice": answer.practice.code,
        "note": answer.note,
        "assessed_on": answer.assessed_on,
    }
