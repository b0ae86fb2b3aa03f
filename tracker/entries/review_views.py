"""What waits for a reviewer: read, publish one or several, or return with a reason."""

from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.entries import draft_queries, service
from tracker.entries import queries as entries
from tracker.entries.forms import ReasonForm
from tracker.entries.publish import notify, publish, withdraw
from tracker.instruments import own_queries as instruments
from tracker.kit import clock
from tracker.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.i18n import ngettext
from tracker.kit.vocabulary import DraftState, Voice
from tracker.notices import queries as notices
from tracker.organisations import queries as organisations
from tracker.privacy import queries as privacy
from tracker.privacy.findings import Unconfirmed, findings, read_in
from tracker.web.render import form_page, go, page
from tracker.web.requests import bound_of, database_of, form_data, organisation_of, settings_of

REVIEW = "/{locale:str}/o/{organisation:str}/review"


@get(REVIEW, name="review", access=member(Permission.READ_DRAFTS))
async def queue(request: Request) -> Response[str]:
    """Everything that is submitted, the longest waiting first."""
    async with database_of(request).read(bound_of(request)) as db:
        submitted = await draft_queries.submitted(db)
        texts = await privacy.draft_texts(db, [d.id for d in submitted])
        files = await instruments.going_public(db, [draft.id for draft in submitted])
    signs = {d.id: sum(not f.weak for f in findings(texts[d.id])) for d in submitted}
    return page(request, "entries/review.html", submitted=submitted, signs=signs, files=files)


@post(REVIEW, name="publish_many", access=member(Permission.REVIEW), status_code=303)
async def publish_many(request: Request) -> Response[str] | Redirect:
    """Publish the ticked drafts, all or none. A box holds "id:version".

    One with signs of personal data has no box: it is confirmed and published on its own page.
    """
    data, actor = await form_data(request), organisation_of(request)
    ticked = [_ticked(text) for text in dict.fromkeys(data.getlist("drafts"))]
    key = actor.organisation_key
    if not ticked:
        return go(request, "review", organisation=key, say=_("Tick what to publish first."), kind="error")
    try:
        async with database_of(request).write(bound_of(request)) as db:
            for draft_id, version in ticked:
                await publish(db, actor, draft_id, version=version)
    except (Conflict, Forbidden, Invalid, NotFound) as refused:
        say = _("Nothing was published. %(why)s") % {"why": refused}
        return go(request, "review", organisation=key, say=say, kind="error")
    say = ngettext("%(n)s entry is published.", "%(n)s entries are published.", len(ticked))
    return go(request, "review", organisation=key, say=say % {"n": len(ticked)})


def _ticked(text: str) -> tuple[UUID, int]:
    identifier, _colon, version = text.partition(":")
    try:
        return UUID(identifier), int(version)
    except ValueError:
        raise NotFound(_("There is no such draft; it may have been published or discarded.")) from None


async def _draft_page(request: Request, draft_id: UUID, form: ReasonForm | None = None) -> Response[str]:
    """The draft with its signs of personal data, its files, and what may be done now: publish, notify, or wait."""
    actor, today = organisation_of(request), clock.today()
    async with database_of(request).read(bound_of(request)) as db:
        draft = await draft_queries.draft(db, draft_id)
        if draft is None:
            raise NotFound(_("There is no such draft; it may have been published or discarded."))
        texts = await privacy.draft_texts(db, [draft_id])
        files = await instruments.going_public(db, [draft_id])
        place = draft.cell.jurisdiction_id
        voice = await organisations.voice_of(db, actor.organisation_id, place, today)
        stewards = await organisations.nearest_stewards(db, place, today)
        sent = await notices.sent(db, actor.organisation_id, draft.id)
    return form_page(
        request,
        "entries/review_draft.html",
        form or ReasonForm(data={"version": str(draft.version)}),
        draft=draft,
        signs=findings(texts[draft_id]),
        files=files[draft_id],
        must_notify=voice is Voice.INDEPENDENT and bool(stewards) and draft.state is DraftState.SUBMITTED,
        stewards=stewards,
        sent=[notice for notice in sent if notice.closed_at is None],
        days=settings_of(request).notice_days,
        now=clock.now(),
    )


@get(f"{REVIEW}/{{draft_id:uuid}}", name="review_draft", access=member(Permission.READ_DRAFTS))
async def review_draft(request: Request, draft_id: FromPath[UUID]) -> Response[str]:
    """One submitted draft with its evidence, and what its levels still lack."""
    return await _draft_page(request, draft_id)


