"""Passwords: hashed slowly, in a thread, so that other people's requests go on meanwhile."""

import asyncio
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from hubbub.core.errors import Invalid

SHORTEST, LONGEST = 8, 200

# OWASP's least for argon2id. Tests put a cheaper one here.
hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def check_password(password: str) -> None:
    """Refuse a password that is too short or too long; raises INVALID_NEW_PASSWORD."""
    if len(password) < SHORTEST:
        raise Invalid(
            "INVALID_NEW_PASSWORD",
            "A password has at least {least} characters.",
            fields=["password"],
            least=SHORTEST,
        )
    if len(password) > LONGEST:
        raise Invalid(
            "INVALID_NEW_PASSWORD",
            "A password has at most {most} characters.",
            fields=["password"],
            most=LONGEST,
        )


async def hash_password(password: str) -> str:
    """What is stored instead of the password."""
    return await asyncio.to_thread(hasher.hash, password)


async def is_password(given: str, kept: str | None) -> bool:
    """Whether it is the password behind the stored hash; as slow where there is no hash."""
    return await asyncio.to_thread(_verify, given, kept)


def _verify(given: str, kept: str | None) -> bool:
    try:
        return hasher.verify(kept or _hash_of_nobody(hasher), given[: LONGEST + 1]) and kept is not None
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _hash_of_nobody(by: PasswordHasher) -> str:
    """What a password is compared with where there is none: an unknown name must take as long as a wrong password."""
    return by.hash(secrets.token_hex(32))
