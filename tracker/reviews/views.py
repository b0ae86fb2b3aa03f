"""The page on which an organisation reviews another's revision, and the button that confirms its own."""

from collections.abc import Sequence
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.entries import queries as entries
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.privacy.findings import Finding, Unconfirmed, read_in, signs_of
from tracker.reviews import service
from tracker.reviews.forms import ConfirmForm, ReviewForm
from tracker.reviews.models import Verdict
from tracker.web.render import form_page, go
from tracker.web.requests import bound_of, database_of, form_data, organisation_of

REVIEW = "/{locale:str}/o/{organisation:str}/reviews/{uid:uuid}"


async def _told(request: Request, uid: UUID) -> entries.Told:
    async with database_of(request).read() as db:
        told = await entries.told(db, uid)
    if told is None:
        raise NotFound(_("There is no such published revision."))
    return told


def _page(
    request: Request, form: ReviewForm, told: entries.Told, signs: Sequence[Finding] = ()
) -> Response[str]:
    return form_page(request, "reviews/review.html", form, told=told, signs=signs)


@get(REVIEW, name="review_revision", access=member(Permission.REVIEW))
async def review_page(request: Request, uid: FromPath[UUID]) -> Response[str]:
    """The revision and the form."""
    form = ReviewForm()
    form.prepare()
    return _page(request, form, await _told(request, uid))


@post(REVIEW, name="review_revision_do", access=member(Permission.REVIEW), status_code=200)
async def review_do(request: Request, uid: FromPath[UUID]) -> Response[str] | Redirect:
    """Publish the review."""
    data = await form_data(request)
    form, signs = ReviewForm(data), list[Finding]()
    form.prepare()
    told = await _told(request, uid)
    try:
        if form.validate():
            async with database_of(request).write(bound_of(request)) as db:
                await service.review(
                    db,
                    organisation_of(request),
                    uid,
                    verdict=Verdict(form.verdict.data),
                    reason=form.reason.data,
                    other_source=form.other_source.data,
                    confirmed_hits=read_in(data),
                )
            return go(request, "cell", say=_("Your review is published."), **told.path)
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        signs = signs_of(invalid)
    return _page(request, form, told, signs)


@post(
    "/{locale:str}/o/{organisation:str}/confirm/{uid:uuid}",
    name="confirm",
    access=member(Permission.WRITE_DRAFTS),
    status_code=200,
)
async def confirm(request: Request, uid: FromPath[UUID]) -> Response[str] | Redirect:
    """One click: it still stands unchanged. A note with signs of personal data gets a page of its own."""
    data, actor = await form_data(request), organisation_of(request)
    form = ConfirmForm(data)
    if not form.validate():
        raise Invalid({"note": form.note.errors[0]})
    try:
        async with database_of(request).write(bound_of(request)) as db:
            await service.confirm(db, actor, uid, note=form.note.data, confirmed_hits=read_in(data))
    except Unconfirmed as unconfirmed:
        form.add_faults(unconfirmed.faults)
        told = await _told(request, uid)
        return form_page(request, "reviews/confirm.html", form, told=told, signs=unconfirmed.found)
    return go(request, "work", organisation=actor.organisation_key, say=_("Confirmed: it still stands."))
