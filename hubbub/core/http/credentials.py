"""Who asks: a browser's cookie or a program's bearer token, and the secrets in them."""

import hashlib
import hmac
import secrets
from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.types import Scope

from hubbub.core import ids
from hubbub.core.errors import Invalid

COOKIE = "hubbub_session"


class Credential(msgspec.Struct, frozen=True):
    """What a request brought to say who is asking. The org stands in it, so that its rows can be looked up."""

    kind: str  # 'session' (a browser's cookie) or 'token' (a bearer)
    org_id: int
    secret: str

    @property
    def hash(self) -> bytes:
        return hash_secret(self.secret)


def new_secret() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """What is stored instead of a secret. Secrets are random and long: no salt, no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def is_api(scope: Scope | Any) -> bool:
    """Whether this address speaks Salesforce's protocol (bearer tokens, JSON errors) instead of a browser's."""
    return scope["path"].startswith(("/services/", "/id/"))


def credential(connection: ASGIConnection[Any, Any, Any, Any]) -> Credential | None:
    """The credential of a request: addresses of the API take bearer tokens only, pages take cookies only. Pictures are shown
    by both."""
    pictures = connection.scope["path"].startswith("/profilephoto/") and "authorization" in connection.headers
    if is_api(connection.scope) or pictures:
        scheme, _, value = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "oauth"):
            # Only the identity address takes its token as a parameter: clients send it there and nowhere else.
            if not connection.scope["path"].startswith("/id/"):
                return None
            value = connection.query_params.get("oauth_token", "")
        org, mark, _ = value.strip().partition("!")
        try:
            return (
                Credential("token", ids.parse(org, ids.Type.ORG) & 0x7FFFFFFF, value.strip())
                if mark
                else None
            )
        except Invalid:
            return None
    value = connection.cookies.get(COOKIE, "")
    org, mark, _ = value.partition(".")
    if not mark or not org.isascii() or not org.isdigit() or len(org) > 10 or int(org) > 0x7FFFFFFF:
        return None
    return Credential("session", int(org), value)


def same_secret(given: str, kept: bytes) -> bool:
    """Compare a secret with a kept hash in constant time."""
    return hmac.compare_digest(hash_secret(given), kept)
