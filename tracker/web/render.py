"""Pages from templates: one strict environment, the same globals everywhere."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER
from markupsafe import Markup, escape

from tracker.access.guard import form_token
from tracker.access.permissions import Permission
from tracker.charts import svg
from tracker.charts.layout import lay_out
from tracker.charts.spec import Spec
from tracker.kit import i18n, vocabulary
from tracker.kit.safe import safe_url
from tracker.settings import Settings
from tracker.web.outer import Context
from tracker.web.static_files import static_url
from tracker.web.urls import Urls

TEMPLATES = Path(__file__).parents[2] / "templates"
FLASH_COOKIE = "tracker_flash"


def environment() -> Environment:
    """The template environment: an undefined name is an error, everything is escaped."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    env.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(static=static_url, word=vocabulary.word, vocabulary=vocabulary, Permission=Permission)
    env.filters.update(safe_url=safe_url, date=i18n.format_date, chart=_chart)
    return env


def _chart(spec: Spec, width: float = 640.0) -> Markup:
    """A chart drawn for a page, `width` pixels wide where there is room; what it tells makes the ids in it unique."""
    name = f"chart-{crc32(repr((width, spec)).encode('utf-8', 'backslashreplace')):08x}"
    return Markup(svg.draw(lay_out(spec, width), name))  # nosec B704: the drawer escapes every text


@dataclass(frozen=True, slots=True)
class Renderer:
    """Draws pages for requests."""

    env: Environment
    urls: Urls
    settings: Settings

    def html(self, template: str, context: Mapping[str, Any]) -> str:
        return self.env.get_template(template).render(context)

    def frame(self, locale: str) -> dict[str, Any]:
        """What even an error page needs."""

        def url(name: str, **parameters: Any) -> str:
            return self.urls.path(name, locale, **parameters)

        return {
            "locale": locale,
            "direction": i18n.direction(),
            "url": url,
            "service_name": self.settings.service_name,
        }

    def page_context(self, request: Request) -> dict[str, Any]:
        """What every page needs besides its own content."""
        context = context_of(request)
        actor = context.actor
        return self.frame(context.locale) | {
            "request_path": request.url.path,
            "actor": actor,
            "organisation": context.organisation,
            "token_field": self._token_field(actor.session_hash) if actor else "",
            "flashes": self.flashes(request),
        }

    def _token_field(self, session_hash: str) -> Markup:
        """The field that every form of whoever is signed in carries."""
        token = escape(form_token(self.settings.secret_key, session_hash))
        return Markup(f'<input type="hidden" name="csrf_token" value="{token}">')  # nosec B704

    def flashes(self, request: Request) -> list[tuple[str, str]]:
        """The messages an earlier answer left for this page; nothing where the cookie is not ours."""
        signature, _, packed = request.cookies.get(FLASH_COOKIE, "").partition(".")
        if not packed or not hmac.compare_digest(signature.encode(), self._sign(packed).encode()):
            return []
        try:
            kind, text = json.loads(base64.urlsafe_b64decode(packed))
        except ValueError:
            return []
        return [(kind, text)]

    def flash_cookie(self, kind: str, text: str) -> str:
        packed = base64.urlsafe_b64encode(json.dumps([kind, text]).encode()).decode()
        return f"{self._sign(packed)}.{packed}"

    def _sign(self, packed: str) -> str:
        key = self.settings.secret_key.encode()
        return hmac.new(key, f"flash:{packed}".encode(), hashlib.sha256).hexdigest()


def context_of(request: Request) -> Context:
    """What the outer layer knows of the request."""
    context: Context = request.scope["tracker"]  # type: ignore[typeddict-item]
    return context


def renderer_of(request: Request) -> Renderer:
    renderer: Renderer = request.app.state.renderer
    return renderer


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response[str]:
    """The page of a template. Messages that it shows are shown once."""
    renderer = renderer_of(request)
    html = renderer.html(template, renderer.page_context(request) | context)
    response = Response(html, media_type="text/html", status_code=status)
    if FLASH_COOKIE in request.cookies:
        response.delete_cookie(FLASH_COOKIE)
    return response


def form_page(
    request: Request, template: str, form: Any, *, status: int = 200, **context: Any
) -> Response[str]:
    """The page of a form: "Error:" in the title and, unless it tells of something else, 422 when it has faults."""
    if form.errors and status == 200:
        status = 422
    return page(request, template, status=status, form=form, form_errors=form.errors, **context)


def go(
    request: Request,
    name: str,
    *,
    say: str = "",
    kind: str = "success",
    query: str = "",
    **parameters: Any,
) -> Redirect:
    """Redirect (303) to a named page, with a message for it."""
    renderer = renderer_of(request)
    path = renderer.urls.path(name, context_of(request).locale, **parameters)
    if query:
        path += f"?{query}"
    response = Redirect(path, status_code=HTTP_303_SEE_OTHER)
    if say:
        response.set_cookie(
            FLASH_COOKIE,
            renderer.flash_cookie(kind, say),
            max_age=int(timedelta(minutes=5).total_seconds()),
            httponly=True,
            secure=renderer.settings.secure,
            samesite="lax",
        )
    return response
