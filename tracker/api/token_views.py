"""The pages on which an organisation's admin makes tokens, sees their use, and revokes them."""

from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access import tokens
from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.access.tokens import Scope, TokenLine
from tracker.api import token_service
from tracker.api.token_forms import TokenForm, scope_words, suggested
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.web.render import form_page, go, page
from tracker.web.requests import bound_of, database_of, form_data, organisation_of, settings_of

TOKENS = "/{locale:str}/o/{organisation:str}/tokens"


async def _tokens(request: Request) -> list[TokenLine]:
    async with database_of(request).read(bound_of(request)) as db:
        return await tokens.tokens(db)


async def _page(request: Request, form: TokenForm) -> Response[str]:
    found = await _tokens(request)
    last = tokens.last_day_allowed()
    return form_page(request, "api/tokens.html", form, found=found, words=scope_words(), last=last)


@get(TOKENS, name="tokens", access=member(Permission.ADMINISTER))
async def tokens_page(request: Request) -> Response[str]:
    """The organisation's tokens, and the form of a new one."""
    return await _page(request, TokenForm(data=suggested()))


@post(TOKENS, name="tokens_do", access=member(Permission.ADMINISTER), status_code=200)
async def make_token(request: Request) -> Response[str]:
    """Make a token. This answer alone holds its key, so it is a page and no redirect."""
    form = TokenForm(await form_data(request))
    if not form.validate():
        return await _page(request, form)
    assert form.expires_on.data is not None
    try:
        async with database_of(request).write(bound_of(request)) as db:
            key = await token_service.make(
                db,
                organisation_of(request),
                secret_key=settings_of(request).secret_key,
                name=form.name.data,
                scopes=[Scope(s) for s in form.scopes.data],
                expires_on=form.expires_on.data,
            )
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        return await _page(request, form)
    return page(request, "api/token_made.html", key=key, name=form.name.data, until=form.expires_on.data)


@get(f"{TOKENS}/{{token_id:uuid}}/revoke", name="token_revoke", access=member(Permission.ADMINISTER))
async def revoke_page(request: Request, token_id: FromPath[UUID]) -> Response[str]:
    """Asks once more."""
    found = next((t for t in await _tokens(request) if t.id == token_id), None)
    if found is None:
        raise NotFound(_("There is no such token."))
    return page(request, "api/token_revoke.html", token=found, words=scope_words())


@post(
    f"{TOKENS}/{{token_id:uuid}}/revoke",
    name="token_revoke_do",
    access=member(Permission.ADMINISTER),
    status_code=303,
)
async def revoke_do(request: Request, token_id: FromPath[UUID]) -> Redirect:
    """Revoke the token."""
    actor = organisation_of(request)
    async with database_of(request).write(bound_of(request)) as db:
        name = await token_service.revoke(db, actor, token_id)
    say = _("The token “%(name)s” is revoked.") % {"name": name}
    return go(request, "tokens", organisation=actor.organisation_key, say=say)
