"""The form that makes a token."""

from datetime import timedelta
from typing import Any

from wtforms import StringField
from wtforms.fields import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.access.tokens import Scope
from tracker.kit import clock
from tracker.kit.forms import AtMost, DayField, Form, Needed, choices, stripped
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _

NAME_LENGTH = 80
SUGGESTED = timedelta(days=90)


class TokenForm(Form):
    """Its name, what it may do, and its last day."""

    name = StringField(
        N_("Name"),
        filters=[stripped],
        validators=[Needed(N_("Give it a name that says which program it is for.")), AtMost(NAME_LENGTH)],
    )
    scopes = SelectMultipleField(
        N_("What it may do"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[Needed(N_("Choose what it may do."))],
    )
    expires_on = DayField(
        N_("Its last day"), validators=[Needed(N_("Choose a day from today on, within a year."))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scopes.choices = choices([(scope.value, label) for scope, label in scope_words().items()])


def scope_words() -> dict[Scope, str]:
    return {
        Scope.READ_DRAFTS: _("Read drafts"),
        Scope.WRITE_DRAFTS: _("Write drafts, and read them"),
        Scope.SUBMIT: _("Submit drafts for review"),
    }


def suggested() -> dict[str, Any]:
    """What the empty form proposes."""
    return {"expires_on": clock.today() + SUGGESTED, "scopes": [Scope.READ_DRAFTS.value]}
