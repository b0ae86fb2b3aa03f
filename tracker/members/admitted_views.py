"""The operator's page on which an organisation's first admin is invited, or another one when all are lost."""

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.models import Organisation
from tracker.access.permissions import Permission, Role
from tracker.db.session import Bound
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.members import invitation_service
from tracker.members.forms import AdminForm
from tracker.members.links import link_of
from tracker.organisations.queries import organisation_by_key
from tracker.web.render import form_page, go, page
from tracker.web.requests import bound_of, database_of, form_data, organisation_of, settings_of

INVITE = "/{locale:str}/o/{organisation:str}/organisations/{admitted:str}/invite"


async def _found(request: Request, key: str) -> Organisation:
    async with database_of(request).read(bound_of(request)) as db:
        row = await organisation_by_key(db, key)
    if row is None:
        raise NotFound(_("There is no such organisation."))
    return row


def _page(request: Request, row: Organisation, form: AdminForm) -> Response[str]:
    mails = settings_of(request).smtp is not None
    return form_page(request, "members/invite_admin.html", form, o=row, mails=mails)


@get(INVITE, name="admitted_invite", access=member(Permission.OPERATE))
async def invite_page(request: Request, admitted: FromPath[str]) -> Response[str]:
    """The form."""
    return _page(request, await _found(request, admitted), AdminForm())


@post(INVITE, name="admitted_invite_do", access=member(Permission.OPERATE), status_code=200)
async def invite(request: Request, admitted: FromPath[str]) -> Response[str] | Redirect:
    """Invite an admin. Without a mail server this answer alone holds the link."""
    actor, row, settings = organisation_of(request), await _found(request, admitted), settings_of(request)
    form, mails = AdminForm(await form_data(request)), settings.smtp is not None
    if not form.validate():
        return _page(request, row, form)
    try:
        # Behind the organisation's own wall, where its admins will see it.
        async with database_of(request).write(Bound(tenant=row.id)) as db:
            invitation_id = await invitation_service.invite(
                db,
                row,
                by=actor,
                email=form.email.data,
                role=Role.ADMIN,
                secret_key=settings.secret_key,
                mails=mails,
            )
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        return _page(request, row, form)
    there = {"organisation": actor.organisation_key, "admitted": admitted}
    if mails:
        say = _("The invitation to %(email)s is on its way.") % {"email": form.email.data}
        return go(request, "admitted", say=say, **there)
    told = {"link": link_of(request, invitation_id), "email": form.email.data, "to": row.name}
    return page(request, "members/invited.html", back=("admitted", there), **told)
