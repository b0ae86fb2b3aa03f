"""The forms of an organisation's own sets of jurisdictions."""

from wtforms import StringField, TextAreaField

from tracker.compare.models import NAME_LENGTH
from tracker.compare.query import codes_in
from tracker.kit.forms import AtMost, Form, Needed, stripped
from tracker.kit.i18n import N_


class SetForm(Form):
    """A set, new or to be changed."""

    name = StringField(
        N_("Name"), filters=[stripped], validators=[Needed(N_("Give it a name.")), AtMost(NAME_LENGTH)]
    )
    codes = TextAreaField(
        N_("Jurisdictions"),
        filters=[stripped],
        validators=[Needed(N_("Name at least one jurisdiction by its code.")), AtMost(30_000)],
    )

    def chosen(self) -> list[str]:
        """The codes, once validated, as on the compare page: whatever stands between them."""
        return list(codes_in(str(self.codes.data).upper()))
