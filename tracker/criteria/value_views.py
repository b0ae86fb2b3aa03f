"""What is said of a criterion in one jurisdiction: its form, its publication, and the withdrawal."""

from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.criteria import publish, queries, service
from tracker.criteria.forms import ValueForm, WithdrawForm, answer_values
from tracker.criteria.queries import Answer
from tracker.criteria.views import CRITERIA, ONE, known
from tracker.jurisdictions import queries as jurisdictions
from tracker.jurisdictions.queries import Place
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.forms import FormData, number_of
from tracker.kit.i18n import gettext as _
from tracker.privacy.findings import Unconfirmed, findings
from tracker.web.render import form_page, go, page
from tracker.web.requests import bound_of, database_of, form_data, organisation_of

VALUE = f"{ONE}/jurisdictions/{{code:str}}"


async def _place(db: AsyncSession, request: Request) -> Place:
    """Raises NotFound for an unknown jurisdiction and for one without a mandate alike."""
    place = await jurisdictions.by_code(db, request.path_params["code"])
    if place is None:
        raise NotFound(_("Your organisation has no mandate for a jurisdiction with this code."))
    await service.require_mandate(db, organisation_of(request), place.id)
    return place


@get(VALUE, name="criterion_value", access=member(Permission.READ_DRAFTS))
async def value_page(request: Request, criterion_id: FromPath[UUID]) -> Response[str]:
    """The form of what is said of the criterion there."""
    return await _value_page(request, criterion_id, None)


async def _value_page(
    request: Request, criterion_id: UUID, form: ValueForm | None, *, status: int = 200
) -> Response[str]:
    async with database_of(request).read(bound_of(request)) as db:
        place = await _place(db, request)
        found = await known(db, criterion_id)
        answer = await queries.answer(db, criterion_id, place.id)
    if form is None:
        form = ValueForm(data=answer_values(answer))
    elif status == 409:  # sent again, it knowingly replaces what is shown beside it
        form.version.data = str(answer.version if answer else 0)
    form.prepare()
    return form_page(
        request, "criteria/value.html", form, status=status, criterion=found, place=place, answer=answer
    )


@post(VALUE, name="criterion_value_do", access=member(Permission.WRITE_DRAFTS), status_code=200)
async def value_do(request: Request, criterion_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Keep what is said. It stays private until somebody else publishes it."""
    form, actor = ValueForm(await form_data(request)), organisation_of(request)
    form.prepare()
    try:
        if form.validate():
            async with database_of(request).write(bound_of(request)) as db:
                place, version = await _place(db, request), number_of(form.version.data)
                await service.say(db, actor, criterion_id, place.id, form.said(), version=version)
            key, say = actor.organisation_key, _("What you say of %(name)s is saved.") % {"name": place.name}
            return go(request, "criterion", organisation=key, criterion_id=criterion_id, say=say)
    except Invalid as invalid:
        form.add_faults(invalid.faults)
    except Conflict as conflict:
        form.form_errors = [str(conflict)]
        return await _value_page(request, criterion_id, form, status=409)
    return await _value_page(request, criterion_id, form)


@get(f"{VALUE}/publish", name="criterion_publish", access=member(Permission.REVIEW))
async def publish_page(request: Request, criterion_id: FromPath[UUID]) -> Response[str]:
    """What would be published, with its signs of personal data."""
    return await _publish_page(request, criterion_id)


async def _publish_page(
    request: Request, criterion_id: UUID, faults: dict[str, str] | None = None, status: int = 200
) -> Response[str]:
    actor = organisation_of(request)
    async with database_of(request).read(bound_of(request)) as db:
        place = await _place(db, request)
        criterion, said = await publish.to_publish(db, criterion_id, place.id)
        answer: Answer | None = await queries.answer(db, criterion_id, place.id)
        return page(
            request,
            "criteria/publish.html",
            status=status,
            faults=faults or {},
            form_errors=faults or {},
            criterion=await known(db, criterion_id),
            place=place,
            answer=answer,
            signs=findings(publish.texts_of(criterion, said)),
            hindrance=await publish.hindrance(db, actor, criterion, said),
            is_author=publish.is_author(actor, criterion, said),
        )


def _versions(data: FormData) -> tuple[int, int]:
    return number_of(data.first("criterion_version")), number_of(data.first("version"))


@post(f"{VALUE}/publish", name="criterion_publish_do", access=member(Permission.REVIEW), status_code=200)
async def publish_do(request: Request, criterion_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Publish it as it was read. The page sends the tokens of the signs that it showed."""
    data, actor = await form_data(request), organisation_of(request)
    confirmed = frozenset(data.getlist("signs") if data.first("confirmed") == "yes" else [])
    try:
        async with database_of(request).write(bound_of(request)) as db:
            place = await _place(db, request)
            await publish.publish(
                db, actor, criterion_id, place.id, versions=_versions(data), confirmed_hits=confirmed
            )
    except Unconfirmed as unconfirmed:
        return await _publish_page(request, criterion_id, unconfirmed.faults, 422)
    except Conflict as conflict:
        return await _publish_page(request, criterion_id, {"publish": str(conflict)}, 409)
    key, say = actor.organisation_key, _("It is published.")
    return go(request, "criterion", organisation=key, criterion_id=criterion_id, say=say)


WITHDRAW = f"{CRITERIA}/published/{{uid:uuid}}/withdraw"


@get(WITHDRAW, name="criterion_withdraw", access=member(Permission.REVIEW))
async def withdraw_page(request: Request, uid: FromPath[UUID]) -> Response[str]:
    """Ask for the reason before anything is withdrawn."""
    return await _withdraw_page(request, uid, WithdrawForm())


async def _withdraw_page(request: Request, uid: UUID, form: WithdrawForm) -> Response[str]:
    async with database_of(request).read(bound_of(request)) as db:
        found = await publish.withdrawable(db, organisation_of(request), uid)
    return form_page(request, "criteria/withdraw.html", form, found=found)


@post(WITHDRAW, name="criterion_withdraw_do", access=member(Permission.REVIEW), status_code=200)
async def withdraw_do(request: Request, uid: FromPath[UUID]) -> Response[str] | Redirect:
    """Withdraw a published criterion; the reason stays in its place."""
    form, actor = WithdrawForm(await form_data(request)), organisation_of(request)
    try:
        if form.validate():
            async with database_of(request).write(bound_of(request)) as db:
                await publish.withdraw(db, actor, uid, reason=form.reason.data)
            key, say = actor.organisation_key, _("It is withdrawn.")
            return go(request, "criteria", organisation=key, say=say)
    except Invalid as invalid:
        form.add_faults(invalid.faults)
    return await _withdraw_page(request, uid, form)
