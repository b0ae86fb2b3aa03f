"""Every error as a plain page: what happened, what to do; never a trace, never SQL. Under /api, as a problem."""

import logging
import secrets
from collections.abc import Sequence
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.exceptions import HTTPException, SerializationException
from litestar.response import Redirect

from tracker.access.guard import BadToken, NoToken, NotSignedIn, NotTaken
from tracker.kit.errors import Conflict, Forbidden, Invalid, NotFound, Refused, TooBusy
from tracker.kit.i18n import gettext as _
from tracker.web.problem import field_errors, is_api, problem
from tracker.web.render import context_of, renderer_of

log = logging.getLogger("tracker")
Answer = Response[str] | Response[bytes]
_STATUS: list[tuple[type[Refused], int]] = [
    (NoToken, 401),
    (BadToken, 403),
    (NotTaken, 415),
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (Invalid, 422),
    (TooBusy, 429),
    (Refused, 400),
]


def _titles() -> dict[int, str]:
    return {
        400: _("This request can't be read"),
        403: _("You may not do this"),
        404: _("There is no such page"),
        405: _("This can't be done here"),
        409: _("This has changed since you looked"),
        413: _("This is too large"),
        415: _("This kind of content is not taken"),
        422: _("Something here can't be taken"),
        429: _("Please wait a little"),
        500: _("Something went wrong on our side"),
    }


def error_page(
    request: Request, status: int, text: str, faults: Sequence[str] = (), form: str = ""
) -> Answer:
    """`faults`: what can't be taken, each in a sentence, where there is more than one. `form`: where it can be mended."""
    if is_api(request.url.path):
        return problem(status, text)
    renderer = renderer_of(request)
    titles = _titles()
    context = renderer.frame(context_of(request).locale) | {
        "heading": titles.get(status, titles[400]),
        "text": text,
        "status": status,
        "faults": faults,
        "form": form or (_form_of(request) if status == 422 else ""),
    }
    html = renderer.html("errors/error.html", context)
    return Response(html, media_type="text/html", status_code=status)


def _form_of(request: Request) -> str:
    """Where a file of a comparison that can't be taken can be mended: its form, with all that was asked."""
    compared = renderer_of(request).urls.path("compare", context_of(request).locale)
    path = request.url.path
    if request.method != "GET" or not (path.startswith(f"{compared}.") or path.startswith(f"{compared}/")):
        return ""
    return f"{compared}?{request.url.query}"


def several(error: Invalid) -> Sequence[str]:
    """Its sentences, where there is more than one."""
    told = list(dict.fromkeys(error.faults.values()))
    return told if len(told) > 1 else ()


def on_refused(request: Request, error: Refused) -> Answer:
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    if isinstance(error, Invalid) and is_api(request.url.path):
        return problem(status, str(error), errors=field_errors(error.faults))
    return error_page(request, status, str(error), several(error) if isinstance(error, Invalid) else ())


def on_no_token(request: Request, error: NoToken) -> Answer:
    challenge = 'Bearer realm="api"' + (', error="invalid_token"' if error.given else "")
    return problem(401, str(error), headers={"www-authenticate": challenge})


def on_not_signed_in(request: Request, _error: NotSignedIn) -> Redirect:
    """To the sign-in page, and from there back to the page that was asked for."""
    renderer = renderer_of(request)
    path = renderer.urls.path("sign_in", context_of(request).locale)
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    query = urlencode({"next": back}) if request.method == "GET" else ""
    return Redirect(f"{path}?{query}" if query else path, status_code=303)


def on_http(request: Request, error: HTTPException) -> Answer:
    texts = {
        404: _("The address may be mistyped, or the page may have moved."),
        413: _("Send less at once."),
        405: _("The header Allow names the methods that this address takes.")
        if is_api(request.url.path)
        else _("Go back and use the links and buttons of the page."),
    }
    status = error.status_code if error.status_code in _titles() else 400
    if status >= 500:
        return on_defect(request, error)
    response = error_page(request, status, texts.get(status, _("Go back and try again.")))
    if error.status_code == 405 and error.headers:
        response.headers.update(error.headers)
    return response


def on_unreadable(request: Request, _error: Exception) -> Answer:
    return error_page(request, 400, _("The text sent is not in a form this service reads (UTF-8)."))


def on_defect(request: Request, error: Exception) -> Answer:
    """A defect of ours: logged under a reference that the page shows."""
    reference = secrets.token_hex(4)
    log.error("defect %s at %s %s", reference, request.method, request.url.path, exc_info=error)
    return error_page(
        request, 500, _("It was noted under the reference %(r)s. Nothing was saved.") % {"r": reference}
    )


HANDLERS = {
    NoToken: on_no_token,
    NotSignedIn: on_not_signed_in,
    Refused: on_refused,
    HTTPException: on_http,
    SerializationException: on_unreadable,
    UnicodeDecodeError: on_unreadable,
    Exception: on_defect,
}
