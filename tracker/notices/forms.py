"""The form of a reply."""

from wtforms import TextAreaField

from tracker.kit.forms import AtMost, Form, Needed, stripped
from tracker.kit.i18n import N_
from tracker.reviews.models import REPLY_LENGTH


class ReplyForm(Form):
    text = TextAreaField(
        N_("Your reply"),
        filters=[stripped],
        validators=[Needed(N_("Write the reply first.")), AtMost(REPLY_LENGTH)],
    )
