"""Users, organisations, memberships, sessions and sign-in attempts."""

from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field

from tracker.access.permissions import Role
from tracker.db.base import Kind, Private, Table, enum_field, moment_field, text_field
from tracker.kit.vocabulary import OrganisationKind


class Organisation(Table, table=True):
    """The tenant. `contact`: an e-mail address that anyone may write to; `language`: of mail to its members, "" for the

    service's first; `suspended_at`: since when nobody acts for it.
    """

    kind__: ClassVar[Kind] = Kind.GLOBAL
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    key: str = text_field(40, unique=True)
    name: str = text_field(200)
    kind: OrganisationKind = enum_field(OrganisationKind)
    website: str = text_field(500, default="")
    fictional: bool = False
    created_at: datetime = moment_field()
    contact: str = text_field(254, default="")
    language: str = text_field(20, default="")
    suspended_at: datetime | None = moment_field(default=None)


class User(Table, table=True):
    """A person's account. `epoch` rises when all of the user's sessions must end."""

    __tablename__ = "user_account"
    kind__: ClassVar[Kind] = Kind.GLOBAL
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    email: str = text_field(254, unique=True)
    name: str = text_field(120)
    password_hash: str = text_field(200)
    epoch: int = 0
    created_at: datetime = moment_field()
    disabled_at: datetime | None = moment_field(default=None)


class Membership(Private, table=True):
    """A user's role in an organisation; one at a time."""

    __table_args__ = (sa.UniqueConstraint("tenant_id", "user_id"), sa.Index(None, "user_id"))
    user_id: UUID = Field(foreign_key="user_account.id")
    role: Role = enum_field(Role)
    created_at: datetime = moment_field()


class Invitation(Private, table=True):
    """An invitation to join, to an e-mail address. Of its key, which is in the mail alone, only the keyed hash is kept.

    `next_at`: when its mail is to be tried next; None when it was sent, failed for good, or is not to be mailed.
    """

    __table_args__ = (sa.UniqueConstraint("key_hash"), sa.Index(None, "tenant_id", "next_at"))
    email: str = text_field(254)
    role: Role = enum_field(Role)
    key_hash: str = text_field(64)
    created_at: datetime = moment_field()
    created_by: UUID | None = None
    expires_at: datetime = moment_field()
    accepted_at: datetime | None = moment_field(default=None)
    revoked_at: datetime | None = moment_field(default=None)
    attempts: int = 0
    next_at: datetime | None = moment_field(default=None)
    sent_at: datetime | None = moment_field(default=None)
    fault: str = text_field(120, default="")


class UserSession(Table, table=True):
    """Issued at sign-in only. The id in the cookie is never stored, only its hash."""

    kind__: ClassVar[Kind] = Kind.GLOBAL
    id_hash: str = text_field(64, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    epoch: int
    created_at: datetime = moment_field()
    seen_at: datetime = moment_field()
    revoked_at: datetime | None = moment_field(default=None)


class ApiToken(Private, table=True):
    """A key by which a program acts for its organisation. The key is never stored, only its keyed hash.

    `scopes`: separated by commas; `prefix`: how the key begins, to tell it from others; `expires_on`: its last day.
    """

    __table_args__ = (sa.UniqueConstraint("key_hash"),)
    name: str = text_field(80)
    key_hash: str = text_field(64)
    prefix: str = text_field(12)
    scopes: str = text_field(60)
    created_at: datetime = moment_field()
    created_by: UUID | None = None
    expires_on: date
    last_used_on: date | None = None
    revoked_at: datetime | None = moment_field(default=None)


# The longest time for which anything counts tries; older ones are deleted by whoever counts next.
TRIES_KEPT = timedelta(hours=1)


class SignInAttempt(Table, table=True):
    """A failed try, counted per account and per address. `subject` is a hash: no address is kept."""

    kind__: ClassVar[Kind] = Kind.GLOBAL
    __table_args__ = (sa.Index(None, "subject", "at"),)
    id: int = Field(default=None, primary_key=True)
    subject: str = text_field(64)
    at: datetime = moment_field()
