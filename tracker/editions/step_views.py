"""What may be done with an edition: having its files made, its way to being final, and having it renewed."""

from uuid import UUID

from litestar import Request, Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.editions import asking_service, final_service, subscription_service
from tracker.editions.context import EDITION, own_edition, own_gathered
from tracker.editions.edition_page import shown
from tracker.editions.forms import ReturnForm, SubscriptionForm
from tracker.kit.errors import Invalid
from tracker.kit.forms import number_of
from tracker.kit.i18n import gettext as _
from tracker.privacy.findings import Unconfirmed
from tracker.web.render import go
from tracker.web.requests import bound_of, database_of, form_data, organisation_of

WRITE, REVIEW = member(Permission.WRITE_DRAFTS), member(Permission.REVIEW)


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
    return await shown(request, await own_edition(request, briefing_id, edition), form)


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
        return await shown(request, found, form)
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
    return await shown(request, found, asking=form)
