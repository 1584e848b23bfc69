"""OpenID Connect: who signed in, as a token that the app can check by itself; the keys for that, and where all of it is."""

import base64
import hashlib
from datetime import timedelta
from functools import lru_cache
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import RSAAlgorithm
from litestar import Response, get

from hubbub import people
from hubbub.api.identity import identity_url
from hubbub.core.clock import now
from hubbub.core.config import Settings
from hubbub.core.handlers import Request
from hubbub.core.rest import json_answer

Json = dict[str, Any]

LASTING = timedelta(minutes=10)  # it is read once, right after it was made
CLAIMS = ("iss", "sub", "aud", "iat", "exp", "nonce", "at_hash")


def id_token(settings: Settings, tokens: people.Tokens, client_id: str) -> str:
    """The ID token that comes with an access token: whose it is, for which app."""
    claims: Json = {
        "iss": settings.url,
        "sub": identity_url(settings.url, tokens.actor),
        "aud": client_id,
        "iat": now(),
        "exp": now() + LASTING,
        "at_hash": _half_hash(tokens.access_token),
    }
    if tokens.nonce is not None:
        claims["nonce"] = tokens.nonce
    key, public = _key(settings.secrets.id_tokens)
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": public["kid"]})


def metadata(server: str) -> Json:
    """Where OAuth's addresses are, and what they know."""
    return {
        "issuer": server,
        **{
            f"{name}_endpoint": f"{server}/services/oauth2/{path}"
            for name, path in (
                ("authorization", "authorize"),
                ("token", "token"),
                ("revocation", "revoke"),
                ("introspection", "introspect"),
                ("userinfo", "userinfo"),
            )
        },
        "scopes_supported": list(people.SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "password",
            "client_credentials",
        ],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }


@get("/id/keys")
async def read_keys(request: Request) -> Response[bytes]:
    """GET /id/keys — {keys}: the public keys of ID tokens, as JSON Web Keys (RFC 7517); no token needed."""
    settings: Settings = request.app.state.settings
    return json_answer({"keys": [_key(settings.secrets.id_tokens)[1]]})


@get("/.well-known/openid-configuration")
async def read_configuration(request: Request) -> Response[bytes]:
    """GET /.well-known/openid-configuration — where OpenID Connect's addresses are and what they know; no token needed."""
    server = request.app.state.settings.url
    return json_answer(
        metadata(server)
        | {
            "jwks_uri": f"{server}/id/keys",
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": list(CLAIMS),
            "prompt_values_supported": ["none", "login", "consent"],
            "request_uri_parameter_supported": False,
        }
    )


@lru_cache(maxsize=2)
def _key(pem: str) -> tuple[RSAPrivateKey, Json]:
    """The key that signs, and its public half with a name that is its fingerprint (RFC 7638)."""
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("ID tokens are signed with an RSA key.")
    told = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    public = {name: told[name] for name in ("e", "kty", "n")}
    kid = base64.urlsafe_b64encode(hashlib.sha256(msgspec.json.encode(public)).digest()).rstrip(b"=").decode()
    return key, public | {"kid": kid, "use": "sig", "alg": "RS256"}


def _half_hash(token: str) -> str:
    """By which an app sees that both tokens belong together: half of the access token's hash."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).rstrip(b"=").decode()


ROUTES = [read_keys, read_configuration]
