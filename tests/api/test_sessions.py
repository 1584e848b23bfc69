"""Sessions, tokens and connected apps over REST: mine, and those of others for administrators; and what ends with them."""

import asyncio
import json
from typing import Any

import pytest
import websockets

from hubbub import people, routes
from hubbub.api import scopes
from hubbub.core import ids
from tests.cast import Company, House

AT = "/services/data/v62.0/hubbub"


async def make(company: Company, **how: Any) -> int:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        return await people.create_app(tx, ada, people.AppSettings(**{"name": "Reports", **how}))


async def token(company: Company, name: str, app_id: int, *opens: str) -> str:
    async with company.act() as tx:
        me = await people.actor(tx, company.id(name))
        return await people.issue_token(tx, me, app_id=app_id, scopes=list(opens or ("api",)))


async def status(company: Company, secret: str, path: str, method: str = "GET") -> int:
    browser = await company.nobody()
    answer = await browser.request(method, path, headers={"authorization": f"Bearer {secret}"})
    return answer.status_code


async def test_sessions_are_listed_and_ended(company: Company):
    here, omar = await company.client("omar"), await company.api("omar")
    listed = (await omar.get(f"{AT}/users/me/sessions")).json()
    [session], [mine] = listed["sessions"], listed["tokens"]
    assert session["address"] == company.address
    assert (mine["name"], mine["scope"]) == ("Command line", None)
    assert (await omar.delete(f"{AT}/sessions/{session['id']}")).status_code == 204
    assert (await here.get("/people")).status_code == 303
    assert (await omar.delete(f"{AT}/sessions/{session['id']}")).status_code == 404
    assert (await omar.delete(f"{AT}/users/me/sessions")).status_code == 204
    assert (await omar.get(f"{AT}/users/me/sessions")).status_code == 401


async def test_administrators_end_the_sessions_of_others(company: Company):
    browser, program = await company.client("nina"), await company.api("nina")
    ada, omar = await company.api("ada"), await company.api("omar")
    at = f"{AT}/users/{company.key('nina')}/sessions"
    [session] = (await ada.get(at)).json()["sessions"]
    for path in (at, f"{AT}/sessions/{session['id']}"):
        assert (await omar.delete(path)).status_code in (403, 404)
    assert (await browser.get("/people")).status_code == 200
    assert (await ada.delete(at)).status_code == 204
    assert (await browser.get("/people")).status_code == 303
    assert (await program.get(at)).status_code == 401
    assert (await ada.get(at)).json() == {"sessions": [], "tokens": []}
    [(actor, noun, *_)] = await company.events("people.user.sessions_ended")
    assert (actor, noun) == (company.id("ada"), company.id("nina"))


@pytest.mark.parametrize("ending", ["session", "everything", "deactivation", "sign_out"])
async def test_an_open_page_ends_with_its_session(company: Company, address: str, ending: str):
    """Over a real socket: the page is told within a second or so, and shut."""
    browser, ada = await company.client("nina"), await company.api("ada")
    cookie = f"hubbub_session={browser.cookies['hubbub_session']}"
    async with websockets.connect(
        f"{address.replace('http', 'ws', 1)}/live",
        origin=websockets.Origin(address),
        additional_headers={"cookie": cookie},
    ) as socket:
        await socket.send(json.dumps({"topics": [], "cursor": None}))
        assert json.loads(await asyncio.wait_for(socket.recv(), 10))["type"] in ("ready", "behind")
        match ending:
            case "session":
                at = f"{AT}/users/{company.key('nina')}/sessions"
                [session] = (await ada.get(at)).json()["sessions"]
                await ada.delete(f"{AT}/sessions/{session['id']}")
            case "everything":
                await ada.delete(f"{AT}/users/{company.key('nina')}/sessions")
            case "deactivation":
                async with company.act() as tx:
                    await people.deactivate_user(
                        tx, await people.actor(tx, company.id("ada")), company.id("nina")
                    )
            case _:
                await browser.submit("/sign-out")
        last = "ready"
        while last != "closed":
            last = json.loads(await asyncio.wait_for(socket.recv(), 10))["type"]
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await asyncio.wait_for(socket.recv(), 10)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 4401


