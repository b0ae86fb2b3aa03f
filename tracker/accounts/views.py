"""Sign-in, sign-out, and the account's own page."""

from litestar import Request, Response, get, post
from litestar.response import Redirect

from tracker.access import sessions
from tracker.access.guard import PUBLIC, SIGNED_IN
from tracker.accounts import service
from tracker.accounts.forms import PasswordForm, SignInForm
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.web.outer import session_cookie
from tracker.web.render import context_of, form_page, go, renderer_of
from tracker.web.requests import actor_of, client_address, database_of, form_data, settings_of


@get("/{locale:str}/sign-in", name="sign_in", access=PUBLIC)
async def sign_in_page(request: Request) -> Response[str] | Redirect:
    """The form; who is signed in already goes to the workspaces."""
    if context_of(request).actor:
        return go(request, "workspaces")
    form = SignInForm(data={"next": request.query_params.get("next", "")})
    return form_page(request, "accounts/sign_in.html", form)


@post("/{locale:str}/sign-in", name="sign_in_do", access=PUBLIC, status_code=200)
async def sign_in(request: Request) -> Response[str] | Redirect:
    """Check e-mail and password; a new session is issued here and nowhere else."""
    form = SignInForm(await form_data(request))
    token = None
    if form.validate():
        try:
            token = await service.sign_in(
                database_of(request),
                form.email.data,
                form.password.data,
                client_address(request),
                secret_key=settings_of(request).secret_key,
            )
        except service.TooManyTries as wait:
            form.add_faults({"sign_in": str(wait)})
            return form_page(request, "accounts/sign_in.html", form)
        if token is None:
            form.add_faults({"email": _("The e-mail address or the password is wrong.")})
    if token is None:
        return form_page(request, "accounts/sign_in.html", form)
    response = _back(request, form.next.data)
    _set_session(request, response, token)
    return response


def _back(request: Request, path: str) -> Redirect:
    """To the page that was asked for, when it is one of ours."""
    locales = renderer_of(request).settings.locales
    ours = any(path.startswith(f"/{locale}/") for locale in locales)
    if ours and "\\" not in path and not any(ord(c) < 33 for c in path):
        return Redirect(path, status_code=303)
    return go(request, "workspaces")


def _set_session(request: Request, response: Response[object], token: str) -> None:
    settings = renderer_of(request).settings
    response.set_cookie(
        session_cookie(settings),
        token,
        max_age=settings.session_hours * 3600,
        path="/",
        httponly=True,
        secure=settings.secure,
        samesite="lax",
    )


@post("/{locale:str}/sign-out", name="sign_out", access=SIGNED_IN, status_code=303)
async def sign_out(request: Request) -> Redirect:
    """End this session, here and in the database."""
    async with database_of(request).write() as db:
        await sessions.revoke(db, actor_of(request).session_hash)
    response = go(request, "home", say=_("You are signed out."))
    response.delete_cookie(session_cookie(renderer_of(request).settings), path="/")
    response.headers["clear-site-data"] = '"cache"'
    return response


@get("/{locale:str}/account", name="account", access=SIGNED_IN)
async def account(request: Request) -> Response[str]:
    """The user's name, memberships, and a form to change the password."""
    return form_page(request, "accounts/account.html", PasswordForm())


@post("/{locale:str}/account/password", name="change_password", access=SIGNED_IN, status_code=200)
async def change_password(request: Request) -> Response[str] | Redirect:
    """Set a new password; every other session ends."""
    form = PasswordForm(await form_data(request))
    if form.validate():
        try:
            token = await service.change_password(
                database_of(request), actor_of(request), form.current.data, form.new.data
            )
        except Invalid as invalid:
            form.add_faults(invalid.faults)
        else:
            response = go(request, "account", say=_("Your password is changed. Other sessions have ended."))
            _set_session(request, response, token)
            return response
    return form_page(request, "accounts/account.html", form)
