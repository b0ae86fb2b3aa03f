"""The forms of the workspace: one cell, and one instrument applied to many cells."""

from typing import Any
from uuid import UUID

from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectMultipleField
from wtforms.validators import StopValidation

from tracker.entries.content import Citation, Content, NewInstrument
from tracker.entries.models import LOCATOR_LENGTH, NOTE_LENGTH, QUOTE_LENGTH, REASON_LENGTH, SHORT_LENGTH
from tracker.entries.principle_forms import PrinciplesForm, principle_values
from tracker.instruments.models import CITATION_LENGTH, TITLE_LENGTH, URL_LENGTH
from tracker.kit.forms import AtMost, DayField, Form, Needed, SafeLink, choices, stripped
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import (
    LEVEL_CODES,
    MISSING_CODES,
    Axis,
    Basis,
    CitationAxis,
    InstrumentKind,
    RevisionKind,
    Scope,
    word,
)

MOST_CITATIONS = 20
LANGUAGE_LENGTH = 12


def _words(group: str, codes: Any) -> list[tuple[str, str]]:
    return [(code.value if hasattr(code, "value") else code, word(group, code)) for code in codes]


def value_choices(axis: Axis) -> list[tuple[str, str]]:
    """The five levels of an axis, then the five ways to have none."""
    levels = [(code, f"{code} – {word(axis.value, code)}") for code in LEVEL_CODES]
    return levels + _words("missing", MISSING_CODES)


def text(label: str, most: int) -> StringField:
    return StringField(label, filters=[stripped], validators=[AtMost(most)])


def long_text(label: str, most: int) -> TextAreaField:
    return TextAreaField(label, filters=[stripped], validators=[AtMost(most)])