async def test_an_app_is_sent_away(company: Company):
    app = await make(company)
    secret, hers = await token(company, "omar", app), await token(company, "nina", app)
    omar = await company.api("omar")
    [found] = (await omar.get(f"{AT}/users/me/apps")).json()["apps"]
    assert (found["id"], found["scopes"], found["tokens"]) == (ids.show(app), ["api"], 1)
    assert (await omar.delete(f"{AT}/users/me/apps/{found['id']}")).status_code == 204
    assert await status(company, secret, f"{AT}/orgs") == 401
    assert await status(company, hers, f"{AT}/orgs") == 200
    assert (await omar.get(f"{AT}/users/me/apps")).json() == {"apps": []}
    assert len(await company.events("people.app.withdrawn")) == 1


async def test_an_app_is_made_changed_and_deleted(company: Company):
    ada = await company.api("ada")
    made = (await ada.post(f"{AT}/apps", json={"name": "Charts", "callbacks": ["https://c.example/"]})).json()
    at = f"{AT}/apps/{made['id']}"
    assert (made["hasSecret"], made["isPublic"], made["permissionSets"]) == (False, False, None)
    kept = await ada.post(f"{at}/secret", headers={"idempotency-key": "once"})
    assert kept.status_code == 400
    first = (await ada.post(f"{at}/secret")).json()["clientSecret"]
    second = (await ada.post(f"{at}/secret")).json()["clientSecret"]
    browser = await company.nobody()
    change = {"runAs": company.key("noor"), "scopes": ["chatter_api"]}
    assert (await ada.patch(at, json=change)).status_code == 204
    given = {"grant_type": "client_credentials", "client_id": made["clientId"]}
    stale = await browser.post("/services/oauth2/token", data=given | {"client_secret": first})
    assert stale.json()["error"] == "invalid_client"
    answer = (await browser.post("/services/oauth2/token", data=given | {"client_secret": second})).json()
    assert answer["scope"] == "chatter_api"
    [user] = (await ada.get(f"{at}/users")).json()["users"]
    assert user["id"] == company.key("noor")
    assert (await ada.delete(f"{at}/users")).status_code == 204
    assert await status(company, answer["access_token"], f"{AT}/orgs") == 401
    assert (await ada.delete(at)).status_code == 204
    assert (await ada.get(at)).status_code == 404
    gone = await browser.post("/services/oauth2/token", data=given | {"client_secret": second})
    assert gone.json()["error"] == "invalid_client"
    assert second not in str(await company.events("people.app.changed"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"name": 1},
        {"callbacks": ["javascript:alert(1)"]},
        {"callbacks": "https://x.example/"},
        {"callbacks": [1]},
        {"scopes": ["everything"]},
        {"scopes": ["refresh_token"]},
        {"scopes": []},
        {"refreshTokenDays": 0},
        {"refreshTokenDays": True},
        {"refreshTokenDays": 4000},
        {"isPublic": "yes"},
        {"permissionSets": ["005000000000001"]},
        {"permissionSets": ["0PS0000000zzzzz"]},
        {"runAs": "00D000000000001"},
        {"clientId": "mine"},
    ],
)
async def test_apps_that_cannot_be(company: Company, wrong: dict[str, Any]):
    ada = await company.api("ada")
    refused = await ada.post(f"{AT}/apps", json={"name": "Charts"} | wrong)
    assert refused.status_code == 400, refused.text
    assert (await ada.get(f"{AT}/apps")).json() == {"apps": []}


async def test_a_public_app_acts_for_nobody_by_itself(company: Company):
    ada = await company.api("ada")
    both = {"name": "Charts", "isPublic": True, "runAs": company.key("noor")}
    assert (await ada.post(f"{AT}/apps", json=both)).json()[0]["fields"] == ["run_as"]
    made = (await ada.post(f"{AT}/apps", json={"name": "Charts", "isPublic": True})).json()
    assert made["rotatesRefreshTokens"] is True
    assert (await ada.post(f"{AT}/apps/{made['id']}/secret")).status_code == 422
    assert (await ada.patch(f"{AT}/apps/{made['id']}", json={"isPublic": False})).status_code == 400


