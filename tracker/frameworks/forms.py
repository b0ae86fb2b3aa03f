"""The form that imports a framework."""

from wtforms import RadioField, TextAreaField

from tracker.kit.forms import Form, FormData, Needed, choices
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _


class ImportForm(Form):
    """A file as text: forms send no files here, so that nothing is parsed before the member is known."""

    kind = RadioField(N_("Format"), default="csv")
    content = TextAreaField(
        N_("Contents of the file"), validators=[Needed(N_("Paste the contents of the file."))]
    )

    def __init__(self, data: FormData | None = None) -> None:
        super().__init__(data)
        self.kind.choices = choices([("csv", _("CSV")), ("case", _("CASE JSON (1.1 or 1.0)"))])