async def _unconfirmed(request: Request, draft_id: UUID, version: int, refused: Unconfirmed) -> Response[str]:
    form = ReasonForm(data={"version": str(version)})
    form.add_faults(refused.faults)
    return await _draft_page(request, draft_id, form)


@post(f"{REVIEW}/{{draft_id:uuid}}/notify", name="notify", access=member(Permission.REVIEW), status_code=200)
async def notify_steward(request: Request, draft_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Send the assessment to the steward, as it was read. It asks what publishing asks: see `publish_one`."""
    data, actor = await form_data(request), organisation_of(request)
    _same, version = _ticked(f"{draft_id}:{data.first('version')}")
    days = settings_of(request).notice_days
    try:
        async with database_of(request).write(bound_of(request)) as db:
            await notify(db, actor, draft_id, version=version, days=days, confirmed_hits=read_in(data))
    except Unconfirmed as unconfirmed:
        return await _unconfirmed(request, draft_id, version, unconfirmed)
    say = _("The steward is notified.")
    return go(request, "review_draft", organisation=actor.organisation_key, draft_id=draft_id, say=say)


@post(
    f"{REVIEW}/{{draft_id:uuid}}/publish", name="publish", access=member(Permission.REVIEW), status_code=200
)
async def publish_one(request: Request, draft_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Publish the draft as it was read. The page sends the tokens of the signs that it showed."""
    data, actor = await form_data(request), organisation_of(request)
    _same, version = _ticked(f"{draft_id}:{data.first('version')}")
    try:
        async with database_of(request).write(bound_of(request)) as db:
            await publish(db, actor, draft_id, version=version, confirmed_hits=read_in(data))
    except Unconfirmed as unconfirmed:
        return await _unconfirmed(request, draft_id, version, unconfirmed)
    return go(request, "review", organisation=actor.organisation_key, say=_("The entry is published."))


@post(
    f"{REVIEW}/{{draft_id:uuid}}/return",
    name="return_draft",
    access=member(Permission.REVIEW),
    status_code=200,
)
async def return_one(request: Request, draft_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Send the draft back to its author with a reason."""
    data, actor = await form_data(request), organisation_of(request)
    form = ReasonForm(data)
    _same, version = _ticked(f"{draft_id}:{data.first('version')}")
    try:
        if form.validate():
            async with database_of(request).write(bound_of(request)) as db:
                await service.return_draft(db, actor, draft_id, version=version, reason=form.reason.data)
            say = _("The entry is returned to its author.")
            return go(request, "review", organisation=actor.organisation_key, say=say)
    except Invalid as invalid:
        form.add_faults(invalid.faults)
    return await _draft_page(request, draft_id, form)


WITHDRAW = "/{locale:str}/o/{organisation:str}/withdraw/{uid:uuid}"


@get(WITHDRAW, name="withdraw", access=member(Permission.REVIEW))
async def withdraw_page(request: Request, uid: FromPath[UUID]) -> Response[str]:
    """Ask for the reason before anything is withdrawn."""
    return await _withdraw_page(request, uid, ReasonForm())


@post(WITHDRAW, name="withdraw_do", access=member(Permission.REVIEW), status_code=200)
async def withdraw_do(request: Request, uid: FromPath[UUID]) -> Response[str] | Redirect:
    """Withdraw a published revision; its tombstone stays."""
    form, actor = ReasonForm(await form_data(request)), organisation_of(request)
    try:
        if form.validate():
            async with database_of(request).write(bound_of(request)) as db:
                await withdraw(db, actor, uid, reason=form.reason.data)
            say = _("The revision is withdrawn.")
            return go(request, "workspace", organisation=actor.organisation_key, say=say)
    except Invalid as invalid:
        form.add_faults(invalid.faults)
    return await _withdraw_page(request, uid, form)


async def _withdraw_page(request: Request, uid: UUID, form: ReasonForm) -> Response[str]:
    """With what is about to be withdrawn. Raises NotFound for what is not the organisation's."""
    async with database_of(request).read(bound_of(request)) as db:
        found = await entries.told(db, uid)
    if found is None or found.organisation_key != organisation_of(request).organisation_key:
        raise NotFound(_("Your organisation has published no such revision."))
    return form_page(request, "entries/withdraw.html", form, found=found)
