"""The pages on which an admin looks after members and invitations, and says what the organisation is."""

from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.actor import OrganisationActor
from tracker.access.guard import member
from tracker.access.permissions import Permission, Role
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import OrganisationKind, word
from tracker.members import invitation_service, queries, service
from tracker.members.forms import DescriptionForm, InviteForm, RoleForm
from tracker.members.links import link_of
from tracker.web.render import form_page, go, page
from tracker.web.requests import bound_of, database_of, form_data, organisation_of, settings_of

MEMBERS = "/{locale:str}/o/{organisation:str}/members"
SETTINGS = "/{locale:str}/o/{organisation:str}/settings"


def offered(actor: OrganisationActor) -> list[Role]:
    """The roles that the actor may give in the own organisation."""
    operates = actor.organisation_kind is OrganisationKind.OPERATOR and actor.may(Permission.OPERATE)
    return [role for role in Role if role is not Role.OPERATOR or operates]


async def _page(request: Request, form: InviteForm) -> Response[str]:
    async with database_of(request).read(bound_of(request)) as db:
        found = await queries.members(db)
        invitations = await queries.open_invitations(db)
    mails = settings_of(request).smtp is not None
    return form_page(
        request, "members/members.html", form, members=found, invitations=invitations, mails=mails
    )


@get(MEMBERS, name="members", access=member(Permission.ADMINISTER))
async def members_page(request: Request) -> Response[str]:
    """The members, the open invitations, and the form of a new one."""
    return await _page(request, InviteForm(roles=offered(organisation_of(request))))


@post(MEMBERS, name="invite", access=member(Permission.ADMINISTER), status_code=200)
async def invite(request: Request) -> Response[str] | Redirect:
    """Invite somebody. Without a mail server this answer alone holds the link, so it is a page and no redirect."""
    actor = organisation_of(request)
    form = InviteForm(await form_data(request), roles=offered(actor))
    if not form.validate():
        return await _page(request, form)
    settings = settings_of(request)
    mails = settings.smtp is not None
    try:
        async with database_of(request).write(bound_of(request)) as db:
            invitation_id = await invitation_service.invite(
                db,
                await service.own_organisation(db, actor),
                by=actor,
                email=form.email.data,
                role=Role(form.role.data),
                secret_key=settings.secret_key,
                mails=mails,
            )
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        return await _page(request, form)
    if mails:
        say = _("The invitation to %(email)s is on its way.") % {"email": form.email.data}
        return go(request, "members", organisation=actor.organisation_key, say=say)
    link = link_of(request, invitation_id)
    back = ("members", {"organisation": actor.organisation_key})
    told = {"link": link, "email": form.email.data, "to": actor.organisation_name, "back": back}
    return page(request, "members/invited.html", **told)


@post(
    f"{MEMBERS}/invitations/{{invitation_id:uuid}}/revoke",
    name="invitation_revoke",
    access=member(Permission.ADMINISTER),
    status_code=303,
)
async def revoke(request: Request, invitation_id: FromPath[UUID]) -> Redirect:
    """End an open invitation."""
    actor = organisation_of(request)
    async with database_of(request).write(bound_of(request)) as db:
        email = await invitation_service.revoke(db, actor, invitation_id)
    say = _("The invitation to %(email)s has ended.") % {"email": email}
    return go(request, "members", organisation=actor.organisation_key, say=say)


async def _member_page(request: Request, user_id: UUID, form: RoleForm) -> Response[str]:
    async with database_of(request).read(bound_of(request)) as db:
        found = next((m for m in await queries.members(db) if m.user_id == user_id), None)
    if found is None:
        raise NotFound(_("There is no such member."))
    if not form.role.data:
        form.role.data = found.role.value
    return form_page(request, "members/member.html", form, member=found)


def _role_form(request: Request, data: object = None) -> RoleForm:
    return RoleForm(data, roles=offered(organisation_of(request)))


@get(f"{MEMBERS}/{{user_id:uuid}}", name="member", access=member(Permission.ADMINISTER))
async def member_page(request: Request, user_id: FromPath[UUID]) -> Response[str]:
    """One member: the role, and the end of the membership."""
    return await _member_page(request, user_id, _role_form(request))


@post(f"{MEMBERS}/{{user_id:uuid}}", name="member_do", access=member(Permission.ADMINISTER), status_code=200)
async def member_do(request: Request, user_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Change the role, or with `do=remove` end the membership."""
    actor, data = organisation_of(request), await form_data(request)
    form, removes = _role_form(request, data), data.first("do") == "remove"
    if not removes and not form.validate():
        return await _member_page(request, user_id, form)
    try:
        async with database_of(request).write(bound_of(request)) as db:
            if removes:
                who = await service.remove(db, actor, user_id)
                say = _("%(name)s is no member any more.") % {"name": who.name}
            else:
                role = Role(form.role.data)
                who = await service.change_role(db, actor, user_id, role)
                say = _("%(name)s is now: %(role)s.") % {"name": who.name, "role": word("role", role)}
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        return await _member_page(request, user_id, form)
    if who.user_id == actor.user_id:  # who may not see the page of members any more
        return go(request, "workspaces", say=say)
    return go(request, "members", organisation=actor.organisation_key, say=say)


@get(SETTINGS, name="organisation_settings", access=member(Permission.ADMINISTER))
async def settings_page(request: Request) -> Response[str]:
    """What the organisation says of itself."""
    async with database_of(request).read(bound_of(request)) as db:
        row = await service.own_organisation(db, organisation_of(request))
    data = {"website": row.website, "contact": row.contact, "language": row.language}
    form = DescriptionForm(data=data, languages=settings_of(request).locales)
    return form_page(request, "members/settings.html", form)


@post(SETTINGS, name="organisation_settings_do", access=member(Permission.ADMINISTER), status_code=200)
async def settings_do(request: Request) -> Response[str] | Redirect:
    """Store it."""
    actor, languages = organisation_of(request), settings_of(request).locales
    form = DescriptionForm(await form_data(request), languages=languages)
    if form.validate():
        try:
            async with database_of(request).write(bound_of(request)) as db:
                await service.describe(
                    db,
                    actor,
                    website=form.website.data,
                    contact=form.contact.data,
                    language=form.language.data or "",
                    languages=languages,
                )
        except Invalid as invalid:
            form.add_faults(invalid.faults)
        else:
            key = actor.organisation_key
            return go(request, "organisation_settings", organisation=key, say=_("Your settings are saved."))
    return form_page(request, "members/settings.html", form)
