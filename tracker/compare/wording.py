"""How sentences name what is compared: places, items, columns, cells."""

from collections.abc import Sequence

from babel.lists import format_list

from tracker.compare.comparison import Column
from tracker.frameworks.queries import Item
from tracker.jurisdictions.queries import Place
from tracker.kit.i18n import N_, current_locale
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Domain

# A label longer than this would bury the sentence it stands in.
_SHORT = 40
# More names than this are counted instead of listed.
MOST_NAMES = 6

_FOR_DOMAIN = {
    Domain.INDIVIDUAL: N_("%(item)s for individual practitioners"),
    Domain.ORGANIZATION: N_("%(item)s for organizations"),
    Domain.RESEARCHER: N_("%(item)s for researchers"),
    Domain.EDUCATOR: N_("%(item)s for educators"),
    Domain.ALL: N_("%(item)s"),
}


def item_name(item: Item) -> str:
    """For the head of a column or row: number, where the source gives one, and label."""
    return f"{item.source_number}: {item.label}" if item.source_number else item.label


def item_ref(item: Item) -> str:
    """Short, for a sentence: "Core Competency 2 (Risk)"."""
    if not item.source_number:
        return item.label
    if item.short_label and len(item.short_label) <= _SHORT:
        return f"{item.source_number} ({item.short_label})"
    return item.source_number


def column_ref(column: Column) -> str:
    """An item and domain in a sentence: "Core Competency 2 (Risk) for educators"."""
    return _(_FOR_DOMAIN[column[1]]) % {"item": item_ref(column[0])}


def columns_ref(columns: Sequence[Column], most: int) -> str:
    """Several columns in a sentence, the first `most` of them by name; a common domain is said once."""
    shown, left = columns[:most], len(columns) - most
    more = [_("%(count)s more") % {"count": left}] if left > 0 else []
    domains = {domain for _item, domain in columns}
    if len(domains) > 1:
        return listed([column_ref(c) for c in shown] + more)
    items = listed([item_ref(item) for item, _domain in shown] + more)
    return _(_FOR_DOMAIN[domains.pop()]) % {"item": items}


def cell_ref(place: Place, column: Column) -> str:
    """A cell in few words, for a link among others."""
    item = column[0].source_number or column[0].label
    return f"{place.name}, " + _(_FOR_DOMAIN[column[1]]) % {"item": item}


def listed(texts: Sequence[str]) -> str:
    """ "a, b, and c" in the current language."""
    return format_list(list(texts), locale=current_locale())


def named(places: Sequence[Place]) -> str:
    """The names in one list, or how many there are where they are too many to read."""
    return names_listed([p.name for p in places])


def names_listed(names: Sequence[str]) -> str:
    """In one list, or how many jurisdictions there are where they are too many to read."""
    if len(names) > MOST_NAMES:
        return _("%(count)s jurisdictions") % {"count": len(names)}
    return listed(list(names))


def place_heading(place: Place) -> str:
    return _("%(name)s (fictional)") % {"name": place.name} if place.fictional else place.name
