"""The forms of the workspace's instruments: what one is, what happened to it, and a file with it."""

from typing import Any
from uuid import UUID

from wtforms import FileField, HiddenField, RadioField, SelectField, StringField, TextAreaField

from tracker.entries.content import INSTRUMENT_FIELDS, NewInstrument
from tracker.instruments.models import (
    ATTACHMENT_TITLE_LENGTH,
    CITATION_LENGTH,
    NOTE_LENGTH,
    TITLE_LENGTH,
    URL_LENGTH,
)
from tracker.instruments.service import Happening
from tracker.kit.forms import AtMost, DayField, Form, Needed, SafeLink, choices, stripped
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import InstrumentEventKind, InstrumentKind, PublishAs, word

RECORDABLE = (InstrumentEventKind.AMENDED, InstrumentEventKind.REPEALED, InstrumentEventKind.DETAILS)


def _text(label: str, most: int) -> StringField:
    return StringField(label, filters=[stripped], validators=[AtMost(most)])


def _link(label: str) -> StringField:
    return StringField(label, filters=[stripped], validators=[AtMost(URL_LENGTH), SafeLink()])


class InstrumentForm(Form):
    """What is known of an instrument that is not published yet."""

    version = HiddenField(default="0")
    kind = SelectField(N_("Kind"), default="statute")
    title = StringField(
        N_("Title"), filters=[stripped], validators=[Needed(N_("Give its title.")), AtMost(TITLE_LENGTH)]
    )
    title_original = _text(N_("Title in the original language"), TITLE_LENGTH)
    language = _text(N_("Language of the original"), 12)
    issuer = _text(N_("Issued by"), 300)
    citation = _text(N_("Official citation"), CITATION_LENGTH)
    adopted_on = DayField(N_("Adopted or issued on"))
    in_force_on = DayField(N_("In force since"))
    in_force_until = DayField(N_("In force until"))
    url = _link(N_("Link"))
    archived_url = _link(N_("Archived link"))
    note = TextAreaField(N_("Note"), filters=[stripped], validators=[AtMost(NOTE_LENGTH)])

    def prepare(self) -> None:
        """Fill in the choices, in the current language."""
        self.kind.choices = choices([(k.value, word("instrument", k)) for k in InstrumentKind])

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        start, end = self.in_force_on.data, self.in_force_until.data
        if start and end and end < start:
            self.in_force_until.errors = [_("This day lies before the day it came into force.")]
        return not self.errors

    def content(self) -> NewInstrument:
        """What is known, once validated."""
        values = {name: self[name].data for name in INSTRUMENT_FIELDS}
        return NewInstrument(**(values | {"kind": InstrumentKind(self.kind.data)}))


class AddInstrumentForm(InstrumentForm):
    """A new instrument, of a jurisdiction that the organisation may speak of."""

    jurisdiction = StringField(
        N_("Jurisdiction"), filters=[stripped], validators=[Needed(N_("Give the jurisdiction's code."))]
    )


def instrument_values(content: NewInstrument, version: int) -> dict[str, Any]:
    """What the form of an instrument shows first."""
    return {name: getattr(content, name) for name in INSTRUMENT_FIELDS} | {
        "version": str(version),
        "kind": content.kind.value,
    }


class EventForm(Form):
    """That a published instrument was amended or repealed, or that more is known of it."""

    kind = RadioField(N_("What happened?"))
    effective_on = DayField(N_("From which day on"))
    by_instrument = SelectField(N_("By which instrument"), default="")
    in_force_until = DayField(N_("In force until"))
    archived_url = _link(N_("Archived link"))
    note = TextAreaField(N_("Note"), filters=[stripped], validators=[AtMost(NOTE_LENGTH)])

    def prepare(self, instruments: list[tuple[UUID, str, str]]) -> None:
        """Fill in the choices, in the current language. `instruments`: (id, title, citation)."""
        self.kind.choices = choices([(k.value, word("event", k)) for k in RECORDABLE])
        known = [(str(i), f"{title} ({cited})" if cited else title) for i, title, cited in instruments]
        self.by_instrument.choices = choices([("", _("Not in the register, or not known")), *known])

    def happening(self) -> Happening:
        """What happened, once validated. Only a change of details carries details."""
        kind = InstrumentEventKind(self.kind.data)
        of_details = kind is InstrumentEventKind.DETAILS
        return Happening(
            kind,
            UUID(self.by_instrument.data) if self.by_instrument.data and not of_details else None,
            None if of_details else self.effective_on.data,
            self.note.data,
            self.archived_url.data if of_details else "",
            self.in_force_until.data if of_details else None,
        )


class RetractForm(Form):
    """Why something recorded of an instrument is taken back."""

    reason = TextAreaField(N_("Reason"), filters=[stripped], validators=[AtMost(NOTE_LENGTH)])


class AttachForm(Form):
    """A file to keep with an instrument, and what the public will get of it. Stands beside the instrument's own form."""

    file = FileField(N_("File"))
    title = _text(N_("Title of the file"), ATTACHMENT_TITLE_LENGTH)
    published_as = RadioField(N_("When the instrument is published"), default="none")

    def __init__(self, formdata: Any = None) -> None:
        super().__init__(formdata, prefix="attach")

    def prepare(self) -> None:
        """Fill in the choices, in the current language."""
        self.published_as.choices = choices([(p.value, word("publish_as", p)) for p in PublishAs])
