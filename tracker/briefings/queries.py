"""Reading what stands beside a briefing's comparison."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.briefings.beside import Beside
from tracker.briefings.course_queries import courses
from tracker.briefings.options import MOST_IN_FULL, Options
from tracker.charts.spec import Timelines
from tracker.compare.comparison import Comparison
from tracker.compare.queries import compare
from tracker.crosswalks import queries as crosswalks
from tracker.crosswalks.lens_queries import read_through
from tracker.crosswalks.reading import Reading
from tracker.instruments.queries import PublicAttachment, attachments_of
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Source


async def gather(db: AsyncSession, comparison: Comparison, options: Options) -> Beside:
    """What `compose` needs beside the comparison. Raises Invalid where there is no such crosswalk or day."""
    return Beside(
        courses=await _courses(db, comparison, options),
        earlier=await _earlier(db, comparison, options),
        lens=await _lens(db, comparison, options),
        files=await _files(db, comparison, options),
    )


async def _files(
    db: AsyncSession, comparison: Comparison, options: Options
) -> dict[UUID, list[PublicAttachment]]:
    """The files of the instruments that are cited; none for a register, whose annex is short."""
    if not options.has("evidence") or len(comparison.places) > MOST_IN_FULL:
        return {}
    cited = {e.instrument_id for cell in comparison.rows() for v in cell.voices for e in v.evidence}
    return await attachments_of(db, cited, comparison.at.as_of)


async def _earlier(db: AsyncSession, comparison: Comparison, options: Options) -> Comparison | None:
    """The same columns on the earlier day, by what had been published when the comparison was read."""
    if options.since is None or not options.has("change"):
        return None
    known_by = options.known_by or comparison.at.as_of
    # An edition of the very same moment is no fault: nothing was published since, and that is told.
    same = options.known_by is None and options.since == comparison.at.on
    if options.since > comparison.at.on or same:
        raise Invalid({"since": _("The day must lie before the one that the comparison is of.")})
    query = replace(comparison.query, on=options.since, as_of=known_by, show="all")
    return await compare(db, query)


async def _courses(db: AsyncSession, comparison: Comparison, options: Options) -> tuple[Timelines, ...]:
    """The columns in which most has changed; none where there are too many jurisdictions to draw."""
    if not options.has("change") or len(comparison.places) > MOST_IN_FULL:
        return ()
    return await courses(db, comparison)


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
    source = Source.BEST if comparison.query.source is Source.ALL else comparison.query.source
    query = replace(
        comparison.query, items=(), domains=(), show="all", on=at.on, as_of=at.as_of, source=source
    )
    return await read_through(db, crosswalk, query)
