"""What handlers read from a request, in one manner."""

from litestar import Request

from tracker.access.actor import Actor, OrganisationActor
from tracker.db.session import Bound, Database
from tracker.kit.forms import FormData
from tracker.settings import Settings
from tracker.web.render import context_of, renderer_of
from tracker.web.uploads import Upload


def database_of(request: Request) -> Database:
    return context_of(request).database


def settings_of(request: Request) -> Settings:
    return renderer_of(request).settings


def actor_of(request: Request) -> Actor:
    """The signed-in user; the guard has seen to it that there is one."""
    actor = context_of(request).actor
    assert actor is not None
    return actor


def organisation_of(request: Request) -> OrganisationActor:
    """The user acting for the organisation of the path; the guard has put it there."""
    organisation = context_of(request).organisation
    assert organisation is not None
    return organisation


def bound_of(request: Request) -> Bound:
    """What the sessions of who acts for the organisation of the path may see; a token is no user."""
    organisation = organisation_of(request)
    return Bound(tenant=organisation.organisation_id, user=organisation.user_id)


async def form_data(request: Request) -> FormData:
    uploads = context_of(request).uploads
    if uploads.was_read:  # by the guard
        return FormData(uploads.texts)
    form = await request.form()
    return FormData(list(form.multi_items()))


def upload_of(request: Request, name: str) -> Upload | None:
    """The file that came in a field of the form; None where none was chosen."""
    upload = context_of(request).uploads.files.get(name)
    # A browser sends an empty, nameless file for a field that was left alone.
    return upload if upload and (upload.name or upload.size) else None


def query_parameters(request: Request) -> dict[str, str]:
    """The query's parameters; one given several times (checkboxes) is joined by commas."""
    joined: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        joined.setdefault(name, []).append(value)
    return {name: ",".join(v for v in values if v) for name, values in joined.items()}


def client_address(request: Request) -> str:
    """Where the request comes from: the nearest address that is no proxy of ours."""
    trusted = renderer_of(request).settings.trusted_proxies
    forwarded = [
        part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()
    ]
    address = request.client.host if request.client else "unknown"
    while address in trusted and forwarded:
        address = forwarded.pop()
    return address[:64]
