"""The language of the current request, and the words in it.

The locale lives in a context variable that the outermost middleware sets: context variables set
in synchronous dependencies or guards of the framework are lost.
"""

import gettext as _gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as _format_date

DEFAULT_LOCALE = "en"
CATALOGUES = Path(__file__).parent.parent / "locales"

_current: ContextVar[str] = ContextVar("locale", default=DEFAULT_LOCALE)


def N_(message: str) -> str:  # noqa: N802
    """Mark a message for the catalogue without translating it yet."""
    return message


def set_locale(locale: str) -> None:
    _current.set(locale)


@contextmanager
def in_locale(locale: str) -> Iterator[None]:
    """Within the block words are those of `locale`: for what is written to somebody else than who asks."""
    token = _current.set(locale)
    try:
        yield
    finally:
        _current.reset(token)


def current_locale() -> str:
    return _current.get()


@lru_cache
def _catalogue(locale: str) -> _gettext.NullTranslations:
    return _gettext.translation("tracker", CATALOGUES, [locale], fallback=True)


def gettext(message: str) -> str:
    return _catalogue(_current.get()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    return _catalogue(_current.get()).ngettext(one, many, count)


def direction() -> str:
    """ "rtl" or "ltr", for the current language."""
    return Locale.parse(_current.get()).text_direction


def language_name(locale: str) -> str:
    """The language's own name for itself."""
    return Locale.parse(locale).get_display_name() or locale


def language_told(code: str) -> str:
    """The name of a language in the reader's own, of a code such as es or pt-BR; the code where it is not known."""
    try:
        return Locale.parse(code, sep="-").get_display_name(_current.get()) or code
    except (ValueError, UnknownLocaleError):
        return code


def format_date(value: date | datetime) -> str:
    """A date in the long form of the current language, e.g. 2 December 2020. Datetimes are UTC."""
    pattern = "d MMMM y" if _current.get() == "en" else "long"
    return _format_date(value, pattern, locale=_current.get())
