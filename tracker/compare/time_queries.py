"""One cell of several jurisdictions over time: by validity, as it had been published by one moment."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.charts.spec import Panel, Step, Timelines
from tracker.compare.comparison import Comparison
from tracker.compare.queries import compare
from tracker.compare.query import Query
from tracker.compare.wording import column_ref
from tracker.db.base import select
from tracker.entries.models import PublishedRevision as R
from tracker.kit.errors import Invalid
from tracker.kit.i18n import format_date
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import word

# Each panel needs room of its own, and each day of change a reading of all of them.
MOST_PANELS, MOST_DAYS = 24, 60


async def timelines(db: AsyncSession, query: Query) -> tuple[Comparison, Timelines]:
    """The comparison of one column as it is, and its course. Each step is what compare answers for that day.

    Raises Invalid where there are more jurisdictions or days of change than can be shown.
    """
    now = await compare(db, query)
    if len(now.places) > MOST_PANELS:
        raise Invalid(
            {"jurisdictions": _("Time is shown for %(n)s jurisdictions at most.") % {"n": MOST_PANELS}}
        )
    (column,) = now.columns
    days = sorted(set(await _boundaries(db, now)))
    if len(days) > MOST_DAYS:
        told = _("There are more than %(n)s days of change: choose fewer jurisdictions.") % {"n": MOST_DAYS}
        raise Invalid({"jurisdictions": told})
    axis = query.axes[0]
    steps: dict[int, list[Step]] = {place.id: [] for place in now.places}
    for day in days:
        then = await compare(db, replace(now.query, on=day, as_of=now.at.as_of))
        for place in now.places:
            code = then.cell(place, column).value(axis).code
            if not steps[place.id] or steps[place.id][-1].code != code:
                steps[place.id].append(Step(day, code))
    return now, Timelines(
        title=f"{column_ref(column)}, {word('axis', axis).lower()}",
        summary=_("What was in force from %(start)s to %(end)s, by what was published until %(as_of)s.")
        % {
            "start": format_date(days[0]),
            "end": format_date(now.at.on),
            "as_of": format_date(now.at.as_of.date()),
        },
        axis=axis,
        start=days[0],
        end=now.at.on,
        panels=tuple(Panel(place.name, tuple(steps[place.id])) for place in now.places),
    )


async def _boundaries(db: AsyncSession, now: Comparison) -> Iterator[date]:
    """The days on which an answer can change, from the year's start before the first of them to the day that is asked about."""
    ((item, domain),) = now.columns
    rows = await db.execute(
        select(R.valid_from, R.valid_to, R.recorded_at).where(
            col(R.jurisdiction_id).in_([p.id for p in now.places]),
            col(R.item_id) == item.id,
            col(R.domain) == domain,
            col(R.recorded_at) <= now.at.as_of,
        )
    )
    days = {now.at.on}
    for row in rows:
        days.add(row.valid_from or row.recorded_at.date())
        if row.valid_to:
            days.add(row.valid_to + timedelta(days=1))
    days = {day for day in days if day <= now.at.on}
    return iter(days | {date(min(days).year, 1, 1)})
