"""The notices of an organisation: received ones to answer, sent ones to follow."""

from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.notices import queries, service
from tracker.notices.forms import ReplyForm
from tracker.privacy.findings import Finding, read_in, signs_of
from tracker.web.render import form_page, go, page
from tracker.web.requests import bound_of, database_of, form_data, organisation_of

NOTICES = "/{locale:str}/o/{organisation:str}/notices"


@get(NOTICES, name="notices", access=member(Permission.READ_DRAFTS))
async def notices_list(request: Request) -> Response[str]:
    """What others have sent the organisation, and what it has sent."""
    organisation_id = organisation_of(request).organisation_id
    async with database_of(request).read(bound_of(request)) as db:
        received = await queries.received(db, organisation_id)
        sent = await queries.sent(db, organisation_id)
    return page(request, "notices/list.html", received=received, sent=sent, now=clock.now())


async def _received(request: Request, notice_id: UUID) -> queries.NoticeView:
    async with database_of(request).read(bound_of(request)) as db:
        found = await queries.received(db, organisation_of(request).organisation_id, notice_id)
    if not found:
        raise NotFound(_("There is no such notice."))
    return found[0]


@get(f"{NOTICES}/{{notice_id:uuid}}", name="notice", access=member(Permission.READ_DRAFTS))
async def notice_page(request: Request, notice_id: FromPath[UUID]) -> Response[str]:
    """The frozen copy of an assessment, and the form for the reply. Its author reads it here once it is withdrawn."""
    organisation_id = organisation_of(request).organisation_id
    async with database_of(request).read(bound_of(request)) as db:
        mine = await queries.withdrawn(db, organisation_id, notice_id)
    notice = mine or await _received(request, notice_id)
    return form_page(
        request, "notices/notice.html", ReplyForm(), notice=notice, now=clock.now(), mine=mine is not None
    )


@post(f"{NOTICES}/{{notice_id:uuid}}", name="notice_reply", access=member(Permission.REVIEW), status_code=200)
async def reply(request: Request, notice_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Lodge the reply; it is published whole beside the assessment."""
    data, actor = await form_data(request), organisation_of(request)
    form, signs, status = ReplyForm(data), list[Finding](), 422
    notice = await _received(request, notice_id)
    try:
        if form.validate():
            async with database_of(request).write(bound_of(request)) as db:
                await service.reply(db, actor, notice_id, text=form.text.data, confirmed_hits=read_in(data))
            return go(request, "notices", organisation=actor.organisation_key, say=_("Your reply is lodged."))
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        signs = signs_of(invalid)
    except Conflict as conflict:  # what was typed stays
        form.form_errors, status = [str(conflict)], 409
    return form_page(
        request,
        "notices/notice.html",
        form,
        status=status,
        notice=notice,
        now=clock.now(),
        mine=False,
        signs=signs,
    )
