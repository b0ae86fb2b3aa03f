"""An organisation's editions: the list, one edition with its files, and what may be done with it."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.briefings.twins.kinds import MEDIA_TYPES, file_word
from tracker.compare.changes import CellChange, changes
from tracker.editions import (
    asking_service,
    draft_queries,
    file_service,
    final_service,
    queries,
    subscription_service,
)
from tracker.editions.asking_service import OPEN
from tracker.editions.assembly import Gathered, comparable
from tracker.editions.content import MOST_SINCE, STEPS, TRIGGERS, Chosen, state_word
from tracker.editions.context import EDITION, OWN, notes_if_worded, own_edition, own_gathered
from tracker.editions.draft_queries import Own
from tracker.editions.forms import ReturnForm, SubscriptionForm
from tracker.editions.notes import Beside, Notes
from tracker.jobs import service as jobs
from tracker.kit.errors import Invalid
from tracker.kit.forms import number_of
from tracker.kit.i18n import gettext as _
from tracker.kit.i18n import language_name
from tracker.privacy.findings import Unconfirmed, findings
from tracker.snapshots import since_queries
from tracker.snapshots.queries import reread
from tracker.web.render import form_page, go, page
from tracker.web.requests import bound_of, database_of, form_data, organisation_of

READ, WRITE = member(Permission.READ_DRAFTS), member(Permission.WRITE_DRAFTS)
REVIEW = member(Permission.REVIEW)
SOONEST_AGAIN = 3  # seconds until a page that waits for files comes again
CELLS_A_SECOND = 3000  # a register is asked for less often: its page and its files take longer


@get(OWN, name="own_briefings", access=READ)
async def own_briefings(request: Request) -> Response[str]:
    """The organisation's briefings with their editions."""
    async with database_of(request).read(bound_of(request)) as db:
        lines = await draft_queries.own_lines(db)
        running = {s.briefing_id for s in await draft_queries.running_subscriptions(db)}
    return page(request, "editions/own.html", lines=lines, running=running, state_word=state_word)


@get(EDITION, name="edition", access=READ)
async def edition_page(
    request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]
) -> Response[str]:
    """One edition: its state, its files and how far they are, what changed, and what may be done."""
    return await _edition_page(request, await own_edition(request, briefing_id, edition))


async def _edition_page(
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
        changed, before = ([], None) if waiting else await _changed(request, found, of)
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
        waiting=waiting,
        later=next((f.number for f in finals if f.number > e.number), None),
        again_in=SOONEST_AGAIN + len(of.snapshot.comparison.cells) // CELLS_A_SECOND,
        file_word=file_word,
        changed=changed,
        before=before,
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


async def _changed(request: Request, found: Own, of: Gathered) -> tuple[list[CellChange], int | None]:
    """(the cells that read differently than in the edition before, its number)."""
    async with database_of(request).read(bound_of(request)) as db:
        lines = [n for n in await draft_queries.own_lines(db) if n.briefing_id == found.briefing.id]
        number = next((n.number for n in lines if n.number < found.edition.number), None)
        last = await draft_queries.edition(db, found.briefing.id, number) if number else None
        if last is None:
            return [], None
        earlier = (await reread(db, last.snapshot_id)).comparison
    now = of.snapshot.comparison
    return (changes(earlier, now) if comparable(earlier, now) else []), number


@get(f"{EDITION}/preview", name="edition_preview", access=READ)
async def preview(request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]) -> Response[str]:
    """The edition as a page, as it would be if it were final."""
    found = await own_edition(request, briefing_id, edition)
    of = await own_gathered(request, found)
    return page(request, "editions/preview.html", own=found, document=await of.composed())


@get(f"{EDITION}/file/{{kind:str}}", name="edition_file", access=READ)
async def edition_file(
    request: Request, briefing_id: FromPath[UUID], edition: FromPath[int], kind: FromPath[str]
) -> Response[bytes]:
    """A file of an edition under way."""
    found = await own_edition(request, briefing_id, edition)
    async with database_of(request).read(bound_of(request)) as db:
        file = await file_service.draft_body(db, found, kind)
    name = f"briefing-{found.briefing.public_id}-{edition}-draft.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(file.body, media_type=MEDIA_TYPES[kind], headers=headers)


def _back(request: Request, briefing_id: UUID, number: int, say: str, kind: str = "success") -> Redirect:
    key = organisation_of(request).organisation_key
    return go(
        request, "edition", organisation=key, briefing_id=briefing_id, edition=number, say=say, kind=kind
    )


