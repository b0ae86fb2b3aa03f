"""The forms of the workbench."""

from typing import Any

from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.crosswalks import models
from tracker.crosswalks.content import MOST_STRENGTH, MappingContent, NoCounterpartContent, SetHead
from tracker.crosswalks.queries import Checked, CrosswalkLine, MappingLine
from tracker.frameworks.queries import Framework, FrameworkLine
from tracker.kit.forms import AtMost, DayField, Form, Needed, choices, stripped
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import PRACTITIONER_DOMAINS, Domain, Relation, word

# How a mapping came about, in the words of the SEMAPV vocabulary.
JUSTIFICATIONS = {
    "semapv:ManualMappingCuration": N_("Somebody compared the two"),
    "semapv:LexicalMatching": N_("Their words match"),
    "semapv:SemanticSimilarityThresholdMatching": N_("A measure of likeness of meaning"),
    "semapv:MappingReview": N_("An older mapping was looked at again"),
    "semapv:UnspecifiedMatching": N_("Not stated"),
}


def _text(label: str, most: int, *more: Any) -> StringField:
    return StringField(label, filters=[stripped], validators=[*more, AtMost(most)])


def _long(label: str, most: int, *more: Any) -> TextAreaField:
    return TextAreaField(label, filters=[stripped], validators=[*more, AtMost(most)])


class Boxes(SelectMultipleField):
    """Check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Number:
    """A validator: empty, or a number from 0 to `most`; the text stays as it was typed."""

    def __init__(self, most: int, *, whole: bool) -> None:
        self.most, self.whole = most, whole

    def __call__(self, form: Any, field: Any) -> None:
        if field.data and self.read(field.data) is None:
            say = (
                _("Write a whole number from 0 to %(most)s.")
                if self.whole
                else _("Write a number from 0 to %(most)s, such as 0.5.")
            )
            raise ValidationError(say % {"most": self.most})

    def read(self, text: str) -> float | None:
        """The number, or None where there is none or it can't be taken."""
        plain = text.strip().replace(",", ".")
        digits = plain.replace(".", "", 0 if self.whole else 1)
        if not (digits.isascii() and digits.isdigit() and len(plain) <= 8):
            return None
        number = float(plain)
        return number if number <= self.most else None


CONFIDENCE, STRENGTH = Number(1, whole=False), Number(MOST_STRENGTH, whole=True)


class ReasonForm(Form):
    """What a mapping and a missing counterpart have alike."""

    version = HiddenField(default="0")
    rationale = _long(N_("Why"), models.RATIONALE_LENGTH, Needed(N_("Say why.")))
    citation = _text(N_("Citation"), models.CITATION_LENGTH)
    justification = SelectField(N_("How it was found"), default="semapv:ManualMappingCuration")
    author = _text(N_("Author, as published"), models.NAME_LENGTH, Needed(N_("Say who wrote this.")))
    authored_on = DayField(N_("Written on"))

    def prepare_reasons(self, stored: str = "") -> None:
        """Fill in the choices; a justification from a file that is not among them is kept."""
        known = dict.fromkeys([*JUSTIFICATIONS, stored or "semapv:ManualMappingCuration"])
        self.justification.choices = choices([(code, _(JUSTIFICATIONS.get(code, code))) for code in known])

    def reasons(self) -> dict[str, Any]:
        names = ("rationale", "citation", "justification", "author", "authored_on")
        return {name: self[name].data for name in names}


class NoCounterpartForm(ReasonForm):
    """Why an item has no counterpart."""

    def content(self) -> NoCounterpartContent:
        return NoCounterpartContent(**self.reasons())


