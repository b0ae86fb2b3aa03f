"""Passwords: argon2, off the event loop, a few at a time."""

import asyncio
import secrets
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST, LONGEST = 12, 256
# Each hash takes tens of megabytes: without a bound a few sign-ins at once exhaust a small machine.
_at_once = 2
# Read aloud and typed without mistakes: no 0/O, 1/l/I.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _dummy() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


@cache
def _gate(_loop_id: int) -> asyncio.Semaphore:
    return asyncio.Semaphore(_at_once)


async def hash_password(password: str) -> str:
    async with _gate(id(asyncio.get_running_loop())):
        return await asyncio.to_thread(_hasher().hash, password)


async def verify(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one. For an unknown user (None) it takes as long, and is False."""
    async with _gate(id(asyncio.get_running_loop())):
        matches = await asyncio.to_thread(_verify, password[:LONGEST], stored)
    return matches and stored is not None


def _verify(password: str, stored: str | None) -> bool:
    return _hasher().verify(password, stored or _dummy())


def generate() -> str:
    """A random password of four groups of five, about 99 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
