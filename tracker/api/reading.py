"""The published entries, page by page: what holds at a moment, as the query's source and basis hear it."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.api import queries
from tracker.api.paging import Page
from tracker.api.queries import CellLine
from tracker.compare.query import Query
from tracker.entries import queries as entries
from tracker.entries.queries import Moment
from tracker.entries.standing import Standing, contested, heard
from tracker.frameworks import queries as frameworks
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _

# on, as_of, then the cell: a page goes on at the moment at which the first one was read
KEY = (str, str, int, int, str)


@dataclass(frozen=True, slots=True)
class Heard:
    """A voice that the query hears in a cell."""

    cell: CellLine
    voice: Standing
    contested: bool


@dataclass(frozen=True, slots=True)
class Entries:
    """`next`: the cursor of the page after this one, or ""."""

    at: Moment
    heard: list[Heard]
    next: str


@dataclass(frozen=True, slots=True)
class _Scope:
    jurisdictions: list[int] | None
    items: list[int] | None


async def read_entries(db: AsyncSession, query: Query, page: Page, *, framework: str) -> Entries:
    """The entries of one page's cells. `framework`: "" for all. Raises Invalid naming an unknown code.

    A page is so many cells that anybody ever published on; where nothing of a cell holds, or nothing that the
    source and the basis hear, it has no entry of it.
    """
    scope = await _scope(db, query, framework)
    query = _at_the_cursor(query, page)
    at = await entries.moment(db, query.on, query.as_of)
    after = tuple(page.after[2:]) if page.after else None
    lines = await queries.spoken_cells(
        db,
        after=after,
        limit=page.limit + 1,
        jurisdictions=scope.jurisdictions,
        items=scope.items,
        domains=query.domains,
    )
    kept, cursor = page.of(lines, lambda c: [at.on.isoformat(), at.as_of.isoformat(), *c.key])
    voices = await _voices(db, at, kept)
    found = [
        Heard(line, voice, contested(voices[line.key]))
        for line in kept
        for voice in heard(
            [v for v in voices[line.key] if query.basis is None or v.basis is query.basis], query.source
        )
        if query.principle is None or voice.says(query.principle)
    ]
    return Entries(at, found, cursor)


async def _voices(db: AsyncSession, at: Moment, lines: Any) -> dict[Any, list[Standing]]:
    standing = await entries.standing(
        db,
        at,
        jurisdictions={line.jurisdiction_id for line in lines},
        items={line.item_id for line in lines},
    )
    found: dict[Any, list[Standing]] = defaultdict(list)
    for voice in standing:
        found[voice.jurisdiction_id, voice.item_id, voice.domain].append(voice)
    return found


def _at_the_cursor(query: Query, page: Page) -> Query:
    """The query at the moment of the page before. Raises Invalid where the cursor holds no moment."""
    if page.after is None:
        return query
    try:
        as_of = datetime.fromisoformat(page.after[1])
        on = datetime.fromisoformat(page.after[0]).date()
    except ValueError:
        as_of, on = None, None
    if as_of is None or on is None or as_of.tzinfo is None or not 1900 <= on.year <= 2100:
        raise Invalid(
            {"cursor": _("This cursor does not belong to this query. Take it from the page before.")}
        )
    if not 1900 <= as_of.year <= 2100:
        raise Invalid(
            {"cursor": _("This cursor does not belong to this query. Take it from the page before.")}
        )
    return replace(query, on=on, as_of=as_of)


async def _scope(db: AsyncSession, query: Query, framework: str) -> _Scope:
    faults: dict[str, str] = {}
    version = await frameworks.framework(db, framework) if framework else None
    if framework and version is None:
        faults["framework"] = _("There is no framework “%(key)s”.") % {"key": framework[:80]}
    places: list[int] | None = None
    try:
        places = await chosen_places(db, query)
    except Invalid as strange:
        faults |= strange.faults
    items = None
    if version or query.items:
        items = await queries.items_of(db, framework_id=version.id if version else None, keys=query.items)
        unknown = [key[:60] for key in query.items if key not in items.values()]
        if unknown:
            faults["items"] = _("The framework has no item “%(key)s”.") % {"key": unknown[0]}
    if faults:
        raise Invalid(faults)
    return _Scope(places, list(items) if items is not None else None)


async def chosen_places(db: AsyncSession, query: Query) -> list[int] | None:
    """The ids of the jurisdictions that a query names, None where it names none. Raises Invalid for an unknown code."""
    if not query.jurisdictions:
        return None
    places = await jurisdictions.by_codes(db, query.jurisdictions)
    strange = [code[:24] for code in query.jurisdictions if code not in places]
    if strange:
        told = {"codes": ", ".join(strange[:5])}
        raise Invalid({"jurisdictions": _("There is no jurisdiction with the code %(codes)s.") % told})
    return [place.id for place in places.values()]
