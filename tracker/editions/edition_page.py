"""The page of one edition: what it is gathered from, whichever handler shows it."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response

from tracker.briefings.twins.kinds import file_word
from tracker.compare.changes import CellChange, changes
from tracker.editions import draft_queries, final_service, queries
from tracker.editions.asking_service import OPEN
from tracker.editions.assembly import Gathered, comparable
from tracker.editions.content import MOST_SINCE, STEPS, TRIGGERS, Chosen, state_word
from tracker.editions.context import notes_if_worded, own_gathered
from tracker.editions.draft_queries import Own
from tracker.editions.forms import ReturnForm, SubscriptionForm
from tracker.editions.notes import Beside, Notes
from tracker.jobs import service as jobs
from tracker.kit.i18n import gettext as _
from tracker.kit.i18n import language_name
from tracker.privacy.findings import findings
from tracker.snapshots import since_queries
from tracker.snapshots.queries import reread
from tracker.web.render import form_page
from tracker.web.requests import bound_of, database_of

SOONEST_AGAIN = 3  # seconds until a page that waits for files comes again
CELLS_A_SECOND = 3000  # a register is asked for less often: its page and its files take longer


@dataclass(frozen=True, slots=True)
class SinceBefore:
    """The cells that read differently than in edition `number`, the one before; None where it has other cells."""

    number: int
    cells: list[CellChange] | None


async def shown(
    request: Request,
    found: Own,
    form: ReturnForm | None = None,
    asking: SubscriptionForm | None = None,
    *,
    status: int = 200,
) -> Response[str]:
    e = found.edition
    of = await own_gathered(request, found)
    async with database_of(request).read(bound_of(request)) as db:
        job = await jobs.job(db, e.job_id) if e.job_id else None
        # While it waits the page comes again every few seconds: it tells then only what it waits for.
        waiting = job is not None and job.state in ("queued", "running")
        files = found.files
        if not files and job is not None and not waiting:  # they may have come since the edition was read
            files = await draft_queries.files_of(db, e.id)
        since_before = None if waiting else await _since_before(request, found, of)
        finals = await queries.finals_of(db, found.briefing.public_id)
        few = len(of.snapshot.comparison.cells) <= MOST_SINCE
        since = await since_queries.since(db, of.snapshot) if few and not waiting else None
    notes = await notes_if_worded(request, found, of) if e.state in OPEN and not waiting else None
    form = form or ReturnForm(data={"version": str(e.version)})
    asking = asking or SubscriptionForm(data={"when": _when(found), "cells": _watched(found)})
    asking.prepare()
    return form_page(
        request,
        "editions/edition.html",
        asking if asking.errors else form,
        status=status,
        own=found,
        e=e,
        question=of.question,
        comparison=of.snapshot.comparison,
        since=since,
        language=language_name(e.locale),
        job=job,
        files=files,
        waiting=waiting,
        silent=job is not None and jobs.silent(job),
        later=next((f.number for f in finals if f.number > e.number), None),
        # Another address each time: to the same one with a fragment a browser only scrolls.
        again=2 if request.query_params.get("again") == "1" else 1,
        again_in=SOONEST_AGAIN + len(of.snapshot.comparison.cells) // CELLS_A_SECOND,
        file_word=file_word,
        since_before=since_before,
        worded=_worded(found, notes) if notes else [],
        **_not_taken(found, notes),
        returning=form,
        asking=asking,
        signs=findings(final_service.texts_to_check(found.content)),
        state_word=state_word,
        trigger_word=_(TRIGGERS[e.trigger]),
        step_word=_(STEPS[job.step]) if job else "",
    )


def _worded(found: Own, notes: Notes) -> list[tuple[str, Chosen, Beside]]:
    """The key messages that people worded: (how it is headed, the message, what is told beside it)."""
    return [
        (notes.now[m.key].title if m.key in notes.now else "", m, notes.beside(m))
        for m in found.content.messages or ()
        if m.text
    ]


def _not_taken(found: Own, notes: Notes | None) -> dict[str, Any]:
    """Words of the edition before that this one does not have, until somebody has changed it: then that was meant."""
    if notes is None or found.edition.changed_by:
        return {"not_taken": [], "left": []}
    stored = found.content.messages or ()
    return {"not_taken": notes.not_taken(stored), "left": notes.left(found.edition.number, stored)}


def _watched(found: Own) -> str:
    s = found.subscription
    return ", ".join(s.cells) if s and not s.ended_at else ""


def _when(found: Own) -> list[str]:
    s = found.subscription
    if s is None or s.ended_at:
        return []
    return [name for name, on in (("quarter", s.each_quarter), ("change", s.on_change)) if on]


async def _since_before(request: Request, found: Own, of: Gathered) -> SinceBefore | None:
    async with database_of(request).read(bound_of(request)) as db:
        lines = [n for n in await draft_queries.own_lines(db) if n.briefing_id == found.briefing.id]
        number = next((n.number for n in lines if n.number < found.edition.number), None)
        last = await draft_queries.edition(db, found.briefing.id, number) if number else None
        if number is None or last is None:
            return None
        earlier = (await reread(db, last.snapshot_id)).comparison
    now = of.snapshot.comparison
    return SinceBefore(number, changes(earlier, now) if comparable(earlier, now) else None)
