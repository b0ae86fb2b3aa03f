"""The forms of the framework library."""

from wtforms import FileField, RadioField, StringField
from wtforms.validators import Optional, Regexp

from tracker.frameworks.tree import HEAD_FIELDS, VERSION
from tracker.kit.forms import AtMost, Form, FormData, choices, stripped
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _


class ImportForm(Form):
    """A file. `kind` "": by the file's name; `as_version`: another version than the file states.

    `licence`: for a file that states none, as those in CASE often do.
    """

    file = FileField(N_("File"))
    kind = RadioField(N_("Format"), default="")
    as_version = StringField(N_("Take it in as another version"), filters=[stripped])
    licence = StringField(
        N_("Licence of the framework"), filters=[stripped], validators=[AtMost(HEAD_FIELDS["licence"])]
    )

    def __init__(self, data: FormData | None = None) -> None:
        super().__init__(data)
        self.kind.choices = choices(
            [
                ("", _("By the file's name")),
                ("csv", _("CSV")),
                ("xlsx", _("Workbook (XLSX)")),
                ("case", _("CASE JSON (1.1 or 1.0)")),
            ]
        )
        wrong = _("Write a version such as 2021 or 1.2: letters, digits, . _ and -, at most 20.")
        self.as_version.validators = [Optional(), Regexp(f"^{VERSION.pattern}$", message=wrong)]
