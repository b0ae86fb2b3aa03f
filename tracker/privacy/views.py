"""The page on which an organisation's admin, or the operator, redacts a published text."""

from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.db.session import Bound
from tracker.instruments.store import Store
from tracker.kit.errors import Invalid
from tracker.kit.i18n import ngettext
from tracker.privacy import operation, service
from tracker.privacy.forms import RedactForm
from tracker.privacy.place_queries import Place, Subject
from tracker.web.render import form_page, go
from tracker.web.requests import bound_of, database_of, form_data, organisation_of, settings_of

REDACT = "/{locale:str}/o/{organisation:str}/redact/{uid:uuid}"
REDACT_CROSSWALK = "/{locale:str}/o/{organisation:str}/redact/crosswalks/{key:str}"
SHOWN = 300  # characters of a text that the page repeats, to tell it from others


async def _places(request: Request, subject: Subject) -> list[Place]:
    """What may be redacted. Of a crosswalk, whose mappings repeat names and sources, each text once."""
    async with database_of(request).read(bound_of(request)) as db:
        found = await service.redactable(db, organisation_of(request), subject)
    if isinstance(subject, UUID):
        return found
    first: dict[str, Place] = {}
    for place in found:
        first.setdefault(place.text, place)
    return list(first.values())


def _page(request: Request, form: RedactForm, places: list[Place]) -> Response[str]:
    texts = {p.field: p.text if len(p.text) <= SHOWN else p.text[:SHOWN] + "…" for p in places}
    return form_page(request, "privacy/redact.html", form, texts=texts)


async def _offer(request: Request, subject: Subject) -> Response[str]:
    places, form = await _places(request, subject), RedactForm()
    form.prepare(places)
    return _page(request, form, places)


async def _redact(request: Request, subject: Subject) -> Response[str] | Redirect:
    places, form, actor = (
        await _places(request, subject),
        RedactForm(await form_data(request)),
        organisation_of(request),
    )
    form.prepare(places)
    if not form.validate():
        return _page(request, form, places)
    owner = next(p.owner for p in places if p.field == form.field.data) or actor.organisation_id
    database = database_of(request)
    try:
        # As the owner of the text: the copies in its drafts go too, and its log tells of it.
        async with database.write(Bound(tenant=owner)) as db:
            done = await service.redact(db, actor, subject, form.field.data, reason=form.reason.data)
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        return _page(request, form, places)
    await operation.finish(database, Store(settings_of(request).data_dir), done)
    for follow in request.app.state.after_redaction:  # what holds copies of published texts in files
        await follow(database, settings_of(request))
    say = ngettext("Redacted in %(n)s place.", "Redacted in %(n)s places.", done.published)
    return go(request, "workspace", organisation=actor.organisation_key, say=say % {"n": done.published})


@get(REDACT, name="redact", access=member(Permission.ADMINISTER))
async def redact_page(request: Request, uid: FromPath[UUID]) -> Response[str]:
    """The texts and files of a revision or an instrument that may be redacted."""
    return await _offer(request, uid)


@post(REDACT, name="redact_do", access=member(Permission.ADMINISTER), status_code=200)
async def redact_do(request: Request, uid: FromPath[UUID]) -> Response[str] | Redirect:
    """Redact the chosen text, and every exact copy that its organisation has of it."""
    return await _redact(request, uid)


@get(REDACT_CROSSWALK, name="redact_crosswalk", access=member(Permission.OPERATE))
async def redact_crosswalk_page(request: Request, key: FromPath[str]) -> Response[str]:
    """The texts of a published crosswalk (`key@version`) that may be redacted."""
    return await _offer(request, key)


@post(REDACT_CROSSWALK, name="redact_crosswalk_do", access=member(Permission.OPERATE), status_code=200)
async def redact_crosswalk_do(request: Request, key: FromPath[str]) -> Response[str] | Redirect:
    """Redact the chosen text of a published crosswalk, and every exact copy of it in crosswalks."""
    return await _redact(request, key)
