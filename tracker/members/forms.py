"""Forms about members, invitations and the organisation's own description."""

from collections.abc import Sequence
from typing import Any

from wtforms import PasswordField, StringField
from wtforms.fields import RadioField, SelectField

from tracker.access.permissions import Role
from tracker.accounts.passwords import LONGEST
from tracker.kit.forms import AtMost, Form, Needed, SafeLink, choices, stripped
from tracker.kit.i18n import N_, language_name
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import word

EMAIL, LINK, NAME = 254, 500, 120


class RoleForm(Form):
    """A member's role."""

    role = RadioField(N_("Role"), validators=[Needed(N_("Choose a role."))])

    def __init__(self, *args: Any, roles: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = choices([(role.value, word("role", role)) for role in roles])


class InviteForm(RoleForm):
    """Whom to invite, and as what."""

    email = StringField(
        N_("E-mail address"),
        filters=[stripped],
        validators=[Needed(N_("Enter the e-mail address of the person.")), AtMost(EMAIL)],
    )


class AdminForm(Form):
    """Whom to invite as an organisation's first admin, or as another one."""

    email = StringField(
        N_("E-mail address"),
        filters=[stripped],
        validators=[Needed(N_("Enter the e-mail address of the person.")), AtMost(EMAIL)],
    )


class JoinForm(Form):
    """What a new person says to accept."""

    name = StringField(
        N_("Your name"), filters=[stripped], validators=[Needed(N_("Enter your name.")), AtMost(NAME)]
    )
    new = PasswordField(N_("A password"), validators=[Needed(N_("Choose a password.")), AtMost(LONGEST)])


class DescriptionForm(Form):
    """What the organisation says of itself."""

    website = StringField(N_("Website"), filters=[stripped], validators=[SafeLink(), AtMost(LINK)])
    contact = StringField(N_("Contact address"), filters=[stripped], validators=[AtMost(EMAIL)])
    language = SelectField(N_("Language of e-mail to members"), default="", validate_choice=True)

    def __init__(self, *args: Any, languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(code, language_name(code)) for code in languages]
        self.language.choices = choices([("", _("The first language of this service")), *named])
