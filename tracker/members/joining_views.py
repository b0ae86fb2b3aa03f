"""The page that an invitation leads to, for people with an account and without."""

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import PUBLIC
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.members import invitation_service
from tracker.members.forms import JoinForm
from tracker.members.queries import Offer, offer
from tracker.web.render import context_of, form_page, go
from tracker.web.requests import actor_of, database_of, form_data, settings_of

INVITATION = "/{locale:str}/invitations/{key:str}"


async def _offer(request: Request, key: str) -> Offer:
    found = await offer(database_of(request), settings_of(request).secret_key, key)
    if found is None:
        raise NotFound(_("This invitation was used, has ended or was replaced. Ask for a new one."))
    return found


def _page(request: Request, key: str, found: Offer, form: JoinForm) -> Response[str]:
    response = form_page(request, "members/invitation.html", form, offer=found, key=key)
    # The address is a key: no copy of it goes elsewhere, and none stays behind.
    response.headers["referrer-policy"] = "no-referrer"
    response.headers["cache-control"] = "no-store"
    return response


@get(INVITATION, name="invitation", access=PUBLIC)
async def invitation_page(request: Request, key: FromPath[str]) -> Response[str]:
    """Looking uses nothing up: programs look at the links of a mail as well."""
    return _page(request, key, await _offer(request, key), JoinForm())


@post(INVITATION, name="invitation_do", access=PUBLIC, status_code=200)
async def join(request: Request, key: FromPath[str]) -> Response[str] | Redirect:
    """Accept: a new person by a name and a password, who has an account by being signed in with it."""
    found = await _offer(request, key)
    welcome = _("Welcome to %(name)s.") % {"name": found.organisation_name}
    if found.known:
        if context_of(request).actor is None:
            return _page(request, key, found, JoinForm())
        await invitation_service.accept_known(database_of(request), found, actor_of(request))
        return go(request, "workspace", organisation=found.organisation_key, say=welcome)
    form = JoinForm(await form_data(request))
    if form.validate():
        try:
            await invitation_service.accept_new(
                database_of(request), found, name=form.name.data, password=form.new.data
            )
        except Invalid as invalid:
            form.add_faults(invalid.faults)
        else:
            say = _("%(welcome)s Your account is made: sign in with %(email)s.")
            return go(request, "sign_in", say=say % {"welcome": welcome, "email": found.email})
    return _page(request, key, found, form)
