"""The forms of a review and of a confirmation."""

from wtforms import RadioField, StringField, TextAreaField

from tracker.kit.forms import AtMost, Form, Needed, choices, stripped
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _
from tracker.reviews.models import Verdict


class ReviewForm(Form):
    verdict = RadioField(N_("Your organisation"))
    reason = TextAreaField(
        N_("Why"),
        filters=[stripped],
        validators=[Needed(N_("Say what was read and what it shows.")), AtMost(1000)],
    )
    other_source = StringField(
        N_("Confirmed from another source"), filters=[stripped], validators=[AtMost(500)]
    )

    def prepare(self) -> None:
        words = [(Verdict.AGREE.value, _("agrees")), (Verdict.DISAGREE.value, _("disagrees"))]
        self.verdict.choices = choices(words)


class ConfirmForm(Form):
    note = StringField(N_("Note"), filters=[stripped], validators=[AtMost(1000)])
