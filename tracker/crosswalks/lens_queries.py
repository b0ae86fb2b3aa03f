"""Reading a comparison through a crosswalk: from the published record each time, never copied."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.compare.queries import compare
from tracker.compare.query import DEFAULT_FRAMEWORK, Query
from tracker.crosswalks import queries
from tracker.crosswalks.queries import CrosswalkLine
from tracker.crosswalks.reading import Reading
from tracker.frameworks import queries as frameworks
from tracker.frameworks.queries import Framework
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Source

MOST_JURISDICTIONS = 200


async def reading_of(db: AsyncSession, query: Query) -> Reading:
    """The reading that a comparison with `through` asks for. Raises Invalid naming each parameter that can't be taken."""
    crosswalk = await _crosswalk(db, query)
    return await read_through(db, crosswalk, replace(query, through="", layout=Query().layout))


async def sides_of(db: AsyncSession, query: Query) -> tuple[Framework, Query]:
    """What `reading_of` checks before it reads a cell. Raises Invalid as it does."""
    return await _sides(db, await _crosswalk(db, query), replace(query, through=""))


async def _crosswalk(db: AsyncSession, query: Query) -> CrosswalkLine:
    crosswalk = await queries.crosswalk(db, query.through)
    if crosswalk is None:
        told = {"through": _("There is no crosswalk “%(key)s”.") % {"key": query.through[:80]}}
        if strange := await jurisdictions.unknown(db, query.jurisdictions):
            told["jurisdictions"] = strange
        raise Invalid(told)
    return crosswalk


async def read_through(db: AsyncSession, crosswalk: CrosswalkLine, query: Query) -> Reading:
    """The lens of a query. `query.items` are items of the target.

    Raises Invalid naming each parameter that can't be taken.
    """
    target, source = await _sides(db, crosswalk, query)
    return Reading(
        crosswalk=crosswalk,
        comparison=await compare(db, source),
        target=target,
        targets=tuple(item for item in target.items if not query.items or item.key in query.items),
        mappings=tuple(await queries.mappings(db, crosswalk.id)),
        states=tuple(await queries.no_counterparts(db, crosswalk.id)),
    )


async def _sides(db: AsyncSession, crosswalk: CrosswalkLine, query: Query) -> tuple[Framework, Query]:
    """The target, and the comparison of the source. Raises Invalid naming each parameter that can't be taken."""
    target = await frameworks.framework(db, crosswalk.target_name)
    assert target is not None
    faults = _faults(query, crosswalk, {item.key for item in target.items})
    if faults:
        strange = await jurisdictions.unknown(db, query.jurisdictions)
        raise Invalid(({"jurisdictions": strange} if strange else {}) | faults)
    # What is reported is read whole: the crosswalk decides which items and domains it needs.
    return target, replace(
        query, framework=crosswalk.source_name, items=(), domains=(), show="all", through="", layout=()
    )


def _faults(query: Query, crosswalk: CrosswalkLine, items: set[str]) -> dict[str, str]:
    faults = {}
    if len(query.jurisdictions) > MOST_JURISDICTIONS:
        faults["jurisdictions"] = _("%(most)s at most can be read through a crosswalk at once.") % {
            "most": MOST_JURISDICTIONS
        }
    sides = {name for side in (crosswalk.source_name, crosswalk.target_name) for name in _names(side)}
    if query.framework not in sides | {DEFAULT_FRAMEWORK}:
        faults["framework"] = _("This crosswalk has no side “%(key)s”.") % {"key": query.framework[:80]}
    strange = [key for key in query.items if key not in items]
    if strange:
        faults["items"] = _("The framework has no item “%(key)s”.") % {"key": strange[0][:60]}
    if query.domains:
        faults["domains"] = _("The lens reads all domains that a mapping asks for; leave them out.")
    if query.source is Source.ALL:
        faults["source"] = _("The lens reads one voice a cell: self, independent or best.")
    if query.show != "all":
        faults["show"] = _("The lens shows everything that is related; leave this out.")
    if query.principle:
        faults["principle"] = _("The lens shows everything that is related; leave this out.")
    return faults


def _names(name: str) -> tuple[str, str]:
    return name, name.partition("@")[0]
