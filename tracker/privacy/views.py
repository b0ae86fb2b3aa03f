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
from tracker.privacy.place_queries import Place
from tracker.web.render import form_page, go
from tracker.web.requests import bound_of, database_of, form_data, organisation_of, settings_of

REDACT = "/{locale:str}/o/{organisation:str}/redact/{uid:uuid}"
SHOWN = 300  # characters of a text that the page repeats, to tell it from others


async def _places(request: Request, uid: UUID) -> list[Place]:
    async with database_of(request).read(bound_of(request)) as db:
        return await service.redactable(db, organisation_of(request), uid)


def _page(request: Request, uid: UUID, form: RedactForm, places: list[Place]) -> Response[str]:
    texts = {p.field: p.text if len(p.text) <= SHOWN else p.text[:SHOWN] + "…" for p in places}
    return form_page(request, "privacy/redact.html", form, uid=uid, texts=texts)


@get(REDACT, name="redact", access=member(Permission.ADMINISTER))
async def redact_page(request: Request, uid: FromPath[UUID]) -> Response[str]:
    """The texts and files of a revision or an instrument that may be redacted."""
    places, form = await _places(request, uid), RedactForm()
    form.prepare(places)
    return _page(request, uid, form, places)


@post(REDACT, name="redact_do", access=member(Permission.ADMINISTER), status_code=200)
async def redact_do(request: Request, uid: FromPath[UUID]) -> Response[str] | Redirect:
    """Redact the chosen text, and every exact copy that its organisation has of it."""
    places, form, actor = (
        await _places(request, uid),
        RedactForm(await form_data(request)),
        organisation_of(request),
    )
    form.prepare(places)
    if not form.validate():
        return _page(request, uid, form, places)
    owner = next(p.owner for p in places if p.field == form.field.data) or actor.organisation_id
    database = database_of(request)
    try:
        # As the owner of the text: the copies in its drafts go too, and its log tells of it.
        async with database.write(Bound(tenant=owner)) as db:
            done = await service.redact(db, actor, uid, form.field.data, reason=form.reason.data)
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        return _page(request, uid, form, places)
    await operation.finish(database, Store(settings_of(request).data_dir), done)
    say = ngettext("Redacted in %(n)s place.", "Redacted in %(n)s places.", done.published)
    return go(request, "workspace", organisation=actor.organisation_key, say=say % {"n": done.published})
