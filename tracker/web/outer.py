"""The outermost layer: reaches every answer, errors and static files included.

It refuses foreign hosts and cross-site writes, finds the language and who is signed in, answers
HEAD, and puts the security headers on. The framework's own middleware runs only behind a matched
route, so it would miss the 404s.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from litestar.types import ASGIApp, Message, Receive, Send

from tracker.access.actor import Actor, OrganisationActor
from tracker.access.guard import UNSAFE
from tracker.access.sessions import Lifetime, actor_of
from tracker.db.session import Database
from tracker.kit import i18n
from tracker.settings import Settings
from tracker.web import problem
from tracker.web.uploads import Uploads

log = logging.getLogger("tracker")

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}
# The guard takes the second only where a handler says that its form brings a file.
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(slots=True)
class Context:
    """What the outer layer knows of a request; kept in the scope under "tracker"."""

    database: Database
    secret_key: str
    locale: str
    locales: tuple[str, ...]
    uploads: Uploads
    actor: Actor | None = None
    organisation: OrganisationActor | None = None


def session_cookie(settings: Settings) -> str:
    return "__Host-tracker_session" if settings.secure else "tracker_session"


class Outer:
    """Wraps the application. `app` is the Litestar application inside."""

    def __init__(self, app: ASGIApp, settings: Settings, database: Database) -> None:
        self.app, self.settings, self.database = app, settings, database
        self.lifetime = Lifetime(
            idle=timedelta(minutes=settings.session_idle_minutes),
            absolute=timedelta(hours=settings.session_hours),
        )

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        guarded = _Answer(send, secure=self.settings.secure, head_only=scope["method"] == "HEAD")
        guarded.api = problem.is_api(scope["path"])
        try:
            await self._answer(scope, receive, guarded)
        except Exception:
            # The framework answers its own errors; here it is ours, such as a database that is gone.
            log.exception("defect before the application at %s %s", scope["method"], scope["path"])
            if guarded.started:
                raise
            await _plain(guarded, scope["path"], 500, "Something went wrong on our side. It was noted.")

    async def _answer(self, scope: Any, receive: Receive, guarded: "_Answer") -> None:
        headers = {name.lower(): value for name, value in scope["headers"]}
        refusal = self._refusal(scope, headers)
        if refusal:
            await _plain(guarded, scope["path"], *refusal)
            return
        locale = self._locale(scope["path"])
        i18n.set_locale(locale)
        uploads = Uploads(self.settings.data_dir / "attachments" / "incoming")
        context = Context(self.database, self.settings.secret_key, locale, self.settings.locales, uploads)
        token = _cookie(headers.get(b"cookie", b""), session_cookie(self.settings))
        if token and not guarded.api and not scope["path"].startswith("/static/"):
            context.actor = await actor_of(self.database, token, self.lifetime)
            guarded.private = True
        scope["tracker"] = context
        if scope["method"] == "HEAD":
            scope["method"] = "GET"
        try:
            await self.app(scope, receive, guarded)
        finally:
            uploads.discard()

    def _refusal(self, scope: Any, headers: dict[bytes, bytes]) -> tuple[int, str] | None:
        host = headers.get(b"host", b"").decode("latin-1")
        if _hostname(host) not in self.settings.allowed_hosts:
            return 400, "This host name is not served here."
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            return 400, "This address can't be read."  # no database takes it, and none of ours holds it
        if scope["method"] == "TRACE":
            return 405, "This method is not allowed."
        if scope["method"] in UNSAFE and not problem.is_api(scope["path"]):
            kind = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
            if kind not in FORM_TYPES:
                return 415, "Only forms are taken here."
            if not _same_site(headers, f"{'https' if self.settings.secure else 'http'}://{host}"):
                return 403, "This request came from another site."
        return None

    def _locale(self, path: str) -> str:
        first = path.split("/", 2)[1] if path.startswith("/") else ""
        return first if first in self.settings.locales else self.settings.locales[0]


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:  # such as "[::1"
        return None


def _same_site(headers: dict[bytes, bytes], own_origin: str) -> bool:
    """Whether the browser says that the request comes from our own pages; silence is a no."""
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site == b"same-origin"
    return headers.get(b"origin", b"").decode("latin-1") == own_origin


def _cookie(header: bytes, name: str) -> str:
    for part in header.decode("latin-1").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""


class _Answer:
    """A `send` that adds the headers, and for HEAD drops the body."""

    def __init__(self, send: Send, *, secure: bool, head_only: bool) -> None:
        self._send, self._secure, self._head_only = send, secure, head_only
        self.private = self.started = self.api = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            message["headers"] = self._with_ours(list(message.get("headers", [])))
        elif message["type"] == "http.response.body" and self._head_only:
            message["body"] = b""
        await self._send(message)

    def _with_ours(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        present = {name.lower() for name, _ in headers}
        ours = dict(HEADERS)
        if self._secure:
            ours[b"strict-transport-security"] = b"max-age=31536000; includeSubDomains"
        # What a signed-in person sees must not outlive the session in any cache.
        ours[b"cache-control"] = b"no-store" if self.private else b"no-cache"
        ours[b"vary"] = b"Authorization" if self.api else b"Cookie"
        return headers + [(name, value) for name, value in ours.items() if name not in present]


async def _plain(send: _Answer, path: str, status: int, text: str) -> None:
    kind, body = "text/plain; charset=utf-8", text.encode()
    if problem.is_api(path):
        kind, body = problem.MEDIA_TYPE, problem.body(status, text)
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    headers.append((b"cache-control", b"no-store"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
