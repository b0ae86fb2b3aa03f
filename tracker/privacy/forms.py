"""The form that redacts."""

from wtforms import RadioField, StringField

from tracker.kit.forms import AtMost, Form, Needed, choices, stripped
from tracker.kit.i18n import N_
from tracker.privacy.findings import field_label
from tracker.privacy.models import REASON_LENGTH
from tracker.privacy.place_queries import Place


class RedactForm(Form):
    """Which text, and why."""

    field = RadioField(N_("Which text"), validators=[Needed(N_("Choose the text to redact."))])
    reason = StringField(
        N_("Reason"),
        filters=[stripped],
        validators=[Needed(N_("Say why it is redacted.")), AtMost(REASON_LENGTH)],
    )

    def prepare(self, places: list[Place]) -> None:
        self.field.choices = choices([(p.field, field_label(p.field)) for p in places])
