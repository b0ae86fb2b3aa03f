"""WTForms on what a request sent: every fault is reported, and what was typed stays."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import Form as BaseForm
from wtforms import StringField, ValidationError
from wtforms.fields.choices import SelectChoice

from tracker.kit.i18n import current_locale
from tracker.kit.i18n import gettext as _
from tracker.kit.safe import safe_url


def number_of(text: str | None) -> int:
    """A number as a form brought it back, such as a version; -1, which nothing has, for what is no number."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def page_number(text: str) -> int:
    """1 for what is no number of a page; one too large leads to no page."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) else 1


def not_among(text: str, allowed: Iterable[object]) -> str:
    """What is told of a code that is none of those allowed: it, shortened, and them."""
    return _("“%(text)s” is not known here; it can be %(allowed)s.") % {
        "text": text[:60],
        "allowed": ", ".join(str(a) for a in allowed),
    }


class FormData:
    """The pairs of a form, as WTForms wants them. Characters that no database takes are dropped."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        self._lists: dict[str, list[str]] = {}
        for name, value in pairs:
            if isinstance(value, str):
                self._lists.setdefault(name, []).append(value.replace("\x00", ""))

    def __contains__(self, name: object) -> bool:
        return name in self._lists

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def __len__(self) -> int:
        return len(self._lists)

    def getlist(self, name: str) -> list[str]:
        return list(self._lists.get(name, []))

    def first(self, name: str) -> str:
        return next(iter(self._lists.get(name, [])), "")


class Form(BaseForm):
    """The base of all forms. `add_faults` puts a service's refusal beside its fields."""

    class Meta:
        def get_translations(self, form: Any) -> Any:
            from wtforms.i18n import get_translations

            return get_translations([current_locale()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self:
            if field.label is not None:
                field.label.text = _(field.label.text)

    def add_faults(self, faults: Mapping[str, str]) -> None:
        for name, text in faults.items():
            if name in self._fields:
                self._fields[name].errors = [*self._fields[name].errors, text]
            else:
                self.form_errors: list[str] = [*(self.form_errors or []), text]


def choices(pairs: Sequence[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


def stripped(text: str | None) -> str:
    """A filter: white space around is dropped, line ends are made plain, absent is ""."""
    return (text or "").replace("\r\n", "\n").strip()


class DayField(StringField):
    """A day as year-month-day. `data` is a date or None; what was typed is shown again as it was."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = date.fromisoformat(text)
        except ValueError:
            self.data = None
        if self.data is None or self.data.isoformat() != text:  # Python takes other ISO forms as well
            self.data = None
            raise ValueError(_("Write the day as year-month-day, like 2024-03-27."))
        if not 1900 <= self.data.year <= 2100:
            self.data = None
            raise ValueError(_("The year must lie between 1900 and 2100."))


class SafeLink:
    """A validator: empty, or an http or https address."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.data and not safe_url(field.data):
            raise ValidationError(_("Enter a full link that begins with http:// or https://."))


class AtMost:
    """A validator: no more than `most` characters; says how many there are."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: Any, field: Any) -> None:
        size = len(field.data or "")
        if size > self.most:
            raise ValidationError(
                _("Use at most %(most)s characters; this has %(size)s.") % {"most": self.most, "size": size}
            )


class Needed:
    """A validator: something must be given; `say` is the untranslated message."""

    field_flags = {"required": True}

    def __init__(self, say: str) -> None:
        self.say = say

    def __call__(self, form: Any, field: Any) -> None:
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            if not any(
                field.raw_data or ()
            ):  # of what was left empty WTForms says that it is no valid choice, too
                field.errors = []
            raise ValidationError(_(self.say))