class MappingForm(ReasonForm):
    """All fields of a mapping. Sources and targets are the ids of items."""

    sources = Boxes(N_("Sources"), validators=[Needed(N_("Choose at least one source."))])
    relation = RadioField(N_("Relation"), validators=[Needed(N_("Choose how they relate."))])
    targets = Boxes(N_("Targets"), validators=[Needed(N_("Choose at least one target."))])
    domains = Boxes(N_("Domains"))
    confidence = StringField(N_("Confidence"), filters=[stripped], validators=[CONFIDENCE])
    strength = StringField(N_("Strength"), filters=[stripped], validators=[STRENGTH])

    def prepare(self, source: Framework, target: Framework, stored: str = "") -> None:
        """Fill in the choices, in the current language."""
        self.prepare_reasons(stored)
        for field, framework in ((self.sources, source), (self.targets, target)):
            field.choices = choices(
                [(str(item.id), f"{item.label} ({item.key})") for item in framework.items]
            )
        self.relation.choices = choices([(r.value, word("relation", r)) for r in Relation])
        self.domains.choices = choices([(d.value, word("domain", d)) for d in PRACTITIONER_DOMAINS])

    def content(self) -> MappingContent:
        strength = STRENGTH.read(self.strength.data or "")
        return MappingContent(
            **self.reasons(),
            sources=tuple(int(number) for number in self.sources.data or ()),
            targets=tuple(int(number) for number in self.targets.data or ()),
            relation=Relation(self.relation.data),
            domains=tuple(Domain(d) for d in self.domains.data or ()),
            confidence=CONFIDENCE.read(self.confidence.data or ""),
            strength=None if strength is None else int(strength),
        )


def reason_values(line: Checked) -> dict[str, Any]:
    """What the form of something stored shows."""
    names = ("rationale", "citation", "justification", "author", "authored_on")
    return {name: getattr(line, name) for name in names} | {"version": str(line.version)}


def mapping_values(line: MappingLine) -> dict[str, Any]:
    """What the form of a stored mapping shows."""
    return reason_values(line) | {
        "sources": [str(side.id) for side in line.sources],
        "targets": [str(side.id) for side in line.targets],
        "relation": line.relation.value,
        "domains": [d.value for d in line.domains],
        "confidence": "" if line.confidence is None else str(line.confidence),
        "strength": "" if line.strength is None else str(line.strength),
    }


class HeadForm(Form):
    """What a set says of itself."""

    edit_number = HiddenField(default="0")
    title = _text(N_("Title"), models.TITLE_LENGTH, Needed(N_("Give the crosswalk a title.")))
    licence = _text(N_("Licence"), models.NAME_LENGTH)
    comment = _long(N_("Remark"), models.COMMENT_LENGTH)

    def content(self) -> SetHead:
        return SetHead(self.title.data, self.licence.data, self.comment.data)


def head_values(line: CrosswalkLine) -> dict[str, str]:
    return {
        "edit_number": str(line.edit_number),
        "title": line.title,
        "licence": line.licence,
        "comment": line.comment,
    }


class CopyForm(Form):
    """The name of a set that begins as a copy of another."""

    key = _text(N_("Key"), models.KEY_LENGTH, Needed(N_("Give a key.")))
    version = _text(N_("Version"), models.VERSION_LENGTH, Needed(N_("Give a version.")))


class StartForm(HeadForm):
    """A new set: its two frameworks and its name."""

    source = SelectField(N_("From"), validators=[Needed(N_("Choose a framework."))])
    target = SelectField(N_("To"), validators=[Needed(N_("Choose a framework."))])
    key = _text(N_("Key"), models.KEY_LENGTH, Needed(N_("Give a key.")))
    version = _text(N_("Version"), models.VERSION_LENGTH, Needed(N_("Give a version.")))

    def prepare(self, frameworks: list[FrameworkLine]) -> None:
        known = [(f"{f.key}@{f.version}", f"{f.title} ({f.version})") for f in frameworks]
        self.source.choices = choices(known)
        self.target.choices = choices([("", _("Choose")), *known])


class ReviewForm(Form):
    """What was looked at, as "mapping-ID-VERSION" or "state-ID-VERSION", and the name to publish."""

    chosen = Boxes(N_("What you have looked at"), validators=[Needed(N_("Choose at least one."))])
    reviewer = _text(N_("Reviewer, as published"), models.NAME_LENGTH, Needed(N_("Say who reviews.")))


class PublishForm(Form):
    """Who publishes, by the name to publish."""

    publisher = _text(N_("Published by"), models.NAME_LENGTH, Needed(N_("Say who publishes.")))


class ConfirmForm(Form):
    """A step that can't be taken back."""

    version = HiddenField(default="0")
    confirm = Boxes(N_("Confirm"), validators=[Needed(N_("Tick the box to confirm."))])

    def prepare(self, say: str) -> None:
        self.confirm.choices = choices([("yes", say)])
