"""Reports of mistakes: the public form and pages, and the answer in the workspace."""

from collections.abc import Sequence
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import PUBLIC, member
from tracker.access.permissions import Permission
from tracker.corrections import queries, service
from tracker.corrections.followed_queries import followed_by
from tracker.corrections.forms import AnswerForm, ReportForm
from tracker.corrections.marks import marks_of, shows_signs, tells_a_life
from tracker.entries import queries as entries
from tracker.entries.models import PublishedRevision
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.senders import sender_of
from tracker.privacy.findings import Finding, read_in, signs_of
from tracker.web.render import form_page, go, page
from tracker.web.requests import (
    bound_of,
    client_address,
    database_of,
    form_data,
    organisation_of,
    settings_of,
)

NEW = "/{locale:str}/corrections/new/{uid:uuid}"


@get("/{locale:str}/corrections", name="corrections", access=PUBLIC)
async def corrections_list(request: Request) -> Response[str]:
    """All reports with their number, state and answer."""
    async with database_of(request).read() as db:
        found = await queries.reports(db)
    return page(request, "corrections/list.html", found=found)


@get("/{locale:str}/corrections/{number:int}", name="correction", access=PUBLIC)
async def correction_page(request: Request, number: FromPath[int]) -> Response[str]:
    """One report."""
    async with database_of(request).read() as db:
        found = await queries.report(db, number) if 0 < number < 2**31 else None
        after = await followed_by(db, [number]) if found else {}
    if found is None:
        raise NotFound(_("There is no report with this number."))
    return page(request, "corrections/report.html", report=found, after=after.get(number))


async def _revision(request: Request, uid: UUID) -> tuple[PublishedRevision, entries.Told]:
    async with database_of(request).read() as db:
        revision = await queries.revision(db, uid)
        told = await entries.told(db, uid)
    if revision is None or told is None:
        raise NotFound(_("There is no such published revision."))
    return revision, told


def _form_page(request: Request, form: ReportForm, told: entries.Told) -> Response[str]:
    return form_page(request, "corrections/new.html", form, told=told, help_text=_help(request))


def _help(request: Request) -> str:
    return settings_of(request).help_text or _(
        "If you or somebody you know needs help, call the emergency number or a helpline of your country."
    )


@get(NEW, name="new_correction", access=PUBLIC)
async def new_correction(request: Request, uid: FromPath[UUID]) -> Response[str]:
    """The form; it says first what it is not for."""
    _revision_row, told = await _revision(request, uid)
    return _form_page(request, ReportForm(), told)


@post(NEW, name="new_correction_do", access=PUBLIC, status_code=200)
async def send_correction(request: Request, uid: FromPath[UUID]) -> Response[str] | Redirect:
    """Take a report; its text stays unpublished until somebody has read it."""
    form = ReportForm(await form_data(request))
    revision, told = await _revision(request, uid)
    if not form.validate():
        return _form_page(request, form, told)
    try:
        number = await service.receive(
            database_of(request),
            revision,
            text=form.text.data,
            evidence_url=form.evidence_url.data,
            sender=sender_of(settings_of(request).secret_key, "report", client_address(request)),
        )
    except service.TooManyReports as wait:
        form.add_faults({"wait": str(wait)})
        return _form_page(request, form, told)
    if shows_signs(form.text.data, form.evidence_url.data):
        # Not by way of the public page: what was seen in a report is for who sent it, and for who answers.
        return page(request, "corrections/received.html", number=number, told=told, help_text=_help(request))
    say = _("Thank you. Your report has the number %(n)s.") % {"n": number}
    return go(request, "correction", number=number, say=say)


ANSWER = "/{locale:str}/o/{organisation:str}/corrections/{number:int}"


async def _waiting(request: Request, number: int) -> queries.Waiting:
    async with database_of(request).read(bound_of(request)) as db:
        found = await queries.waiting(db, number) if 0 < number < 2**31 else []
    if not found:
        raise NotFound(_("There is no open report with this number."))
    return found[0]


def _answer_page(
    request: Request, form: AnswerForm, report: queries.Waiting, signs: Sequence[Finding] = ()
) -> Response[str]:
    return form_page(
        request,
        "corrections/answer.html",
        form,
        report=report,
        signs=signs,
        marks=marks_of(report.text, report.evidence_url),
        life=tells_a_life(report.text),
    )


@get(ANSWER, name="answer_correction", access=member(Permission.REVIEW))
async def answer_page(request: Request, number: FromPath[int]) -> Response[str]:
    """An open report with its text."""
    form = AnswerForm()
    form.prepare()
    return _answer_page(request, form, await _waiting(request, number))


@post(ANSWER, name="answer_correction_do", access=member(Permission.REVIEW), status_code=200)
async def answer_do(request: Request, number: FromPath[int]) -> Response[str] | Redirect:
    """Close the report: with an answer, or purged."""
    data, actor = await form_data(request), organisation_of(request)
    form, signs = AnswerForm(data), list[Finding]()
    form.prepare()
    report = await _waiting(request, number)
    try:
        if form.validate():
            async with database_of(request).write(bound_of(request)) as db:
                if form.decision.data == "purged":
                    await service.purge(db, actor, number)
                else:
                    accepted = form.decision.data == "accepted"
                    await service.answer(
                        db,
                        actor,
                        number,
                        accepted=accepted,
                        text=form.answer.data,
                        confirmed_hits=read_in(data),
                    )
            await database_of(request).scrub(anew=True)  # what is closed here is kept nowhere but in public
            return go(request, "work", organisation=actor.organisation_key, say=_("The report is closed."))
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        signs = signs_of(invalid)
    return _answer_page(request, form, report, signs)
