"""OpenID Connect: an app finds everything by itself, and reads from a signed token who signed in."""

import asyncio
import json
import multiprocessing
import secrets
import stat
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest

from hubbub.core import config
from tests.api.test_oauth_code import App, allow, let_in, make, told
from tests.cast import PASSWORD, Company


async def checked(company: Company, app: App, token: str, **how: Any) -> dict[str, Any]:
    """What an ID token says, to an app that knows nothing but the issuer's address."""
    browser, server = await company.nobody(), company.house.settings.url
    found = (await browser.get("/.well-known/openid-configuration")).json()
    assert found["issuer"] == server
    keys = (await browser.get(found["jwks_uri"])).json()
    key = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(token)["kid"]]
    assert key.algorithm_name == "RS256" and found["id_token_signing_alg_values_supported"] == ["RS256"]
    return jwt.decode(
        token, key, algorithms=["RS256"], issuer=server, audience=how.get("audience", app.client_id),
        options={"require": ["iss", "sub", "aud", "exp", "iat"]},
    )  # fmt: skip


async def test_who_signed_in(company: Company) -> None:
    app = await make(company, scopes=["openid", "id", "refresh_token"])
    nonce = secrets.token_urlsafe(12)
    tokens = await let_in(company, app, nonce=nonce)
    claims = await checked(company, app, tokens["id_token"])
    assert (claims["nonce"], claims["sub"]) == (nonce, tokens["id"])
    assert claims["exp"] - claims["iat"] == 600
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    browser = await company.nobody()
    info = (await browser.get("/services/oauth2/userinfo", headers=bearer)).json()
    assert info["sub"] == claims["sub"], "OpenID Connect has both be the same"
    with pytest.raises(jwt.InvalidAudienceError):
        await checked(company, app, tokens["id_token"], audience="another app's")
    head, body, _ = tokens["id_token"].split(".")
    with pytest.raises(jwt.InvalidSignatureError):
        await checked(company, app, f"{head}.{body}.{'A' * 342}")
    # A nonce is the sending's own: without one there is none, and none is kept from before.
    assert "nonce" not in await checked(
        company, app, (await let_in(company, app, prompt="consent"))["id_token"]
    )
    # A code that comes again is told nothing.
    answer = await allow(await company.client("omar"), app, nonce=nonce, prompt="consent")
    assert (await app.redeem(answer["code"])).status_code == 200
    assert "id_token" not in (await app.redeem(answer["code"])).json()


async def test_who_gets_no_id_token(company: Company) -> None:
    plain = await make(company, scopes=["id", "refresh_token"])
    assert "id_token" not in await let_in(company, plain)
    refused = await (await company.client("omar")).get("/authorize", params=plain.asks(scope="openid id"))
    assert told(refused)["error"] == "invalid_scope"
    app = await make(company, scopes=["openid", "id", "refresh_token"])
    tokens = await let_in(company, app)
    assert "id_token" not in (await app.renew(tokens["refresh_token"])).json(), "nobody signed in"
    by_password = {"grant_type": "password", "client_id": app.client_id, "client_secret": app.secret,
                   "username": company.username("omar"), "password": PASSWORD}  # fmt: skip
    answer = await (await company.nobody()).post("/services/oauth2/token", data=by_password)
    assert "openid" in answer.json()["scope"] and "id_token" not in answer.json()
    assert "id_token" not in await let_in(company, app, scope="id", prompt="consent")


async def test_the_public_half_alone_is_told(company: Company) -> None:
    (key,) = (await (await company.nobody()).get("/id/keys")).json()["keys"]
    assert set(key) == {"alg", "e", "kid", "kty", "n", "use"}


def _load(folder: str) -> str:
    return config.load(folder).secrets.id_tokens


async def test_a_folder_of_before_gets_one_key(tmp_path: Path) -> None:
    made = config.load(tmp_path)
    assert config.load(tmp_path).secrets == made.secrets
    path = tmp_path / "secrets.json"
    old = {name: value for name, value in json.loads(path.read_text()).items() if name != "id_tokens"}
    path.write_text(json.dumps(old))
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        keys = await asyncio.to_thread(pool.map, _load, [str(tmp_path)] * 3)
    assert len(set(keys)) == 1 and "PRIVATE KEY" in keys[0]
    kept = config.load(tmp_path).secrets
    assert (kept.id_tokens, kept.signing, kept.demo) == (keys[0], made.secrets.signing, made.secrets.demo)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys[0] not in repr(kept) and "Secrets" in repr(made)
    assert msgspec.json.decode(path.read_bytes(), type=config.Secrets) == kept
