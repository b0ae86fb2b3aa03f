"""The form by which a person chooses what to be told."""

from wtforms.fields import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.kit.forms import Form, choices
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _
from tracker.mail.models import LABELS, MailKind


class MailForm(Form):
    """`kinds`: those that the person wants to hear of."""

    kinds = SelectMultipleField(
        N_("Tell me by e-mail of"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def prepare(self) -> None:
        self.kinds.choices = choices([(kind.value, _(LABELS[kind])) for kind in MailKind])
