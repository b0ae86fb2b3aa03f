"""The course of a comparison's cells over the years, by validity, as it had been published by the comparison's moment."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.charts.spec import Panel, Step, Timelines
from tracker.compare.comparison import Column, Comparison
from tracker.compare.queries import compare
from tracker.compare.wording import column_ref
from tracker.db.base import select
from tracker.entries.models import PublishedRevision as R
from tracker.kit.i18n import format_date
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, word

# Each day takes a reading of the whole; the latest are kept.
MOST_DAYS, MOST_COURSES = 16, 3

Steps = dict[tuple[int, int], tuple[Step, ...]]


async def courses(db: AsyncSession, comparison: Comparison) -> tuple[Timelines, ...]:
    """A chart for each of the few columns and axes in which most has changed, the most first."""
    days = await _days(db, comparison)
    if len(days) < 2 or not comparison.columns:
        return ()
    read = [
        await compare(db, replace(comparison.query, on=day, as_of=comparison.at.as_of, show="all"))
        for day in days
    ]
    found = [
        (axis, column, panels)
        for axis in comparison.query.axes
        for column in comparison.columns
        if (panels := tuple(_panels(read, days, column, axis)))
    ]
    found.sort(key=lambda f: -sum(len(panel.steps) - 1 for panel in f[2]))
    moving = [f for f in found if any(len(panel.steps) > 1 for panel in f[2])]
    return tuple(_chart(comparison, days, *told) for told in moving[:MOST_COURSES])


async def _days(db: AsyncSession, comparison: Comparison) -> list[date]:
    """The days on which an answer can change, from the start of a year on."""
    rows = await db.execute(
        select(R.valid_from, R.valid_to, R.recorded_at).where(
            col(R.jurisdiction_id).in_([p.id for p in comparison.places]),
            col(R.item_id).in_([item.id for item in comparison.items]),
            col(R.recorded_at) <= comparison.at.as_of,
        )
    )
    days = {comparison.at.on}
    for row in rows:
        days.add(row.valid_from or row.recorded_at.date())
        if row.valid_to:
            days.add(row.valid_to + timedelta(days=1))
    kept = sorted(day for day in days if day <= comparison.at.on)[-MOST_DAYS:]
    return sorted({*kept, date(kept[0].year, 1, 1)})


def _panels(read: list[Comparison], days: list[date], column: Column, axis: Axis) -> Iterator[Panel]:
    for place in read[-1].places:
        steps: list[Step] = []
        for day, then in zip(days, read, strict=True):
            cell = then.cell(place, column)
            code = cell.value(axis).code
            if not steps or steps[-1].code != code:
                unknown = cell.voice is not None and cell.voice.valid_from is None
                steps.append(Step(day, code, dated=not unknown))
        yield Panel(place.name, tuple(steps))


def _chart(
    comparison: Comparison, days: list[date], axis: Axis, column: Column, panels: tuple[Panel, ...]
) -> Timelines:
    return Timelines(
        title=f"{column_ref(column)}, {word('axis', axis).lower()}",
        summary=_("What was in force from %(start)s to %(end)s, by what was published until %(as_of)s.")
        % {
            "start": format_date(days[0]),
            "end": format_date(comparison.at.on),
            "as_of": format_date(comparison.at.as_of.date()),
        },
        axis=axis,
        start=days[0],
        end=comparison.at.on,
        panels=panels,
    )
