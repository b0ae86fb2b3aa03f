"""The forms of a report and of its answer."""

from wtforms import BooleanField, RadioField, StringField, TextAreaField

from tracker.corrections.models import ANSWER_LENGTH, TEXT_LENGTH
from tracker.kit.forms import AtMost, Form, Needed, SafeLink, choices, stripped
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _


class ReportForm(Form):
    text = TextAreaField(
        N_("What is wrong, and what would be right"),
        filters=[stripped],
        validators=[Needed(N_("Say what is wrong.")), AtMost(TEXT_LENGTH)],
    )
    evidence_url = StringField(
        N_("A link to the evidence"),
        filters=[stripped],
        validators=[Needed(N_("Give a public link that shows it.")), AtMost(1000), SafeLink()],
    )
    policy_only = BooleanField(
        N_("This is about policy only, and tells of no person"),
        validators=[Needed(N_("Confirm that it tells of no person."))],
    )


class AnswerForm(Form):
    decision = RadioField(N_("Your decision"))
    answer = TextAreaField(N_("Answer"), filters=[stripped], validators=[AtMost(ANSWER_LENGTH)])

    def prepare(self) -> None:
        self.decision.choices = choices(
            [
                ("accepted", _("Accepted: we correct it")),
                ("declined", _("Declined: it stands")),
                ("purged", _("Purge it: it tells of a person, or is no report. Nothing of it is kept")),
            ]
        )
