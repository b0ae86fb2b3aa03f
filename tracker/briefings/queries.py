"""Reading what stands beside a briefing's comparison."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.briefings.beside import Beside
from tracker.briefings.options import MOST_IN_FULL, Options
from tracker.compare.comparison import Comparison
from tracker.compare.queries import compare
from tracker.crosswalks import queries as crosswalks
from tracker.crosswalks.lens_queries import read_through
from tracker.crosswalks.reading import Reading
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _


async def gather(db: AsyncSession, comparison: Comparison, options: Options) -> Beside:
    """What `compose` needs beside the comparison. Raises Invalid where there is no such crosswalk or day."""
    return Beside(
        earlier=await _earlier(db, comparison, options),
        lens=await _lens(db, comparison, options),
    )


async def _earlier(db: AsyncSession, comparison: Comparison, options: Options) -> Comparison | None:
    """The same columns on the earlier day, by what had been published when the comparison was read."""
    if options.since is None or not options.has("change"):
        return None
    if options.since >= comparison.at.on:
        raise Invalid({"since": _("The day must lie before the one that the comparison is of.")})
    query = replace(comparison.query, on=options.since, as_of=comparison.at.as_of, show="all")
    return await compare(db, query)


async def _lens(db: AsyncSession, comparison: Comparison, options: Options) -> Reading | None:
    if not options.lens or not options.has("lens"):
        return None
    if len(comparison.places) > MOST_IN_FULL:
        return None
    crosswalk = await crosswalks.crosswalk(db, options.lens)
    if crosswalk is None or crosswalk.source_name != comparison.framework.name:
        raise Invalid(
            {"lens": _("There is no crosswalk “%(key)s” from this framework.") % {"key": options.lens[:60]}}
        )
    at = comparison.at
    query = replace(comparison.query, items=(), domains=(), show="all", on=at.on, as_of=at.as_of)
    return await read_through(db, crosswalk, query)