async def test_what_an_app_may_no_more_its_tokens_may_no_more(company: Company):
    app = await make(company, scopes=["api", "chatter_api"])
    secret = await token(company, "omar", app, "api", "chatter_api")
    ada = await company.api("ada")
    assert await status(company, secret, "/services/data/v62.0/sobjects") == 200
    assert (
        await ada.patch(f"{AT}/apps/{ids.show(app)}", json={"scopes": ["chatter_api"]})
    ).status_code == 204
    assert await status(company, secret, "/services/data/v62.0/sobjects") == 403
    assert await status(company, secret, "/services/data/v62.0/chatter/users/me") == 200


# --- scopes --------------------------------------------------------------------------------------------------------

# What no token is needed for, and what is no part of the API.
OPEN = {
    "/services/data",
    "/services/oauth2/authorize",
    "/services/oauth2/token",
    "/services/oauth2/revoke",
    "/services/oauth2/introspect",
}


def addresses(house: House) -> list[tuple[str, str]]:
    """Every method and address of the API that takes a bearer token, with its gaps filled."""
    found = []
    for route in house.app.app.routes:
        if route.path.startswith(("/services/", "/id/")) and route.path not in OPEN:
            if route.path.startswith("/services/Soap"):  # its session stands in the body
                continue
            # Feed items of old versions are answered in those alone.
            version = "v31.0" if "feed-items" in route.path else "v62.0"
            path = route.path.replace("{version:str}", version).replace("{community:str}", "internal")
            while "{" in path:
                path = path[: path.index("{")] + "x" + path[path.index("}") + 1 :]
            found += [(m, path) for m in sorted(route.methods) if m not in ("OPTIONS", "HEAD")]
    return found


@pytest.mark.parametrize("scope", ["refresh_token", "id", "openid", "chatter_api", "api", "full"])
async def test_every_address_asks_for_its_scope(company: Company, house: House, scope: str):
    """Not one handler forgets: what a scope does not open is refused before anything else is looked at."""
    secret = await token(company, "nina", await make(company), scope)
    asked = addresses(house)
    assert len(asked) > 150
    browser = await company.nobody()
    wrong = []
    for method, path in asked:
        if (method == "DELETE" and path.endswith("/users/me/sessions")) or path.endswith("/openapi.json"):
            continue  # the first ends the token; the other is open to everybody
        answer = await browser.request(
            method, path, headers={"authorization": f"Bearer {secret}", "content-type": "application/json"}
        )
        opened = not (
            answer.status_code == 403 and "insufficient_scope" in answer.headers.get("www-authenticate", "")
        )
        chatter = "/chatter" in path or "/connect" in path or "/hubbub" in path or path.endswith("v62.0")
        ours = any(f"/hubbub/{each}" in path for each in ("apps", "sessions", "users"))
        who = path.startswith("/id/") or path.endswith("/userinfo")
        expected = {
            "full": True,
            "api": True,
            "chatter_api": chatter and not ours and not who,
            "id": who,
            "openid": who,
            "refresh_token": False,
        }[scope]
        if opened != expected:
            wrong.append(f"{method} {path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_what_no_rule_names_is_closed() -> None:
    assert scopes.needed("/services/data/v62.0/sobjects") == {"api", "full"}
    for path in ("/services/apexrest/x", "/services/data/v62.0x/chatter", "/services/async/62.0"):
        assert scopes.needed(path) == {"full"}
    assert routes.API


async def test_a_narrow_token_repeats_nothing_that_it_could_not_do(company: Company):
    """A kept answer is told again to who may have it, not to another token of the same person."""
    app = await make(company)
    wide, narrow = await token(company, "omar", app, "api"), await token(company, "omar", app, "chatter_api")
    browser = await company.nobody()
    answers = [
        await browser.post(
            "/services/data/v62.0/sobjects/Account",
            json={"Name": "Sund"},
            headers={"authorization": f"Bearer {secret}", "idempotency-key": "one"},
        )
        for secret in (wide, narrow)
    ]
    assert [answer.status_code for answer in answers] == [201, 403]
