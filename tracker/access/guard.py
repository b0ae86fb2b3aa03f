"""The one guard: decides by the access that a handler declares, before anything of it runs.

Guards authorise, dependencies only provide: a check in a dependency is skipped where a handler
does not name it. A handler without declared access stops the start-up.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from litestar.connection import ASGIConnection, Request
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import BaseRoute
from sqlmodel import col

from tracker.access.actor import Actor, OrganisationActor
from tracker.access.models import Membership, Organisation
from tracker.access.permissions import Permission
from tracker.access.tokens import Scope, bearer_of, permission_of
from tracker.db.base import select
from tracker.db.session import Bound, Database
from tracker.kit.errors import Forbidden, NotFound, Refused
from tracker.kit.i18n import gettext as _

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Who(StrEnum):
    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    ORGANISATION = "organisation"
    TOKEN = "token"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a handler; `permission` is needed in the organisation of the path, by a token with the `scope`."""

    who: Who
    permission: Permission | None = None
    scope: Scope | None = None


PUBLIC = Access(Who.ANYONE)
SIGNED_IN = Access(Who.SIGNED_IN)


def member(permission: Permission) -> Access:
    """A member of the organisation in the path whose role has the permission."""
    return Access(Who.ORGANISATION, permission)


def token(scope: Scope) -> Access:
    """A program with a token of the organisation in the path that has the scope."""
    return Access(Who.TOKEN, permission_of(scope), scope)


class NotSignedIn(Refused):
    """The page needs somebody signed in."""


class NoToken(Refused):
    """The API needs a token, and none came or one that does not hold. `given`: there was one."""

    def __init__(self, text: str, *, given: bool) -> None:
        super().__init__(text)
        self.given = given


class BadToken(Refused):
    """A form came without the token of the session it was opened in."""


class NotTaken(Refused):
    """A body of a kind that the handler does not read."""


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
    """Litestar calls this before every handler. Raises NotSignedIn, NotFound, Forbidden, NotTaken or BadToken."""
    access = handler.opt.get("access")
    if access is None:
        if connection.scope["method"] == "OPTIONS":  # type: ignore[typeddict-item]
            return
        raise Undeclared(str(handler))
    context = connection.scope["tracker"]  # type: ignore[typeddict-item]
    if connection.path_params.get("locale", context.locale) not in context.locales:
        raise NotFound(_("There is no such page."))
    if access.who is Who.TOKEN:
        # No cookie counts here, so no other site can make a browser call it: there is no form's token to check.
        await _as_token(connection, access)
        return
    if access.who is not Who.ANYONE and context.actor is None:
        raise NotSignedIn
    if access.who is Who.ORGANISATION:
        key = connection.path_params["organisation"]
        context.organisation = await _as_member(context.database, context.actor, key)
        context.organisation.require(access.permission)
    if connection.scope["method"] in UNSAFE:  # type: ignore[typeddict-item]
        form = await _form(connection, handler)
        if context.actor is not None:
            _check_form_token(form, context.secret_key, context.actor)


async def _as_token(connection: ASGIConnection[Any, Any, Any, Any], access: Access) -> None:
    """Let a program in by its bearer token. Raises NoToken; NotFound outside its organisation; Forbidden."""
    context = connection.scope["tracker"]  # type: ignore[typeddict-item]
    scheme, _space, key = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise NoToken(_("This needs a token, sent as “Authorization: Bearer …”."), given=False)
    bearer = await bearer_of(context.database, context.secret_key, key.strip())
    if bearer is None:
        raise NoToken(_("This token is not known, has expired or was revoked."), given=True)
    if bearer.organisation.organisation_key != connection.path_params["organisation"]:
        raise NotFound(_("There is nothing at this address."))
    if access.scope is None or not bearer.may(access.scope):
        raise Forbidden(_("This token lacks the scope %(scope)s.") % {"scope": access.scope})
    context.organisation, context.scopes = bearer.organisation, bearer.granted


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
    if organisation.suspended_at is not None:
        raise Forbidden(_("This organisation is suspended. Ask the operator of this service."))
    return OrganisationActor(
        actor.user_id,
        organisation.id,
        organisation.key,
        organisation.name,
        organisation.kind,
        organisation.fictional,
        role,
    )


async def _form(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> Mapping[str, Any]:
    """What the form holds. A handler whose form brings a file declares `largest_file`, in bytes."""
    if not isinstance(connection, Request):
        raise Forbidden(_("This request can't be taken."))
    if connection.content_type[0] != "multipart/form-data":
        return await connection.form()
    largest = handler.opt.get("largest_file")
    if largest is None:
        raise NotTaken(_("This form takes no files."))
    texts: Mapping[str, str] = await connection.scope["tracker"].uploads.read(connection, largest)  # type: ignore[typeddict-item]
    return texts


def _check_form_token(form: Mapping[str, Any], secret_key: str, actor: Actor) -> None:
    given = form.get("csrf_token", "")
    expected = form_token(secret_key, actor.session_hash)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), expected.encode()):
        raise BadToken(
            _("This form was opened in another session. Go back, reload the page, and send it again.")
        )
