"""Guests: nothing until something is granted; then exactly that, its people as names only."""

import asyncio
import re

from hubbub import desk, feed, people
from hubbub.core import events, ids
from hubbub.core.live import Listener
from tests.cast import Company
from tests.feed.test_posts import V, deal, follow, send

HIDDEN = ("omar", "noor", "ada", "maya", "nina", "mo")


async def test_until_something_is_granted_there_is_nothing(company: Company) -> None:
    key = await deal(company)
    post = await send(company, "omar", "Secret words #tides", subject=key)
    await send(company, "omar", "Words for all of us")
    page, program = await company.client("gus"), await company.api("gus")
    home = (await page.get("/")).text
    assert "Your feed is quiet" in home and "Secret words" not in home and "Words for all" not in home
    assert set(re.findall(r"/people/(\w{18})", home)) <= {company.key("gus")}
    for path in ("/people", "/company", f"/people/{company.key('omar')}", f"/r/{key}", f"/r/{key}/history",
                 f"/posts/{post['id']}", "/topics/tides", f"/feeds/profile/{company.key('omar')}/new"):  # fmt: skip
        assert (await page.get(path)).status_code == 404, path
    for path in ("Opportunity", "Account", "Contact", "Product2"):
        assert "No " in (await page.get(f"/o/{path}")).text
    for path in ("/feeds/news/me/feed-elements", "/feeds/user-profile/me/feed-elements"):
        assert (await program.get(V + path)).json()["elements"] == []
    assert (await program.get(f"{V}/feeds/company/feed-elements")).status_code == 404
    assert [each["id"] for each in (await program.get(f"{V}/users")).json()["users"]] == [company.key("gus")]
    assert (await page.get("/bin")).text.count("<tr>") == 0


async def test_with_one_record_exactly_that_and_its_people_are_names(company: Company) -> None:
    key, other = await deal(company, Name="Granted"), await deal(company, Name="Hidden")
    for each in (key, other):
        await send(company, "omar", f"About {each}", subject=each)
    await company.share(ids.parse(key), "gus")
    await follow(company, "gus", key)
    page, program = await company.client("gus"), await company.api("gus")
    for path in ("/", "/o/Opportunity", f"/r/{key}", f"/r/{key}?tab=details", f"/r/{key}/history"):
        answer = await page.get(path)
        assert answer.status_code == 200, path
        assert "Hidden" not in answer.text and other not in answer.text, path
        linked = set(re.findall(r"/people/(\w{18})", answer.text))
        assert linked <= {company.key("gus")}, path
    record = (await page.get(f"/r/{key}")).text
    assert "Omar Haddad" in record and f"About {key}" in record
    for who in HIDDEN:
        assert (await page.get(f"/people/{company.key(who)}")).status_code == 404
        assert (await program.get(f"{V}/users/{company.key(who)}")).status_code == 404
    found = (await program.get(f"{V}/feeds/news/me/feed-elements")).json()["elements"]
    assert [each["body"]["text"] for each in found] == [f"About {key}"]
    soql = (
        await program.get("/services/data/v62.0/query", params={"q": "SELECT Name FROM Opportunity"})
    ).json()
    assert [each["Name"] for each in soql["records"]] == ["Granted"]
    users = (await program.get("/services/data/v62.0/query", params={"q": "SELECT Name FROM User"})).json()
    assert [each["Name"] for each in users["records"]] == ["Gus Berg"]


async def test_with_one_post_exactly_that_and_not_where_it_stands(company: Company) -> None:
    key = await deal(company, Name="Hidden deal")
    post = await send(company, "omar", "For you alone #tides", subject=key)
    other = await send(company, "omar", "For us alone", subject=key)
    omar, program = await company.client("omar"), await company.api("gus")
    await (await company.api("noor")).post(
        f"{V}/feed-elements/{post['id']}/capabilities/comments/items", json={"text": "Under the post"}
    )
    assert "Share with a guest" in (await omar.get(f"/posts/{post['id']}")).text
    shared = await omar.submit(f"/posts/{post['id']}/guests", guest=company.key("gus"))
    assert shared.status_code == 303
    page = await company.client("gus")
    for path in ("/", f"/posts/{post['id']}"):
        text = (await page.get(path)).text
        assert "For you alone" in text and "Under the post" in text and "Omar Haddad" in text, path
        assert "Hidden deal" not in text and key not in text and "For us alone" not in text, path
        assert set(re.findall(r"/people/(\w{18})", text)) <= {company.key("gus")}, path
        assert "Share with a guest" not in text
    read = await program.get(f"{V}/feed-elements/{post['id']}")
    assert read.status_code == 200 and key not in read.text and "Hidden deal" not in read.text
    found = (await program.get(f"{V}/feeds/news/me/feed-elements")).json()["elements"]
    assert [each["id"] for each in found] == [post["id"]]
    for path in (
        f"/r/{key}",
        f"/posts/{other['id']}",
        f"/feeds/record/{key}/new",
        "/topics/tides",
        "/company",
    ):
        assert (await page.get(path)).status_code == 404, path
    assert (await page.submit(f"/posts/{post['id']}/comments", text="Thank you")).status_code == 303
    assert (await page.submit(f"/posts/{other['id']}/comments", text="Thank you")).status_code == 404
    for tried in ({"subject": key, "text": "Hello"}, {"subject": company.key("omar"), "text": "Hello"}):
        assert (await page.submit("/posts", **tried)).status_code == 404


