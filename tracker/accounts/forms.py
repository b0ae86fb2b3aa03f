"""The forms of an account."""

from wtforms import HiddenField, PasswordField, StringField

from tracker.accounts.passwords import LONGEST
from tracker.kit.forms import AtMost, Form, Needed, stripped
from tracker.kit.i18n import N_


class SignInForm(Form):
    email = StringField(
        N_("E-mail address"), filters=[stripped], validators=[Needed(N_("Enter your e-mail address."))]
    )
    password = PasswordField(N_("Password"), validators=[Needed(N_("Enter your password.")), AtMost(LONGEST)])
    next = HiddenField(default="")


class PasswordForm(Form):
    current = PasswordField(
        N_("Current password"), validators=[Needed(N_("Enter your current password.")), AtMost(LONGEST)]
    )
    new = PasswordField(N_("New password"), validators=[Needed(N_("Enter a new password.")), AtMost(LONGEST)])
