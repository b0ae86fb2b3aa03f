"""Signing in, and adding accounts and members."""

from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access import sessions
from tracker.access.actor import Actor
from tracker.access.models import TRIES_KEPT, Membership, Organisation, SignInAttempt, User
from tracker.access.permissions import Role
from tracker.accounts import passwords
from tracker.audit.models import SERVICE
from tracker.audit.record import Action, record
from tracker.db.base import select
from tracker.db.session import Bound, Database, queue_behind
from tracker.kit import clock
from tracker.kit.errors import Invalid, Refused
from tracker.kit.i18n import gettext as _
from tracker.kit.senders import sender_of
from tracker.kit.vocabulary import OrganisationKind

# Failed tries within the window, before an account or an address has to wait.
WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS = 8, 60


class TooManyTries(Refused):
    """Sign-in has to wait; the message says how long."""


def normal_email(text: str) -> str:
    return text.strip().casefold()


async def sign_in(
    database: Database, email: str, password: str, address: str, *, secret_key: str
) -> str | None:
    """The token of a new session; None when e-mail or password is wrong. Raises TooManyTries.

    Whether the account exists shows neither in the answer nor in the time it takes.
    """
    account = sender_of(secret_key, "account", normal_email(email))
    place = sender_of(secret_key, "address", address)
    async with database.write() as db:
        await _throttle(db, account, place)
        # Counted before the password is checked, so that tries made at the same time count as well.
        db.add_all(SignInAttempt(subject=s, at=clock.now()) for s in (account, place))
        user = await _user(db, email)
    matches = await passwords.verify(password, user.password_hash if user else None)
    if not (user and matches) or user.disabled_at is not None:
        return None
    async with database.write() as db:
        await db.execute(sa.delete(SignInAttempt).where(col(SignInAttempt.subject) == account))
        return await sessions.issue(db, user)


async def _throttle(db: AsyncSession, account: str, place: str) -> None:
    for subject in (account, place):  # in this order everywhere, so that nobody waits for each other
        await queue_behind(db, subject)
    since = clock.now() - WINDOW
    await db.execute(sa.delete(SignInAttempt).where(col(SignInAttempt.at) < clock.now() - TRIES_KEPT))
    for subject, most in ((account, PER_ACCOUNT), (place, PER_ADDRESS)):
        tries = await db.scalar(
            select(sa.func.count())
            .select_from(SignInAttempt)
            .where(col(SignInAttempt.subject) == subject, col(SignInAttempt.at) >= since)
        )
        if (tries or 0) >= most:
            raise TooManyTries(
                _("Too many tries to sign in. Wait %(minutes)s minutes, then try again.")
                % {"minutes": int(WINDOW.total_seconds() // 60)}
            )


async def _user(db: AsyncSession, email: str) -> User | None:
    return (await db.execute(select(User).where(col(User.email) == normal_email(email)))).scalar_one_or_none()


async def account_exists(db: AsyncSession, email: str) -> bool:
    return await _user(db, email) is not None


async def change_password(database: Database, actor: Actor, current: str, new: str) -> str:
    """Set a new password, end all sessions, and return the token of a fresh one. Raises Invalid by field."""
    async with database.read() as db:
        user = (await db.execute(select(User).where(col(User.id) == actor.user_id))).scalar_one()
    if not await passwords.verify(current, user.password_hash):
        raise Invalid({"current": _("This is not your current password.")})
    check_password(new, user.email)
    hashed = await passwords.hash_password(new)
    async with database.write(Bound(tenant=SERVICE)) as db:
        return await _set_password(db, user, hashed)


async def _set_password(db: AsyncSession, user: User, hashed: str) -> str:
    await db.execute(sa.update(User).where(col(User.id) == user.id).values(password_hash=hashed))
    await sessions.revoke_all(db, user.id)
    await record(db, Action.PASSWORD_CHANGED, tenant=SERVICE, actor=user.id, subject=f"user:{user.id}")
    fresh = (
        await db.execute(
            select(User).where(col(User.id) == user.id).execution_options(populate_existing=True)
        )
    ).scalar_one()
    return await sessions.issue(db, fresh)


def check_password(password: str, email: str) -> None:
    """Raises Invalid for a password that is too short, too long, or the e-mail address."""
    if len(password) < passwords.SHORTEST:
        raise Invalid({"new": _("Use at least %(n)s characters.") % {"n": passwords.SHORTEST}})
    if len(password) > passwords.LONGEST:
        raise Invalid({"new": _("Use at most %(n)s characters.") % {"n": passwords.LONGEST}})
    if normal_email(password) == email or len(set(password)) < 5:
        raise Invalid({"new": _("This password is too easy to guess.")})


async def add_account(
    database: Database, *, email: str, name: str, organisation: Organisation, role: Role, password: str
) -> User:
    """Add a user, or the membership of an existing one; a role that is held changes. Raises Invalid."""
    email = checked_email(email)
    if (role is Role.OPERATOR) and organisation.kind is not OrganisationKind.OPERATOR:
        raise Invalid({"role": _("Only a member of an operator organisation can be operator.")})
    hashed = await passwords.hash_password(password)
    async with database.write(Bound(tenant=organisation.id)) as db:
        user = await _user(db, email)
        if user is None:
            user = User(id=uuid4(), email=email, name=name, password_hash=hashed, created_at=clock.now())
            db.add(user)
            await db.flush()
        await set_role(db, organisation.id, user.id, role, by=None)
    return user


def checked_email(text: str) -> str:
    """The address as accounts are named by it. Raises Invalid."""
    email = normal_email(text)
    name, _at, host = email.rpartition("@")
    if (
        not name
        or not host
        or len(email) > 254
        or not email.isprintable()
        or any(c in email for c in " <>,;")
    ):
        raise Invalid({"email": _("This is not an e-mail address.")})
    return email


async def set_role(db: AsyncSession, tenant: UUID, user_id: UUID, role: Role, *, by: UUID | None) -> None:
    """Make somebody a member of the session's organisation, or change the role of one."""
    membership = (
        await db.execute(
            select(Membership).where(col(Membership.tenant_id) == tenant, col(Membership.user_id) == user_id)
        )
    ).scalar_one_or_none()
    action = Action.MEMBER_ADDED if membership is None else Action.MEMBER_ROLE_CHANGED
    if membership is None:
        membership = Membership(
            tenant_id=tenant, id=uuid4(), user_id=user_id, role=role, created_at=clock.now()
        )
        db.add(membership)
    elif membership.role is role:
        return
    membership.role = role
    await db.flush()
    await record(
        db,
        action,
        tenant=tenant,
        actor=by,
        subject=f"user:{user_id}",
        detail={"role": role.value},
    )


async def reset_password(database: Database, email: str) -> str:
    """Give the account a new random password and return it. Raises Invalid for an unknown account."""
    new = passwords.generate()
    hashed = await passwords.hash_password(new)
    async with database.write(Bound(tenant=SERVICE)) as db:
        user = await _user(db, email)
        if user is None:
            raise Invalid({"email": _("There is no account with this e-mail address.")})
        await _set_password(db, user, hashed)
    return new
