"""Shutting somebody out, and letting him in again: by page and by REST, at once and everywhere."""

import asyncio
import json

import websockets
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from hubbub import people
from hubbub.core import events
from tests.cast import Company

USERS = "/services/data/v62.0/sobjects/User"


async def test_everything_of_his_ends_at_once_and_his_follows_come_back(company: Company, address: str):
    ada, omar = await company.api("ada"), await company.api("omar")
    his = await company.client("omar")
    me = f"{USERS}/{company.key('omar')}"
    followed = {"subjectId": company.key("noor")}
    assert (
        await omar.post("/services/data/v62.0/chatter/users/me/following", json=followed)
    ).status_code == 201
    cookie = f"hubbub_session={his.cookies['hubbub_session']}"
    url = address.replace("http://", "ws://") + "/live"
    async with websockets.connect(
        url, origin=Origin(address), additional_headers={"cookie": cookie}
    ) as socket:
        await socket.send(json.dumps({"topics": [], "cursor": None}))
        await asyncio.sleep(0.2)  # nothing is to come yet
        assert (await ada.patch(me, json={"IsActive": False})).status_code == 204
        async with asyncio.timeout(30):
            try:
                while True:
                    told = json.loads(await socket.recv())
                    assert told["type"] in ("closed", "behind", "ready"), told
            except ConnectionClosed as closed:
                assert closed.rcvd is not None and closed.rcvd.code == 4401
    assert (await omar.get("/services/data/v62.0/chatter/users/me")).status_code == 401
    assert (await his.get("/")).status_code == 303
    name = company.username("omar")
    assert (await his.submit("/sign-in", username=name, password="correct horse battery")).status_code == 422
    assert (await ada.get(f"{me}?fields=IsActive")).json()["IsActive"] is False

    assert (await ada.patch(me, json={"isactive": True})).status_code == 204
    # What he had is not his again: he signs in anew, and follows whom he followed.
    assert (await omar.get("/services/data/v62.0/chatter/users/me")).status_code == 401
    again = await company.api("omar")
    following = (await again.get("/services/data/v62.0/chatter/users/me/following")).json()["following"]
    assert [each["subject"]["id"] for each in following] == [company.key("noor")]


async def test_a_page_that_says_what_it_shows_after_its_session_ended_is_told_nothing(
    company: Company, address: str
):
    his, other = await company.client("omar"), await company.client("omar")
    cookie = f"hubbub_session={his.cookies['hubbub_session']}"
    url = address.replace("http://", "ws://") + "/live"
    async with websockets.connect(
        url, origin=Origin(address), additional_headers={"cookie": cookie}
    ) as socket:
        assert (await other.submit("/sign-out/everywhere")).status_code == 303
        # Of a moment at which his session had ended: what he missed does not tell of it.
        async with company.act() as tx:
            cursor = await events.cursor(tx)
        await socket.send(json.dumps({"topics": [], "cursor": cursor}))
        async with asyncio.timeout(30):
            assert json.loads(await socket.recv()) == {"type": "closed"}
            try:
                await socket.recv()
            except ConnectionClosed as closed:
                assert closed.rcvd is not None and closed.rcvd.code == 4401


async def test_who_may_and_who_stays(company: Company):
    ada, nina, gus = [await company.api(who) for who in ("ada", "nina", "gus")]
    omar = f"{USERS}/{company.key('omar')}"
    shut = {"IsActive": False}
    assert (await nina.patch(omar, json=shut)).status_code == 403
    assert (await gus.patch(omar, json=shut)).status_code == 404
    assert (await ada.patch(f"{USERS}/{company.key('ada')}", json=shut)).status_code == 403  # herself
    for given, status in (
        ({"IsActive": "no"}, 400),
        ({"IsActive": None}, 400),
        ({"IsActive": False, "ProfileId": "x"}, 400),
    ):
        assert (await ada.patch(omar, json=given)).status_code == status
    assert (await ada.patch(f"{USERS}/nobody", json=shut)).status_code == 404
    async with company.act() as tx:
        assert await people.is_active(tx, company.id("omar"))
        # The last who manages people stays, also where the machine's owner asks; who cannot sign in manages nobody.
        await people.add_user(
            tx,
            None,
            people.Newcomer(
                username=company.username("ed"), last_name="Ek", permission_sets=("System Administrator",)
            ),
        )
        try:
            await people.deactivate_user(tx, None, company.id("ada"))
        except Exception as refused:
            assert "Somebody has to manage people" in str(refused)
        else:
            raise AssertionError("nobody manages people any more")


async def test_nobody_is_offered_to_follow_who_is_gone(company: Company):
    ada, nina, noor = [await company.client(name) for name in ("ada", "nina", "noor")]
    omar = company.key("omar")
    assert (await noor.submit(f"/subjects/{omar}/follow")).status_code == 303
    offer = f"/subjects/{omar}/"
    assert offer in (await nina.get("/people?q=omar")).text
    assert (await ada.submit(f"/setup/people/{omar}/deactivate")).status_code == 303
    gone = (await nina.get("/people?q=omar")).text
    assert omar in gone and offer not in gone
    # Who follows him already may stop.
    assert f"{offer}unfollow" in (await noor.get("/people?q=omar")).text
    assert (await ada.submit(f"/setup/people/{omar}/activate")).status_code == 303
    assert offer in (await nina.get("/people?q=omar")).text
