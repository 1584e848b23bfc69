"""Sessions, tokens and connected apps over REST: mine, and those of others for administrators; and what ends with them."""

import asyncio
import json
from typing import Any

import httpx
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


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "null", "http://[", "", "{address}.elsewhere.example"]
)
async def test_a_page_of_another_site_hears_nothing(company: Company, address: str, origin: str):
    """A browser sends its cookie with every socket, whoever opens it."""
    browser = await company.client("nina")
    async with websockets.connect(
        f"{address.replace('http', 'ws', 1)}/live",
        origin=websockets.Origin(origin.format(address=address)),
        additional_headers={"cookie": f"hubbub_session={browser.cookies['hubbub_session']}"},
    ) as socket:
        assert json.loads(await asyncio.wait_for(socket.recv(), 10))["type"] == "closed"
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
    first = (await ada.post(f"{at}/secret", headers={"idempotency-key": "once"})).json()["clientSecret"]
    again = await ada.post(f"{at}/secret", headers={"idempotency-key": "once"})
    assert (again.status_code, again.json()[0]["errorCode"]) == (409, "SECRET_TOLD_ONCE")
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


async def test_two_who_change_an_app(company: Company):
    """Who names what he read is told when somebody was faster; what he did not touch is nobody's loss anyway."""
    ada = await company.api("ada")
    made = (await ada.post(f"{AT}/apps", json={"name": "Charts", "callbacks": ["https://c.example/"]})).json()
    at = f"{AT}/apps/{made['id']}"
    tag = (await ada.get(at)).headers["etag"]

    async def change(tag: str, **sent: Any) -> httpx.Response:
        return await ada.patch(at, json=sent, headers={"if-match": tag})

    assert (await change(tag, name="Charts II")).status_code == 204
    late = await change(tag, name="Charts III")
    assert (late.status_code, late.json()[0]["errorCode"]) == (412, "ENTITY_IS_CHANGED")
    fresh = (await ada.get(at)).headers["etag"]
    assert fresh != tag and (await change(fresh, name="Charts III")).status_code == 204
    assert (await change("*", name="Charts IV")).status_code == 204
    both = await asyncio.gather(
        *(ada.patch(at, json=sent) for sent in ({"refreshTokenDays": 7}, {"rotatesRefreshTokens": True}))
    )
    assert [answer.status_code for answer in both] == [204, 204]
    told = (await ada.get(at)).json()
    assert (told["name"], told["refreshTokenDays"], told["rotatesRefreshTokens"]) == ("Charts IV", 7, True)
    page = await company.client("ada")
    shown = (await page.get(f"/setup/apps/{made['id']}")).text
    seen = shown.partition('name="seen" value="')[2].partition('"')[0]
    assert (await change("*", name="Charts V")).status_code == 204
    form = {"name": "Mine", "refresh_days": "7", "api": "true", "audience": "everybody"}
    again = await page.submit(f"/setup/apps/{made['id']}", seen=seen, **form)
    assert again.status_code == 422 and "Somebody changed this app" in again.text
    assert (await ada.get(at)).json()["name"] == "Charts V"
    seen = again.text.partition('name="seen" value="')[2].partition('"')[0]
    assert (await page.submit(f"/setup/apps/{made['id']}", seen=seen, **form)).status_code == 303
    assert (await ada.get(at)).json()["name"] == "Mine"


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
    "/id/keys",
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


def opens(scope: str, path: str) -> bool:
    """Whether a scope is to open an address."""
    chatter = "/chatter" in path or "/connect" in path or path.endswith("v62.0")
    _, ours, rest = path.partition("/hubbub/")
    if ours:  # what is talk of it, and who is who
        talk = rest.split("/")[0] in ("asks", "digests", "first-follows", "orgs", "people")
        chatter = talk and not path.endswith(("/owned", "/hand-over"))
    who = path.startswith("/id/") or path.endswith("/userinfo")
    return {
        "full": True,
        "api": True,
        "chatter_api": chatter and not who,
        "id": who,
        "openid": who,
        "profile": who,
        "refresh_token": False,
    }[scope]


async def is_opened(browser: httpx.AsyncClient, secret: str, method: str, path: str) -> bool:
    """Whether the address is open to a token: what else is wrong with the request is another matter."""
    answer = await browser.request(
        method, path, headers={"authorization": f"Bearer {secret}", "content-type": "application/json"}
    )
    return not (
        answer.status_code == 403 and "insufficient_scope" in answer.headers.get("www-authenticate", "")
    )


@pytest.mark.parametrize("scope", ["refresh_token", "chatter_api"])
async def test_not_one_handler_forgets_the_scope(company: Company, house: House, scope: str):
    """Every address is asked for with a token that opens nothing, and with one that opens a part."""
    secret = await token(company, "nina", await make(company), scope)
    asked = addresses(house)
    assert len(asked) > 150
    browser = await company.nobody()
    wrong = [
        f"{method} {path}"
        for method, path in asked
        if not path.endswith("/openapi.json")  # open to everybody
        and await is_opened(browser, secret, method, path) != opens(scope, path)
    ]
    assert not wrong, "\n".join(wrong)


async def test_every_scope_opens_what_it_says(company: Company, house: House):
    """By the rules for every address and scope, and by a token of each scope for one address of each kind."""
    asked = [each for each in addresses(house) if not each[1].endswith("/openapi.json")]
    wrong = [
        f"{scope}: {path}"
        for scope in people.SCOPES
        for _, path in asked
        if (scope in scopes.needed(path)) != opens(scope, path)
    ]
    assert not wrong, "\n".join(wrong)
    kinds = {frozenset(scopes.needed(path)): (method, path) for method, path in asked if method == "GET"}
    assert len(kinds) >= 3
    app, browser = await make(company, scopes=list(people.SCOPES)), await company.nobody()
    for scope in people.SCOPES:
        secret = await token(company, "nina", app, scope)
        for method, path in kinds.values():
            assert await is_opened(browser, secret, method, path) == opens(scope, path), (scope, path)


@pytest.mark.parametrize("path", ["hubbub//apps", "/hubbub/apps/"])
async def test_no_spelling_of_an_address_opens_it(company: Company, path: str):
    """The router takes many slashes for one; what decides on a path reads it in the same way."""
    browser, app = await company.nobody(), await make(company)
    for scope, status in (("chatter_api", 403), ("api", 200)):
        secret = await token(company, "ada", app, scope)
        answer = await browser.get(
            f"/services/data/v62.0/{path}", headers={"authorization": f"Bearer {secret}"}
        )
        assert answer.status_code == status, answer.text


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