class OneOf(RadioField):
    """Radio buttons of which one must be chosen; `say` (untranslated) tells so beside them."""

    def __init__(self, label: str, *, say: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.say = say

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            raise StopValidation(_(self.say)) from None


class CitationForm(PrinciplesForm):
    """One citation: an instrument picked, or a new one typed in; and the passage in it."""

    axis = RadioField(N_("What it supports"), default="commitment")
    instrument = SelectField(N_("Instrument"), default="", validate_choice=True)
    new_kind = SelectField(N_("Kind"), default="statute")
    new_title = text(N_("Title"), TITLE_LENGTH)
    new_title_original = text(N_("Title in the original language"), TITLE_LENGTH)
    new_language = text(N_("Language of the original"), LANGUAGE_LENGTH)
    new_issuer = text(N_("Issued by"), 300)
    new_citation = text(N_("Official citation"), CITATION_LENGTH)
    new_adopted_on = DayField(N_("Adopted or issued on"))
    new_in_force_on = DayField(N_("In force since"))
    new_in_force_until = DayField(N_("In force until"))
    new_url = StringField(N_("Link"), filters=[stripped], validators=[AtMost(URL_LENGTH), SafeLink()])
    new_archived_url = StringField(
        N_("Archived link"), filters=[stripped], validators=[AtMost(URL_LENGTH), SafeLink()]
    )
    locator = text(N_("Where in it"), LOCATOR_LENGTH)
    quote = long_text(N_("Quote"), QUOTE_LENGTH)
    quote_language = text(N_("Language of the quote"), LANGUAGE_LENGTH)
    translation = long_text(N_("Translation"), QUOTE_LENGTH)

    def prepare(self, instruments: list[tuple[str, str]]) -> None:
        """Fill in the choices, in the current language."""
        self.axis.choices = choices(_words("axis", CitationAxis))
        self.instrument.choices = choices([("", _("A new one, given below")), *instruments])
        self.new_kind.choices = choices(_words("instrument", InstrumentKind))
        self.prepare_principles()

    @property
    def untouched(self) -> bool:
        typed = ("new_title", "new_citation", "new_url", "new_issuer", "locator", "quote", "translation")
        named = self.instrument.data or any(self[name].data for name in typed)
        return not named and not self.tells_of_principles

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        if self.untouched:
            return good
        if not self.instrument.data and not self.new_title.data:
            self.new_title.errors = [_("Pick an instrument, or give the title of a new one.")]
            good = False
        start, end = self.new_in_force_on.data, self.new_in_force_until.data
        if start and end and end < start:
            self.new_in_force_until.errors = [_("This day lies before the day it came into force.")]
            good = False
        return self.check_principles() and good

    def citation(self) -> Citation:
        """The citation, once validated."""
        instrument: UUID | NewInstrument
        if self.instrument.data:
            instrument = UUID(self.instrument.data)
        else:
            names = "title title_original language issuer citation adopted_on in_force_on in_force_until url archived_url"
            new = {name: self[f"new_{name}"].data for name in names.split()}
            instrument = NewInstrument(kind=InstrumentKind(self.new_kind.data), **new)
        return Citation(
            CitationAxis(self.axis.data),
            instrument,
            self.locator.data,
            self.quote.data,
            self.quote_language.data,
            self.translation.data,
            self.stated(),
        )


class EntryForm(Form):
    """What an organisation says of one cell."""

    version = HiddenField(default="0")
    kind = RadioField(N_("What kind of revision is this?"), default="change")
    commitment = RadioField(N_("On paper"), default="not_assessed")
    practice = RadioField(N_("In practice"), default="not_assessed")
    not_applicable_reason = long_text(N_("Why the item does not apply"), REASON_LENGTH)
    basis = RadioField(N_("Basis"), default="", validate_choice=False)
    scope = RadioField(N_("Scope"), default="", validate_choice=False)
    scope_note = text(N_("Which professions, regions, facilities or content"), SHORT_LENGTH)
    valid_from = DayField(N_("In force from"))
    valid_to = DayField(N_("In force until"))
    owner = text(N_("Owner"), SHORT_LENGTH)
    budget = text(N_("Budget"), SHORT_LENGTH)
    search_who = text(N_("Who looked"), SHORT_LENGTH)
    search_where = text(N_("Where they looked"), SHORT_LENGTH)
    search_when = DayField(N_("When they looked"))
    note = long_text(N_("Note"), NOTE_LENGTH)
    citations = FieldList(FormField(CitationForm), max_entries=MOST_CITATIONS)

    def prepare(self, instruments: list[tuple[str, str]], *, published: bool) -> None:
        """Fill in the choices, in the current language. `published`: something could be corrected."""
        self.kind.choices = choices(_words("kind", RevisionKind) if published else _words("kind", ["change"]))
        self.commitment.choices = choices(value_choices(Axis.COMMITMENT))
        self.practice.choices = choices(value_choices(Axis.PRACTICE))
        self.basis.choices = choices(_words("basis", Basis))
        self.scope.choices = choices(_words("scope", Scope))
        for entry in self.citations:
            entry.form.prepare(instruments)

    def validate(self, extra_validators: Any = None, *, submitting: bool = False) -> bool:
        super().validate(extra_validators)
        levels = (self.commitment.data, self.practice.data)
        self._check_dates()
        if "0" in levels:
            self._check_search_note()
        if "not_applicable" in levels and not self.not_applicable_reason.data:
            self._fault("not_applicable_reason", _("“Not applicable” needs a reason, which is published."))
        if submitting and any(level in LEVEL_CODES for level in levels):
            for name, lacks in (
                ("basis", _("Choose the basis: a level needs it before it can be reviewed.")),
                ("scope", _("Choose the scope: a level needs it before it can be reviewed.")),
            ):
                if not self[name].data:
                    self._fault(name, lacks)
        for name, allowed in (("basis", Basis), ("scope", Scope)):
            if self[name].data and self[name].data not in tuple(allowed):
                self._fault(name, _("Choose one of the options."))
        return not self.errors

    def _check_dates(self) -> None:
        start, end = self.valid_from.data, self.valid_to.data
        if start and end and end < start:
            self._fault("valid_to", _("This day lies before the day it came into force."))

    def _check_search_note(self) -> None:
        for name, lacks in (
            ("search_who", _("Level 0 needs a search note: say which office looked.")),
            ("search_where", _("Level 0 needs a search note: say where they looked.")),
            ("search_when", _("Level 0 needs a search note: say on which day.")),
        ):
            if not self[name].data and not self[name].errors:
                self._fault(name, lacks)

    def _fault(self, name: str, text: str) -> None:
        self[name].errors = [*self[name].errors, text]

    def content(self) -> Content:
        """What is said, once validated."""
        same = [
            "commitment",
            "practice",
            "not_applicable_reason",
            "scope_note",
            "valid_from",
            "valid_to",
            "owner",
            "budget",
            "search_who",
            "search_where",
            "search_when",
            "note",
        ]
        return Content(
            **{name: self[name].data for name in same},
            basis=Basis(self.basis.data) if self.basis.data else None,
            scope=Scope(self.scope.data) if self.scope.data else None,
            kind=RevisionKind(self.kind.data),
            citations=tuple(e.form.citation() for e in self.citations if not e.form.untouched),
        )


def entry_values(content: Content, version: int) -> dict[str, Any]:
    """What the form of a cell shows first."""
    names = [
        "commitment",
        "practice",
        "not_applicable_reason",
        "scope_note",
        "valid_from",
        "valid_to",
        "owner",
        "budget",
        "search_who",
        "search_where",
        "search_when",
        "note",
    ]
    values = {name: getattr(content, name) for name in names}
    values |= {"version": str(version), "kind": content.kind.value}
    values |= {"basis": content.basis or "", "scope": content.scope or ""}
    values["citations"] = [citation_values(c) for c in content.citations]
    return values


def citation_values(citation: Citation) -> dict[str, Any]:
    return {
        "axis": citation.axis.value,
        "instrument": str(citation.instrument) if isinstance(citation.instrument, UUID) else "",
        "locator": citation.locator,
        "quote": citation.quote,
        "quote_language": citation.quote_language,
        "translation": citation.translation,
        **principle_values(citation.principles),
    }


UNCHANGED = "unchanged"


class ApplyForm(CitationForm):
    """One instrument, the cells it bears on, and what is then said of each of them."""

    cells = SelectMultipleField(
        N_("The cells it bears on"), validate_choice=False, validators=[Needed(N_("Tick at least one cell."))]
    )
    commitment = SelectField(
        N_("On paper"),
        default="",
        validators=[Needed(N_("Choose the level on paper, or leave it as it is."))],
    )
    practice = SelectField(N_("In practice"), default=UNCHANGED)
    basis = OneOf(N_("Basis"), say=N_("Choose the basis."))
    scope = OneOf(N_("Scope"), say=N_("Choose the scope."))
    scope_note = text(N_("Which professions, regions, facilities or content"), SHORT_LENGTH)
    valid_from = DayField(N_("In force from"))

    def prepare(self, instruments: list[tuple[str, str]]) -> None:
        super().prepare(instruments)
        keep = [(UNCHANGED, _("Leave as it is"))]
        choose = [("", _("Choose"))]
        self.commitment.choices = choices(choose + keep + value_choices(Axis.COMMITMENT)[1:5])
        self.practice.choices = choices(keep + value_choices(Axis.PRACTICE)[1:5])
        self.basis.choices = choices(_words("basis", Basis) + keep)
        self.scope.choices = choices(_words("scope", Scope) + keep)

    @property
    def untouched(self) -> bool:
        return False  # the instrument is what this form is for


class ReasonForm(Form):
    """A reason, for returning a draft or withdrawing a revision."""

    version = HiddenField(default="0")
    reason = long_text(N_("Reason"), REASON_LENGTH)
