"""The one guard: decides by the access that a handler declares, before anything of it runs.

Guards authorise, dependencies only provide: a check in a dependency is skipped where a handler
does not name it. A handler without declared access stops the start-up.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from litestar.connection import ASGIConnection, Request
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import BaseRoute
from sqlmodel import col

from tracker.access.actor import Actor, OrganisationActor
from tracker.access.models import Membership, Organisation
from tracker.access.permissions import Permission
from tracker.db.base import select
from tracker.db.session import Bound, Database
from tracker.kit import multipart
from tracker.kit.errors import Forbidden, NotFound, Refused
from tracker.kit.i18n import gettext as _

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Who(StrEnum):
    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a handler; `permission` is needed in the organisation of the path."""

    who: Who
    permission: Permission | None = None


PUBLIC = Access(Who.ANYONE)
SIGNED_IN = Access(Who.SIGNED_IN)


def member(permission: Permission) -> Access:
    """A member of the organisation in the path whose role has the permission."""
    return Access(Who.ORGANISATION, permission)


class NotSignedIn(Refused):
    """The page needs somebody signed in."""


class BadToken(Refused):
    """A form came without the token of the session it was opened in."""


class Undeclared(RuntimeError):
    """A route has no declared access."""


def require_declared(routes: Iterable[BaseRoute]) -> None:
    """Raises Undeclared naming every route whose handlers don't declare access."""
    bare = [
        f"{sorted(h.http_methods)} {route.path}"
        for route in routes
        for h in getattr(route, "route_handlers", [])
        if isinstance(h, HTTPRouteHandler)
        and h.http_methods != {"OPTIONS"}
        and not isinstance(h.opt.get("access"), Access)
    ]
    if bare:
        raise Undeclared("no access declared on " + ", ".join(bare))


def form_token(secret_key: str, session_hash: str) -> str:
    """The token of a session's forms: bound to the session, useless in any other."""
    return hmac.new(secret_key.encode(), f"form:{session_hash}".encode(), hashlib.sha256).hexdigest()


async def authorise(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Litestar calls this before every handler. Raises NotSignedIn, NotFound, Forbidden or BadToken."""
    access = handler.opt.get("access")
    if access is None:
        if connection.scope["method"] == "OPTIONS":  # type: ignore[typeddict-item]
            return
        raise Undeclared(str(handler))
    context = connection.scope["tracker"]  # type: ignore[typeddict-item]
    if connection.path_params.get("locale", context.locale) not in context.locales:
        raise NotFound(_("There is no such page."))
    if access.who is not Who.ANYONE and context.actor is None:
        raise NotSignedIn
    if access.who is Who.ORGANISATION:
        key = connection.path_params["organisation"]
        context.organisation = await _as_member(context.database, context.actor, key)
        context.organisation.require(access.permission)
    if _sends_files(connection):
        await _take_files(connection, handler)
    if connection.scope["method"] in UNSAFE and context.actor is not None:  # type: ignore[typeddict-item]
        await _check_form_token(connection, context.secret_key, context.actor)


async def _as_member(database: Database, actor: Actor, key: str) -> OrganisationActor:
    """The actor in the organisation. NotFound for whoever is no member, whether it exists or not."""
    async with database.read(Bound(user=actor.user_id)) as db:
        row = (
            await db.execute(
                select(Organisation, Membership.role)
                .join(Membership, col(Membership.tenant_id) == Organisation.id)
                .where(col(Organisation.key) == key, col(Membership.user_id) == actor.user_id)
            )
        ).first()
    if row is None:
        raise NotFound(_("There is no such page."))
    organisation, role = row
    return OrganisationActor(
        actor.user_id,
        organisation.id,
        organisation.key,
        organisation.name,
        organisation.kind,
        organisation.fictional,
        role,
    )


def _sends_files(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    kind = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
    return connection.scope["method"] in UNSAFE and kind == multipart.MEDIA_TYPE  # type: ignore[typeddict-item]


async def _take_files(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Parse the files of a form, only after the caller was let in, and only where the handler says `files=True`.

    The handler's `request_max_body_size` bounds the body while it arrives.
    """
    if not handler.opt.get("files") or not isinstance(connection, Request):
        raise HTTPException(status_code=415)
    try:
        parts = multipart.parse(connection.headers["content-type"], await connection.body())
    except multipart.Malformed as error:
        raise HTTPException(status_code=400) from error
    connection.scope["tracker"].parts = parts  # type: ignore[typeddict-item]


async def _check_form_token(
    connection: ASGIConnection[Any, Any, Any, Any], secret_key: str, actor: Actor
) -> None:
    if not isinstance(connection, Request):
        raise Forbidden(_("This request can't be taken."))
    parts = connection.scope["tracker"].parts  # type: ignore[typeddict-item]
    form = dict(parts.fields) if parts is not None else await connection.form()
    given = form.get("csrf_token", "")
    expected = form_token(secret_key, actor.session_hash)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), expected.encode()):
        raise BadToken(
            _("This form was opened in another session. Go back, reload the page, and send it again.")
        )
