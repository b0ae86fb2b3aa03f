"""The operator's forms."""

import re
from typing import Any

from wtforms import StringField
from wtforms.fields import RadioField
from wtforms.validators import ValidationError

from tracker.kit.forms import AtMost, DayField, Form, Needed, choices, stripped
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import MandateKind, OrganisationKind, word

KEY = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


class KeyShape:
    """A validator: a short name for addresses."""

    def __call__(self, form: Any, field: Any) -> None:
        if not KEY.fullmatch(field.data or ""):
            raise ValidationError(_("Use 2 to 40 lower-case letters, digits and hyphens."))


class OrganisationForm(Form):
    """A new organisation."""

    name = StringField(
        N_("Name"), filters=[stripped], validators=[Needed(N_("Enter its name.")), AtMost(200)]
    )
    key = StringField(N_("Key"), filters=[stripped], validators=[KeyShape()])
    kind = RadioField(N_("Kind"), validators=[Needed(N_("Choose a kind."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices([(kind.value, word("organisation", kind)) for kind in OrganisationKind])


class MandateForm(Form):
    """A new mandate."""

    code = StringField(
        N_("Code of the jurisdiction"),
        filters=[stripped],
        validators=[Needed(N_("Enter its code.")), AtMost(40)],
    )
    kind = RadioField(N_("Mandate"), validators=[Needed(N_("Choose a kind of mandate."))])
    valid_from = DayField(N_("First day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices([(kind.value, word("mandate", kind)) for kind in MandateKind])


class EndForm(Form):
    """The end of a mandate."""

    last_day = DayField(N_("Last day"), validators=[Needed(N_("Enter its last day."))])