@post(f"{EDITION}/files", name="edition_files", access=WRITE, status_code=303)
async def make_files(request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]) -> Redirect:
    """Have the files made in the background."""
    async with database_of(request).write(bound_of(request)) as db:
        await asking_service.ask_for_files(db, organisation_of(request), briefing_id, edition)
    return _back(
        request, briefing_id, edition, _("The files are being made. This page tells how far they are.")
    )


@post(f"{EDITION}/files/stop", name="edition_files_stop", access=WRITE, status_code=303)
async def stop_files(request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]) -> Redirect:
    """Have the files made no longer."""
    async with database_of(request).write(bound_of(request)) as db:
        await asking_service.give_up_files(db, organisation_of(request), briefing_id, edition)
    return _back(request, briefing_id, edition, _("Stopped. What was made before is still there."))


@post(f"{EDITION}/submit", name="edition_submit", access=WRITE, status_code=303)
async def submit(request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]) -> Redirect:
    """Hand the edition to a reviewer."""
    version = number_of((await form_data(request)).first("version"))
    async with database_of(request).write(bound_of(request)) as db:
        await final_service.submit(db, organisation_of(request), briefing_id, edition, version=version)
    return _back(
        request, briefing_id, edition, _("Submitted. Somebody else of your organisation makes it final.")
    )


@post(f"{EDITION}/return", name="edition_return", access=WRITE, status_code=200)
async def send_back(
    request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]
) -> Response[str] | Redirect:
    """Make a submitted edition a draft again."""
    form, actor = ReturnForm(await form_data(request)), organisation_of(request)
    if form.validate():
        try:
            async with database_of(request).write(bound_of(request)) as db:
                version, reason = number_of(form.version.data or ""), form.reason.data or ""
                await final_service.send_back(db, actor, briefing_id, edition, version=version, reason=reason)
            return _back(request, briefing_id, edition, _("It is a draft again."))
        except Invalid as invalid:
            form.add_faults(invalid.faults)
    return await _edition_page(request, await own_edition(request, briefing_id, edition), form)


@post(f"{EDITION}/final", name="edition_final", access=REVIEW, status_code=200)
async def make_final(
    request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]
) -> Response[str] | Redirect:
    """Publish the edition."""
    data, actor = await form_data(request), organisation_of(request)
    found = await own_edition(request, briefing_id, edition)
    confirmed = frozenset(data.getlist("signs") if data.first("confirmed") == "yes" else [])
    form = ReturnForm(data)
    try:
        question = (await own_gathered(request, found)).question
        async with database_of(request).write(bound_of(request)) as db:
            version = number_of(form.version.data or "")
            await final_service.make_final(
                db,
                actor,
                briefing_id,
                edition,
                version=version,
                question=question,
                confirmed_hits=confirmed,
            )
    except Unconfirmed as unconfirmed:
        form.validate()
        form.add_faults(unconfirmed.faults)
        return await _edition_page(request, found, form)
    return _back(request, briefing_id, edition, _("The edition is final. Its files are being made."))


@post(f"{EDITION}/discard", name="edition_discard", access=WRITE, status_code=303)
async def discard(request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]) -> Redirect:
    """Give a draft up."""
    actor = organisation_of(request)
    version = number_of((await form_data(request)).first("version"))
    async with database_of(request).write(bound_of(request)) as db:
        await final_service.discard(db, actor, briefing_id, edition, version=version)
    say = _("Edition %(n)s is discarded.") % {"n": edition}
    return go(request, "own_briefings", organisation=actor.organisation_key, say=say)


@post(f"{EDITION}/subscription", name="edition_subscription", access=WRITE, status_code=200)
async def subscription(
    request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]
) -> Response[str] | Redirect:
    """Ask for new editions by themselves, or for no more."""
    data, actor = await form_data(request), organisation_of(request)
    found = await own_edition(request, briefing_id, edition)
    form = SubscriptionForm(data)
    form.prepare()
    if data.first("do") == "end":
        async with database_of(request).write(bound_of(request)) as db:
            await subscription_service.end_subscription(db, actor, briefing_id)
        return _back(request, briefing_id, edition, _("No more editions are begun by themselves."))
    if form.validate():
        when = set(form.when.data or ())
        try:
            async with database_of(request).write(bound_of(request)) as db:
                await subscription_service.subscribe(
                    db,
                    actor,
                    briefing_id,
                    each_quarter="quarter" in when,
                    on_change="change" in when,
                    cells=form.names,
                )
            return _back(request, briefing_id, edition, _("New editions will appear in the work list."))
        except Invalid as invalid:
            form.add_faults(invalid.faults)
    return await _edition_page(request, found, asking=form)
