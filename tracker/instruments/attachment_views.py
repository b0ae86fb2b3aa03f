"""Files of the workspace: attach, choose, publish, delete, download."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import File, Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.instruments import attachment_service, own_queries
from tracker.instruments.attachment_service import Incoming
from tracker.instruments.forms import AttachForm
from tracker.instruments.media import LARGEST_FILE, title_from
from tracker.instruments.own_queries import OwnAttachment
from tracker.instruments.own_views import ONE, load, show
from tracker.instruments.store import Store
from tracker.instruments.views import handed_over
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import PublishAs
from tracker.web.render import go, renderer_of
from tracker.web.requests import bound_of, database_of, form_data, organisation_of, upload_of
from tracker.web.uploads import Upload

# A file somewhat too large is read to its end and thrown away, so that its sender gets the form back with the
# reason, and not a broken connection.
LARGEST_BODY = 4 * LARGEST_FILE
FILE = "/{locale:str}/o/{organisation:str}/attachments/{attachment_id:uuid}"


@post(
    f"{ONE}/attachments",
    name="attach",
    access=member(Permission.WRITE_DRAFTS),
    status_code=200,
    largest_file=LARGEST_FILE,
    request_max_body_size=LARGEST_BODY,
)
async def attach(request: Request, instrument_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Keep the file that came with the form."""
    form, actor = AttachForm(await form_data(request)), organisation_of(request)
    form.prepare()
    try:
        incoming = await _incoming(form, upload_of(request, form.file.name))
        if form.validate():
            await _keep(request, instrument_id, form, incoming)
            say, key = _("The file is attached."), actor.organisation_key
            return go(request, "own_instrument", organisation=key, instrument_id=instrument_id, say=say)
    except Invalid as invalid:
        form.validate()
        form.add_faults(invalid.faults)
    except Conflict as conflict:
        form.add_faults({"file": str(conflict)})
    async with database_of(request).read(bound_of(request)) as db:
        own, public, files = await load(db, request, instrument_id)
    return show(request, own, public, files, attach=form)


async def _incoming(form: AttachForm, upload: Upload | None) -> Incoming:
    """Raises Invalid when there is no file, or none that is taken; gives the form a title from its name."""
    if upload is None:
        raise Invalid({"file": _("Choose a file.")})
    if upload.too_large:
        raise Invalid({"file": _("This file is larger than 20 MB.")})
    if not form.title.data:
        form.title.data = title_from(upload.name) or _("Untitled")
    return await asyncio.to_thread(Incoming.of, upload.path, upload.name, upload.size, upload.sha256)


async def _keep(request: Request, instrument_id: UUID, form: AttachForm, incoming: Incoming) -> None:
    settings = renderer_of(request).settings
    async with database_of(request).write(bound_of(request)) as db:
        await attachment_service.attach(
            db,
            organisation_of(request),
            instrument_id,
            incoming,
            title=form.title.data,
            published_as=PublishAs(form.published_as.data),
            store=Store(settings.data_dir),
            quota_mb=settings.attachment_quota_mb,
        )


@get(FILE, name="own_attachment", access=member(Permission.READ_DRAFTS))
async def own_attachment(request: Request, attachment_id: FromPath[UUID]) -> File:
    """A file of the organisation, published or not."""
    found = await _own(request, attachment_id)
    return await handed_over(request, found.title, found.sha256, found.size, found.media_type)


async def _own(request: Request, attachment_id: UUID) -> OwnAttachment:
    async with database_of(request).read(bound_of(request)) as db:
        found = await own_queries.attachment(db, attachment_id)
    if found is None:
        raise NotFound(_("Your organisation has no such attachment."))
    if found.redacted:
        raise NotFound(found.redacted)
    return found


@post(FILE, name="attachment_do", access=member(Permission.WRITE_DRAFTS), status_code=303)
async def attachment_do(request: Request, attachment_id: FromPath[UUID]) -> Redirect:
    """What the button says: `delete`, `publish`, or else one of the ways to publish it later."""
    data, actor = await form_data(request), organisation_of(request)
    where = await _own(request, attachment_id)
    there: dict[str, Any] = {"organisation": actor.organisation_key, "instrument_id": where.instrument_id}
    try:
        say = await _do(request, attachment_id, data.first("do"))
    except Conflict as refused:
        return go(request, "own_instrument", say=str(refused), kind="error", **there)
    return go(request, "own_instrument", say=say, **there)


async def _do(request: Request, attachment_id: UUID, verb: str) -> str:
    """Do it, and say what was done. Raises Conflict for a verb there is none of."""
    database, actor = database_of(request), organisation_of(request)
    store = Store(renderer_of(request).settings.data_dir)
    if verb == "delete":
        async with database.write(bound_of(request)) as db:
            sha256 = await attachment_service.delete(db, actor, attachment_id)
        async with database.write(bound_of(request)) as db:
            await attachment_service.sweep(db, store, sha256)
        return _("The file is deleted.")
    async with database.write(bound_of(request)) as db:
        if verb == "publish":
            await attachment_service.publish_late(db, actor, attachment_id)
            return _("The attachment is published.")
        if verb not in tuple(PublishAs):
            raise Conflict(_("Choose what to do with the file."))
        await attachment_service.choose(db, actor, attachment_id, PublishAs(verb))
    return _("The choice is saved.")