async def test_a_post_is_taken_back_and_goes_with_its_record(company: Company) -> None:
    key = await deal(company)
    post = await send(company, "omar", "For you alone", subject=key)
    guest, omar = await company.api("gus"), await company.api("omar")
    element, shares = f"{V}/feed-elements/{post['id']}", f"{V}/feed-elements/{post['id']}/guest-shares"
    given = await omar.post(shares, json={"userId": company.key("gus")})
    assert given.status_code == 201 and [each["name"] for each in given.json()["shares"]] == ["Gus Berg"]
    assert (await guest.get(element)).status_code == 200
    assert (await guest.get(shares)).status_code == 403
    async with company.act() as tx:
        await desk.delete_record(tx, await people.actor(tx, company.id("omar")), ids.parse(key))
    assert (await guest.get(element)).status_code == 404
    async with company.act() as tx:
        await desk.restore_record(tx, await people.actor(tx, company.id("omar")), ids.parse(key))
    assert (await guest.get(element)).status_code == 200
    assert (await omar.delete(f"{shares}/{company.key('gus')}")).status_code == 204
    assert (await guest.get(element)).status_code == 404
    assert (await guest.get(f"{V}/feeds/news/me/feed-elements")).json()["elements"] == []
    inside = await send(company, "omar", "Among us", subject=key, visibility="InternalUsers")
    refused = await omar.post(
        f"{V}/feed-elements/{inside['id']}/guest-shares", json={"userId": company.key("gus")}
    )
    assert refused.status_code == 403
    # who reads the record but may not share it shares none of its posts
    await company.share(ids.parse(key), "maya")
    maya = await company.api("maya")
    assert (await maya.post(shares, json={"userId": company.key("gus")})).status_code == 403


async def test_a_socket_hears_of_a_shared_post_until_it_is_taken_back(company: Company) -> None:
    key = await deal(company)
    post = ids.parse((await send(company, "omar", "For you alone", subject=key))["id"])
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        await feed.share_item(tx, omar, post, company.id("gus"))
    relay = company.house.app.app.state.relay
    listener = Listener(company.org_id, company.id("gus"), None)
    listener.topics = frozenset({"news", f"item/{ids.show(post)}"})
    async with company.act() as tx:
        listener.cursor = await events.cursor(tx)
    relay.attach(listener)
    assert (await asyncio.wait_for(listener.queue.get(), 30)).type == "ready"
    async with company.act() as tx:
        await feed.comment(tx, omar, item_id=post, body=await feed.parse_text(tx, omar, "And this"))
    told = await asyncio.wait_for(listener.queue.get(), 30)
    assert told.type == "feed.comment.created" and told.parent == ids.show(post)
    async with company.act() as tx:
        await feed.delete_item(tx, omar, post)
        await feed.restore_item(tx, omar, post)
    for name in ("feed.item.deleted", "feed.item.restored"):
        told = await asyncio.wait_for(listener.queue.get(), 30)
        assert told.type == name and told.parent is None  # nobody tells him of which record
    async with company.act() as tx:
        await feed.unshare_item(tx, omar, post, company.id("gus"))
        await feed.comment(tx, omar, item_id=post, body=await feed.parse_text(tx, omar, "Not this"))
    gone = await asyncio.wait_for(listener.queue.get(), 30)
    assert gone.type == "gone" and gone.topics == [f"item/{ids.show(post)}"]
    relay.detach(listener)
    assert listener.queue.empty()


async def test_a_guest_does_not_learn_who_has_read_it(company: Company) -> None:
    key = await deal(company)
    post = await send(company, "omar", "For you too", subject=key)
    await company.share(ids.parse(key), "gus")
    noor, gus = await company.api("noor"), await company.api("gus")
    read_by = f"{V}/feed-elements/{post['id']}/capabilities/read-by"
    for reader in (noor, gus):
        assert (await reader.patch(read_by, json={"isReadByMe": True})).status_code == 200
    assert (await noor.get(f"{read_by}/items")).json()["total"] == 2
    for path in (read_by, f"{read_by}/items"):
        told = await gus.get(path)
        assert told.status_code == 200 and company.key("noor") not in told.text, path
    assert [each["user"]["id"] for each in (await gus.get(f"{read_by}/items")).json()["items"]] == [
        company.key("gus")
    ]


async def test_a_post_that_is_attached_to_a_record_leaves_the_guests_with_whom_it_was_shared(
    company: Company,
) -> None:
    key = await deal(company)
    post = await send(company, "omar", "For you alone")
    omar, page = await company.client("omar"), await company.client("gus")
    path = f"/posts/{post['id']}"
    assert (await omar.submit(f"{path}/guests", guest=company.key("gus"))).status_code == 303
    assert (await page.get(path)).status_code == 200
    assert (await omar.submit(f"{path}/record", record=key)).status_code == 303
    assert (await page.get(path)).status_code == 404
    assert "For you alone" not in (await page.get("/")).text
    assert "Gus Berg" not in (await omar.get(f"{path}/guests")).text.partition("<form")[0]
