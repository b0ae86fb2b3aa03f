"""What a comparison was narrowed to, in words: beside its tables, where it is printed, and where it was frozen."""

from collections.abc import Iterable, Mapping

from tracker.compare.query import Query
from tracker.frameworks.queries import Item
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Source, word


def item_labels(items: Iterable[Item]) -> dict[str, str]:
    """Number and label of each item, by key."""
    return {i.key: f"{i.source_number}: {i.label}" if i.source_number else i.label for i in items}


def asked(query: Query, labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """(parameter in words, what it was set to) of all that is not the default. `labels`: of items, by key."""
    shows = {
        "differences": _("only where they differ"),
        "gaps": _("only confirmed gaps"),
        "unknown": _("only what is unknown"),
    }
    told = {
        _("Items"): "; ".join(labels.get(key, key) for key in query.items),
        _("Domains"): ", ".join(word("domain", d).lower() for d in query.domains),
        _("Scale"): word("axis", query.axis).lower() if query.axis != "both" else "",
        _("Shown"): shows.get(query.show, ""),
        _("Whose voice"): word("source", query.source).lower() if query.source is not Source.BEST else "",
        _("Basis"): word("basis", query.basis).lower() if query.basis else "",
        _("Principle"): word("principle", query.principle).lower() if query.principle else "",
    }
    return tuple((term, text) for term, text in told.items() if text)
