"""What a person wants to be told by e-mail, and, for an organisation's admin, what was sent."""

from litestar import Request, Response, get, post
from litestar.response import Redirect

from tracker.access.guard import SIGNED_IN, member
from tracker.access.permissions import Permission
from tracker.audit.models import SERVICE
from tracker.db.session import Bound
from tracker.kit.i18n import gettext as _
from tracker.mail import digest_service, queries
from tracker.mail.forms import MailForm
from tracker.mail.models import MailKind
from tracker.web.render import form_page, go, page
from tracker.web.requests import actor_of, bound_of, database_of, form_data, settings_of

CHOICES = "/{locale:str}/account/mail"


def _page(request: Request, form: MailForm) -> Response[str]:
    form.prepare()
    return form_page(request, "mail/choices.html", form, sends=settings_of(request).smtp is not None)


@get(CHOICES, name="mail_choices", access=SIGNED_IN)
async def mail_choices(request: Request) -> Response[str]:
    """The kinds, those ticked of which the person is told."""
    async with database_of(request).read() as db:
        off = await queries.switched_off(db, actor_of(request).user_id)
    return _page(request, MailForm(data={"kinds": [k.value for k in MailKind if k not in off]}))


@post(CHOICES, name="choose_mail", access=SIGNED_IN, status_code=200)
async def choose_mail(request: Request) -> Response[str] | Redirect:
    """Store the choice; it holds from the next digest on."""
    form = MailForm(await form_data(request))
    form.prepare()
    if not form.validate():
        return _page(request, form)
    wanted = {MailKind(kind) for kind in form.kinds.data or []}
    async with database_of(request).write(Bound(tenant=SERVICE)) as db:
        await digest_service.choose(db, actor_of(request).user_id, set(MailKind) - wanted)
    return go(request, "mail_choices", say=_("Your choice is saved."))


@get("/{locale:str}/o/{organisation:str}/mail", name="mail_log", access=member(Permission.ADMINISTER))
async def mail_log(request: Request) -> Response[str]:
    """The digests of the last 30 days, with those that failed."""
    async with database_of(request).read(bound_of(request)) as db:
        found = await queries.digests(db)
    return page(request, "mail/log.html", digests=found, sends=settings_of(request).smtp is not None)
