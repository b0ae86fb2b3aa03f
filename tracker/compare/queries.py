"""Answering a comparison query from the published record."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.compare.comparison import Column, ComparedCell, Comparison, differs, has_gap, has_unknown
from tracker.compare.query import Query
from tracker.entries import queries as entries
from tracker.entries.queries import Moment
from tracker.entries.standing import Standing, contested, heard
from tracker.entries.version_queries import version_read
from tracker.frameworks import queries as frameworks
from tracker.frameworks.queries import Framework
from tracker.jurisdictions import queries as jurisdictions
from tracker.jurisdictions.queries import Place
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Domain
from tracker.packed import queries as packed

_SHOWS = {"differences": differs, "gaps": has_gap, "unknown": has_unknown}


async def compare(db: AsyncSession, query: Query) -> Comparison:
    """Run the query. Raises Invalid naming the parameter whose code is unknown."""
    query = await pinned(db, query)
    framework, places = await scope_of(db, query)
    return await compare_within(db, query, framework, places)


async def cells_asked(db: AsyncSession, query: Query) -> int:
    """How many cells the query reads, told before any of them is read. Raises Invalid as `compare` does."""
    query = await pinned(db, query)
    framework, places = await scope_of(db, query)
    return len(places) * len(columns_of(query, framework))


async def compare_within(
    db: AsyncSession, query: Query, framework: Framework, places: tuple[Place, ...]
) -> Comparison:
    """Run a query whose framework and places are known already, such as those that a snapshot froze."""
    columns = columns_of(query, framework)
    at = await packed.moment(db, query.on, query.as_of)
    voices = await entries.standing(
        db,
        at,
        jurisdictions=[p.id for p in places],
        items={item.id for item, _domain in columns},
        domains={domain for _item, domain in columns},
    )
    return narrowed(assembled(query, at, framework, places, columns, voices))


def assembled(
    query: Query,
    at: Moment,
    framework: Framework,
    places: tuple[Place, ...],
    columns: tuple[Column, ...],
    voices: Iterable[Standing],
) -> Comparison:
    """The comparison of all these columns, whatever the query shows. `voices`: all that hold at the moment."""
    by_cell: dict[tuple[int, int, Domain], list[Standing]] = defaultdict(list)
    for voice in voices:
        by_cell[voice.jurisdiction_id, voice.item_id, voice.domain].append(voice)
    cells = {}
    for place in places:
        for item, domain in columns:
            key = (place.id, item.id, domain)
            cells[key] = _cell(query, place, (item, domain), by_cell.get(key, []), at.seen)
    return Comparison(query, at, framework, places, columns, cells)


async def scope_of(db: AsyncSession, query: Query) -> tuple[Framework, tuple[Place, ...]]:
    """The framework and the jurisdictions that the query names. Raises Invalid naming what can't be taken."""
    faults = {}
    if query.through:
        faults["through"] = _(
            "Here a level is one level, and what follows through a crosswalk is a range of levels. "
            "Read it on the compare page, or on that of the crosswalk's lens."
        )
    framework = await frameworks.framework(db, query.framework)
    if framework is None:
        faults["framework"] = _("There is no framework “%(key)s”.") % {"key": query.framework[:80]}
    found = await jurisdictions.by_codes(db, query.jurisdictions)
    unknown = [code for code in query.jurisdictions if code not in found]
    if unknown:
        faults["jurisdictions"] = _("There is no jurisdiction with the code %(codes)s.") % {
            "codes": ", ".join(code[:24] for code in unknown[:5])
        }
    if framework:
        keys = {item.key for item in framework.items}
        strange = [key for key in query.items if key not in keys]
        if strange:
            faults["items"] = _("The framework has no item “%(key)s”.") % {"key": strange[0][:60]}
        if query.domains and not set(query.domains) & set(framework.domains):
            faults["domains"] = _("This framework does not apply by these domains.")
    if faults or framework is None:
        raise Invalid(faults)
    return framework, tuple(found[code] for code in query.jurisdictions)


async def pinned(db: AsyncSession, query: Query) -> Query:
    """The query with the version that a bare key means for it, where the framework has several.

    A comparison keeps it so: what is asked beside it of another day is then of the same version.
    """
    return replace(query, framework=await version_read(db, query.framework, query.jurisdictions, query.as_of))


def columns_of(query: Query, framework: Framework) -> tuple[Column, ...]:
    """The columns that the query's items and domains name."""
    return tuple(
        (item, domain)
        for item in framework.items
        if not query.items or item.key in query.items
        for domain in item.domains
        if not query.domains or domain in query.domains
    )


def _cell(query: Query, place: Place, column: Column, voices: list[Standing], seen: date) -> ComparedCell:
    """The basis filters what is heard, not what exists: the contest is told of all voices."""
    audible = [v for v in voices if query.basis is None or v.basis is query.basis]
    voiced = tuple(heard(audible, query.source))
    return ComparedCell(
        place=place,
        item=column[0],
        domain=column[1],
        voices=voiced,
        contested=contested(voices),
        seen=seen,
        filtered=bool(voices) and not voiced,
    )


def narrowed(whole: Comparison) -> Comparison:
    """Only the columns that `show` and `principle` ask for. No cell reads otherwise than without them."""
    keep, principle, axes = _SHOWS.get(whole.query.show), whole.query.principle, whole.query.axes
    columns = whole.columns
    if principle is not None:
        columns = tuple(c for c in columns if any(whole.cell(p, c).says(principle) for p in whole.places))
    if keep is not None:
        columns = tuple(c for c in columns if keep([whole.cell(p, c) for p in whole.places], axes))
    if len(columns) == len(whole.columns):
        return whole
    return replace(whole, columns=columns, selected=whole.columns)
