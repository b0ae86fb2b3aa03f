"""How a briefing words days, moments, axes and bases."""

from datetime import date, datetime

from tracker.briefings.options import Edition
from tracker.entries.principles import Stated
from tracker.entries.queries import end_of
from tracker.kit.i18n import format_date
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, Basis, word


def day(value: date | None) -> str:
    return format_date(value) if value else _("not known")


def moment(value: datetime) -> str:
    """A moment in UTC; the end of a day is said as the day."""
    if value == end_of(value.date()):
        return format_date(value.date())
    return _("%(day)s, %(time)s UTC") % {"day": format_date(value.date()), "time": value.strftime("%H:%M")}


def edition_told(edition: Edition) -> str:
    """Which edition it is, of which day, and who composed it: a sentence for the cover."""
    values = {"n": edition.number, "day": day(edition.made_on), "by": edition.by}
    if edition.state == "draft":
        return _("Draft of edition %(n)s, not published: begun on %(day)s by %(by)s.") % values
    return _("Edition %(n)s of %(day)s, composed by %(by)s.") % values


def edition_reference(
    title: str, number: int, made_on: date, organisation: str, service: str, url: str
) -> str:
    """How an edition is cited, the same on its page and in its files."""
    return _("%(by)s (%(year)s). %(title)s Briefing, edition %(n)s of %(day)s. %(service)s. %(url)s") % {
        "by": organisation,
        "year": made_on.year,
        "title": title if title[-1:] in tuple(".?!…") else f"{title}.",
        "n": number,
        "day": format_date(made_on),
        "service": service,
        "url": url,
    }


def axis_word(axis: Axis) -> str:
    return word("axis", axis.value)


def axis_tag(axis: Axis) -> str:
    """One short word for a mark in a narrow cell."""
    return _("paper") if axis is Axis.COMMITMENT else _("practice")


def basis_tag(basis: Basis | None) -> str:
    if basis is None:
        return ""
    return _("by name") if basis is Basis.BY_NAME else _("equivalent")


def means(basis: Basis | None) -> str:
    """How a level was reached, after its word, so that an equivalent is never taken for adoption by name."""
    if basis is None:
        return ""
    return _(", by name") if basis is Basis.BY_NAME else _(", by an equivalent measure")


def principle_line(stated: Stated) -> str:
    """One of the report's principles as an instrument states it: its name, the place, and who takes part how."""
    told = f"{word('principle', stated.principle)}: {stated.locator}"
    if stated.how:
        told += f"; {stated.how}"
    if stated.payment:
        told += f" ({word('payment', stated.payment).lower()})"
    return told
