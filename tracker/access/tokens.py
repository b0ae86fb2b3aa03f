"""Tokens: keys by which programs act for an organisation through the API. Shown once, kept as a keyed hash.

A token belongs to its organisation, not to the member who made it: it goes on when that member leaves, until it
expires or is revoked. It acts as a contributor at most, so it never publishes, reviews or administers; an operator's
may also import frameworks, and crosswalks into drafts.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.models import ApiToken, Organisation, User
from tracker.access.permissions import Permission, Role
from tracker.db.base import select
from tracker.db.session import Bound, Database
from tracker.kit import clock
from tracker.kit.vocabulary import OrganisationKind

MOST_DAYS = 366
MOST_TOKENS = 50
_MARK = "cct_"
_SHOWN = len(_MARK) + 6


class Scope(StrEnum):
    """What a token may do. To write drafts is to read them as well."""

    READ_DRAFTS = "read:drafts"
    WRITE_DRAFTS = "write:drafts"
    SUBMIT = "submit"
    IMPORT = "import"


_PERMISSIONS = {
    Scope.READ_DRAFTS: Permission.READ_DRAFTS,
    Scope.WRITE_DRAFTS: Permission.WRITE_DRAFTS,
    Scope.SUBMIT: Permission.WRITE_DRAFTS,
    Scope.IMPORT: Permission.PREPARE,
}


def offered_to(actor: OrganisationActor) -> tuple[Scope, ...]:
    """The scopes that the actor may give to a token: nobody gives away what they may not do."""
    operates = actor.organisation_kind is OrganisationKind.OPERATOR and actor.may(Permission.PREPARE)
    return tuple(scope for scope in Scope if operates or scope is not Scope.IMPORT)


def permission_of(scope: Scope) -> Permission:
    """What a member would need to do the same."""
    return _PERMISSIONS[scope]


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a token acts for, and what it may do."""

    organisation: OrganisationActor
    scopes: frozenset[Scope]

    @property
    def granted(self) -> frozenset[Scope]:
        """The scopes with those that they bring along."""
        return self.scopes | ({Scope.READ_DRAFTS} if Scope.WRITE_DRAFTS in self.scopes else frozenset())

    def may(self, scope: Scope) -> bool:
        return scope in self.granted


def key_hash(secret_key: str, key: str) -> str:
    """The only thing that is kept of a key: of no use without the service's own secret."""
    return hmac.new(secret_key.encode(), f"token:{key}".encode(), hashlib.sha256).hexdigest()


def new_key() -> str:
    return _MARK + secrets.token_urlsafe(32)


def new_token(
    actor: OrganisationActor,
    secret_key: str,
    key: str,
    name: str,
    scopes: Collection[Scope],
    expires_on: date,
) -> ApiToken:
    """The row of a key; it is the caller's to add and to audit."""
    return ApiToken(
        tenant_id=actor.organisation_id,
        id=uuid4(),
        name=name,
        key_hash=key_hash(secret_key, key),
        prefix=key[:_SHOWN],
        scopes=",".join(scope for scope in Scope if scope in scopes),
        created_at=clock.now(),
        created_by=actor.user_id,
        expires_on=expires_on,
    )


async def bearer_of(database: Database, secret_key: str, key: str) -> Bearer | None:
    """Who a request's key acts for; None when it is no key, has expired or was revoked, or the
    organisation is suspended."""
    if not key.startswith(_MARK) or not key.isascii() or len(key) > 100:
        return None
    hashed, today = key_hash(secret_key, key), clock.today()
    async with database.read(Bound(token=hashed)) as db:
        row = (
            await db.execute(
                select(ApiToken, Organisation)
                .join(Organisation, col(Organisation.id) == ApiToken.tenant_id)
                .where(
                    col(ApiToken.key_hash) == hashed,
                    col(ApiToken.revoked_at).is_(None),
                    col(ApiToken.expires_on) >= today,
                    col(Organisation.suspended_at).is_(None),
                )
            )
        ).first()
    if row is None:
        return None
    token, o = row
    scopes = frozenset(Scope(s) for s in token.scopes.split(",") if s)
    if token.last_used_on != today:
        await _used(database, token, today)
    if o.kind is not OrganisationKind.OPERATOR:
        scopes -= {Scope.IMPORT}
    role = Role.CONTRIBUTOR if scopes & {Scope.WRITE_DRAFTS, Scope.SUBMIT} else Role.VIEWER
    actor = OrganisationActor(
        *(None, o.id, o.key, o.name, o.kind, o.fictional, role),
        token_id=token.id,
        token_maker=token.created_by,
        further=frozenset({Permission.PREPARE} if Scope.IMPORT in scopes else ()),
    )
    return Bearer(actor, scopes)


async def _used(database: Database, token: ApiToken, today: date) -> None:
    async with database.write(Bound(tenant=token.tenant_id)) as db:
        unused = sa.or_(col(ApiToken.last_used_on).is_(None), col(ApiToken.last_used_on) < today)
        await db.execute(
            sa.update(ApiToken).where(col(ApiToken.id) == token.id, unused).values(last_used_on=today)
        )


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token as the organisation's admins see it. `state`: active, expired or revoked."""

    id: UUID
    name: str
    prefix: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    created_by: str
    expires_on: date
    last_used_on: date | None
    revoked_at: datetime | None

    @property
    def state(self) -> str:
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_on < clock.today() else "active"


async def tokens(db: AsyncSession) -> list[TokenLine]:
    """The tokens of the session's organisation, the newest first."""
    rows = await db.execute(
        select(ApiToken, sa.func.coalesce(User.name, ""))
        .outerjoin(User, col(User.id) == ApiToken.created_by)
        .order_by(col(ApiToken.created_at).desc(), ApiToken.id)
    )
    return [
        TokenLine(
            t.id,
            t.name,
            t.prefix,
            tuple(Scope(s) for s in t.scopes.split(",") if s),
            t.created_at,
            maker,
            t.expires_on,
            t.last_used_on,
            t.revoked_at,
        )
        for t, maker in rows
    ]


async def made_by(db: AsyncSession, token_id: UUID) -> UUID | None:
    """The member who made a token of the session's organisation; None where the id names no token."""
    found: UUID | None = await db.scalar(select(ApiToken.created_by).where(col(ApiToken.id) == token_id))
    return found


def last_day_allowed() -> date:
    return clock.today() + timedelta(days=MOST_DAYS - 1)
