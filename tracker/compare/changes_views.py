"""What changed since a day over a whole comparison."""

from collections.abc import Mapping
from dataclasses import replace

from litestar import Request, Response, get

from tracker.access.guard import PUBLIC
from tracker.compare.changes_told import changes_told
from tracker.compare.files import cell_link
from tracker.compare.queries import compare
from tracker.compare.query import Query, parse
from tracker.kit.errors import Invalid
from tracker.kit.i18n import format_date
from tracker.kit.i18n import gettext as _
from tracker.web.render import context_of, page
from tracker.web.requests import database_of, query_parameters


@get("/{locale:str}/compare/changes", name="compare_changes", access=PUBLIC)
async def changes_page(request: Request) -> Response[str]:
    """The comparison of the query beside that of an earlier day, each by what was published until then."""
    given, locale = query_parameters(request), context_of(request).locale
    faults: dict[str, str] = {}
    told, after, earlier, query = None, None, None, Query()
    async with database_of(request).read() as db:
        try:
            # Every column, or a filter would hide a change; and levels as reported, not as they follow.
            query = replace(parse(given), show="all", layout=(), through="", principle=None)
            if not query.jurisdictions:
                raise Invalid({"jurisdictions": _("Choose jurisdictions on the compare page first.")})
            earlier = _since(given, query)
            after = await compare(db, query)
            if earlier:
                # Of the same version: on the earlier day a bare key may have meant another.
                pinned = replace(earlier, framework=after.framework.name)
                told = changes_told(await compare(db, pinned), after)
        except Invalid as invalid:
            faults = invalid.faults
    return page(
        request,
        "compare/changes.html",
        status=422 if faults else 200,
        given=given,
        faults=faults,
        query=query,
        hidden={k: v for k, v in query.parameters().items() if k not in ("on", "as_of")},
        comparison=after,
        told=told,
        since=earlier.on if earlier else None,
        href=lambda cell: cell_link(after, cell, locale) if after else "",
    )


def _since(given: Mapping[str, str], query: Query) -> Query | None:
    """The query as of the earlier day; None where none is given. Raises Invalid for a day that is not earlier."""
    text = given.get("since", "").strip()
    if not text:
        return None
    try:
        day = parse({"on": text, "as_of": text})
    except Invalid as invalid:
        raise Invalid({"since": next(iter(invalid.faults.values()))}) from invalid
    earlier = replace(query, on=day.on, as_of=day.as_of)
    for name, other in (("on", query.on), ("as_of", query.as_of.date() if query.as_of else None)):
        if other is not None and earlier.on is not None and earlier.on > other:
            told = _("It must not be later than %(day)s, which is asked for below.")
            raise Invalid(
                {"since": told % {"day": format_date(other)}, name: _("This day is before the first.")}
            )
    return earlier
