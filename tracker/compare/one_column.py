"""Narrowing a query to the one item, domain and axis that a map or a course in time shows."""

from dataclasses import replace

from tracker.compare.query import Query
from tracker.frameworks.queries import Framework
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, Source


def one_column(query: Query, framework: Framework) -> Query:
    """The query with one item, domain and axis: the first of each where it names none, and every cell of it.

    A principle keeps columns and changes no cell, so it is left out as `show` is. Raises Invalid where it asks
    for more than one item, domain or voice, or the framework has no items.
    """
    faults = {}
    if len(query.items) > 1:
        faults["items"] = _("Here one item is shown: choose which.")
    if len(query.domains) > 1:
        faults["domains"] = _("Here one domain is shown: choose which.")
    if query.source is Source.ALL:
        faults["source"] = _("Here one voice of each jurisdiction is shown: choose which.")
    if query.through:
        faults["through"] = _(
            "Here a level is one level, and what follows through a crosswalk is a range of levels. Leave it out."
        )
    if not framework.items:
        faults["framework"] = _("This framework has no items yet.")
    if faults:
        raise Invalid(faults)
    key = query.items[0] if query.items else framework.items[0].key
    item = next((i for i in framework.items if i.key == key), framework.items[0])
    domain = query.domains[0] if query.domains and query.domains[0] in item.domains else item.domains[0]
    axis = query.axis if query.axis != "both" else Axis.COMMITMENT.value
    return replace(query, items=(key,), domains=(domain,), axis=axis, show="all", layout=(), principle=None)


def around(query: Query, framework: Framework) -> Query:
    """What a link from a comparison to one of its items keeps: all but what a single column can't have."""
    return replace(
        query,
        framework=framework.name,
        items=(),
        domains=query.domains[:1],
        axis=query.axes[0].value,
        source=Source.BEST if query.source is Source.ALL else query.source,
        show="all",
        through="",
        layout=(),
        principle=None,
    )


def kept(query: Query, framework: Framework) -> Query:
    """What a form shows of a query that can't be taken: one column by what of it can be, else by the first there is."""
    known = {item.key for item in framework.items}
    near = replace(around(query, framework), items=tuple(key for key in query.items if key in known)[:1])
    return one_column(near, framework) if framework.items else near
